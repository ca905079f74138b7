"""When to say "the documents do not say". A first rule: honest, and not yet calibrated.

A question is refused when what it asks about is not found together: the best passage, with its
headings and title, must cover a share of the question, weighted by rarity; the years asked about must
occur there too; and an identifier that is asked about must occur in what was found. The share was
chosen on development questions: a higher one refuses more of what the documents do not say, and much
more of what they say in other words. It has no error rate to claim until it is calibrated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from corpus.document import Document
from indexing.retrieval import Hit, Search
from indexing.tokeniser import fold, identifiers, terms

COVERAGE = 0.45
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def covered(question: str, search: Search, documents: Mapping[str, Document]) -> bool:
    """Whether the hits say enough of what the question asks about to be worth answering from."""
    if not search.hits or not search.question.weights:
        return False
    searched = [_searched(hit, documents) for hit in search.hits]
    asked = identifiers(question)
    if asked and not any(asked & identifiers(text) for text in searched):
        return False
    share, best = max((search.question.coverage(set(terms(text))), text) for text in searched)
    if not set(_YEAR.findall(fold(question))) <= set(_YEAR.findall(fold(best))):
        return False
    return share >= COVERAGE


def _searched(hit: Hit, documents: Mapping[str, Document]) -> str:
    """All that is searched of a hit: its text, its headings and title, and its table's columns."""
    blocks = documents[hit.document_id].blocks
    context = (b.context for b in blocks if b.context and b.start < hit.end and b.end > hit.start)
    return "\n".join((hit.text, *hit.headings, hit.title, *context))
