"""What a document calls itself, or the body that issued it, for short: （以下简称“管委会”）, (hereinafter "the Rules").

A short name counts where what stands before the bracket is the document's own title, the end of it, or its issuer: most
short names in a document are those of other documents.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

_DEFINED = re.compile(
    r"[（(]\s*(?:以下|下)?(?:统一?|均)?简?称为?\s*[:：]?\s*"
    r"[“”\"「《]?(?P<zh>[^“”\"「」《》（）()，。\n]{2,16})[“”\"」》]?\s*[）)]"
    r"|[（(]\s*(?:hereinafter|hereafter|henceforth)[^“”\"()\n]{0,24}"
    r"[“”\"](?:the )?(?P<en>[^“”\"()\n]{2,40})[“”\"]\s*[）)]",
    re.I,
)
_QUOTED = re.compile(r"《([^《》]{4,100})》\s*$")
_EDITION = re.compile(r"[（(][^（）()]*[）)]|(?:19|20)\d\d\s*年?|\s+")
_BREAK = re.compile(r"[，,。；;：:（(》]|\n\n")
# How much before the bracket is looked at, and the fewest characters by which the end of a title is known.
_BEFORE, _LEAST = 120, 6


def short_names(text: str, title: str, issuers: Iterable[str]) -> Iterator[tuple[str, int, int]]:
    """The short names that a text gives the document of this title and its issuers, each with its place."""
    own, bodies = _bare(title), [_bare(issuer) for issuer in issuers]
    for match in _DEFINED.finditer(text):
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        quoted = _QUOTED.search(before)
        said = _bare(quoted[1] if quoted else before)
        if said == own if quoted else _ends_in(said, own) or any(said.endswith(body) for body in bodies):
            group = "zh" if match["zh"] else "en"
            yield match[group].strip(), match.start(), match.end()


def _ends_in(said: str, title: str) -> bool:
    """Whether words end in a title or the end of one, between whose characters others may stand."""
    tail = title[-_LEAST:]
    if len(tail) < _LEAST:
        return False
    at = len(said)
    for character in reversed(tail):
        at = said.rfind(character, max(0, len(said) - 2 * _LEAST), at)
        if at < 0:
            return False
    return said.endswith(tail[-2:])


def _bare(words: str) -> str:
    return _EDITION.sub("", unicodedata.normalize("NFKC", words)).lower()
