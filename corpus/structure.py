"""The marks by which official documents show their structure, in Chinese and in English.

Each mark has a rank: a heading ends every open heading of the same or a higher rank. Marks are
recognised line by line; whether a numbered line is a heading or an item is decided by what follows
the number: a title is short and is no sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUM = "一二三四五六七八九十百零〇"
_TITLE_LIMIT = 42

# Ranks: Markdown 1-6, then parts, then the official order 一、（一）1. 1.1 （1）.
PART, SECTION = 10, 15
_NUMBERED: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(rf"第[{_NUM}\d]{{1,5}}[章编篇](?=\s|\S)"), PART),
    (re.compile(rf"第[{_NUM}\d]{{1,5}}节"), SECTION),
    (re.compile(rf"第[{_NUM}\d]{{1,5}}条(?=\s)"), 35),
    (re.compile(r"(?:Chapter|Part|Annex|Appendix)\s+[A-Z0-9IVX]+\b[.:]?", re.I), PART),
    (re.compile(r"Section\s+\d+\b[.:]?", re.I), SECTION),
    (re.compile(r"0\d(?=\s+[^\W\d])"), PART),
    (re.compile(rf"[{_NUM}]{{1,4}}、"), 20),
    (re.compile(rf"[（(][{_NUM}]{{1,4}}[)）]"), 30),
    (re.compile(r"[A-Z]\.\d{1,2}(?:\.\d{1,2})*(?=\s)"), 41),
    (re.compile(r"\d{1,2}(?:\.\d{1,2}){1,4}(?=\s|[^\W\d])\.?"), 41),
    (re.compile(r"\d{1,2}(?:[.．](?!\d)|、)"), 40),
    (re.compile(r"[（(]\d{1,2}[)）]"), 50),
    (re.compile(r"\d{1,2}[)）]"), 50),
    (re.compile(r"[①-⑳]"), 60),
)
_ANNEX = re.compile(r"(?:附件|附录|附表)(?:\s*[\dA-Z一二三四五六七八九十]{0,2})(?=$|[:：\s])")
_NAMED = re.compile(
    r"(?:前言|引言|序言|概述|摘要|目录|目次|参考文献|致谢|后记|"
    r"Foreword|Preface|Introduction|Contents|References|Bibliography)$"
)
_BULLET = re.compile(r"(?:[-*+•·●▪◦■◆]\s+|——\s*)(?=\S)")
_MARKDOWN = re.compile(r"(#{1,6})\s+(?=\S)")
_FOOTNOTE = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+\s*(?=\S)|\[\^?\d{1,3}\]:?\s+(?=\S)")
_CAPTION = re.compile(r"(?:图|表|Figure|Table|Fig\.)\s*\d+[\s:：.]*\S.{0,60}$")
_DOT_LEADER = re.compile(r"(?:\.{4,}|…{2,}|(?:\. ){4,}|·{4,})\s*\d{1,4}\s*$")
_PAGE_AT_END = re.compile(r"\S.*?(?:\t+|\s{2,})\d{1,3}\s*$")
_SENTENCE_INSIDE = re.compile(r"[。；！？]|[;!?]\s|\.\s+[A-Z]")
_ENDS_SENTENCE = re.compile(r"[。！？；：…!?;:][”’」』）)》\"']*$|\.[\"')]*$")
_SPACED_LETTERS = re.compile(r"(?:[一-鿿]\s+){1,}[一-鿿]$")

_DOCUMENT_TITLE = re.compile(
    r"[^，。；！？、]{4,60}(?:指南|意见|通知|报告|办法|规定|方案|规划|纲要|公告|公报|条例|白皮书|说明|清单|目录|细则|规范|标准)"
    r"(?:\s*[（(][^（()）]{1,12}[)）])*$"
)

_DATE_LINE = re.compile(
    rf"(?:19|20)\d\d\s*年\s*\d{{1,2}}\s*月(?:\s*\d{{1,2}}\s*日)?$|[二一][{_NUM}○]{{3}}年[{_NUM}]{{1,2}}月(?:[{_NUM}]{{1,3}}日)?$"
)
_CREDITS = re.compile(
    r"[^，。；：！？]{0,12}(?:贡献者|编写(?:组|团队|人员|单位|委员会)|编委会|编辑部|起草(?:组|单位|人)|课题组|参编|主编"
    r"|专家组|成员名单|联系邮箱|致谢)[^，。；！？]{0,12}$"
    r"|(?:Contributors|Acknowledge?ments?|Authors|Editors|Editorial Board|Drafting (?:Group|Committee)|Credits)$",
    re.I,
)

CONTENTS_TITLES = frozenset({"目录", "目次", "contents", "table of contents"})


@dataclass(frozen=True, slots=True)
class Mark:
    """What the beginning of a line says: `rank` is 0 for an item that is no heading."""

    rank: int
    length: int


def squeeze(line: str) -> str:
    """A letter-spaced title without its blanks: "前 言" is 前言, "上 海 市" is 上海市."""
    spaced = len(line) > 2 and line[1].isspace() and _SPACED_LETTERS.fullmatch(line)
    return re.sub(r"\s+", "", line) if spaced else line


def markdown_heading(line: str) -> Mark | None:
    match = _MARKDOWN.match(line)
    return Mark(len(match[1]), match.end()) if match else None


def numbered(line: str) -> Mark | None:
    """The mark of a numbered or named line. A title gives its rank, an item rank 0."""
    bare = squeeze(line)
    if _NAMED.match(bare):
        return Mark(20, 0)
    if _ANNEX.match(bare) and len(line) <= _TITLE_LIMIT and not _ENDS_SENTENCE.search(line):
        return Mark(PART, 0)
    for pattern, rank in _NUMBERED:
        match = pattern.match(line)
        if match:
            title = line[match.end() :].strip()
            clause = rank >= 40 and "，" in title
            return Mark(rank if is_title(title) and not clause else 0, match.end())
    return None


def is_title(text: str) -> bool:
    """Whether words after a number are a title: short, not a sentence, and words at all."""
    return (
        0 < len(text) <= (_TITLE_LIMIT if re.search(r"[一-鿿]", text) else 2 * _TITLE_LIMIT)
        and "\t" not in text
        and not _SENTENCE_INSIDE.search(text)
        and not _ENDS_SENTENCE.search(text)
        and text[-1] not in "、，,"
        and bool(re.match(r"[^\W\d]|[“《（(\"A-Za-z\d]", text))
    )


def document_title(line: str) -> bool:
    """Whether a line of its own names an official document by its type: …指南, …的通知, …（试行）."""
    return bool(_DOCUMENT_TITLE.match(line.strip()))


def date_line(line: str) -> bool:
    """Whether a line is nothing but a date, as below a signature."""
    return bool(_DATE_LINE.match(line.strip()))


def annex(line: str) -> bool:
    return bool(_ANNEX.match(squeeze(line)))


def bare_annex(line: str) -> bool:
    """Whether a line is an annex's mark without a title: 附件, 附件2, 附 录."""
    match = _ANNEX.match(squeeze(line.strip()))
    return bool(match) and not squeeze(line.strip())[match.end() :].strip(" :：")  # type: ignore[union-attr]


