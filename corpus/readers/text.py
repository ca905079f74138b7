"""Reads plain text and Markdown, and the mixtures of both that official documents arrive in.

Markdown's and HTML's marks are taken off; tables with pipes, tabs or neither become grids.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus import structure
from corpus.decode import decode
from corpus.document import Kind
from corpus.readers.assemble import assemble, wrap_width
from corpus.readers.flattened import ends_are_marked, find_flattened
from corpus.readers.furniture import contents_lines, page_furniture
from corpus.readers.parts import Cell, Grid, Line, Merged, Part, Reading

# Bounded, so that a hostile line costs no more than its length.
_EMPHASIS = re.compile(r"\*\*(?=\S)(.{1,400}?)(?<=\S)\*\*|(?<!\S)__(?=\S)(.{1,400}?)(?<=\S)__(?!\S)")
_MARKS = re.compile(r"[\[`<*_]")
_IMAGE = re.compile(r"!\[[^\]]{0,400}\]\([^)]{0,2000}\)")
_LINK = re.compile(r"(?<!!)\[([^\[\]]{1,400})\]\((?=[^()\s]{0,2000}?[/.:#])(?:[^()\s]|\([^()]{0,200}\)){1,2000}\)")
_AUTOLINK = re.compile(r"<(https?://[^>\s]+)>")
_TAG = re.compile(r"</?(?:ul|ol|li|br|p|b|i|em|strong|sup|sub|span|div|font|u)(?:\s[^<>]{0,300})?/?>", re.I)
_CODE = re.compile(r"`([^`\n]+)`")
_SEPARATOR_ROW = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?$")
_LIST_TAG = re.compile(r"\s*<(?:ul|ol)\b|<li\b", re.I)
_ITEM = re.compile(r"<li\b[^<>]{0,300}>", re.I)
# "WG 1: …", "FG-AN: …": where a list's items have lost their tags, the labels before them are left.
_LABEL = re.compile(r"(?<=\s)(?=[A-Z]{2,}[A-Za-z0-9/-]{0,16}(?: \d{1,3})?[:：]\s)")
# How many lines tell whether a text is spaced, and the blanks that part no words of it.
_SAMPLE = 400
_BETWEEN = re.compile(r"(?<=[^\sA-Za-z])[ \u3000](?=[^\sA-Za-z])|(?<=\b[A-Za-z])[ \u3000](?=[A-Za-z\d/]\b)")
_BARE_PIPES = 2
_FENCE = re.compile(r"(?:```[^`]*|~~~.*)$")


def read_text(data: bytes) -> Reading:
    """Reads a text file's bytes. Raises `UnreadableFile`."""
    return read_string(decode(data))


def read_string(text: str) -> Reading:
    """Reads text that is decoded already."""
    front, body = _split_front_matter(text)
    lines = close_up(body.split("\n"))
    above = [Line(front, kind=Kind.CHROME)] if front else []
    return assemble([*above, *_parts(lines)], wrap=wrap_width(lines), front=front)


def plain(line: str) -> str:
    """A line without Markdown's and HTML's marks."""
    if not _MARKS.search(line):
        return line
    line = _IMAGE.sub("", line)
    line = _LINK.sub(r"\1", line)
    line = _AUTOLINK.sub(r"\1", line)
    line = _TAG.sub(" ", line)
    return _EMPHASIS.sub(lambda match: match[1] or match[2], _CODE.sub(r"\1", line))


def close_up(lines: Sequence[str]) -> Sequence[str]:
    """The lines without the blanks between characters, where most of them have one after each, as some
    recognised scans do."""
    written = [line for line in lines[:_SAMPLE] if line.strip()]
    if not written or 2 * sum(map(_spaced, written)) < len(written):
        return lines
    return [_BETWEEN.sub("", line) if _spaced(line) else line for line in lines]


def _spaced(line: str) -> bool:
    words = line.split()
    return len(words) >= 4 and sum(len(word) == 1 for word in words) >= 0.8 * len(words)


def _split_front_matter(text: str) -> tuple[str, str]:
    match = re.match(r"\s*---[ \t]*\n(.{1,8000}?)\n---[ \t]*(?:\n|$)", text, re.S)
    if match is None or not re.match(r"[\w-]+\s*:", match[1]):
        return "", text
    return match[1].strip(), text[match.end() :]


