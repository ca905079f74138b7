"""What can be wrong between the questions of a set: duplicates, and leakage between its splits.

How nearly alike two questions are is the Jaccard similarity of their character bigrams (Jaccard 1901).
Candidates come from prefix filtering, which misses no pair and compares few (Bayardo et al. 2007, "Scaling Up
All Pairs Similarity Search").
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from assistant.checking.verification import values
from eval.linting.question import Finding
from eval.questions import GoldQuestion, normal

# Questions with at least this share of their character bigrams in common are near duplicates.
ALIKE = 0.9
# The same quote in both splits is no chance from this length on.
_TELLING = 8


def duplicates(questions: Sequence[GoldQuestion]) -> Iterator[Finding]:
    """Questions that are there twice, or nearly."""
    first: dict[str, GoldQuestion] = {}
    for question in questions:
        before = first.setdefault(_asked(question), question)
        if before is not question:
            en, zh = f"the same question as {before.id}; keep one", f"与 {before.id} 是同一问题；请只留一个"
            yield Finding("error", question.id, "duplicate", en, zh)
    for one, other in near_duplicates(list(first.values())):
        en = f"nearly the same question as {one.id}; give both the same meaning, or reword one"
        yield Finding("warning", other.id, "near_duplicate", en, f"与 {one.id} 几乎相同；请给出相同的 meaning，或改写")


def near_duplicates(questions: Sequence[GoldQuestion]) -> Iterator[tuple[GoldQuestion, GoldQuestion]]:
    """The pairs that are alike by `ALIKE` and not marked as having one meaning, in the order of the set. With
    different numbers or titles they ask different things."""
    pieces = [frozenset(a + b for a, b in pairwise(t)) for t in map(_asked, questions)]
    often = Counter(piece for of in pieces for piece in of)
    holders: dict[str, list[int]] = defaultdict(list)
    for place, of in enumerate(pieces):
        rarest = sorted(of, key=lambda piece: (often[piece], piece))
        # Two sets this much alike share one of this many first pieces, in whatever order both are in.
        for piece in rarest[: len(of) - math.ceil(ALIKE * len(of) - 1e-9) + 1]:
            holders[piece].append(place)
    for one, other in sorted({pair for places in holders.values() for pair in combinations(places, 2)}):
        first, second = questions[one], questions[other]
        if (
            len(pieces[one] & pieces[other]) >= ALIKE * len(pieces[one] | pieces[other])
            and (first.meaning is None or first.meaning != second.meaning)
            and values(first.question) == values(second.question)
        ):
            yield first, second


def _asked(question: GoldQuestion) -> str:
    return normal("\n".join((*(message.content for message in question.history), question.question)))


def leaks(questions: Sequence[GoldQuestion]) -> Iterator[Finding]:
    """What stands in both splits, told of each test question once for a meaning and once for a quote."""
    dev: dict[tuple[str, ...], str] = {}
    for question in questions:
        if question.split == "dev":
            for key, _ in _traces(question):
                dev.setdefault(key, question.id)
    for question in (q for q in questions if q.split == "test"):
        told = set()
        for key, shown in _traces(question):
            if key in dev and key[0] not in told:
                told.add(key[0])
                en = f"its {key[0]} “{shown}” is in dev too ({dev[key]}); put both in one split"
                zh = f"其 {key[0]}“{shown}”也在 dev 中（{dev[key]}）；请归入同一划分"
                yield Finding("error", question.id, "leak", en, zh)


def _traces(question: GoldQuestion) -> Iterator[tuple[tuple[str, ...], str]]:
    if question.meaning is not None:
        yield ("meaning", question.meaning), question.meaning
    for evidence in question.evidence:
        for quote in evidence.quotes:
            if len(form := normal(quote)) >= _TELLING:
                yield ("quote", evidence.source, form), quote
