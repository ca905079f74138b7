"""How many planted errors the verifier notices, by kind, and how often it takes fault with what is true.

An error is noticed where the verdict is anything but "supported", a control is alarmed at where it is. Each error
stands beside a control: the same sentence, reworded by the same rules, without the error. Intervals draw together
the sentences of a document (`eval.statistics`).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.checking.verification import Model, verify
from assistant.wiring import sample_files
from corpus.document import Document
from corpus.errors import BadInput
from corpus.readers import read
from eval.making.maker import read_corpus
from eval.planted.errors import KINDS, VALUES, Kind, plant
from eval.planted.rewording import reword
from eval.planted.seeds import Half, Language, Seed, seeds_of
from eval.statistics import Estimate, estimate

if TYPE_CHECKING:
    from rich.console import Console

# Errors of a kind and a language, at most: so that one kind does not outweigh the others.
_MOST = 80
# The least that says anything.
_LEAST = 20
Advance = Callable[[str, int | None], None]


@dataclass(frozen=True, slots=True)
class Planted:
    """A sentence with an error, its control, and what both would cite."""

    kind: Kind
    error: str
    control: str
    seed: Seed


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking a planted error and its control, and the milliseconds that both took."""

    planted: Planted
    caught: bool
    alarm: bool
    why: str | None
    ms: float


def documents_of(folder: Path | None, advance: Advance) -> tuple[Document, ...]:
    """The documents of a folder, or the samples. Raises `BadInput` where there is none."""
    if folder is not None:
        return read_corpus(folder, advance)[0].documents
    samples = sample_files()
    found = []
    for name, data in samples:
        found.append(read(data, uri=f"sample:{name}", source=name))
        advance(name, len(samples))
    return tuple(found)


def planted(documents: Sequence[Document], half: Half, most: int = _MOST) -> tuple[Planted, ...]:
    """The errors of one half of the sentences, the same for the same documents. Raises `BadInput` where there
    are fewer than twenty."""
    seeds = [seed for seed in seeds_of(documents) if seed.half == half]
    random.Random(0).shuffle(seeds)
    pool = [document.text for document in documents]
    found = [p for kind in KINDS for language in ("zh", "en") for p in _of_kind(kind, language, seeds, pool, most)]
    if len(found) < _LEAST:
        raise BadInput(
            f"errors could be planted in {len(found)} sentences of these documents only; give more of them",
            f"这些文档中只有 {len(found)} 句可以植入错误；请提供更多文档",
        )
    return tuple(found)


def _of_kind(
    kind: Kind, language: Language, seeds: Sequence[Seed], pool: Sequence[str], most: int
) -> Iterator[Planted]:
    made = 0
    for seed in seeds:
        if seed.language != language or made >= most:
            continue
        chance = random.Random(f"{kind}\n{seed.text}")
        control = reword(seed.text, language, chance)
        error = plant(kind, control, seed, pool, chance)
        if error is not None:
            made += 1
            yield Planted(kind, error, control, seed)


def check(each: Planted, model: Model | None) -> Checked:
    began = time.perf_counter()
    error = verify(each.error, each.seed.cited, each.seed.around, model)
    control = verify(each.control, each.seed.cited, each.seed.around, model)
    ms = (time.perf_counter() - began) * 1000
    return Checked(each, not error.supported, not control.supported, control.reason("en"), ms)


def check_all(found: Sequence[Planted], model: Model | None, advance: Advance) -> list[Checked]:
    """Every error and control held against what it cites, by the rules and with a model where there is one."""
    checked = []
    for each in found:
        checked.append(check(each, model))
        advance(each.seed.source, len(found))
    return checked


def figures(checked: Sequence[Checked]) -> dict[str, Estimate]:
    """The share caught by kind and language, of value errors, and of all; and of controls the false alarms."""
    groups: dict[str, list[Checked]] = {}
    for each in checked:
        groups.setdefault(f"{each.planted.kind}, {each.planted.seed.language}", []).append(each)
    groups["value errors"] = [each for each in checked if each.planted.kind in VALUES]
    groups["all errors"] = list(checked)
    found = {name: _share(group, lambda each: each.caught) for name, group in groups.items() if group}
    for language in ("zh", "en"):
        if group := [each for each in checked if each.planted.seed.language == language]:
            found[f"false alarms, {language}"] = _share(group, lambda each: each.alarm)
    found["false alarms"] = _share(checked, lambda each: each.alarm)
    return found


def _share(group: Sequence[Checked], of: Callable[[Checked], bool]) -> Estimate:
    return estimate([float(of(each)) for each in group], [each.planted.seed.source for each in group])


def to_json(found: dict[str, Estimate], checked: Sequence[Checked], half: Half) -> dict[str, Any]:
    """Figures, and what was not noticed or wrongly alarmed at."""
    return {
        "half": half,
        "figures": {
            name: {"value": e.value, "low": e.low, "high": e.high, "n": e.n, "documents": e.clusters}
            for name, e in found.items()
        },
        "missed": [{"kind": c.planted.kind, "text": c.planted.error} for c in checked if not c.caught],
        "alarms": [{"why": c.why, "text": c.planted.control} for c in checked if c.alarm],
    }


def print_planted(found: dict[str, Estimate], half: Half, out: Console) -> None:
    from rich.table import Table

    table = Table(f"planted errors, {half} half", "share", "95 % interval", "sentences", box=None, pad_edge=False)
    for name, e in found.items():
        table.add_row(name, f"{e.value:.3f}", f"{e.low:.3f}–{e.high:.3f}", str(e.n))
    out.print(table)
