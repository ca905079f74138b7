"""`python -m training --data DATA --work WORK --teacher MINILM`: makes the built-in embedding model, step by step.

Each step writes its result to WORK and is left out when that is there already; remove a file to make it again.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from training.dictionary import make_dictionary
from training.export import export
from training.learn import Plan, learn
from training.start import make_start
from training.tokens import make_tokens
from training.vocabulary import make_tokeniser


def main() -> None:
    given = _arguments()
    data, work = given.data, given.work
    work.mkdir(parents=True, exist_ok=True)
    steps: tuple[tuple[str, Callable[[], None]], ...] = (
        ("tokenizer.json", lambda: make_tokeniser(data, work)),
        ("start.npy", lambda: make_start(data, work, given.teacher)),
        ("tokens", lambda: make_tokens(data, work)),
        ("dictionary.npz", lambda: make_dictionary(work)),
        ("vectors.npy", lambda: learn(work, Plan(minutes=given.minutes))),
    )
    for result, step in steps:
        if (work / result).exists():
            _say(f"{result}: there already")
            continue
        began = time.monotonic()
        _say(f"{result}: being made …")
        step()
        _say(f"{result}: made in {time.monotonic() - began:.0f} s")
    export(work, given.out)
    _say(f"{given.out}: {sum(f.stat().st_size for f in given.out.iterdir()) / 1e6:.1f} MB")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with pairs/ and questions/")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is made on the way")
    parser.add_argument("--teacher", type=Path, required=True, help="folder of an English sentence-transformers model")
    parser.add_argument("--out", type=Path, required=True, help="folder that the model is written to")
    parser.add_argument("--minutes", type=float, default=Plan().minutes, help="how long to train (default %(default)s)")
    given = parser.parse_args()
    for folder in (given.data / "pairs", given.data / "questions", given.teacher):
        if not folder.is_dir():
            parser.error(f"{folder} is no folder")
    return given


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
