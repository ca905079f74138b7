"""Grounding measures: their definitions on answers made by hand, and what they notice in real answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.checking.denial import denies
from assistant.checking.verification import verify
from assistant.settings import Settings
from assistant.wiring import Workplace
from eval.measures.base import Judgement, Support
from eval.measures.grounding import (
    citation_precision,
    citation_recall,
    contradiction,
    tightness,
    uncited,
    verbatim,
)
from eval.questions import SAMPLES, Evidence, GoldQuestion, load_set
from eval.support.verifier import Remembering, Verifier
from eval.systems.base import Cited, LocalSystem, Response, Said


class AllWords:
    """Supports a claim of which the premise has every word; denies one that it has after "not"."""

    name = "words"

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, premise: str, claim: str) -> Judgement:
        self.asked += 1
        supported = set(claim.split()) <= set(premise.split())
        return Judgement(float(supported), supported, f"not {claim}" in premise)


GOLD = GoldQuestion(
    id="1",
    question="?",
    lang="en",
    type="fact",
    answerable=True,
    nuggets=(("b",),),
    evidence=(Evidence(source="a.md", quotes=("fees are due in may",)),),
)
NO_GOLD = GOLD.model_copy(update={"answerable": False, "evidence": (), "nuggets": ()})
WORDS = AllWords()


def answer(*said: tuple[str, tuple[int, ...]], **quotes: str) -> Response:
    """An answer whose citation 1 is `q1`, and so on."""
    cited = tuple(Cited(number=int(name[1:]), source="a.md", quote=quote) for name, quote in quotes.items())
    return Response(answered=True, text="x", said=tuple(Said(text=t, citations=c) for t, c in said), cited=cited)


def test_recall_is_the_share_of_statements_that_all_they_cite_together_supports() -> None:
    response = answer(("a b", (1, 2)), ("a c", (1,)), ("a", ()), q1="a", q2="b")
    assert citation_recall(GOLD, response, WORDS) == pytest.approx(1 / 3)


def test_a_citation_that_neither_supports_alone_nor_is_needed_is_imprecise() -> None:
    response = answer(("a b", (1, 2, 3)), q1="a", q2="b", q3="c")
    assert citation_recall(GOLD, response, WORDS) == 1
    assert citation_precision(GOLD, response, WORDS) == pytest.approx(2 / 3)


def test_two_citations_that_each_support_alone_are_both_precise() -> None:
    assert citation_precision(GOLD, answer(("a", (1, 2)), q1="a b", q2="a c"), WORDS) == 1


def test_citations_of_a_statement_that_is_not_supported_are_imprecise() -> None:
    assert citation_precision(GOLD, answer(("a", (1,)), ("z", (1, 2)), q1="a", q2="b"), WORDS) == pytest.approx(1 / 3)


def test_a_number_with_nothing_behind_it_supports_nothing() -> None:
    response = answer(("a", (1, 7)), q1="a")
    assert citation_recall(GOLD, response, WORDS) == 0
    assert citation_precision(GOLD, response, WORDS) == 0
    assert uncited(GOLD, answer(("a", (7,)), ("a", (1,)), q1="a"), WORDS) == 0.5


def test_the_title_and_headings_that_a_reader_sees_support_too() -> None:
    cited = Cited(number=1, source="a.md", quote="b", context="a")
    response = Response(answered=True, text="x", said=(Said(text="a b", citations=(1,)),), cited=(cited,))
    assert citation_recall(GOLD, response, WORDS) == 1


def test_verbatim_looks_past_spacing_and_the_final_stop_and_no_further() -> None:
    said = (("Fees  are due.", (1,)), ("fees due", (1,)), ("fees are due", (2,)))
    response = answer(*said, q1="The fees are due in May.", q2="Another")
    assert verbatim(GOLD, response, WORDS) == pytest.approx(1 / 3)


def test_a_quote_is_tight_as_far_as_it_is_gold() -> None:
    assert tightness(GOLD, answer(("a", (1,)), q1="Fees are due in May"), WORDS) == 1
    assert tightness(GOLD, answer(("a", (1,)), q1="due in May"), WORDS) == 1
    wide = answer(("a", (1,)), ("b", (2,)), q1="fees are due in may" + "x" * 15, q2="elsewhere")
    assert tightness(GOLD, wide, WORDS) == pytest.approx(0.5)
    assert tightness(GOLD, answer(("a", (2,)), q1="fees are due in may", q2="elsewhere"), WORDS) is None


def test_statements_that_their_citations_deny_are_counted() -> None:
    response = answer(("fees", (1,)), ("rents", (1,)), ("dues", ()), q1="not fees but rents")
    assert contradiction(GOLD, response, WORDS) == pytest.approx(1 / 3)


def test_an_answer_without_statements_cites_nothing() -> None:
    bare = Response(answered=True, text="Fees are due.")
    assert citation_recall(GOLD, bare, WORDS) == 0
    assert citation_precision(GOLD, bare, WORDS) == 0
    assert uncited(GOLD, bare, WORDS) == 1


def test_a_refusal_has_no_grounding_and_a_failure_the_worst() -> None:
    every = (citation_recall, citation_precision, verbatim, uncited, tightness, contradiction)
    refusal = Response(answered=False, text="no")
    failed = Response(answered=False, text="", error="timed out")
    assert [measure(GOLD, refusal, WORDS) for measure in every] == [None] * 6
    assert [measure(GOLD, failed, WORDS) for measure in every] == [0, 0, 0, 1, 0, 1]
    assert [measure(NO_GOLD, failed, WORDS) for measure in every] == [None] * 6


def test_what_was_asked_is_not_asked_again() -> None:
    counted = AllWords()
    support = Remembering(counted)
    response = answer(("a", (1,)), q1="a")
    for measure in (citation_recall, citation_precision, contradiction):
        measure(GOLD, response, support)
    assert counted.asked == 1


@pytest.mark.parametrize(
    ("said", "cited", "denied"),
    [
        ("码头夜间不开放。", "码头夜间开放。", True),
        ("码头夜间开放。", "开放时间\n码头夜间没有开放，白天开放。", True),
        ("船票30天内无效。", "船票自购买之日起30天内有效，逾期不退。", True),
        ("船票30天内有效。", "船票自购买之日起30天内有效，逾期不退。", False),
        ("泊位不是：东泊位、西泊位。", "泊位是：东泊位、西泊位。", True),
        ("未经批准可以开工。", "未经批准不得开工。", True),
        ("经批准可以开工。", "未经批准不得开工。", False),
        ("不断完善码头设施。", "完善码头设施。", False),
        ("港口到2027年建成泊位五十个。", "港口到2027年建成泊位50个。", False),
        ("港口到2027年建成泊位60个。", "港口到2027年建成泊位50个。", True),
        ("港口到2027年建成泊位60个。", "港口到2027年建成泊位50个。\n港口到2027年建成泊位60个。", False),
        ("The quay can't open at night.", "The quay can open at night.", True),
        ("The quay never opens at night.", "The quay does not open at night.", False),
        ("The quay is not open in May; boats stay outside.", "The quay is open in May; boats stay outside.", True),
        ("It didn't call for fees.", "It called for fees.", True),
        ("Fees are due in May.", "Dogs are not allowed on the quay.", False),
        ("The quay cost 18 million.", "The quay cost 18250000.", False),
    ],
)
def test_a_negation_or_another_number_in_the_same_frame_denies(said: str, cited: str, denied: bool) -> None:
    assert denies(cited, said) is denied
    assert verify(said, cited).denied is denied
    if denied:
        assert not verify(said, cited).supported
        assert Verifier()(cited, said) == Judgement(0.0, False, True)


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[GoldQuestion, Response]]]:
    """The assistant's own answers to every other of the sample questions: half the time, and enough to tell."""
    data: Path = tmp_path_factory.mktemp("grounding") / "data"
    workplace = Workplace(Settings(data=data, samples="always"))
    workplace.add_samples(lambda *_: None)
    system = LocalSystem(workplace.assistant)
    asked = [(gold, system.ask(gold)) for gold in load_set(SAMPLES).questions[::2]]
    yield [(gold, response) for gold, response in asked if response.answered]
    workplace.close()


