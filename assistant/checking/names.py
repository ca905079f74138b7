"""Names in a text that must stand in what is cited: public bodies, companies, places, English proper names.

There is no list of bodies: a Chinese one is known by its ending (部, 委员会, 公司), and where it begins is not
written. So it counts as said where the longest end of it that the cited words have begins a name in either text.
A short name (工信部) counts for a full one that has its characters in their order. People's names are not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from corpus.places import CHINESE_PLACE, mentions_of_places, names_place
from indexing.tokeniser import fold, stem

_ENDING = re.compile(
    r"人民政府|[省市县]政府|国务院|委员会|标委会|办公室|办公厅|管理总局|管理局|监管局|总局|网信办|研究院|科学院|工程院|研究所|实验室|联合会|促进会|"
    r"领导小组|工作组|公司|集团(?!军)|协会|学会|联盟(?!链)|大学(?!生)|学院|银行|法院|检察院|标准化组织|(?<=[一-鿿]{2})(?:部(?![分门署件队落位属下委])|"
    r"局(?![面部限势长])|厅(?![堂长局])|委(?![员托派任办]))"
)
_NO_BODY = re.compile(
    r".*(?:[全内外局干各本总东西南北中]部|[东中西南北]部|格局|布局|结局|全局|大局|有关公司|本公司|各部委|部委)$"
)
_RUN = re.compile(r"[一-鿿()a-z·]+$")
# What may stand before a name and be no part of it.
_EDGE = frozenset(
    "由与和及在向对经据是为被的等于从给让把将按以同各了着会托合过持织立督导报送请并、，。；：:,;()（）《》“”\"' \n|"
)
# What may stand within a name too.
_JOINTS = "和与及会()"
_LONGEST = 24
_CAPITAL = re.compile(r"\b[A-Z][A-Za-z]+(?:['’][a-z]+)?\b")
_LATIN = re.compile(r"[A-Za-z]{2,}")
_CHINESE = re.compile("[一-鿿]")
_NO_NAME = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug"
    " sept sep oct nov dec monday tuesday wednesday thursday friday saturday sunday article section chapter part annex"
    " appendix table figure the this that these those it in on at by for of and or a an as its their according under no"
    " chinese china yes".split()
)
# Letters at a word's beginning that are enough to know a name by: China and Chinese, Europe and European.
_ALIKE = 5


@dataclass(frozen=True, slots=True)
class Text:
    """A text as names are looked for in it: as it stands, and folded without blanks."""

    plain: str
    folded: str
    squeezed: str

    @property
    def has_chinese(self) -> bool:
        return bool(_CHINESE.search(self.squeezed))


def in_chinese(text: str) -> bool:
    """Whether a text is in Chinese rather than English: names in Latin letters do not make it English."""
    return len(_CHINESE.findall(text)) > len(_LATIN.findall(text))


def text_of(plain: str, folded: str | None = None) -> Text:
    folded = fold(plain) if folded is None else folded
    return Text(plain, folded, re.sub(r"\s+", "", folded))


def missing_names(said: Text, cited: Text) -> tuple[str, ...]:
    """The names of one text that another lacks, in their order."""
    found = [*_bodies(said, cited), *_places(said, cited), *_proper(said, cited)]
    return tuple(dict.fromkeys(found))


def missing_places(said: str, cited: str) -> tuple[str, ...]:
    """The places of one text that another does not name, in either language."""
    return tuple(_places(text_of(said), text_of(cited)))


def bodies(squeezed: str) -> Iterator[str]:
    """The words up to each ending of a body's name, what may stand before the name included."""
    for match in _ENDING.finditer(squeezed):
        run = _RUN.search(squeezed, max(0, match.end() - _LONGEST), match.end())
        if run and len(run[0]) >= 3 and not _NO_BODY.match(run[0]):
            yield run[0]


def _bodies(said: Text, cited: Text) -> Iterator[str]:
    if not cited.has_chinese:
        return
    for run in bodies(said.squeezed):
        if not _body_held(run, cited.squeezed) and not any(
            _short(run, other) for other in _cited_bodies(cited.squeezed)
        ):
            yield _trimmed(run)


def _body_held(run: str, cited: str) -> bool:
    ending = max((len(match[0]) for match in _ENDING.finditer(run)), default=1)
    for start in range(len(run) - min(ending, len(run) - 1)):
        tail = run[start:]
        place = cited.find(tail)
        if place < 0:
            continue
        if len(tail) < 3:
            return False
        if start == 0 or run[start - 1] in _EDGE:
            return True
        while place >= 0:
            if place == 0 or cited[place - 1] in _EDGE or not "一" <= cited[place - 1] <= "鿿":
                return True
            place = cited.find(tail, place + 1)
        return False
    return False


def _short(run: str, other: str) -> bool:
    """Whether one name is short for the other: 工信部 for 工业和信息化部."""
    names = (_trimmed(run), _trimmed(other))
    short, long = sorted(names, key=len)
    if len(short) < 3 or short[0] not in long or short[-1] != long[-1]:
        return False
    at = iter(long[long.find(short[0]) :])
    return all(c in at for c in short) and not (
        CHINESE_PLACE.match(long) and not CHINESE_PLACE.match(short) and short[0] != long[0]
    )


def _trimmed(run: str) -> str:
    """A name without what stands before it, as far as that can be told."""
    cuts = [i + 1 for i, c in enumerate(run[:-3]) if c in _EDGE and c not in _JOINTS]
    return run[max(cuts, default=0) :].lstrip(_JOINTS)


@lru_cache(maxsize=256)
def _cited_bodies(squeezed: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(bodies(squeezed)))


def _places(said: Text, cited: Text) -> Iterator[str]:
    """The places named in Chinese, and in English where what is cited is in Chinese: a proper name otherwise."""
    for form, place in mentions_of_places(said.plain):
        if form[0].isascii() and not cited.has_chinese:
            continue
        if not names_place(cited.squeezed, place) and not names_place(cited.folded, place):
            yield form


def _proper(said: Text, cited: Text) -> Iterator[str]:
    """Names in Latin letters: capitalised words inside an English sentence, any word in a Chinese one."""
    known = _latin(cited.folded)
    if in_chinese(said.plain):
        for match in _LATIN.finditer(said.plain):
            if match[0].lower() not in _NO_NAME and not _known(match[0], known):
                yield match[0]
        return
    for match in _CAPITAL.finditer(said.plain):
        word = match[0]
        if word.lower() in _NO_NAME or (match.start() == _first(said.plain) and not word.isupper()):
            continue
        if in_chinese(cited.plain) and not word.isupper():
            continue  # a translated name can't be looked for
        if not _known(word, known):
            yield word


def _first(text: str) -> int:
    match = re.search("[A-Za-z]", text)
    return match.start() if match else -1


def _known(word: str, known: frozenset[str]) -> bool:
    word = fold(re.sub("['’]s$", "", word))
    return word in known or stem(word) in known or (len(word) >= _ALIKE and word[:_ALIKE] in known)


@lru_cache(maxsize=256)
def _latin(folded: str) -> frozenset[str]:
    words = set(re.findall("[a-z]+", folded))
    return frozenset(words | {stem(word) for word in words} | {word[:_ALIKE] for word in words if len(word) >= _ALIKE})
