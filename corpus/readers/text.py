"""Reads plain text and Markdown, and the mixtures of both that official documents arrive in.

The canonical text is the source as a person reads it: lines that were cut at a page's width or by a
page break are joined again, footnotes and captions that stand in the middle of a sentence come after
its paragraph, and Markdown's marks are gone. No word is added, left out or changed, so a quote is
found in the source as well, white space and marks aside. It knows nothing of files or of metadata.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from corpus import structure
from corpus.document import Block, Kind

# Part of a version's identity: raise it when the same bytes are read differently.
READER = "text/1"

# Bounded, so that a hostile line costs no more than its length.
_EMPHASIS = re.compile(r"\*\*(?=\S)(.{1,400}?)(?<=\S)\*\*|(?<!\S)__(?=\S)(.{1,400}?)(?<=\S)__(?!\S)")
_IMAGE = re.compile(r"!\[[^\]]{0,400}\]\([^)]{0,2000}\)")
_LINK = re.compile(r"(?<!!)\[([^\[\]]{1,400})\]\((?=[^()\s]{0,2000}?[/.:#])(?:[^()\s]|\([^()]{0,200}\)){1,2000}\)")
_AUTOLINK = re.compile(r"<(https?://[^>\s]+)>")
_TAG = re.compile(r"</?(?:ul|ol|li|br|p|b|i|em|strong|sup|sub|span|div|font|u)(?:\s[^<>]{0,300})?/?>", re.I)
_CODE = re.compile(r"`([^`\n]+)`")
_SEPARATOR_ROW = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?$")
_FENCE = re.compile(r"(?:```[^`]*|~~~.*)$")
_URL = re.compile(r"<?https?://\S+$")
# How much of a paragraph says whether its last sentence has ended.
_TAIL = 16
# In a text with cut lines, the cells of a flattened table are cut at a narrower width than its prose.
_CELL_WIDTH = 36
_ROW_NUMBER = frozenset({"序号", "编号", "no.", "no", "#"})
_CHROME_WORDS = re.compile(
    r"微信扫一扫|轻触阅读原文|预览时标签不可点|继续滑动看下一个|向上滑动看下一个|轻点两下取消|使用完整服务"
    r"|点击关注|长按识别|扫码关注|返回顶部|上一篇|下一篇|打印本页|关闭窗口"
)


@dataclass(slots=True)
class Item:
    """A block before it has its place in the canonical text."""

    kind: Kind
    text: str
    rank: int = 0
    context: str = ""
    asides: list[Item] = field(default_factory=list)


def read_text(text: str) -> tuple[str, tuple[Block, ...], str]:
    """Canonical text, its blocks in order, and the front matter (YAML, "" where there is none)."""
    front, body = _split_front_matter(text)
    lines = body.split("\n")
    items = [Item(Kind.CHROME, front)] if front else []
    items += _Assembler(lines).items()
    canonical, blocks = _lay_out(items)
    return canonical, blocks, front


def _split_front_matter(text: str) -> tuple[str, str]:
    match = re.match(r"\s*---[ \t]*\n(.{1,8000}?)\n---[ \t]*(?:\n|$)", text, re.S)
    if match is None or not re.match(r"[\w-]+\s*:", match[1]):
        return "", text
    return match[1].strip(), text[match.end() :]


def width(line: str) -> int:
    """Columns on a page: 2 for a full-width character."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def wrap_width(lines: list[str]) -> int | None:
    """The width at which the lines of a text were cut, or None where paragraphs are whole lines."""
    widths = sorted(w for w in (width(line.strip()) for line in lines if "\t" not in line) if w > 24)
    if len(widths) < 12:
        return None
    limit = widths[int(len(widths) * 0.9)]
    full = sum(1 for w in widths if limit - 8 <= w <= limit + 4)
    return limit if limit <= 120 and full >= 0.5 * len(widths) else None


def plain(line: str) -> str:
    """A line without Markdown's and HTML's marks."""
    line = _IMAGE.sub("", line)
    line = _LINK.sub(r"\1", line)
    line = _AUTOLINK.sub(r"\1", line)
    line = _TAG.sub(" ", line)
    return _EMPHASIS.sub(lambda match: match[1] or match[2], _CODE.sub(r"\1", line))