def credits_title(line: str) -> bool:
    """Whether a line heads a list of those who contributed."""
    return len(line) <= 40 and bool(_CREDITS.match(squeeze(line.strip())))


def bullet(line: str) -> bool:
    return bool(_BULLET.match(line))


def footnote(line: str) -> bool:
    return bool(_FOOTNOTE.match(line))


def caption(line: str) -> bool:
    return bool(_CAPTION.match(line)) and not _SENTENCE_INSIDE.search(line)


def dot_leader(line: str) -> bool:
    return bool(_DOT_LEADER.search(line[-80:]))


def page_at_end(line: str) -> bool:
    """Whether the line ends in a page number set apart, as contents pages without dots do."""
    return dot_leader(line) or (len(line) < 200 and bool(_PAGE_AT_END.match(line)))


def ends_sentence(line: str) -> bool:
    return bool(_ENDS_SENTENCE.search(line[-16:]))


_PAIRS = {"（": "）", "(": ")", "《": "》", "〈": "〉", "“": "”", "【": "】", "〔": "〕", "「": "」"}


def open_bracket(text: str) -> bool:
    """Whether a bracket or quotation mark is opened and not closed in `text`; half and full width
    close each other, as they are often mixed."""
    folded = text.replace("(", "（").replace(")", "）")
    return any(folded.count(a) > folded.count(b) for a, b in _PAIRS.items() if a != "(")


class Headings:
    """The open headings while a document is read from its beginning."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []

    def enter(self, rank: int, title: str) -> tuple[tuple[str, ...], int]:
        """Opens a heading; its own path (without itself) and its level from 1."""
        while self._open and self._open[-1][0] >= rank:
            self._open.pop()
        path = self.path
        self._open.append((rank, title))
        return path, len(path) + 1

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(title for _, title in self._open)
