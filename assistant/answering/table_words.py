"""What of a table a question says: its cells and its columns, by their own words or by their words in the other
language.

In a Chinese text a cell is said where its characters stand; in an English one where its words stand in a row. Said in
the other language it is where each of its words is near in meaning to one of a few words of the question that stand
together (`indexing.embed_static`). What is said is taken out of the question, so that it is said once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus.metadata import language
from indexing.embed_static import builtin
from indexing.tokeniser import fold, stem, with_stars, without_asking_words

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

# How near in meaning each of a cell's words has to be to a word of the question, and all of them on average.
_NEAR, _NEAR_ON_AVERAGE = 0.35, 0.5
# How near a word alone has to be.
SURELY = 0.6
# How many words of the question may stand among those that say a cell.
_AMONG = 1
_CHINESE = re.compile("[一-鿿]")
_ALL_CHINESE = re.compile("[一-鿿]+")
_WORD = re.compile(r"[a-z]+|\d+|★+|[一-鿿]+")
_CODE = re.compile(r"^[A-Za-z0-9.]{1,4}\s+")
_STARS = re.compile("★+")
# Words without which a cell is said as well.
_JOINING = re.compile(r"[与和及的或/／、，()（）:：\-]|\b(?:and|or|the|of|for|in)\b")
# Asking words that a column may be called by.
_ASKED_FOR = frozenset(("name", "names"))
# How short a shortened name may be, how much of the whole it has, and how many characters it leaves out.
_LEAST_SHORT, _SHORT_OF, _LEFT_OUT = 3, 0.7, 2
# What tells one level from another has to be said itself.
_LEVEL = re.compile(r"[一二三四五六七八九十]级|\d+")
_SPOKEN_LEVEL = re.compile(
    r"\b(first|second|third|fourth|fifth)[- ]levels?\b|\blevel[- ](one|two|three|four|five|[1-5])\b"
)
_LEVELS = {
    word: level
    for level, words in zip(
        "一二三四五",
        (("first", "one", "1"), ("second", "two", "2"), ("third", "three", "3"), ("fourth", "four", "4"),
         ("fifth", "five", "5")),
        strict=True,
    )
    for word in words
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """A question, or what is left of it: its text where it is Chinese, else its words, each or "" where it is taken.
    `taken` are the words that said something."""

    text: str
    words: tuple[str, ...]
    taken: tuple[str, ...] = ()

    @property
    def chinese(self) -> bool:
        """Whether the question is asked in Chinese."""
        return not self.words

    def says(self, value: str) -> float:
        """How much of the question says a cell or a column (see `bare`); 0 where it is not said."""
        if _STARS.fullmatch(value):
            return float(value in _STARS.findall(self.text))
        if self.chinese or (_CHINESE.search(value) and value in self.text):
            return float(len(value)) if value in self.text else 0.0
        places, near = self._places(value)
        return len(places) + near if places else 0.0

    def without(self, value: str) -> Words:
        """The question without what says a cell."""
        if _STARS.fullmatch(value):
            return self
        if self.chinese or (_CHINESE.search(value) and value in self.text):
            return replace(self, text=self.text.replace(value, " "))
        places, _ = self._places(value)
        left = tuple("" if i in places else word for i, word in enumerate(self.words))
        return replace(self, words=left, taken=(*self.taken, *(self.words[i] for i in places)))

    def before(self, value: str) -> str:
        """What of the question stands before a cell that it says."""
        if self.chinese:
            return self.text[: self.text.find(value)] if value in self.text else ""
        places, _ = self._places(value)
        return " ".join(self.words[: min(places, default=0)])

    def telling(self, cells: Sequence[str]) -> tuple[str, frozenset[int]]:
        """The first word of the question that is said by some of the cells and not by others, and those cells."""
        for word in self.words:
            if len(word) > 3 and without_asking_words(word).strip():
                held = {i for i, cell in enumerate(cells) if cell and nearest(word, cell) >= SURELY}
                if 1 < len(held) < sum(map(bool, cells)):
                    return word, frozenset(held)
        return "", frozenset()

    def _places(self, value: str) -> tuple[tuple[int, ...], float]:
        """The places of the words that say a cell, and how near they are; none where it is not said."""
        if any(level not in self.words for level in _LEVEL.findall(value)):
            return (), 0.0
        if not _CHINESE.search(value):
            return self._in_a_row(value)
        return _standing_together(self.words, value)

    def _in_a_row(self, value: str) -> tuple[tuple[int, ...], float]:
        wanted = [stem(word) for word in _WORD.findall(value)]
        size = len(wanted)
        stems = [stem(word) for word in self.words]
        for start in range(len(stems) - size + 1) if wanted else ():
            if stems[start : start + size] == wanted:
                return tuple(range(start, start + size)), 1.0
        return (), 0.0


def words_of(question: str) -> Words:
    """A question as what it may say of a table."""
    folded = fold(with_stars(question))
    if language(folded) == "zh":
        return Words(folded.replace(" ", ""), ())
    spoken = _SPOKEN_LEVEL.sub(lambda match: f" {_LEVELS[match[1] or match[2]]}级 ", folded)
    return Words(spoken, tuple(_WORD.findall(spoken)))


@lru_cache(maxsize=20_000)
def bare(cell: str) -> str:
    """A cell or a column as a question would say it: folded, without the code before it; in Chinese without blanks."""
    if set(cell.strip()) <= {"★"}:
        return cell.strip()
    said = _CODE.sub("", " ".join(fold(cell).split())) if _CHINESE.search(cell) else " ".join(fold(cell).split())
    return said.replace(" ", "") if _CHINESE.search(said) else said


def shortened(text: str, names: Iterable[str]) -> dict[str, str]:
    """What a Chinese text says of some names in fewer characters, and which it says so: 新能源车 of 新能源汽车. A short
    form that may be of several names, or is a name itself, says none."""
    forms: dict[str, set[str]] = {}
    every = frozenset(names)
    for name in every:
        if len(name) <= _LEAST_SHORT or sum(one in text for one in name) < _SHORT_OF * len(name):
            continue
        if not _ALL_CHINESE.fullmatch(name):
            continue
        for match in re.finditer(f"{name[0]}{''.join(f'{one}?' for one in name[1:-1])}{name[-1]}", text):
            size = len(match[0])
            if size >= max(_LEAST_SHORT, _SHORT_OF * len(name)) and 0 < len(name) - size <= _LEFT_OUT:
                forms.setdefault(match[0], set()).add(name)
    return {form: min(whole) for form, whole in forms.items() if len(whole) == 1 and form not in every}


def parts_of(column: str) -> list[str]:
    """What a column may be called: 标准名称 and 标准方向 of 标准名称/标准方向."""
    return [name.strip() for name in re.split(r"[/／()]", column) if len(name.strip()) >= 2]


@lru_cache(maxsize=4_096)
def _tells(word: str) -> bool:
    """Whether a word of a question may say a cell or a column: no asking word."""
    return word in _ASKED_FOR or bool(without_asking_words(word).strip())


@lru_cache(maxsize=512)
def _standing_together(words: tuple[str, ...], value: str) -> tuple[tuple[int, ...], float]:
    cosines = _cosines(tuple(dict.fromkeys(word for word in words if word)), value)
    order = {word: i for i, word in enumerate(dict.fromkeys(word for word in words if word))}
    if cosines is None:
        return (), 0.0
    # A level tells a column from all others, whatever it is a level of.
    least = 0.0 if _LEVEL.search(value) else _NEAR
    best: tuple[tuple[int, ...], float] = (), 0.0
    pieces = cosines.shape[1]
    telling = [_tells(word) for word in words]
    for start in range(len(words)):
        window = [i for i in range(start, min(len(words), start + pieces + _AMONG)) if telling[i]]
        if not window or not telling[start]:
            continue
        inside = cosines[[order[words[i]] for i in window]]
        near, by = inside.max(axis=0), inside.argmax(axis=0)
        score = float(near.mean())
        if float(near.min()) >= least and score >= _NEAR_ON_AVERAGE and score > best[1]:
            places = tuple(sorted({window[i] for i, how in zip(by, near, strict=True) if how >= _NEAR}))
            # A word that says all of a cell has to say each part of it.
            if len(places) > 1 or not least or float(near.min()) >= _NEAR_ON_AVERAGE:
                best = places, score
    return best


def nearest(word: str, cell: str) -> float:
    """How near a word is to the word of a cell that is nearest to it."""
    cosines = _cosines((word,), cell)
    return float(cosines.max()) if cosines is not None else 0.0


@lru_cache(maxsize=4_096)
def _cosines(words: tuple[str, ...], value: str) -> Floats | None:
    """How near words are to each word of a cell: shape (words, words of the cell); None where one is unknown."""
    said = [_vector(word) for word in words]
    cell = _vectors(_JOINING.sub(" ", value))
    if not said or not len(cell):
        return None
    import numpy as np

    cosines: Floats = np.maximum(np.stack(said) @ cell.T, 0.0)
    return cosines


@lru_cache(maxsize=4_096)
def _vector(word: str) -> Floats:
    vector: Floats = builtin().embed_passages([word])[0]
    return vector


@lru_cache(maxsize=8_192)
def _vectors(text: str) -> Floats:
    import numpy as np

    embedder = builtin()
    each = embedder.of_each(embedder.tokens([text])[0])
    lengths = np.linalg.norm(each, axis=1, keepdims=True)
    return (each / np.where(lengths, lengths, 1)).astype(np.float32)
