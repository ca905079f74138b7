"""Finds a document's title among its first lines, with what the brackets behind it say.

A notice that issues a document which follows it in the same file is that document's cover: the title
is the document's. A news headline about a document is not its title where its own follows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from corpus import dates, fields, structure
from corpus.document import Status
from corpus.organisations import organisations

_TYPE = (
    r"(?:指南|意见|通知|报告|办法|规定|方案|规划|纲要|公告|公报|条例|白皮书|蓝皮书|说明|清单|目录|细则|规范|标准|决定|决议|批复|通报"
    r"|通告|计划|章程|规则|要点|准则|导则|规程|体系|框架|倡议|宣言|手册|指引|预案|大纲|措施|要求|总结|制度|纪要|法|函)"
)
_BRACKETS = r"(?:\s*[（(][^（()）]{1,16}[)）])"
_OFFICIAL = re.compile(rf"[^，。；！？：:\t]{{3,100}}?{_TYPE}(?:[\s\d年]*版)?{_BRACKETS}*$")
# A longer line is no title.
_LINE = 160
_TAIL = re.compile(rf"{_BRACKETS}+$")
_BRACKET = re.compile(r"[（(]([^（()）]{1,16})[)）]")
_EDITION = re.compile(
    r"(?:(?:19|20)\d\d\s*年?\s*(?:版|修订版?|修正版?|年版)|第[一二三四五六七八九十\d]+版|[Vv]\d+(?:\.\d+)*|修订版"
    r"|(?:Version|Edition|Rev(?:ision)?\.?)\s+[\dA-Z][\d.]*"
    r"|(?:First|Second|Third|Fourth|Fifth|\d+(?:st|nd|rd|th)) edition)$",
    re.I,
)
_STAGE = re.compile(
    r"(?:公开)?征求意见稿?|草案.{0,6}|送审稿|讨论稿|报批稿|(?:现?已)?(?:废止|失效)$"
    r"|(?:consultation )?draft.{0,24}|withdrawn",
    re.I,
)
_STAGE_BEFORE = re.compile(
    r"(?:Consultation draft|Draft(?: for (?:public )?(?:comments?|consultation))?)\s*[:：]\s*(?=\S)", re.I
)
_ISSUING = re.compile(
    r"(?:(?P<who>[^《》，。：]{0,60}))关于(?:(?:联合)?(?:印发|发布|公布|下达|转发|实施)|(?:公开)?(?:征求|对))\s*"
    r"(?:《(?P<marked>[^《》]{4,100})》|(?P<plain>[^《》，。]{4,100}?))\s*(?:公开征求意见|(?:公开)?(?:征求)?(?:有关)?意见)?的?"
    r"(?:通知|公告|函|决定|通告|启事)$"
)
_HEADLINE = re.compile(r"[！!？?丨｜|]|重磅|一图|图解|解读|(?:印发|发布|公布|出台|实施)[^《]{0,6}《[^》]+》?$")
_NO_TITLE = re.compile(
    r"文\s*件$|.*令$|附\s*件|附\s*录|目\s*录$|各.*[:：]$|World |第.{1,8}号$"
    # What kind of document it is, who announces, what stands on a standard's cover, the way to a web page.
    r"|.{0,16}(?:国家|行业|地方|团体|企业)标准$|(?:international|national) standard$"
    r"|[^关《]{2,30}(?:[部局厅委院会署]|政府|办公室|中心)公告$|(?:市长|省长|局长|专题|常务|办公|党组){0,3}会议纪要$"
    r"|(?:部分)?[代替]{2}\s*[A-Z]|ICS\b|CCS\b|首页\s*[>›»/]|当前位置|[1-9][ \u3000]+\S",
    re.I,
)
_NAME_LABEL = re.compile(r"(?:法規名稱|法规名称|文件名称|标题|名称)\s*[:：]\s*(?=\S)")
# A line of these signs alone, or a standard's number, is no title either.
_CODE = re.compile(r"[\d\s./:()-]+$|[A-Z]{2,}[/A-Z ]*\s?[\d-]+:\d{4}")
_ENGLISH_TYPE = re.compile(
    r"\b(?:polic(?:y|ies)|guidelines?|guide|regulations?|act|rules|report|procedures?|manual|handbook|plan|strategy|minutes"
    r"|code|framework|charter|standard|specification|questions)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Title:
    """A title, the numbers of its first and last line, and what it says of edition and status."""

    text: str
    first: int
    last: int
    edition: str | None = None
    status: Status | None = None
    firm: bool = False


def find_title(lines: Sequence[tuple[str, bool]]) -> Title | None:
    """The title in a document's first lines, each with whether it is a heading of the first level."""
    texts = [structure.squeeze(_NAME_LABEL.sub("", text)) if len(text) <= _LINE else "。" for text, _ in lines]
    issued = _issued(texts)
    if issued is not None:
        return issued
    top = next((i for i, (_, first) in enumerate(lines) if first and _plausible(texts[i])), None)
    official = _official(texts, 8)
    if top is not None and (official is None or top <= official.first) and not _HEADLINE.search(texts[top]):
        return _whole(texts, top, top, firm=bool(_OFFICIAL.match(texts[top])))
    if official is None and top is not None and _HEADLINE.search(texts[top]):
        official = _official(texts, len(texts), alone=True)
    if official is not None:
        return official
    if top is not None:
        return _whole(texts, top, top)
    return _first_line(texts)


