"""What was found, put in order for a reader: the same words said once, neighbours in one piece, and documents in
turn where a question asks about several. Pure functions; they know neither engines nor models.

Nothing that was found is lost: what is collapsed stays beside the passage that is shown, as a place.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, zip_longest

from corpus.document import Document, Kind, Metadata
from indexing.store import Match
from indexing.tokeniser import fold

# Passages of different documents are one where at least this share of their pieces is in both.
SAME = 0.95
_PIECE = 5
# Passages whose lengths are further apart than this share can't be the same.
_LENGTHS = 0.9
# Fewer characters are a name or a heading, which says another thing in another document.
_LEAST = 12
# The most bytes that neighbours have together: some 800 Chinese characters or 400 English words.
_LONGEST = 2400
# So many times the hits wanted are looked at for what says the same, as long as there are hits enough.
LOOKED = 4
# What takes its turn has at least this share of the best score.
_FLOOR = 0.5

_NOT_WORDS = re.compile(r"[\W_]+")
# Where two passages differ in one of these, they say something else.
_TELLING = re.compile(
    r"\d+(?:[.,:/-]\d+)*|[〇零一二三四五六七八九十百千万亿两]+|[A-Za-z]*[A-Z][A-Za-z]*|[不非未无没禁勿免除仅只应须宜得可必]"
    r"|\b(?:not|no|never|without|except|only|unless|must|shall|should|may|can|cannot)\b"
)
_KINDS_ZH = r"(?:文件|指南|办法|规定|通知|意见|规范|方案|制度)"
_KINDS_EN = r"(?:documents|guides|guidelines|notices|regulations|rules|policies|editions|versions|reports)"
_KIND_EN = r"(?:document|guide|guideline|notice|regulation|rule|policy|edition|version|report)"
_ASKS_SEVERAL = re.compile(
    rf"(?:各|这些|那些|所有)[个份部项地]?{_KINDS_ZH}|[哪有][些几][个份部项]?{_KINDS_ZH}|[两二三四五六七八九十几\d][个份部项]{_KINDS_ZH}|"
    r"\b(?:which|each|all|both|these|two|three|several|across|different)"
    rf"(?: of)?(?: the)?(?: \w+)? {_KINDS_EN}\b|\b(?:each|every)(?: \w+)? {_KIND_EN}\b",
    re.I,
)
# 国家标准 and international standards are kinds of standards, whoever writes of them.
_KIND_OF_STANDARD = re.compile(r"(?:国家|国际|地方)标准|(?:inter)?national standards?", re.I)
_PLACE_ENDING = re.compile(r"(?:特别行政区|(?:壮族|回族|维吾尔)?自治区|省|市)$")
_REGIONS = {"international": ("国际", "international"), "国家": ("国家", "national")}
# The shortest title that is taken for one where a question says it.
_TITLE = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where else the words of a hit stand: `start` and `end` are of that document's text."""

    document_id: str
    title: str
    source: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage in the order of a search: the score that it has its rank by, and the one of fusion alone."""

    match: Match
    score: float
    fused: float


@dataclass(frozen=True, slots=True)
class Arranged:
    """What becomes a hit: one passage, or neighbours in the order of their text; its score is the best one's.
    `same` are passages of other documents that say the same."""

    parts: tuple[Ranked, ...]
    score: float
    fused: float
    same: tuple[Ranked, ...] = ()

    @property
    def start(self) -> int:
        return self.parts[0].match.start

    @property
    def end(self) -> int:
        return self.parts[-1].match.end


Read = Callable[[str], Document]


def arrange(
    found: Sequence[Ranked],
    k: int,
    read: Read,
    in_force: Callable[[str], bool],
    *,
    collapse: bool = True,
    join: bool = True,
) -> list[Arranged]:
    """At most `k` of what was `found`, in its order. `read` gives the document of an id; `in_force` says whether
    it holds today: of passages that say the same, one that does is shown. With `collapse` the same words are
    shown once, with `join` neighbours of one section are one."""
    kept: list[Arranged] = []
    compare = _Comparison(read)
    for place, one in enumerate(found):
        if len(kept) >= k and (place >= LOOKED * k or not collapse):
            break
        twin = next((i for i, each in enumerate(kept) if collapse and compare.repeated(each.parts, one)), None)
        if twin is not None:
            kept[twin] = _with_twin(kept[twin], one, in_force)
        elif len(kept) < k:
            alone = Arranged((one,), one.score, one.fused)
            if join:
                _add_joined(kept, alone, read)
            else:
                kept.append(alone)
    return kept


def take_turns(found: Sequence[Ranked]) -> list[Ranked]:
    """What scores well in turn by document, each document's best first; what scores below a share of the best
    follows in its order."""
    floor = _FLOOR * found[0].score if found else 0.0
    by_document: dict[str, list[Ranked]] = defaultdict(list)
    for one in found:
        if one.score >= floor:
            by_document[one.match.document_id].append(one)
    turns = [one for turn in zip_longest(*by_document.values()) for one in turn if one is not None]
    return turns + [one for one in found if one.score < floor]


def asks_several(question: str, documents: Iterable[Document]) -> bool:
    """Whether a question is about several documents: it says so (各文件, "which documents"), or it names two of
    these `documents`, by title, number or region. A comparison by itself is none: one document may make it."""
    if _ASKS_SEVERAL.search(question):
        return True
    asked = _bare(_KIND_OF_STANDARD.sub(" ", question))
    named: dict[str, set[str]] = defaultdict(set)
    for document in documents:
        for name in _names(document.metadata):
            if name in asked:
                named[name].add(document.id)
    # 甲办法 is not named by 甲办法实施细则, nor 江苏 by a title that begins with it.
    whole = [its for name, its in named.items() if not any(name != other and name in other for other in named)]
    return any(one.isdisjoint(other) for one, other in combinations(whole, 2))


def _names(metadata: Metadata) -> set[str]:
    """What people call a document, as questions are compared: its title, its number, the place that it is for."""
    region = metadata.region or ""
    places = _REGIONS.get(region, (_PLACE_ENDING.sub("", region),))
    long = (_bare(metadata.title), _bare(metadata.number or ""))
    return {name for name in long if len(name) >= _TITLE} | {_bare(place) for place in places if len(place) > 1}


class _Comparison:
    """Which passages say the same. Most differ in length or in a figure, so that their words need not be read."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._telling = cache(self._telling_of)
        self._text = cache(self._text_of)
        self._bare = cache(lambda match: _bare(self._text(match)))

    def repeated(self, parts: Sequence[Ranked], one: Ranked) -> bool:
        return any(self._same(part.match, one.match) for part in parts)

    def _same(self, first: Match, second: Match) -> bool:
        length, other_length = first.end - first.start, second.end - second.start
        if length < _LENGTHS * other_length or other_length < _LENGTHS * length or length < _LEAST:
            return False
        if first.document_id == second.document_id:
            return False
        if self._telling(first) != self._telling(second) or self._stands(first) != self._stands(second):
            return False
        one, other = self._bare(first), self._bare(second)
        if one == other or min(len(one), len(other)) < _LEAST:
            return one == other and len(one) >= _LEAST
        # Two issuers' texts on one pattern differ in little more than the names of their offices.
        if self._issued(first) != self._issued(second):
            return False
        pieces, others = _pieces(one), _pieces(other)
        return len(pieces & others) >= SAME * len(pieces | others)

    def _text_of(self, match: Match) -> str:
        """What a passage says, without its document's title, under which the same may stand elsewhere."""
        document = self._read(match.document_id)
        text, title = document.quote(match.start, match.end), document.metadata.title
        for block in document.blocks:
            if block.kind is Kind.HEADING and match.start <= block.start and block.end <= match.end:
                heading = document.quote(block.start, block.end)
                if heading.strip() == title:
                    return text.replace(heading, "", 1)
            if block.start >= match.end:
                break
        return text

    def _telling_of(self, match: Match) -> Counter[str]:
        return Counter(_TELLING.findall(unicodedata.normalize("NFKC", self._text(match))))

    def _issued(self, match: Match) -> tuple[object, ...]:
        metadata = self._read(match.document_id).metadata
        return metadata.region, metadata.issuers

    def _stands(self, match: Match) -> tuple[str, ...]:
        """What a table's row means by standing where it does; nothing of what is no row."""
        document = self._read(match.document_id)
        rows = [b for b in document.blocks if b.kind is Kind.TABLE_ROW and b.start < match.end and b.end > match.start]
        return (*(row.context for row in rows), *rows[0].headings, document.metadata.title) if rows else ()


