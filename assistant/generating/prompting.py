"""What a language model is given to read: passages, numbered, between marks that their text can't close.

Passages are data that anyone may have written. Their angle brackets become ‹ and ›, and characters that a person
would not see (zero-width, bidirectional, tags, variation selectors) are left out: what hides in them is for
models only (Boucher et al. 2022, "Bad Characters", arXiv:2106.09898). Quotes are made from the documents
themselves, so nothing here changes what is cited.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from corpus.errors import Unavailable
from indexing.retrieval import Hit
from indexing.tokens import count_tokens
from prompts import render

_BRACKETS = str.maketrans("<>＜＞", "‹›‹›")
_LINES = str.maketrans(dict.fromkeys("\r\v\f\x85\u2028\u2029", "\n"))
_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co"))
# Marks that add nothing that is seen: variation selectors, the grapheme joiner, Hangul fillers.
_SELECTORS = (
    (0xFE00, 0xFE0F),
    (0xE0100, 0xE01EF),
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x3164, 0x3164),
    (0xFFA0, 0xFFA0),
)


def visible(text: str) -> str:
    """The text with what can't be seen left out; line ends are all "\\n"."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c for c in text.translate(_LINES) if c in "\n\t" or not _is_invisible(c))


def _is_invisible(character: str) -> bool:
    code = ord(character)
    return unicodedata.category(character) in _INVISIBLE or any(low <= code <= high for low, high in _SELECTORS)


def passages(hits: Sequence[Hit]) -> str:
    """Hits as a model is given them, numbered from 1."""
    return "\n".join(_passage(number, hit) for number, hit in enumerate(hits, 1))


def prompt_of(question: str, hits: Sequence[Hit], language: str) -> str:
    """The prompt for an answer in `language` ("zh" or "en"). The question stands alone, as it was searched."""
    return render("answer", language, question=_data(question), passages=passages(hits))


def fitting(question: str, hits: Sequence[Hit], language: str, context: int, answer: int) -> list[Hit]:
    """The best hits that a window of `context` tokens holds beside the prompt and an answer of `answer` tokens.
    Raises `Unavailable` where it holds none."""
    room = context - answer - count_tokens(prompt_of(question, (), language))
    given: list[Hit] = []
    for hit in hits:
        size = count_tokens(_passage(len(given) + 1, hit)) + 1
        if size <= room:
            given.append(hit)
            room -= size
    if not given:
        raise Unavailable(
            f"the language model's window of {context} tokens holds no passage beside an answer of {answer}; raise "
            "YIJU_LLM_CONTEXT or lower YIJU_LLM_TOKENS",
            f"语言模型的上下文长度（{context}）除回答（{answer}）外容不下任何段落；请调大 YIJU_LLM_CONTEXT "
            "或调小 YIJU_LLM_TOKENS",
        )
    return given


def _passage(number: int, hit: Hit) -> str:
    place = " › ".join((hit.title, *hit.headings))
    inside = _data(f"{place}\n{hit.text}")
    return f'<passage n="{number}">\n{inside}\n</passage>'


def _data(text: str) -> str:
    return visible(text).translate(_BRACKETS)
