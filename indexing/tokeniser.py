"""Text to search terms, the same for passages and for questions, in Chinese and in English.

- Chinese: single characters and character pairs. Pairs beat word segmentation on government policy
  and never lose significantly; single characters help where a question says less than a word.
- English: words, stemmed (Porter 2), so that "standards" finds "standard".
- Identifiers (ISO/IEC 42001:2023, GB/T 13016-2018, 工信部联科〔2024〕113号): whole, and by their parts. A rating in
  stars is one, by how many there are.
- Folded together: full and half width, traditional and simplified, upper and lower case, and blanks
  between Chinese characters. Footnote marks (¹) are dropped, not turned into digits.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import opencc
    import snowballstemmer

# Part of an index's identity: raise it when the terms of the same text change.
TOKENISER = "terms/2"

_CJK = "一-鿿㐀-䶿\U00020000-\U0002fa1f々〇"
_FOOTNOTE_MARK = re.compile(r"[⁰¹²³⁴-⁹]+")
# Standards are written with any dash before the year: GB/T 13016—2018.
# (What is rare is looked for first and what stands before it afterwards, which takes a third of the time.)
_DASH_IN_NUMBER = re.compile(r"[—–‐‑−](?<=\d[—–‐‑−])(?=\d)")
_GAP_IN_CHINESE = re.compile(rf"\s(?<=[{_CJK}]\s)\s*(?=[{_CJK}])")
_DOCUMENT_NUMBER = re.compile(rf"([{_CJK}]{{2,12}})\s*[〔\[(„]\s*(\d{{4}})\s*[〕\])‟]\s*第?(\d{{1,5}})\s*号")
# As people say one: 国办发2020年35号文. What stands before the year has to end as the marks of issuers do.
_SPOKEN_DOCUMENT_NUMBER = re.compile(
    rf"([{_CJK}]+(?<=[发函联办字令规通科智标信改]))\s*((?:19|20)\d\d)\s*年?\s*第?\s*(\d{{1,5}})\s*号"
)
_STANDARD = re.compile(
    r"(?<![A-Za-z])([A-Za-z]{2,10}(?:/[A-Za-z]{1,5}|-[A-Za-z]{1,2}){0,2})[\s-]?([A-Za-z]\.)?(\d[\d.]*\d|\d)"
    r"((?:[-:]\d{1,4}){0,3})(?![A-Za-z\d])"
)
# Bodies whose names make an identifier with any number; other letters must be capitals (SC 42, P7000).
_BODIES = frozenset("iso iec ieee itu itu-t gb gb/t gb/z din en bs nist etsi cen ansi rfc yd/t jr/t db".split())
_YEAR = re.compile(r"(?:19|20)\d\d")
# A rating is told apart by how many stars it has: ★★ is none of ★★★.
_STARS = re.compile(r"[★☆]{1,6}")
_SPOKEN_STARS = re.compile(
    r"([一两二三四五1-5])\s*(?:颗星?|个?星)(?![期级])|\b(one|single|two|three|four|five|[1-5])[ -]stars?\b", re.I
)
_HOW_MANY = dict(zip("一两二三四五", (1, 2, 2, 3, 4, 5), strict=True)) | {
    "one": 1,
    "single": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
}
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*%?")
_RUN = re.compile(rf"[{_CJK}]+")

_ENGLISH_ASKING = re.compile(
    r"\b(?:"
    + "|".join(
        "a an and are as at be been but by can could do does did for from had has have how i if in into is it its"
        " many me much my of on or our please shall should so such tell than that the their them there these they"
        " this those to was we were what when where which who whom whose why will with would you your about"
        " according any give list name say says said".split()
    )
    + r")\b",
    re.I,
)
_CHINESE_ASKING = re.compile(
    r"有哪些|有多少|有什么|是什么|是哪些|是多少|请问|请列出|请说明|请介绍|请|什么时候|什么样|什么|哪一年|哪一个|哪一|哪些|哪个|哪几|哪种|哪里|哪|多少|几个|几项|几类|几|"
    r"如何|怎么样|怎么|怎样|为什么|为何|是否|有没有|是不是|能否|可以吗|吗|呢|列出|告诉我|介绍一下|说明一下|分别"
)


# Words of a question that its answer need not repeat.
_GENERIC = re.compile(
    r"应该|应当|打算|今年|叫做|叫|代表|含义|意思|组成|构成|属于|具体|一共|共有|总共|目前|关于|名称|名字|有关|之间|区别|不同|"
    r"情况|方面|内容|规定了|提到|涉及|面临|存在|遇到|用于|用在|哪个"
)


# Characters that join words and count things; alone they need not be found. In a word (要求, 目的) the
# word's other character still has to be.
_FUNCTION = frozenset("的了着是在和与及或到要由从对将按以被把等之其该年月日项个条种类家都也并还让给于")


def fold(text: str) -> str:
    """One form for what people read as the same: NFKC, lower case, simplified characters."""
    return fold_width(text).lower()


def fold_width(text: str) -> str:
    """The same with upper and lower case kept."""
    if text.isascii():  # nothing below changes it
        return text
    text = _DASH_IN_NUMBER.sub("-", _nfkc(_FOOTNOTE_MARK.sub(" ", text)))
    return _GAP_IN_CHINESE.sub("", _to_simplified().convert(text))


def _nfkc(text: str) -> str:
    """NFKC, by the character where that is enough: Chinese texts, full of wide marks, take a third of the time."""
    if unicodedata.is_normalized("NFKC", text):
        return text
    each = text.translate(_compatible())
    return each if unicodedata.is_normalized("NFKC", each) else unicodedata.normalize("NFKC", each)


class _Compatible(dict[int, str]):
    """Characters to what NFKC makes of each by itself, found when first asked for."""

    def __missing__(self, code: int) -> str:
        found = unicodedata.normalize("NFKC", chr(code))
        if code < 0x10000:  # so that no text makes it grow beyond measure
            self[code] = found
        return found


@cache
def _compatible() -> _Compatible:
    return _Compatible()


def with_stars(text: str) -> str:
    """A text with its ratings as they are drawn: 四颗星 and "four stars" are ★★★★."""
    return _SPOKEN_STARS.sub(_drawn, text)


def _drawn(match: re.Match[str]) -> str:
    said = (match[1] or match[2]).lower()
    return "★" * (int(said) if said.isdigit() else _HOW_MANY[said])


def with_document_numbers(text: str) -> str:
    """A text with the document numbers that are said in passing as they are written: 国办发〔2020〕35号."""
    return _SPOKEN_DOCUMENT_NUMBER.sub(r"\1〔\2〕\3号", text)


def terms(text: str) -> list[str]:
    """All search terms of a text, repeated as often as they occur."""
    return list(_terms(fold_width(text)))


def question_terms(text: str) -> list[str]:
    """The terms of a question that say what it is about: asking words are left out."""
    return list(_terms(without_asking_words(text)))


@dataclass(frozen=True, slots=True)
class Translation:
    """A word of a question, one of the other language that it may be, and how sure that is, 0 to 1."""

    word: str
    into: str
    weight: float

    @property
    def terms(self) -> tuple[str, ...]:
        """The search terms of `into`. A Chinese word is found by its pairs alone: one of its characters says too
        little."""
        return _pairs(self.into) if _RUN.fullmatch(self.into) else word_terms(self.into)


@lru_cache(maxsize=50_000)
def word_terms(word: str) -> tuple[str, ...]:
    """All search terms of a single word."""
    return tuple(terms(word))


def without_asking_words(text: str) -> str:
    """A question in either language without its asking words."""
    return _ENGLISH_ASKING.sub(" ", without_asking(text))


def question_units(text: str) -> list[tuple[str, ...]]:
    """What must be found for a question to be covered: one unit for each word, number and identifier,
    and one for each Chinese character of content, which any of the pairs it stands in finds. Pairs that span two
    words are rarely found anywhere, and so cost nothing as long as the words themselves are found."""
    asked = _GENERIC.sub("\n", without_asking_words(text))
    units: list[tuple[str, ...]] = list(_forms(asked))
    folded = asked.lower()
    for match in _WORD.finditer(folded):
        word = match[0].replace(",", "")
        units.append((stem(word) if word[0].isalpha() else word,))
    for match in _RUN.finditer(folded):
        run = match[0]
        pairs = [run[i : i + 2] for i in range(len(run) - 1)]
        places = (i for i in range(len(run)) if run[i] not in _FUNCTION or len(run) == 1)
        units += [tuple(pairs[max(0, i - 1) : i + 1]) or (run,) for i in places]
    return units


def without_asking(text: str) -> str:
    """A Chinese question without its asking words, so that no term spans them."""
    return _CHINESE_ASKING.sub("\n", fold_width(text))


def identifiers(text: str) -> set[str]:
    """The identifiers in a text, in their whole form: gb/t13016-2018, 工信部联科2024-113."""
    return set(_identifiers(fold_width(text)))


def term_id(term: str) -> int:
    """The sparse vector's index of a term: CRC-32. Two terms of a corpus share one about once in
    4 billion pairs, which costs a little weight and never correctness."""
    return zlib.crc32(term.encode())


def identifier_forms(text: str) -> tuple[tuple[str, ...], ...]:
    """For each identifier in a text its forms, any of which names it."""
    return tuple(_forms(fold_width(text)))


def _terms(text: str) -> Iterator[str]:
    yield from _identifiers(text)
    folded = text.lower()
    for match in _WORD.finditer(folded):
        word = match[0].replace(",", "")
        yield stem(word) if word[0].isalpha() else word
    for match in _RUN.finditer(folded):
        run = match[0]
        yield from run
        for i in range(len(run) - 1):
            yield run[i : i + 2]


def _pairs(run: str) -> tuple[str, ...]:
    return tuple(run[i : i + 2] for i in range(len(run) - 1)) or (run,)


def _identifiers(text: str) -> Iterator[str]:
    for forms in _forms(text):
        yield from forms


def _forms(text: str) -> Iterator[tuple[str, ...]]:
    """The forms of each identifier, any of which finds it. A standard's edition may be left out. Where
    the issuer of a document number begins is not written, so every ending of the words before it counts."""
    for match in _STARS.finditer(with_stars(text)):
        yield (match[0],)
    for match in _DOCUMENT_NUMBER.finditer(text):
        issuer = match[1]
        yield tuple(f"{issuer[i:]}{match[2]}-{match[3]}" for i in range(len(issuer) - 1))
    for match in _STANDARD.finditer(text):
        body, letter, number, edition = match[1], match[2] or "", match[3], match[4]
        known = body.lower() in _BODIES or "/" in body
        if not known and (not body.isupper() or (_YEAR.fullmatch(number) and not edition)):
            continue
        whole = f"{body}{letter}{number}".lower()
        yield (f"{whole}{edition.replace(':', '-')}", whole) if edition else (whole,)


@cache
def _to_simplified() -> opencc.OpenCC:
    import opencc

    return opencc.OpenCC("t2s")


@cache
def _stemmer() -> snowballstemmer.stemmer:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of an English word in lower case."""
    stemmed: str = _stemmer().stemWord(word)
    return stemmed