def _bare(text: str) -> str:
    return _NOT_WORDS.sub("", fold(text))


def _pieces(text: str) -> set[str]:
    return {text[i : i + _PIECE] for i in range(max(1, len(text) - _PIECE + 1))}


def _with_twin(kept: Arranged, one: Ranked, in_force: Callable[[str], bool]) -> Arranged:
    shown = kept.parts[0]
    if len(kept.parts) == 1 and not in_force(shown.match.document_id) and in_force(one.match.document_id):
        return replace(kept, parts=(one,), same=(shown, *kept.same))
    return replace(kept, same=(*kept.same, one))


def _add_joined(kept: list[Arranged], one: Arranged, read: Read) -> None:
    """Adds one to those kept, as one with its neighbours among them, at the place of the best."""
    at = len(kept)
    while (place := next((i for i, each in enumerate(kept) if _adjoin(each, one, read)), None)) is not None:
        at, other = min(at, place), kept.pop(place)
        first, second = sorted((one, other), key=lambda each: each.start)
        best = max((one, other), key=lambda each: each.score)
        one = replace(best, parts=(*first.parts, *second.parts), same=(*other.same, *one.same))
    kept.insert(at, one)


def _adjoin(one: Arranged, other: Arranged, read: Read) -> bool:
    """Whether two are neighbours of one section, and no longer together than is read with ease."""
    if one.parts[0].match.document_id != other.parts[0].match.document_id:
        return False
    first, second = sorted((one, other), key=lambda each: each.start)
    before, after = first.parts[-1].match, second.parts[0].match
    if before.number + 1 != after.number:
        return False
    document = read(before.document_id)
    if len(document.quote(first.start, second.end).encode("utf-8", "surrogatepass")) > _LONGEST:
        return False
    return _section(document, before) == _section(document, after)


def _section(document: Document, match: Match) -> tuple[str, ...]:
    within = [b for b in document.blocks if b.start < match.end and b.end > match.start and b.kind is not Kind.HEADING]
    return within[-1].headings if within else ("", str(match.number))
