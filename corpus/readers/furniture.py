"""What stands in a document and is not its body: contents pages, page numbers and running headers, the
furniture of web pages, the lines of a title page, the names of those who contributed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from corpus import structure
from corpus.document import Kind
from corpus.readers.layout import Item

_PROVENANCE = re.compile(
    r"\s*(?:[*“\"]*)(?:原文)?(?:来源|出处|转自|转载自|文章来源|信息来源|Source)\s*[:：]\s*\S", re.I
)
# How many lines may stand between the line that says where a page is from and its furniture.
_PROVENANCE_REACH = 12
_CHROME_WORDS = re.compile(
    r"微信扫一扫|轻触阅读原文|预览时标签不可点|继续滑动看下一个|向上滑动看下一个|轻点两下取消|使用完整服务"
    r"|点击关注|长按识别|扫码关注|返回顶部|上一篇|下一篇|打印本页|关闭窗口"
)

_PAGE_NUMBER = re.compile(
    r"\s*(?:[-–—·]\s*(\d{1,4})\s*[-–—·]|第\s*(\d{1,4})\s*页(?:\s*[,，/／]?\s*共\s*\d{1,4}\s*页)?"
    r"|page\s+(\d{1,4})(?:\s+of\s+\d{1,4})?|(\d{1,4})\s*/\s*\d{1,4})\s*$",
    re.I,
)
# So often a line must stand beside a page number to be a running header or footer.
_RUNNING = 3
# How many lines a contents page without page numbers has at most.
_CONTENTS_LINES = 400
# Lines of a title page, and how long one is at most.
_MASTHEAD_ITEMS, _MASTHEAD_LENGTH = 12, 60


def contents_lines(lines: Sequence[str]) -> frozenset[int]:
    """The lines of contents pages: any with dot leaders, and after a contents title all up to the last
    one that ends in a page number."""
    found = {i for i, line in enumerate(lines) if structure.dot_leader(line)}
    titles = [i for i, line in enumerate(lines) if len(line) <= _MASTHEAD_LENGTH and _contents_title(line)]
    bare = [_bare(line) for line in lines] if titles else []
    last_place = {line: i for i, line in enumerate(bare)}
    for i in titles:
        if i in found:
            continue
        last, since, pages = i, 0, 0
        for j in range(i + 1, len(lines)):
            if structure.page_at_end(lines[j]):
                last, since, pages = j, 0, pages + 1
            elif lines[j].strip():
                since += 1
            if since > 6 or len(lines[j]) > 120:
                break
        found.update(range(i, last + 1) if pages >= 3 else _listed(lines, bare, last_place, i))
    return frozenset(found)


def _contents_title(line: str) -> bool:
    words = re.sub(r"\s+(?:page|页码|页次|页)$", "", line.strip(" #*\t\u3000").lower())
    return structure.squeeze(words) in structure.CONTENTS_TITLES


def _listed(lines: Sequence[str], bare: Sequence[str], last: Mapping[str, int], title: int) -> range:
    """The lines of a contents page without page numbers: those below its title that all come again
    further down. `bare` are the lines without blanks, and `last` says where each stands for the last time."""
    written = [i for i in range(title + 1, min(title + 1 + _CONTENTS_LINES, len(lines))) if lines[i].strip()]
    if not written:
        return range(0)
    opening = bare[written[0]]
    entries: list[int] = []
    for i in written:
        if len(lines[i]) > _MASTHEAD_LENGTH or (entries and bare[i] == opening):
            break
        entries.append(i)
    again = entries[-1] + 1 if len(entries) >= 2 else len(lines)
    if again >= len(lines) or any(last[bare[i]] < again for i in entries):
        return range(0)
    return range(title, entries[-1] + 1)


def _bare(line: str) -> str:
    return re.sub(r"[\s#*]+", "", line)


def chrome_start(lines: Sequence[str]) -> int:
    """The line from which on only the furniture of a web page follows; the line count if there is none."""
    for i, line in enumerate(lines):
        if _CHROME_WORDS.search(line) and not structure.ends_sentence(line.strip()):
            rest = [text for text in lines[i + 1 :] if text.strip()]
            if not any(len(t) > 30 and structure.ends_sentence(t.strip()) for t in rest):
                return _after_provenance(lines, i)
    return len(lines)


def _after_provenance(lines: Sequence[str], start: int) -> int:
    """Where the furniture begins that was recognised at `start`: right after the line that says where
    the page is from, if only short lines stand between."""
    for i in range(start - 1, max(-1, start - 1 - _PROVENANCE_REACH), -1):
        if _PROVENANCE.match(lines[i]):
            return i + 1
        if structure.ends_sentence(lines[i].strip()[-2:]) and len(lines[i]) > 30:
            break
    return start


def page_furniture(lines: Sequence[str]) -> frozenset[int]:
    """The lines that belong to the page and not to the text: page numbers that count upwards ("- 3 -",
    第 3 页, Page 3 of 9, 3/9), and the running headers and footers beside them."""
    numbered: list[tuple[int, int]] = []
    for i, line in enumerate(lines):
        if len(line) < 40 and (match := _PAGE_NUMBER.match(line)):
            numbered.append((i, int(next(group for group in match.groups() if group))))
    counting = all(a < b for (_, a), (_, b) in pairwise(numbered))
    if len(numbered) < 2 or not counting:
        return frozenset()
    places = [i for i, _ in numbered]
    written = [i for i, line in enumerate(lines) if line.strip()]
    order = {i: n for n, i in enumerate(written)}
    beside = [written[n] for i in places for n in (order[i] - 1, order[i] + 1) if 0 <= n < len(written)]
    often = Counter(lines[i].strip() for i in beside)
    running = {i for i in beside if often[lines[i].strip()] >= _RUNNING and len(lines[i].strip()) <= _MASTHEAD_LENGTH}
    return frozenset(places) | running


def tag_front(items: Sequence[Item]) -> None:
    """Tells the lines of a title page and the names of contributors from the body, in place."""
    for i, item in enumerate(items[:_MASTHEAD_ITEMS]):
        if item.kind is Kind.PARAGRAPH and _short(item) and any(_is_body(later) for later in items[i:]):
            item.kind = Kind.MASTHEAD
        elif item.kind not in (Kind.CHROME, Kind.MASTHEAD):
            break
    within = False
    for item in items:
        if item.kind in (Kind.PARAGRAPH, Kind.MASTHEAD, Kind.LIST_ITEM) and _short(item):
            within = within or structure.credits_title(item.text)
            if within:
                item.kind = Kind.CREDITS
        elif item.kind is Kind.HEADING and structure.credits_title(item.context):
            within = True
        else:
            within = False


def _short(item: Item) -> bool:
    return len(item.text) <= _MASTHEAD_LENGTH and not structure.ends_sentence(item.text)


def _is_body(item: Item) -> bool:
    return item.kind in (Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.TABLE_ROW) and not _short(item)
