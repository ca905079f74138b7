"""What an answer says and costs, measured on made-up questions and answers."""

from __future__ import annotations

from typing import Any

import pytest

from eval.measures import answer, cost
from eval.measures.base import Judgement
from eval.questions import GoldQuestion
from eval.support.verifier import Verifier
from eval.systems.base import Cited, Found, Response, Said

VERIFIER = Verifier()


def gold(*nuggets: tuple[str, ...], kind: str = "fact", **more: Any) -> GoldQuestion:
    said = {"id": "1", "question": "多少条航线？", "lang": "zh", "answerable": True, "evidence": (), **more}
    return GoldQuestion(type=kind, nuggets=nuggets, **said)


def says(*sentences: str, **more: Any) -> Response:
    said = tuple(Said(text=s) for s in sentences)
    return Response(answered=True, text="\n".join(sentences), said=said, **more)


REFUSED = Response(answered=False, text="文件中没有找到依据。")


def test_a_nugget_is_said_in_any_of_its_wordings_and_a_refusal_says_none() -> None:
    asked = gold(("12条", "十二条"), ("2031年",))
    assert answer.nugget_recall(asked, says("计划开通 十二 条航线"), VERIFIER) == 0.5
    assert answer.nugget_recall(asked, says("2031年", "12条"), VERIFIER) == 1
    assert answer.nugget_recall(asked, REFUSED, VERIFIER) == 0
    assert answer.nugget_recall(gold(answerable=False), says("12条"), VERIFIER) is None


def test_only_vital_nuggets_count_as_vital() -> None:
    asked = gold(("甲",), ("乙",), vital=(True, False))
    assert answer.vital_recall(asked, says("甲"), VERIFIER) == 1
    assert answer.nugget_recall(asked, says("甲"), VERIFIER) == 0.5
    assert answer.vital_recall(asked, says("乙"), VERIFIER) == 0


@pytest.mark.parametrize(
    ("nugget", "said", "exact"),
    [
        ("50项以上", "新制定五十项以上标准", 1),
        ("50项以上", "新制定150项以上标准", 0),
        ("GB/T 13016-2018", "见 GB/T 13016—2018", 1),
        ("GB/T 13016-2018", "见 GB/T 13017-2018", 0),
        ("2031年", "到2031年", 1),
        ("2031年", "到20310年", 0),
    ],
)
def test_a_value_must_occur_as_that_value(nugget: str, said: str, exact: float) -> None:
    assert answer.value_match(gold((nugget,), kind="number"), says(said), VERIFIER) == exact


def test_what_has_no_value_is_not_measured_by_values() -> None:
    assert answer.value_match(gold(("渡口管理站",)), says("渡口管理站"), VERIFIER) is None


def test_a_list_has_recall_and_precision() -> None:
    asked = gold(("白鹭号",), ("海燕号",), kind="list")
    assert answer.list_recall(asked, says("白鹭号", "票价五元"), VERIFIER) == 0.5
    assert answer.list_precision(asked, says("白鹭号", "票价五元"), VERIFIER) == 0.5
    assert answer.list_precision(asked, REFUSED, VERIFIER) == 0
    assert answer.list_recall(gold(("白鹭号",)), says("白鹭号"), VERIFIER) is None


def test_words_around_quotes_must_be_in_the_asker_s_language_and_quotes_need_not() -> None:
    quoted = Response(
        answered=True,
        text="Dogs travel free.",
        said=(Said(text="Dogs travel free.", citations=(1,)),),
        cited=(Cited(number=1, source="a.md", quote="Dogs travel free."),),
    )
    assert answer.language(gold(("x",)), quoted, VERIFIER) is None
    assert answer.language(gold(("x",)), says("Dogs travel free."), VERIFIER) == 0
    assert answer.language(gold(("x",)), says("狗免费乘船。"), VERIFIER) == 1
    assert answer.language(gold(("x",)), REFUSED, VERIFIER) == 1
    assert answer.language(gold(("x",)), Response(answered=False, text="", error="gone"), VERIFIER) == 0


def test_a_model_judges_nuggets_that_are_said_in_other_words() -> None:
    class Model:
        name = "judge:m"

        def __call__(self, premise: str, claim: str) -> Judgement:
            assert premise.startswith("多少条航线？\n")
            supported = "一打" in premise and "12条" in claim
            return Judgement(float(supported), supported)

    asked = gold(("12条",), ("2031年",))
    assert answer.judged_recall(asked, says("一打航线"), Model()) == 0.5
    assert answer.judged_recall(asked, REFUSED, Model()) == 0
    assert answer.judged_recall(asked, says("一打航线"), VERIFIER) is None


def test_an_answer_costs_its_time_and_the_tokens_read_and_written() -> None:
    (whole, retrieve, _, tokens) = cost.MEASURES
    timed = says(
        "Dogs travel free.", milliseconds={"total": 12.5}, found=(Found(source="a.md", text="Dogs travel free."),)
    )
    assert whole.of(gold(("x",)), timed, VERIFIER) == 12.5
    assert retrieve.of(gold(("x",)), timed, VERIFIER) is None
    once = tokens.of(gold(("x",)), says("Dogs travel free."), VERIFIER)
    assert once
    assert tokens.of(gold(("x",)), timed, VERIFIER) == 2 * once
    assert tokens.of(gold(("x",)), says("Dogs travel free.", tokens=99), VERIFIER) == 99
