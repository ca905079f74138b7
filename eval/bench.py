"""Speed on this machine: reading and indexing the samples, and asking questions of them."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from rich.console import Console

from assistant.core import Question
from assistant.settings import Settings
from assistant.wiring import Workplace, sample_files
from eval.questions import SAMPLES, load_set

_ROUNDS = 5


def main() -> None:
    """Prints indexing and answering times; every question is asked several times, in one process."""
    console = Console(width=100)
    questions = load_set(SAMPLES).questions
    with tempfile.TemporaryDirectory(prefix="yiju-bench-") as folder:
        workplace = Workplace(Settings(data=Path(folder)))
        try:
            size = sum(len(data) for _, data in sample_files())
            began = time.perf_counter()
            count = workplace.add_samples()
            spent = time.perf_counter() - began
            console.print(f"index: {count} documents, {size / 1024:.0f} KiB in {spent:.2f} s")
            assistant, times = workplace.assistant, []
            for _ in range(_ROUNDS):
                for question in questions:
                    began = time.perf_counter()
                    assistant.ask(Question(question.question))
                    times.append(time.perf_counter() - began)
        finally:
            workplace.close()
    times.sort()
    p50, p95 = times[len(times) // 2] * 1000, times[int(len(times) * 0.95)] * 1000
    console.print(
        f"ask: {len(times)} questions, p50 {p50:.1f} ms, p95 {p95:.1f} ms, {len(times) / sum(times):.0f} a second"
    )


if __name__ == "__main__":
    main()