def shuffled(response: Response) -> Response | None:
    """Each statement with the citations of the one before it."""
    if len(response.said) < 2:
        return None
    moved = response.said[-1:] + response.said[:-1]
    said = tuple(s.model_copy(update={"citations": o.citations}) for s, o in zip(response.said, moved, strict=True))
    return response.model_copy(update={"said": said})


def without_a_passage(response: Response) -> Response | None:
    return response.model_copy(update={"cited": response.cited[1:]})


def with_another_number(response: Response) -> Response | None:
    return rewritten(response, lambda text: re.sub(r"\d+", lambda m: str(int(m[0]) + 37), text, count=1))


_VERB = re.compile(
    r"要求|提出|共有|分为|规定|包括|采用|是(?!否)|由|\b(?=names|wants|wanted|calls|had)|\b(?:is|are|were|was)\b"
)


def negated(response: Response) -> Response | None:
    """A negation before the first verb of each statement in Chinese, after a form of "to be" in English."""
    return rewritten(
        response,
        lambda text: _VERB.sub(lambda m: f"{m[0]} not " if m[0].isascii() else f"不{m[0]}", text, count=1),
    )


def rewritten(response: Response, change: Callable[[str], str]) -> Response | None:
    said = tuple(s.model_copy(update={"text": change(s.text)}) for s in response.said)
    return response.model_copy(update={"said": said}) if said != response.said else None


@pytest.mark.parametrize(
    ("damage", "share"), [(shuffled, 0.8), (without_a_passage, 1.0), (with_another_number, 1.0), (negated, 0.9)]
)
def test_damage_to_real_answers_lowers_their_grounding(
    answered: list[tuple[GoldQuestion, Response]],
    damage: Callable[[Response], Response | None],
    share: float,
) -> None:
    support = Remembering(Verifier())
    pairs = [
        (recall(response, support), recall(hurt, support)) for _, response in answered if (hurt := damage(response))
    ]
    assert len(pairs) >= 10
    before, after = (sum(column) / len(pairs) for column in zip(*pairs, strict=True))
    assert after < before - 0.2
    assert sum(b < a for a, b in pairs) >= share * len(pairs)


def test_the_order_of_statements_plays_no_part(answered: list[tuple[GoldQuestion, Response]]) -> None:
    support = Remembering(Verifier())
    every = (citation_recall, citation_precision, verbatim, uncited, tightness, contradiction)
    for gold, response in answered:
        turned = response.model_copy(update={"said": response.said[::-1]})
        assert [m(gold, turned, support) for m in every] == pytest.approx([m(gold, response, support) for m in every])


def test_the_assistant_s_own_words_are_grounded(answered: list[tuple[GoldQuestion, Response]]) -> None:
    support = Remembering(Verifier())
    for gold, response in answered:
        assert (recall(response, support), contradiction(gold, response, support)) == (1, 0), response.text


def recall(response: Response, support: Support) -> float:
    found = citation_recall(GOLD, response, support)
    assert found is not None
    return found