def _issued(texts: Sequence[str]) -> Title | None:
    """The document that a notice among the lines issues, where it stands below the notice."""
    for i, (text, last) in enumerate(map(partial(_over_lines, texts), range(len(texts)))):
        match = _ISSUING.fullmatch(text)
        if match is None:
            continue
        name = match["marked"] or match["plain"]
        for j in range(last + 1, len(texts)):
            end = next((k for k in range(j, min(j + 3, len(texts))) if _same("".join(texts[j : k + 1]), name)), None)
            if end is not None:
                title = _whole(texts, j, end, firm=True)
                named = _dressed(name, j, title.last, True)
                return Title(
                    title.text if title.edition or not named.edition else named.text,
                    j,
                    title.last,
                    title.edition or named.edition,
                    title.status or named.status,
                    True,
                )
        if i < 12:
            return Title(_tidy(text), i, last, firm=True)
    return None


def _over_lines(texts: Sequence[str], i: int) -> tuple[str, int]:
    """A line, with those that follow where it begins the title of a notice that ends on one of them; and
    the number of the last."""
    if "关于" in texts[i] and len(texts[i]) <= 60:
        for last in range(i, min(i + 3, len(texts))):
            whole = "".join(texts[i : last + 1])
            if _ISSUING.fullmatch(whole):
                return whole, last
    return texts[i], i


def _official(texts: Sequence[str], within: int, alone: bool = False) -> Title | None:
    """The first lines that name a kind of official document; a cover has its title on two or three."""
    for i in range(min(within, len(texts))):
        for last in range(i, min(i + (1 if alone else 3), len(texts))):
            if last > i and (
                len(texts[last - 1]) > 40
                or texts[last].startswith("关于")
                or not _part(texts[last - 1])
                or not _part(texts[last])
            ):
                break
            joined = _tidy(" ".join(texts[i : last + 1]))
            if len(joined) >= 6 and _OFFICIAL.match(joined) and _plausible(joined) and not _HEADLINE.search(joined):
                return _whole(texts, i, last, firm=True)
    return None


def _part(text: str) -> bool:
    """Whether a line may be a part of a title that is broken over lines."""
    return bool(
        _plausible(text) and not organisations(text) and not dates.parse(text) and not fields.is_number(text)
        and not _TAIL.fullmatch(text) and re.search(r"[一-鿿]", text)
    )  # fmt: skip


def _plausible(text: str) -> bool:
    ended = structure.ends_sentence(text.rstrip("）)》"))
    return not ended and structure.numbered(text) is None and not _NO_TITLE.match(text)


def _first_line(texts: Sequence[str]) -> Title | None:
    possible = []
    for i, text in enumerate(texts[:6]):
        if len(text) > 80 or structure.ends_sentence(text) or structure.numbered(text) is not None:
            if i >= 2:
                break
        elif not _NO_TITLE.match(text) and not _EDITION.match(text) and not _CODE.match(text) and not dates.parse(text):
            possible.append(i)
    named = [i for i in possible if _ENGLISH_TYPE.search(texts[i]) and not structure.label(texts[i])]
    possible = [i for i in possible if i < 3 or i == possible[0]]
    first = next(iter(named or possible), None)
    if first is None:
        first = next((i for i, text in enumerate(texts[:3]) if _plain(text)), None)
    return None if first is None else _whole(texts, first, first)


def _plain(text: str) -> bool:
    return len(text) <= 80 and not structure.ends_sentence(text) and structure.numbered(text) is None


def _whole(texts: Sequence[str], first: int, last: int, firm: bool = False) -> Title:
    """The title of some lines with the brackets that stand on the lines after them."""
    text = " ".join(texts[first : last + 1])
    for following in texts[last + 1 : last + 4]:
        if _TAIL.fullmatch(following) or _EDITION.match(following) or _STAGE.fullmatch(following):
            text += following if following[0] in "（(" else _bracketed(following)
            last += 1
        else:
            break
    return _dressed(text, first, last, firm)


def _dressed(text: str, first: int, last: int, firm: bool) -> Title:
    """A title without the brackets that tell its stage, which is no part of it."""
    text = _tidy(text)
    name = _TAIL.sub("", text)
    edition, status = None, Status.TRIAL if re.search(r"试行", name) else None
    if match := re.search(r"(?:19|20)\d\d\s*年?\s*版$", name):
        edition = re.sub(r"\s", "", match[0])
    for bracket in _BRACKET.findall(text[len(name) :]):
        inside = bracket.strip()
        if _EDITION.match(inside):
            edition = re.sub(r"\s", "", inside) if _chinese(inside) else inside
        stage = _STAGE.fullmatch(inside)
        status = fields.status_of(inside) if stage or inside == "试行" else status
        if not stage and not dates.parse(inside):
            name += _bracketed(bracket)
    if before := _STAGE_BEFORE.match(name):
        status, name = fields.status_of(before[0]), name[before.end() :]
    if name.startswith("《") and name.endswith("》"):
        name = name[1:-1]
    return Title(name, first, last, edition, status, firm)


def _bracketed(words: str) -> str:
    return f"（{words}）" if _chinese(words) else f" ({words})"


def _same(title: str, other: str) -> bool:
    return bare(title) == bare(other)


def names(heading: str, title: str) -> bool:
    """Whether a heading only names the document: its title, or a headline about it."""
    return _same(heading, title) or (bare(title) in bare(heading) and bool(_HEADLINE.search(heading)))


def bare(title: str) -> str:
    """A title without blanks, marks and the brackets behind it, to compare it with another."""
    title = re.sub(r"[\s《》]", "", title)
    return _TAIL.sub("", title)


def _tidy(title: str) -> str:
    """A title on one line, without blanks between Chinese characters except between organisations."""
    return re.sub(r"(?<=[一-鿿])\s+(?=[一-鿿（])", "", title) if "关于" not in title else " ".join(title.split())


def _chinese(text: str) -> bool:
    return bool(re.search(r"[一-鿿]", text))
