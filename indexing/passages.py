"""Documents to passages: what the search finds. Offsets come from a cursor over the blocks, never
from looking a text up again, so a passage that repeats elsewhere still points at its own place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from corpus.document import Block, Document, Kind
from corpus.sentences import Span, sentences

CountTokens = Callable[[str], int]

# Part of an index's identity: raise it when documents are cut differently.
CUT = "passages/1"


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrievable span: `document.text[start:end] == text`.

    `number` counts the passages of a document from 0. `context` is searched with the text but is no
    part of it: a table row's cells under their column names.
    """

    document_id: str
    number: int
    start: int
    end: int
    text: str
    headings: tuple[str, ...]
    page: int | None
    kind: Kind
    context: str = ""


def cut(document: Document, budget: int, count: CountTokens) -> tuple[Passage, ...]:
    """The passages of a document, in order; together they cover every searchable block.

    `budget` is the most tokens (as `count` counts them) that a passage holds, unless a single
    sentence is longer. A section is cut between blocks, a long block between sentences; a table row
    is always a passage of its own.
    """
    passages: list[Passage] = []
    for blocks in _sections(document):
        kind = blocks[-1].kind
        headings = _path(document, blocks)
        context = "\n".join(block.context for block in blocks if block.context)
        for start, end in _spans(document.text, blocks, budget, count):
            text = document.text[start:end]
            page = document.page_at(start)
            number = len(passages)
            passages.append(Passage(document.id, number, start, end, text, headings, page, kind, context))
    return tuple(passages)


def _sections(document: Document) -> Iterator[list[Block]]:
    """Blocks that belong together: a heading with what stands directly under it. Headings without
    text of their own go with the first text below them."""
    section: list[Block] = []
    for block in document.blocks:
        if not block.kind.searchable:
            if section:
                yield section
            section = []
            continue
        below = section and section[-1].kind is Kind.HEADING and block.level > section[-1].level
        fresh = block.kind is Kind.HEADING and not below
        row = block.kind is Kind.TABLE_ROW or (section and section[-1].kind is Kind.TABLE_ROW)
        if section and (fresh or row):
            yield section
            section = []
        section.append(block)
    if section:
        yield section


def _path(document: Document, blocks: list[Block]) -> tuple[str, ...]:
    last = blocks[-1]
    if last.kind is Kind.HEADING:
        return (*last.headings, document.text[last.start : last.end])
    return last.headings


def _spans(text: str, blocks: list[Block], budget: int, count: CountTokens) -> Iterator[Span]:
    """Spans of at most `budget` tokens over a section, cut at blocks, else at sentences."""
    start, end, used = blocks[0].start, blocks[0].start, 0
    for piece_start, piece_end, size in _pieces(text, blocks, budget, count):
        if used and used + size > budget:
            yield start, end
            start, used = piece_start, 0
        end, used = piece_end, used + size
    if end > start:
        yield start, end


def _pieces(text: str, blocks: list[Block], budget: int, count: CountTokens) -> Iterator[tuple[int, int, int]]:
    """Spans that are not cut further, with their sizes: blocks, and the sentences of those over the budget."""
    for block in blocks:
        size = count(text[block.start : block.end])
        if block.kind is Kind.TABLE_ROW or size <= budget:
            yield block.start, block.end, size
        else:
            for start, end in sentences(text, block.start, block.end):
                yield start, end, count(text[start:end])
