"""The texts that the model is trained on, as pairs of what means the same or asks for the other, source by source.

A source is a file of JSON Lines, gzipped: translations `{zh, en}`, headings `{hz, he, pz, pe}` (a heading and the
beginning of its section, in both languages), questions `{p, q}`. Licences: `indexing/builtin/README.md`.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Share-alike sources that are too small to earn their place.
LEFT_OUT = frozenset({"ntrex", "d2l"})
_SENTENCE = re.compile(r"(?<=[。！？；])")
_CLAUSE = re.compile(r"(?<=[。；，])")
_SHORT = 8


def pairs(data: Path) -> Iterator[tuple[str, Iterator[tuple[str, str]]]]:
    """Each source's name and its pairs. Those within a file stay in its order, so that neighbours are alike."""
    for path in translations(data):
        yield path.name.partition(".")[0], ((row["zh"], row["en"]) for row in rows(path))
    headings, questions = data / "questions" / "headings.jsonl.gz", data / "questions" / "squad_train.jsonl.gz"
    yield "questions", ((question, row["p"]) for row in rows(questions) for question in row["q"])
    yield "headings_zh", ((row["hz"], row["pz"]) for row in rows(headings))
    yield "headings_en", ((row["he"], row["pe"]) for row in rows(headings))
    yield "headings_zh_en", ((row["hz"], row["pe"]) for row in rows(headings))
    yield "headings_en_zh", ((row["he"], row["pz"]) for row in rows(headings))
    yield "cloze_sections", _cloze((row["pz"] for row in rows(headings)), _SENTENCE)
    yield "cloze_statutes", _cloze((row["zh"] for row in rows(data / "pairs" / "tw_law.jsonl.gz")), _CLAUSE)


def translations(data: Path) -> list[Path]:
    """The files of translations that are used."""
    return [path for path in sorted((data / "pairs").glob("*.gz")) if path.name.partition(".")[0] not in LEFT_OUT]


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def every(data: Path) -> Iterator[str]:
    """Every text once, for counting."""
    for path in translations(data):
        for row in rows(path):
            yield from (row["zh"], row["en"])
    for row in rows(data / "questions" / "headings.jsonl.gz"):
        yield from (row["hz"], row["pz"], row["he"], row["pe"])
    for row in rows(data / "questions" / "squad_train.jsonl.gz"):
        yield from (row["p"], *row["q"])


def _cloze(texts: Iterator[str], end: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """A sentence and the text it was taken from: the inverse cloze task (Lee et al. 2019, "Latent Retrieval")."""
    draw = random.Random(0)
    for text in texts:
        parts = [part for part in end.split(text) if len(part) > _SHORT]
        if len(parts) > 1:
            taken = draw.randrange(len(parts))
            yield parts[taken], "".join(parts[:taken] + parts[taken + 1 :])
