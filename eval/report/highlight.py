"""Where gold quotes and nuggets stand inside a text, found as the measures compare texts (NFKC, no white
space, lower case) and given as places in the text as it is written.

Knows nothing of runs or of HTML; texts stay texts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from eval.questions import normal

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text: whether it is gold evidence, and whether it is a nugget."""

    text: str
    gold: bool = False
    nugget: bool = False


class Normalised:
    """A text in the form in which texts are compared, and where each of its characters comes from."""

    def __init__(self, text: str) -> None:
        self.text = text
        form: list[str] = []
        self._places: list[int] = []
        for place, character in enumerate(text):
            for part in unicodedata.normalize("NFKC", character).lower():
                if not part.isspace():
                    form.append(part)
                    self._places.append(place)
        self.form = "".join(form)

    def spans(self, needles: Iterable[str]) -> list[Span]:
        """Every place of every needle, as (start, end) in the text as it is written."""
        return [span for needle in needles for span in self._each(normal(needle))]

    def _each(self, needle: str) -> Iterable[Span]:
        at = self.form.find(needle) if needle else -1
        while at >= 0:
            yield self._places[at], self._places[at + len(needle) - 1] + 1
            at = self.form.find(needle, at + len(needle))


def pieces(text: str, quotes: Iterable[str], nuggets: Iterable[str] = ()) -> tuple[Piece, ...]:
    """The text cut where gold evidence and nuggets begin and end. A text that is itself a part of a gold
    quote is gold as a whole."""
    quotes = tuple(quotes)
    normalised = Normalised(text)
    gold = normalised.spans(quotes)
    if not gold and normalised.form and any(normalised.form in normal(quote) for quote in quotes):
        gold = [(0, len(text))]
    said = normalised.spans(nuggets)
    cuts = sorted({0, len(text), *(place for span in (*gold, *said) for place in span)})
    found = (Piece(text[start:end], _inside(start, gold), _inside(start, said)) for start, end in pairwise(cuts))
    return tuple(piece for piece in found if piece.text)


def _inside(place: int, spans: Iterable[Span]) -> bool:
    return any(start <= place < end for start, end in spans)


def excerpt(text: str, quotes: Iterable[str], length: int) -> str:
    """At most about `length` characters of the text, around the first gold quote in it, else its beginning;
    "…" where something was left out."""
    if len(text) <= length:
        return text
    spans = Normalised(text).spans(quotes)
    start, end = min(spans) if spans else (0, 0)
    first = max(0, min(start - max(0, length - (end - start)) // 2, len(text) - length))
    last = max(first + length, end)
    return ("…" if first else "") + text[first:last].strip() + ("…" if last < len(text) else "")
