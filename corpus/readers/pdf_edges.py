"""What stands at the edges of pages: running headers and footers, page numbers, footnotes."""

from __future__ import annotations

import itertools
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from corpus import structure
from corpus.document import Box
from corpus.readers.pdf_lines import Gutter, TextLine, union
from corpus.readers.pdf_tables import PageTable
from corpus.readers.pdf_words import join

# How far from its upper and lower edge a page has running headers and footers, as a share of its height.
EDGE = 0.13
_PAGE_NUMBER = re.compile(
    r"[-–—―·•\s]*第?\s*(?:\d{1,4}|[ivxl]{1,6})\s*页?[-–—―·•\s]*$"
    r"|第\s*\d{1,4}\s*页\s*[，,/／]?\s*共\s*\d{1,4}\s*页$|\d{1,4}\s*[/／]\s*\d{1,4}$|page\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?$",
    re.I,
)
_NOTE_MARK = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]|\[\d{1,3}\]|[①-⑳]|[*†‡§]\s*\S|\d{1,3}\s")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page with its lines in reading order and its tables. `scanned` pages have sizes that are guesses."""

    number: int
    width: float
    height: float
    lines: tuple[TextLine, ...]
    tables: tuple[PageTable, ...] = ()
    aside: str = ""
    scanned: bool = False
    placed: bool = True
    gutter: Gutter | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote."""

    text: str
    page: int
    box: Box


def running(leaves: Sequence[Leaf]) -> set[int]:
    """The lines, by identity, that stand at the same place of many pages or are page numbers."""
    places: dict[tuple[bool, str], list[tuple[Leaf, TextLine]]] = defaultdict(list)
    numbers: set[int] = set()
    for leaf in leaves:
        ordered = sorted(leaf.lines, key=lambda line: line.top)
        edges = [(True, line) for line in ordered[:3] if line.bottom < EDGE * leaf.height]
        edges += [(False, line) for line in ordered[-3:] if line.top > (1 - EDGE) * leaf.height]
        for upper, line in edges:
            places[upper, _pattern(line.text, leaf.number)].append((leaf, line))
        for line in {id(ln): ln for ln in ordered[:1] + ordered[-1:]}.values():
            if _is_page_number(line, ordered, leaf):
                numbers.add(id(line))
    groups: list[set[int]] = []
    for (upper, _), lines in places.items():
        away = [line.top if upper else leaf.height - line.bottom for leaf, line in lines]
        middle = statistics.median(away)
        same = {id(line) for (_, line), d in zip(lines, away, strict=True) if abs(d - middle) < 6}
        if len(same) >= 3 or (len(same) == len(leaves) == 2):
            groups.append(same)
    found = set().union(*groups)
    text: set[int] = set()
    for leaf in leaves:
        text |= _text_in(sorted(leaf.lines, key=lambda line: line.top), found)
    return numbers.union(*(group for group in groups if len(group & text) <= 0.5 * len(group)))


def _text_in(ordered: Sequence[TextLine], found: set[int]) -> set[int]:
    """Which of the lines that were found go on from the text above them, or into that below them: they
    stand in a line's usual distance from it."""
    gaps = sorted(b.top - a.bottom for a, b in itertools.pairwise(ordered) if abs(a.size - b.size) < 0.5)
    usual = gaps[len(gaps) // 4] if gaps else 0.0
    text = {id(line) for line in ordered} - found
    for lines in (ordered, ordered[::-1]):
        for inner, line in itertools.pairwise(lines):
            alike = abs(line.size - inner.size) < 0.5 and line.left < inner.right and inner.left < line.right
            gap = max(inner.top - line.bottom, line.top - inner.bottom)
            if alike and gap <= usual + 0.15 * line.size and id(inner) in text:
                text.add(id(line))
    return text & found


def _pattern(text: str, page: int) -> str:
    """What is the same on each page of a header. Annexes and captions count too, and are none."""
    numbered = re.search(r"^(\d{1,4})\t|\t(\d{1,4})$", text)
    if numbered:
        return f"#{int(numbered[1] or numbered[2]) - page}"
    if structure.numbered(text) is not None or structure.caption(text):
        return text
    return re.sub(r"\d+", "#", re.sub(r"\s+", "", text))


def _is_page_number(line: TextLine, ordered: Sequence[TextLine], leaf: Leaf) -> bool:
    """Whether the outermost line of a page is its number. A bare number has to stand apart."""
    if not _PAGE_NUMBER.match(line.text) or not (
        line.bottom < EDGE * leaf.height or line.top > (1 - EDGE) * leaf.height
    ):
        return False
    if not line.text.isalnum() or "页" in line.text:
        return True
    others = [ln for ln in ordered if ln is not line]
    return all(min(abs(ln.top - line.bottom), abs(line.top - ln.bottom)) > 0.8 * line.size for ln in others)


def body_size(leaves: Sequence[Leaf]) -> float:
    """The size of most of the text, 0 if there is none."""
    sizes = Counter[float]()
    for leaf in leaves:
        for line in leaf.lines:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def split_notes(lines: Sequence[TextLine], height: float, body: float) -> tuple[list[TextLine], list[Note]]:
    """The footnotes at the bottom of a page: smaller lines under the text, from the first with a mark on."""
    first = len(lines)
    while first and lines[first - 1].size < 0.93 * body:
        first -= 1
    while first < len(lines) and not _NOTE_MARK.match(lines[first].text):
        first += 1
    if first == len(lines) or lines[first].top < (0.3 if first else 0.6) * height:
        return list(lines), []
    notes: list[list[TextLine]] = []
    for line in lines[first:]:
        if _NOTE_MARK.match(line.text) or not notes:
            notes.append([line])
        else:
            notes[-1].append(line)
    return list(lines[:first]), [Note(join(note, frozenset()), note[0].page, union(note)) for note in notes]