class _Assembler:
    """Turns lines into items: one pass, with one paragraph open at a time."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._wrap = wrap_width(lines)
        self._contents = _contents_lines(lines)
        self._chrome_from = _chrome_start(lines)
        self._done: list[Item] = []
        self._open: Item | None = None
        self._last_width = 0
        self._table: _Table | None = None
        self._numbering_seen = False

    def items(self) -> list[Item]:
        gap, fenced = False, False
        for i, raw in enumerate(self._lines):
            if _FENCE.match(raw.strip()):
                fenced = not fenced
                self._close()
                continue
            line = raw.rstrip() if fenced else plain(raw).rstrip()
            if not line.strip():
                gap = True
                continue
            if i >= self._chrome_from:
                self._verbatim(Kind.CHROME, line.strip())
            elif i in self._contents:
                self._verbatim(Kind.CONTENTS, line.strip())
            elif fenced:
                self._verbatim(Kind.PARAGRAPH, line)
            elif self._row(i, line):
                pass
            else:
                self._line(raw, line, gap)
            gap = False
        self._close()
        return self._done

    def _line(self, raw: str, line: str, gap: bool) -> None:
        text = line.strip()
        heading = structure.markdown_heading(text)
        if heading is not None:
            self._heading(heading.rank, text[heading.length :].strip())
        elif structure.footnote(text) or structure.caption(text):
            self._aside(text)
        elif _URL.match(text) and self._extend_footnote(text):
            pass
        else:
            self._numbered_or_text(raw, text, gap)

    def _numbered_or_text(self, raw: str, text: str, gap: bool) -> None:
        mark = structure.numbered(text)
        weak = mark is not None and mark.rank in (0, 40, 41, 50)
        if mark is not None and weak and self._mid_sentence():
            mark = None
        if mark is not None and mark.rank:
            self._numbering_seen = True
            self._heading(mark.rank, structure.squeeze(text), text)
        elif mark is not None or structure.bullet(text):
            self._start(Item(Kind.LIST_ITEM, text))
        elif _is_bold_title(raw):
            self._heading(70 if self._numbering_seen else 8, text)
        elif self._joins(raw, text, gap):
            self._join(text)
        else:
            self._start(Item(Kind.PARAGRAPH, text))

    def _heading(self, rank: int, title: str, text: str | None = None) -> None:
        self._close()
        self._table = None
        self._done.append(Item(Kind.HEADING, text or title, rank, context=title))

    def _verbatim(self, kind: Kind, text: str) -> None:
        """Lines that are kept as they are, gathered into one block."""
        if self._open is not None and self._open.kind is kind and self._open.rank == -1:
            self._open.text += "\n" + text
        else:
            self._start(Item(kind, text, rank=-1))

    def _start(self, item: Item) -> None:
        self._close()
        self._table = None
        self._open = item
        self._last_width = width(item.text)

    def _join(self, text: str) -> None:
        assert self._open is not None
        before, after = self._open.text[-1], text[0]
        glue = " " if before.isascii() and after.isascii() else ""
        self._open.text += glue + text
        self._last_width = width(text)

    def _close(self) -> None:
        if self._open is not None:
            self._done.append(self._open)
            self._done += self._open.asides
            self._open = None

    def _aside(self, text: str) -> None:
        """A footnote or caption. One that cuts a sentence waits until the sentence is whole."""
        kind = Kind.FOOTNOTE if structure.footnote(text) else Kind.PARAGRAPH
        if self._open is not None and self._open.rank == 0 and not structure.ends_sentence(self._open.text):
            self._open.asides.append(Item(kind, text))
        else:
            self._close()
            self._done.append(Item(kind, text))
        if kind is Kind.PARAGRAPH:
            self._table = None

    def _extend_footnote(self, url: str) -> bool:
        """The address of a footnote on a line of its own belongs to the footnote."""
        waiting = self._open.asides if self._open is not None else self._done
        if not waiting or waiting[-1].kind is not Kind.FOOTNOTE:
            return False
        waiting[-1].text += " " + url
        return True

    def _mid_sentence(self) -> bool:
        text = self._open.text if self._open is not None and self._open.rank == 0 else ""
        return bool(text) and (text[-1] in "、，," or structure.open_bracket(text[-80:]))

    def _joins(self, raw: str, text: str, gap: bool) -> bool:
        """Whether a line goes on with the open paragraph rather than beginning the next one."""
        if self._open is None or self._open.rank != 0:
            return False
        if self._mid_sentence():
            return True
        if raw.startswith(("\u3000\u3000", "    ")) and not gap:
            return self._open.kind is Kind.LIST_ITEM and raw.startswith("    ")
        if gap and structure.document_title(self._open.text):
            return False
        ended = structure.ends_sentence(self._open.text[-_TAIL:])
        if not gap and text[0].islower() and self._open.text[-1].isascii():
            return True
        full = self._last_width >= (self._wrap - 8 if self._wrap else 40)
        if self._wrap and not full and not re.match(r"\d{1,3}(?:\s|$)", text):
            full = self._last_width >= _CELL_WIDTH
        if ended:
            return not gap and full and text[0].isascii() and self._open.text[-1].isascii()
        if gap and not self._wrap and self._open.text[-1] in "》）)】":
            return text[0] in "（(，。、；"
        return full

    def _row(self, i: int, line: str) -> bool:
        """Takes the line as a row of a table, if it is one."""
        cells = _cells(line, self._table)
        if cells is None:
            return False
        if _SEPARATOR_ROW.match(line.strip()):
            return self._table is not None
        following = next((n.strip() for n in self._lines[i + 1 : i + 4] if n.strip()), "")
        announced = bool(_SEPARATOR_ROW.match(following)) and "|" in following
        if self._table is None or announced:
            piped = "\t" not in line
            tabbed = "\t" in following and structure.numbered(line.strip()) is None
            if not (announced if piped else tabbed or announced):
                return False
            self._close()
            self._table = _Table(tuple(cells), self._table_title(), piped)
            self._done.append(Item(Kind.TABLE_HEADER, _row_text(cells, piped)))
            return True
        self._close()
        self._table.add(cells, self._done)
        return True

    def _table_title(self) -> str:
        """The caption, heading or bare line above a table; a sentence above it is no title."""
        above = self._done[-1] if self._done else None
        if above is None or (above.kind is not Kind.HEADING and structure.ends_sentence(above.text)):
            return ""
        return above.text


class _Table:
    """The rows of a table as they are read: column names, and what a merged cell holds so far."""

    def __init__(self, header: tuple[str, ...], title: str, piped: bool) -> None:
        self.header = header
        self.piped = piped
        self._title = title if len(title) <= 60 else ""
        self._filled: list[str] = [""] * len(header)

    def add(self, cells: list[str], done: list[Item]) -> None:
        text = _row_text(cells, self.piped)
        if tuple(cells) == self.header:
            done.append(Item(Kind.TABLE_HEADER, text))
            return
        same = len(cells) == len(self.header)
        if same:
            self._filled = [c or f for c, f in zip(cells, self._filled, strict=True)]
        named = zip(self.header, self._filled if same else cells, strict=False)
        context = "；".join([self._title, *(f"{n}：{c}" for n, c in named if c)]).lstrip("；")
        continued = not cells[0] and self.header[0].strip().lower() in _ROW_NUMBER
        previous = next((item for item in reversed(done) if item.kind is not Kind.TABLE_HEADER), None)
        if continued and previous is not None and previous.kind is Kind.TABLE_ROW:
            previous.text += "\n" + text
            previous.context += "；" + "".join(c for c in cells if c)
        elif text:
            done.append(Item(Kind.TABLE_ROW, text, context=context))


def _cells(line: str, table: _Table | None) -> list[str] | None:
    if "\t" in line and not line.strip().startswith("|") and (table is not None or "\t" in line.strip()):
        return [c.strip() for c in line.split("\t")]
    text = line.strip()
    if text.startswith("|") and text.endswith("|") and len(text) > 2:
        return [c.strip() for c in re.split(r"(?<!\\)\|", text[1:-1])]
    return None


def _row_text(cells: list[str], piped: bool) -> str:
    return (" | " if piped else "\t").join(cells).strip()


def _is_bold_title(raw: str) -> bool:
    text = raw.strip()
    return bool(re.fullmatch(r"\*\*[^*]+\*\*", text)) and structure.is_title(text[2:-2]) and text[2] not in "（("


def _contents_lines(lines: list[str]) -> frozenset[int]:
    """The lines of contents pages: any with dot leaders, and after a contents title all up to the last
    one that ends in a page number."""
    found = {i for i, line in enumerate(lines) if structure.dot_leader(line)}
    for i, line in enumerate(lines):
        if structure.squeeze(line.strip(" #*\t")).lower() not in structure.CONTENTS_TITLES:
            continue
        last, since, pages = i, 0, 0
        for j in range(i + 1, len(lines)):
            if structure.page_at_end(lines[j]):
                last, since, pages = j, 0, pages + 1
            elif lines[j].strip():
                since += 1
            if since > 6 or len(lines[j]) > 120:
                break
        if pages >= 3:
            found.update(range(i, last + 1))
    return frozenset(found)


def _chrome_start(lines: list[str]) -> int:
    """The line from which on only the furniture of a web page follows; the line count if there is none."""
    for i, line in enumerate(lines):
        if _CHROME_WORDS.search(line) and not structure.ends_sentence(line.strip()):
            rest = [text for text in lines[i + 1 :] if text.strip()]
            if not any(len(t) > 30 and structure.ends_sentence(plain(t).strip()) for t in rest):
                return i
    return len(lines)


def _lay_out(items: list[Item]) -> tuple[str, tuple[Block, ...]]:
    """Puts the items into one text and gives each its span and its place under the headings."""
    parts: list[str] = []
    blocks: list[Block] = []
    headings = structure.Headings()
    position = 0
    previous: Kind | None = None
    for item in _without_empty(items):
        separator = _separator(previous, item.kind)
        parts += [separator, item.text]
        start = position + len(separator)
        position = start + len(item.text)
        block = Block(item.kind, start, position, headings.path, context=item.context)
        if item.kind is Kind.HEADING:
            path, level = headings.enter(item.rank, item.context)
            block = replace(block, headings=path, level=level, context="")
        blocks.append(block)
        previous = item.kind
    return "".join(parts), tuple(blocks)


def _without_empty(items: list[Item]) -> Iterator[Item]:
    for item in items:
        item.text = item.text.strip()
        if item.text:
            yield item


_TIGHT = (Kind.LIST_ITEM, Kind.TABLE_HEADER, Kind.TABLE_ROW)


def _separator(previous: Kind | None, kind: Kind) -> str:
    if previous is None:
        return ""
    return "\n" if previous in _TIGHT and kind in _TIGHT else "\n\n"
