"""Evaluation sets: questions with what a right answer says and where it says so.

A set is JSON Lines, one question a line (DESIGN section 6). Gold evidence is a quoted span of a
document, never a passage id, so cutting documents differently invalidates nothing.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from corpus.errors import BadInput

SAMPLES = "samples"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Quotes that must be found in a document."""

    source: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question, and how to know a right answer: every nugget by one of its alternatives."""

    id: str
    question: str
    lang: str
    type: str
    answerable: bool
    nuggets: tuple[tuple[str, ...], ...]
    evidence: tuple[Evidence, ...]


def normal(text: str) -> str:
    """The form in which texts are compared: NFKC, no white space, lower case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def load_set(name: str) -> tuple[GoldQuestion, ...]:
    """The set "samples", or one in a JSON Lines file. Raises `BadInput` naming the line."""
    if name == SAMPLES:
        folder = files("eval") / "sets"
        texts = [(f"samples.{lang}", (folder / f"samples.{lang}.jsonl").read_text("utf-8")) for lang in ("zh", "en")]
    else:
        try:
            texts = [(name, Path(name).read_text("utf-8"))]
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"the set {name} can't be read: {error}", f"无法读取评测集 {name}：{error}") from error
    return tuple(
        _question(line, f"{where}, line {number}")
        for where, text in texts
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip()
    )


def _question(line: str, where: str) -> GoldQuestion:
    try:
        row = json.loads(line)
        return GoldQuestion(
            id=str(row["id"]),
            question=row["question"],
            lang=row["lang"],
            type=row["type"],
            answerable=bool(row["answerable"]),
            nuggets=tuple(tuple(alternatives) for alternatives in row["nuggets"]),
            evidence=tuple(Evidence(e["source"], tuple(e["quotes"])) for e in row["evidence"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"{where}: this is no question record ({type(error).__name__}: {error}); see DESIGN, 'Evaluation sets'",
            f"{where}：不是有效的评测记录（{type(error).__name__}: {error}）",
        ) from error
