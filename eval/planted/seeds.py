"""What errors are planted in: sentences and table rows of documents, each with what would be cited for it.

A sentence is cited with its neighbours, a row with the rows around it, as passages are: an error that puts one
row's figure into the next must not be noticed only because the next row is not there. A row is said as a
sentence ("National Guide (2024) | 2026 | …: 50 or more" is what tables look like when a model reads them out).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from corpus.document import Document, Kind, Table
from corpus.sentences import sentences

Half = Literal["dev", "test"]
Language = Literal["zh", "en"]
# Shorter and longer sentences are headings and run-on text: nobody says them.
_SHORTEST, _LONGEST = 12, 320
# Sentences before and after a sentence, and rows before and after a row, that are cited with it.
_BEFORE, _AFTER, _ROWS = 2, 3, 4


@dataclass(frozen=True, slots=True)
class Seed:
    """A true sentence, what is cited for it, what stands over that, and for a row the other rows' sentences."""

    text: str
    cited: str
    around: str
    source: str
    language: Language
    others: tuple[str, ...] = ()
    row: bool = False

    @property
    def half(self) -> Half:
        """Which half it is in, by a digest of its text. The `dev` half may be looked at when a rule is made."""
        return "test" if hashlib.sha256(self.text.encode()).digest()[0] % 2 else "dev"


def seeds_of(documents: Sequence[Document]) -> Iterator[Seed]:
    """Every sentence and every row of the documents that can be said by itself, each text once."""
    seen: set[str] = set()
    for document in documents:
        for seed in (*_sentences(document), *(seed for table in document.tables for seed in _rows(document, table))):
            if seed.text not in seen:
                seen.add(seed.text)
                yield seed


def _sentences(document: Document) -> Iterator[Seed]:
    blocks = [b for b in document.blocks if b.kind in (Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.FOOTNOTE)]
    spans = [(block, span) for block in blocks for span in sentences(document.text, block.start, block.end)]
    for place, (block, (start, end)) in enumerate(spans):
        text = document.text[start:end]
        if not _SHORTEST <= len(text) <= _LONGEST or "\n" in text or text[-1] not in "。.；;！!":
            continue
        near = [document.text[s:e] for _, (s, e) in spans[max(0, place - _BEFORE) : place + _AFTER + 1]]
        others = tuple(other for other in near if other != text)
        around = "\n".join((document.metadata.title, *block.headings))
        yield Seed(text, "\n".join(near), around, document.source, _language(text), others)


def _rows(document: Document, table: Table) -> Iterator[Seed]:
    for place, row in enumerate(table.rows):
        near = table.rows[max(0, place - _ROWS) : place + _ROWS + 1]
        text, quote = _said(table.columns, row.cells), document.quote(row.start, row.end)
        if not text or not all(" ".join(cell.split()) in " ".join(quote.split()) for cell in row.cells):
            continue  # what a merged cell says stands in another row: this one's words do not bear it out
        cited = "\n".join(document.quote(other.start, other.end) for other in near)
        others = tuple(said for other in near if other is not row and (said := _said(table.columns, other.cells)))
        around = "\n".join((document.metadata.title, table.title, " | ".join(table.columns)))
        yield Seed(text, cited, around, document.source, _language(text), others, row=True)


def _said(columns: Sequence[str], cells: Sequence[str]) -> str:
    """A row as a sentence: its first cell, and every other one under its column's name; "" where there is not
    enough in it to say."""
    if len(columns) != len(cells) or len(cells) < 2 or not cells[0].strip() or not cells[-1].strip():
        return ""
    pairs = [(c.strip(), cell.strip()) for c, cell in zip(columns[1:], cells[1:], strict=True) if cell.strip()]
    whole = "".join(cells)
    if len(whole) > _LONGEST or "\n" in whole:
        return ""
    if _language(whole) == "zh":
        return f"{cells[0].strip()}的" + "，".join(f"{name}为{cell}" for name, cell in pairs) + "。"
    return f"For {cells[0].strip()}, " + ", ".join(f"the {name.lower()} is {cell}" for name, cell in pairs) + "."


def _language(text: str) -> Language:
    chinese = sum("一" <= c <= "鿿" for c in text)
    return "zh" if chinese > sum(c.isascii() and c.isalpha() for c in text) / 4 else "en"
