"""The marks by which official documents show their structure, in Chinese and in English.

Each mark has a rank: a heading ends every open heading of the same or a higher rank. Marks are
recognised line by line; whether a numbered line is a heading or an item is decided by what follows
the number: a title is short and is no sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUM = "一二三四五六七八九十百零〇"
_TITLE_LIMIT, _LONG_TITLE_LIMIT = 42, 72
# The title of an article is shorter, and so is one that ends with a colon.
_ARTICLE_TITLE, _COLON_TITLE = 24, 12

# Ranks: Markdown 1-6, then enclosures, parts, chapters, sections and articles, then the official order
# 一、（一）1. 1.1 1.1.1 （1）.
ENCLOSURE, PART, CHAPTER, SECTION, ARTICLE = 7, 10, 12, 15, 18
CLAUSE, SUBCLAUSE, _DEEPEST = 40, 41, 45
# What follows 第三条 where the article is only referred to: 第三条规定的, 第三条至第五条.
_REFERRED = "规規定的所、和或至第中及，。款项項之与與以修"
_ORDINAL = rf"第\s?[{_NUM}\d]{{1,5}}"
_ARTICLE_MARK = re.compile(
    rf"{_ORDINAL}(?:-\d{{1,2}})?\s?[条條](?:\s?之\s?[{_NUM}\d]{{1,3}})?(?=$|[\s:：【]|[一-鿿](?<![{_REFERRED}]))"
    r"(?:\s*(?:【[^【】]{1,30}】|[（(〔][^（()）〔〕]{1,20}[)）〕](?=\s)))?"
)
_ENGLISH_NUMBER = r"(?:\d{1,3}|[IVXLC]{1,6}|[A-Z])\b[.:]?"
_NUMBERED: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(rf"{_ORDINAL}\s?(?:[编編篇]|部分(?=\s|$))"), PART),
    (re.compile(rf"{_ORDINAL}\s?章"), CHAPTER),
    (re.compile(rf"{_ORDINAL}\s?[节節]"), SECTION),
    (_ARTICLE_MARK, ARTICLE),
    (re.compile(rf"(?:P(?:art|ART)|A(?:nnex|NNEX|ppendix|PPENDIX)|T(?:itle|ITLE))\s+{_ENGLISH_NUMBER}"), PART),
    (re.compile(rf"C(?:hapter|HAPTER)\s+{_ENGLISH_NUMBER}"), CHAPTER),
    (re.compile(rf"S(?:ection|ECTION)\s+{_ENGLISH_NUMBER}"), SECTION),
    (re.compile(rf"A(?:rticle|RTICLE)\s+{_ENGLISH_NUMBER}|§+\s?\d{{1,4}}(?:\.\d{{1,4}})*"), ARTICLE),
    (re.compile(r"0\d(?=\s+[^\W\d])"), PART),
    (re.compile(rf"[{_NUM}]{{1,4}}、"), 20),
    (re.compile(rf"[（(][{_NUM}]{{1,4}}[)）]"), 30),
    (re.compile(r"[A-Z]\.\d{1,2}(?:\.\d{1,2})*(?=\s)"), SUBCLAUSE),
    (re.compile(r"\d{1,2}(?:\.\d{1,2}){1,4}(?=\s|[^\W\d])\.?"), SUBCLAUSE),
    (re.compile(r"\d{1,2}(?:[.．](?!\d)|、)"), CLAUSE),
    (re.compile(r"[（(]\d{1,2}[)）]"), 50),
    (re.compile(r"\d{1,2}[)）]"), 50),
    (re.compile(r"[①-⑳]"), 60),
)
_ANNEX = re.compile(r"附\s*[件录錄表](?:\s*[\dA-Z一二三四五六七八九十]{0,2})(?=$|[:：\s（(])")
_ANNEX_NATURE = re.compile(r"[（(](?:规范性|資料性|资料性|normative|informative)(?:附录)?[)）]$", re.I)
_ENCLOSED = re.compile(r"附\s*件\s*[:：]\s*")
_QUESTION = re.compile(
    rf"(?:(?:\d{{1,3}}|[{_NUM}]{{1,4}})\s*[.．、]\s*)?(?:问题?\s*\d{{0,3}}|Q(?:uestion)?\s?\d{{0,3}})\s*[:：.．、]\s*(?=\S)"
)
_NAMED = re.compile(
    r"(?:前言|引言|序言|概述|摘要|目录|目次|目錄|参考文献|致谢|后记|"
    r"Foreword|Preface|Introduction|Contents|References|Bibliography|Executive Summary|Abstract"
    r"|FOREWORD|PREFACE|INTRODUCTION|CONTENTS|REFERENCES|BIBLIOGRAPHY|EXECUTIVE SUMMARY|ABSTRACT)$"
)
# Sections without numbered ones of their own, and those that stand at the end of everything.
_LEAF = re.compile(
    r"(?:前言|引言|序言|摘要|参考文献|致谢|后记|foreword|preface|introduction|executive summary|abstract|references"
    r"|bibliography)$",
    re.I,
)
_LAST = re.compile(r"(?:参考文献|References|Bibliography|REFERENCES|BIBLIOGRAPHY)$")
_BULLET = re.compile(r"(?:[-*+•·●▪◦■◆]\s+|——\s*|[a-z][)）]\s*|[a-z][.．]\s+|[（(](?:[a-z]|[ivx]{1,5})[)）]\s*)(?=\S)")
_MARKDOWN = re.compile(r"(#{1,6})\s+(?=\S)")
_FOOTNOTE = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+\s*(?=\S)|\[\^?\d{1,3}\]:?\s+(?=\S)")
_DECIMAL = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,4}$")
_CAPTION = re.compile(r"(?:图|表|Figure|Table|Fig\.)\s*\d+[\s:：.]*\S.{0,60}$")
_DOT_LEADER = re.compile(r"(?:\.{4,}|…{2,}|(?:\. ){4,}|·{4,})\s*(?:\d{1,4}|[IVXLivxl]{1,6})\s*$")
_PAGE_AT_END = re.compile(r"\S.*?(?:\t+|\s{2,})\d{1,3}\s*$")
_SENTENCE_INSIDE = re.compile(r"[。；！？]|[;!?]\s|\.\s+[A-Z]")
_ENDS_SENTENCE = re.compile(r"[。！？；：…!?;:][”’」』）)》\"']*$|\.[\"')]*$")
_SPACED_LETTERS = re.compile(r"(?:[一-鿿]\s+){1,}[一-鿿]$")

_DOCUMENT_TITLE = re.compile(
    r"[^，。；！？、]{4,60}(?:指南|意见|通知|报告|办法|规定|方案|规划|纲要|公告|公报|条例|白皮书|说明|清单|目录|细则|规范|标准"
    r"|的(?:函|复函|批复|决定|决议|答复|请示|通告|通报|公示)|纪要|章程|规则|制度)"
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

CONTENTS_TITLES = frozenset({"目录", "目次", "目錄", "contents", "table of contents"})
# Lines that are complete by themselves, whatever stands above and below.
_ALONE = re.compile(
    r"[一-鿿]{1,20}\s?[〔［\[（(【]\s*(?:19|20)\d\d\s*[〕］\])）】]\s*第?\s*\d{1,5}\s*号$"
    r"|各[^，。；]{1,60}[:：]$|[^，。；]{2,40}(?:政府|单位|委员会|集团|公司|[局厅部处科室校院])[:：]$"
    r"|问\s?\d{0,3}[:：]|答\s?\d{0,3}[:：]|(?:Q|A)\d{0,3}[.:]\s"
)
_LABEL = re.compile(
    r"(?:GB|DB\d{2,6}|YD|SJ|JR|T|Q|ISO|IEC|IEEE)(?:/[A-Z]{1,12})?\s?[\d.]{1,10}(?:[-—–]\d{1,4}){0,2}(?::\d{4})?(?:\s|$)"
    r"|(?:19|20)\d\d\s?-\s?\d\d\s?-\s?\d\d\s*发\s?布"
    r"|[一-鿿]{1,3}\s?[一-鿿]{1,6}[:：]\s*\S|[A-Z][A-Za-z]{1,14}(?: [A-Za-z]{1,12}){0,2}\.?:\s"
)
# No line begins so that is not the rest of the one above.
_GOES_ON = re.compile(r"[，。、；：！？）》”]|\d[\d.,]{0,11}\s?[%％]")


@dataclass(frozen=True, slots=True)
class Mark:
    """What the beginning of a line says: `rank` is 0 for an item that is no heading, `order` the rank
    that a heading with this mark has."""

    rank: int
    length: int
    order: int = 0


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
        return Mark(PART, 0, PART) if _LAST.match(bare) else Mark(20, 0, 20)
    if (annexed := _ANNEX.match(bare)) and len(line) <= _TITLE_LIMIT and not _ENDS_SENTENCE.search(line):
        rank = ENCLOSURE if bare.startswith("附件") and not bare[annexed.end() :].startswith(("（", "(")) else PART
        return Mark(rank, 0, rank)
    if (asked := _QUESTION.match(line)) and len(line) <= 2 * _TITLE_LIMIT and line[-1] in "?？":
        return Mark(22, asked.end(), 22)
    for pattern, order in _NUMBERED:
        match = pattern.match(line)
        if match:
            rank = _depth(match[0]) if order == SUBCLAUSE else order
            return _mark(rank, match.end(), line[match.end() :].strip())
    return None


def _mark(order: int, length: int, title: str) -> Mark | None:
    if order <= ARTICLE:
        title = title.lstrip(" —–-:：.\u3000")
        if title[:1].islower():
            return None  # "Section 5 of the act" is the rest of a sentence
        if not title or (order == ARTICLE and _article_title(title)) or (order < ARTICLE and is_title(title)):
            return Mark(order, length, order)
        return Mark(0, length, order)
    clause = order >= CLAUSE and "，" in title
    titled = is_title(title, _LONG_TITLE_LIMIT if order < CLAUSE else _TITLE_LIMIT) and not clause
    return Mark(order if titled or (order < CLAUSE and _announces(title)) else 0, length, order)


def _article_title(title: str) -> bool:
    return is_title(title, _ARTICLE_TITLE) and not re.search(r"[，、]|应当|不得|可以|和$", title)


def _announces(title: str) -> bool:
    """Whether a title ends with a colon or a question mark: 活动时间：, 怎样申请？"""
    short = _COLON_TITLE if title[-1:] in "：:" else _TITLE_LIMIT
    return (
        title[-1:] in ("：", ":", "？", "?")
        and len(title) <= short
        and is_title(title[:-1].rstrip())
        and "、" not in title
    )


def _depth(number: str) -> int:
    """The rank of 1.1 and what is below it; 1.0 stands beside 2.0 and above 1.1."""
    parts = number.strip(". ").split(".")
    return CLAUSE if len(parts) == 2 and parts[1] == "0" else min(SUBCLAUSE + len(parts) - 2, _DEEPEST)


def article(line: str) -> int:
    """The length of an article's mark with its name, where a line begins with one (第五条, 第 3-1 條,
    第八条之一 【标题】) and goes on; else 0."""
    match = _ARTICLE_MARK.match(line)
    if match is None or not line[match.end() :].strip(" :：\u3000\t"):
        return 0
    return match.end() + (line[match.end()] in ":：")


def is_title(text: str, limit: int = _TITLE_LIMIT) -> bool:
    """Whether words after a number are a title: short, not a sentence, and words at all."""
    return (
        0 < len(text) <= (limit if re.search(r"[一-鿿]", text) else 2 * _TITLE_LIMIT)
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


def enclosed(line: str) -> int:
    """The length of "附件：", which names what is enclosed, at a line's beginning; else 0."""
    match = _ENCLOSED.match(line)
    return match.end() if match else 0


