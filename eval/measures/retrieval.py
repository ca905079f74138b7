"""Whether the passages that a system worked from hold the gold evidence.

Gold evidence is quotes, never passage ids, so relevance is worked out from the passages themselves. A
passage is relevant where it holds a gold quote, of the document that the quote is from, that no passage
before it held; so the same words found twice earn nothing. A quote that no passage holds is a relevant
document that was not retrieved. On these judgements `ir-measures` computes, with ranks in the place of
scores, so that no tie is ever broken by chance:

- **nDCG@10**: Järvelin & Kekäläinen 2002, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20(4),
  with gains of 0 and 1 and the logarithm to base 2.
- **recall@k**: the share of relevant passages among the first k.
- **MRR@10**: one over the rank of the first relevant passage, 0 beyond the tenth (Voorhees 1999, "The TREC-8
  Question Answering Track Report").

Beside them, of the quotes themselves:

- **evidence@k**: the share of gold quotes that one of the first k passages holds.
- **evidence**: the share of gold quotes inside the first passages, as far as a reader or a model's context
  gets (`EVIDENCE_LENGTH` characters together).

A system that gave fewer than k passages is measured on those it gave: ask with `-k 20` for figures at 20.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from urllib.parse import unquote

from eval.measures.base import Measure, Scorer, Support
from eval.questions import GoldQuestion, normal
from eval.systems.base import Found, Response

EVIDENCE_LENGTH = 3600
# Keys as runs store them, and how ir-measures calls them.
RANKED = {
    "ndcg@10": "nDCG@10",
    "recall@1": "R@1",
    "recall@5": "R@5",
    "recall@10": "R@10",
    "recall@20": "R@20",
    "mrr@10": "RR@10",
}
# Every measure looks at the same passages of the same response.
_normal = lru_cache(maxsize=256)(normal)


def evidence(gold: GoldQuestion, response: Response, _: Support) -> float | None:
    """The share of gold quotes in the first passages' first characters."""
    if not gold.answerable or not gold.quotes:
        return None
    found = normal("\n".join(passage.text for passage in response.found)[:EVIDENCE_LENGTH])
    return sum(_normal(quote) in found for quote in gold.quotes) / len(gold.quotes)


def quote_ranks(gold: GoldQuestion, found: tuple[Found, ...]) -> tuple[int | None, ...]:
    """For every gold quote the rank (from 1) of the first passage that holds it; None where none does."""
    texts = [((passage.source, *passage.also), _normal(passage.text)) for passage in found]
    return tuple(
        next(
            (
                rank
                for rank, (places, text) in enumerate(texts, 1)
                if _normal(quote) in text and any(same_source(at, wanted) for at in places)
            ),
            None,
        )
        for wanted, quote in ((evidence.source, quote) for evidence in gold.evidence for quote in evidence.quotes)
    )


@lru_cache(maxsize=1024)
def same_source(found: str, gold: str) -> bool:
    """Whether a system's name of a document is that of the set: one is the end of the other, part by part
    (`2024/notice.md` ends with `notice.md`). Where a system names none, the quote alone decides."""
    if not found:
        return True
    ours, theirs = (PurePosixPath(unquote(name).replace("\\", "/").replace(":", "/")).parts for name in (gold, found))
    shorter = min(len(ours), len(theirs))
    return shorter > 0 and ours[-shorter:] == theirs[-shorter:]


def calculate(
    qrels: Mapping[str, Mapping[str, int]], rankings: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """The ranked figures of every question of `qrels` (question → document → grade), given its documents
    best first, of which only the first occurrence counts. A question without a ranking has 0 everywhere."""
    import ir_measures

    measures = {ir_measures.parse_measure(name): key for key, name in RANKED.items()}
    figures = {question: dict.fromkeys(RANKED, 0.0) for question in qrels}
    judged = [ir_measures.Qrel(question, name, grade) for question, its in qrels.items() for name, grade in its.items()]
    run = [
        ir_measures.ScoredDoc(question, name, -float(rank))
        for question in qrels
        for rank, name in enumerate(dict.fromkeys(rankings.get(question, ())))
    ]
    for metric in ir_measures.iter_calc(list(measures), judged, run):
        figures[metric.query_id][measures[metric.measure]] = float(metric.value)
    return figures


@lru_cache(maxsize=1024)
def _of_ranks(relevant: tuple[int, ...], missing: int) -> dict[str, float]:
    """The figures of a ranking with relevant passages at these ranks, and others that it lacks."""
    ranking = [f"at {rank}" for rank in range(1, max(relevant, default=0) + 1)]
    judged = [f"at {rank}" for rank in relevant] + [f"missing {number}" for number in range(missing)]
    return calculate({"": dict.fromkeys(judged, 1)}, {"": ranking})[""]


def _ranked(key: str) -> Scorer:
    def of(gold: GoldQuestion, response: Response, _: Support) -> float | None:
        if not gold.answerable or not gold.quotes:
            return None
        ranks = quote_ranks(gold, response.found)
        relevant = tuple(sorted({rank for rank in ranks if rank is not None}))
        return _of_ranks(relevant, ranks.count(None))[key]

    return of


def _evidence_at(k: int) -> Scorer:
    def of(gold: GoldQuestion, response: Response, _: Support) -> float | None:
        if not gold.answerable or not gold.quotes:
            return None
        ranks = quote_ranks(gold, response.found[:k])
        return sum(rank is not None for rank in ranks) / len(ranks)

    return of


MEASURES = (
    Measure("evidence", "retrieval", "evidence in the hits", "证据在检索结果中", "higher", evidence),
    Measure("evidence@5", "retrieval", "evidence in the first 5 hits", "前5段含证据", "higher", _evidence_at(5)),
    Measure("evidence@8", "retrieval", "evidence in the first 8 hits", "前8段含证据", "higher", _evidence_at(8)),
    Measure("evidence@20", "retrieval", "evidence in the first 20 hits", "前20段含证据", "higher", _evidence_at(20)),
    Measure("ndcg@10", "retrieval", "nDCG@10", "nDCG@10", "higher", _ranked("ndcg@10")),
    Measure("recall@1", "retrieval", "recall@1", "召回率@1", "higher", _ranked("recall@1")),
    Measure("recall@5", "retrieval", "recall@5", "召回率@5", "higher", _ranked("recall@5")),
    Measure("recall@10", "retrieval", "recall@10", "召回率@10", "higher", _ranked("recall@10")),
    Measure("recall@20", "retrieval", "recall@20", "召回率@20", "higher", _ranked("recall@20")),
    Measure("mrr@10", "retrieval", "MRR@10", "MRR@10", "higher", _ranked("mrr@10")),
)
