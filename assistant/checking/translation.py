"""How much of a sentence is said by words in the other language, by the dictionary of the built-in embedding
model and by its vectors, which hold both languages in one space. It vouches for a gist, never for a translation:
a negation or a word's finer sense is lost on it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.checking.names import in_chinese
from corpus.sentences import sentences
from indexing.tokeniser import fold, stem

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from indexing.embed_static import StaticEmbedder

# A translation that is less sure than this (0 to 1) is none.
_SURE = 0.1
# What the words count for in the figure; the vectors count for the rest.
_WORDS = 0.3
_EMPTY = frozenset(
    "a an and are as at be been being but by can could did do does for from had has have he her his how i if in into is"
    " it its may me might more most must my not of on or our shall she should so such than that the their them then"
    " there these they this those to too was we were what when where which who whose why will with would you your"
    " 的 了 着 是 在 和 与 及 或 到 要 由 从 对 将 按 以 被 把 等 之 其 该 于 为 并 也 都".split()
)


def other_language(sentence: str, cited: str) -> bool:
    """Whether one is in Chinese and the other in English."""
    return in_chinese(sentence) != in_chinese(cited)


def _model() -> StaticEmbedder:
    from indexing.embed_static import builtin

    return builtin()


def likeness(sentence: str, cited: str) -> float:
    """How much of a sentence the words of another language say, 0 to 1: of its content words the share with a
    translation there, and the cosine with what is said most like it there."""
    return round(_WORDS * _share(sentence, cited) + (1 - _WORDS) * _cosine(sentence, cited), 4)


def _share(sentence: str, cited: str) -> float:
    folded = fold(cited)
    stems = {stem(word) for word in re.findall("[a-z]+", folded)}
    best: dict[str, bool] = {}
    for translation in _model().translations(sentence):
        if translation.word in _EMPTY or translation.weight < _SURE:
            continue
        into = translation.into
        said = stem(into) in stems if into.isascii() else into in folded
        best[translation.word] = best.get(translation.word, False) or said
    return sum(best.values()) / len(best) if best else 0.0


def _cosine(sentence: str, cited: str) -> float:
    own = _vector(sentence)
    parts = [cited[start:end] for start, end in sentences(cited)]
    return max((max(0.0, float(own @ _vector(part))) for part in (*parts, cited)), default=0.0)


@lru_cache(maxsize=2000)
def _vector(text: str) -> npt.NDArray[np.float32]:
    return _model().embed_question(text)