def annex_nature(line: str) -> bool:
    """Whether a line only says of the annex above it whether it is binding: （规范性）, (normative)."""
    return bool(_ANNEX_NATURE.match(line))


def bare_mark(line: str) -> bool:
    """Whether a line is the mark of a chapter, an English article or an annex without a title, which
    stands on the next line."""
    mark = numbered(line)
    return (
        bare_annex(line)
        or bool(_DECIMAL.match(line))
        or (
            mark is not None
            and 0 < mark.rank <= ARTICLE
            and 0 < mark.length == len(line)
            and not _ARTICLE_MARK.match(line)
        )
    )


def stands_alone(line: str) -> bool:
    """Whether a line is complete: a document's number, a salutation, a question or its answer."""
    return bool(_ALONE.match(line)) or date_line(line)


def label(line: str) -> bool:
    """Whether a line begins with the name of what it says or lists: 时间：…, Date: …, GB/T 1.1 …."""
    return bool(_LABEL.match(line))


def goes_on(line: str) -> bool:
    """Whether a line can only be the rest of the one above."""
    return bool(_GOES_ON.match(line))


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
        while self._open and (self._open[-1][0] >= rank or (rank >= 20 and self._leaf())):
            self._open.pop()
        path = self.path
        self._open.append((rank, title))
        return path, len(path) + 1

    def _leaf(self) -> bool:
        rank, title = self._open[-1]
        return rank >= PART and bool(_LEAF.match(title))

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(title for _, title in self._open)