def _parts(lines: Sequence[str]) -> Iterator[Part]:
    """The lines with what their marks say, and the tables among them."""
    marked = ends_are_marked(lines)
    contents, furniture = contents_lines(lines), page_furniture(lines)
    flattened = {table.start: table for table in find_flattened(lines, marked)}
    gap, fenced = False, False
    i = 0
    while i < len(lines):
        raw = lines[i]
        if i in flattened:
            yield flattened[i].grid
            i, gap = flattened[i].end, True
            continue
        if _FENCE.match(raw.strip()):
            fenced, gap = not fenced, True
        elif fenced:
            yield Line(raw.rstrip(), verbatim=True, gap=gap)
        elif not plain(raw).strip():
            gap = True
        elif i in furniture:
            yield Line(raw.strip(), kind=Kind.CHROME)
            gap = True
        elif i not in contents and (table := _table(lines, i)):
            grid, i = table
            yield grid
            gap = True
            continue
        else:
            yield _line(raw, gap, marked)
            gap = False
        i += 1


def _line(raw: str, gap: bool, marked: bool) -> Line:
    text = plain(raw).strip()
    heading = structure.markdown_heading(text)
    if heading is not None:
        return Line(text[heading.length :].strip(), kind=Kind.HEADING, level=heading.rank, gap=gap)
    return Line(
        text,
        bold=bool(re.fullmatch(r"\*\*[^*]+\*\*", raw.strip())),
        indented=raw.startswith(("\u3000\u3000", "    ")),
        gap=gap,
        ends=raw[-1] in " \u00a0" if marked else None,
    )


def _table(lines: Sequence[str], start: int) -> tuple[Grid, int] | None:
    """The table with pipes or tabs that begins at a line, and the line after it.

    A page break may stand in it; it goes on where rows of its kind follow.
    """
    header = _cells(lines[start], False)
    if header is None or _SEPARATOR_ROW.match(lines[start].strip()):
        return None
    following = next((line.strip() for line in lines[start + 1 : start + 4] if line.strip()), "")
    announced = bool(_SEPARATOR_ROW.match(following)) and "|" in following
    piped = "\t" not in lines[start]
    tabbed = "\t" in following and structure.numbered(lines[start].strip()) is None
    if not (announced or (tabbed and not piped) or _pipes(following) == _pipes(lines[start].strip()) > 0):
        return None
    bare = piped and not announced
    rows: list[tuple[Cell, ...]] = [tuple(header)]
    listed = False
    end = i = start + 1
    while i < len(lines):
        if not lines[i].strip():
            i += 1
            continue
        cells = _cells(lines[i], True)
        if (
            cells is None
            or (bare and len(cells) != len(header))
            or (piped and "\t" in lines[i])
            or structure.dot_leader(lines[i])
        ):
            break
        if not _SEPARATOR_ROW.match(lines[i].strip()):
            ahead = next((line.strip() for line in lines[i + 1 : i + 2]), "")
            if _SEPARATOR_ROW.match(ahead) and "|" in ahead and tuple(cells) != rows[0]:
                break
            if _LIST_TAG.search(lines[i]):
                listed = True
                rows += _row_per_item(lines[i], piped)
            else:
                rows.append(tuple(cells))
        i += 1
        end = i
    return Grid(tuple(rows), exact=listed, joint=" | " if piped else "\t"), end


def _row_per_item(line: str, piped: bool) -> list[tuple[Cell, ...]]:
    """A row whose cells hold lists, as one row for each item; what is no list is said of every item."""
    text = line.strip()
    cells = re.split(r"(?<!\\)\|", text[1:-1]) if piped else text.split("\t")
    listed = [bool(_LIST_TAG.search(cell)) for cell in cells]
    rows: list[tuple[Cell, ...]] = []
    for c in (c for c, found in enumerate(listed) if found):
        marked = _ITEM.split(cells[c])
        for item in (plain(item).strip() for item in (marked if len(marked) > 1 else _LABEL.split(cells[c]))):
            if item:
                row: list[Cell] = ["" if found else Merged.ABOVE for found in listed]
                if not rows:
                    row = ["" if found else plain(cell).strip() for cell, found in zip(cells, listed, strict=True)]
                row[c] = item
                rows.append(tuple(row))
    return rows


def _pipes(text: str) -> int:
    """How many pipes part the cells of a line without any at its ends; fewer than two make no table."""
    count = 0 if text.startswith("|") or text.endswith("|") else text.count(" | ")
    return count if count >= _BARE_PIPES else -1


def _cells(line: str, inside: bool) -> list[str] | None:
    """The cells of a line with tabs or pipes, else None; inside a table a tab at the margin counts too."""
    text = line.strip()
    if "\t" in line and not text.startswith("|") and (inside or "\t" in text):
        return [plain(c).strip() for c in line.split("\t")]
    if _pipes(text) >= _BARE_PIPES:
        return [plain(c).strip() for c in text.split(" | ")]
    if text.startswith("|") and text.endswith("|") and len(text) > 2:
        return [plain(c).strip() for c in re.split(r"(?<!\\)\|", text[1:-1])]
    return None
