"""Whether a follow-up finds what its standalone question finds: the two are searched side by side.

A set's follow-ups carry the question as a person would have asked it who had said nothing before
(`GoldQuestion.standalone`). It is searched without history, the follow-up with it; they agree where their hits
are the same places. How the assistant reads a conversation it does not know, nor whether the hits are any good:
`eval.runner` says that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from rich.console import Console

from assistant.answers import Answer
from assistant.core import Question
from corpus.errors import BadInput
from eval.questions import GoldQuestion
from eval.statistics import Estimate, estimate

Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """A follow-up and its standalone question: whether their hits are the same places (`hits`, in any order) and
    whether the first is (`first`), how many places of the standalone question's are found (`shared` of `wanted`),
    and the question that the assistant `searched`."""

    id: str
    question: str
    standalone: str
    searched: str
    hits: bool
    first: bool
    shared: int
    wanted: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """The shares of follow-ups with the same hits and with the same first hit, the mean share of places that are
    found (`places`), 95 % intervals, and every pair. `without` follow-ups have no standalone question to be held
    against."""

    hits: Estimate
    first: Estimate
    places: Estimate
    pairs: tuple[Pair, ...]
    without: int


def agreement(
    questions: Sequence[GoldQuestion], ask: Callable[[Question], Answer], *, top_k: int, advance: Callable[[str], None]
) -> Agreement:
    """Asks every follow-up that has a standalone question both ways. Raises `BadInput` where none has."""
    held = [question for question in questions if question.history and question.standalone]
    if not held:
        raise BadInput(
            "no question has history and standalone; give follow-ups their standalone questions "
            "(docs/evaluation.md describes the fields)",
            "没有同时含 history 与 standalone 的问题；请为追问补上独立问句（字段说明见 docs/evaluation.md）",
        )
    pairs = []
    for question in held:
        pairs.append(_pair(question, ask, top_k))
        advance(question.id)
    clusters = [question.cluster for question in held]
    return Agreement(
        hits=estimate([float(pair.hits) for pair in pairs], clusters),
        first=estimate([float(pair.first) for pair in pairs], clusters),
        # Where the standalone question finds nothing, nothing is there to be missed.
        places=estimate([pair.shared / pair.wanted if pair.wanted else 1.0 for pair in pairs], clusters),
        pairs=tuple(pairs),
        without=sum(bool(q.history or q.type == "followup") for q in questions) - len(held),
    )


def _pair(question: GoldQuestion, ask: Callable[[Question], Answer], top_k: int) -> Pair:
    follow = ask(Question(question.question, history=question.history, top_k=top_k))
    alone = ask(Question(question.standalone, top_k=top_k))
    found, wanted = _places(follow), _places(alone)
    return Pair(
        id=question.id,
        question=question.question,
        standalone=question.standalone,
        searched=follow.standalone_question,
        hits=set(found) == set(wanted),
        first=found[:1] == wanted[:1],
        shared=len(set(found) & set(wanted)),
        wanted=len(wanted),
    )


def _places(answer: Answer) -> list[Place]:
    return [(hit.document_id, hit.start, hit.end) for hit in answer.hits]


def to_json(found: Agreement) -> dict[str, object]:
    """The figures, and a record for each follow-up that fails."""
    return {
        "followups": len(found.pairs),
        "without_standalone": found.without,
        "hits": asdict(found.hits),
        "first": asdict(found.first),
        "places": asdict(found.places),
        "failures": [asdict(pair) for pair in found.pairs if not (pair.hits and pair.first)],
    }


def print_agreement(found: Agreement, console: Console, language: str) -> None:
    """The figures, and what was searched instead for each follow-up that fails, in the terminal's language."""
    zh = language == "zh"
    for name, e in (
        ("检索结果与独立问句一致" if zh else "same hits as the standalone question", found.hits),
        ("首条结果一致" if zh else "same first hit", found.first),
        ("找到的段落比例" if zh else "places found", found.places),
    ):
        console.print(f"{name}: {e.value:.3f} ({e.low:.3f}–{e.high:.3f}), n {e.n}", highlight=False)
    for pair in found.pairs:
        if not (pair.hits and pair.first):
            console.print(
                f"{pair.id} {pair.shared}/{pair.wanted}: {pair.searched} ≠ {pair.standalone}",
                markup=False,
                highlight=False,
                style="dim",
            )
    if found.without:
        told = f"另有 {found.without} 个追问没有 standalone" if zh else f"{found.without} follow-ups lack standalone"
        console.print(told, style="dim", highlight=False)
