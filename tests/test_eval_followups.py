"""Follow-ups held against their standalone questions: which count as alike, and what is told of those that do not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.answers import Answer
from assistant.core import Question
from assistant.wiring import Workplace
from corpus.errors import BadInput
from eval.cli import app
from eval.followups import Agreement, agreement, to_json
from eval.questions import SAMPLES, GoldQuestion, load_set

POOL = "# 泳池规则\n\n成人票每张二十五元。\n\n# 闭馆\n\n泳池每周一闭馆换水。\n"
GYM = "# 健身房规则\n\n月卡每张一百元。\n\n# 开放\n\n健身房每天六点开放。\n"
ALONE = "健身房月卡多少钱？"


def followup(id_: str = "f1", standalone: str = ALONE) -> GoldQuestion:
    history = [{"role": "user", "content": "泳池成人票多少钱？"}, {"role": "assistant", "content": "二十五元。"}]
    given = {"id": id_, "question": "那月卡呢？", "lang": "zh", "type": "followup", "history": history}
    return GoldQuestion.model_validate(
        {**given, "standalone": standalone, "answerable": True, "nuggets": [["一百元"]], "evidence": []}
    )


@pytest.fixture
def place(workplace: Callable[..., Workplace]) -> Workplace:
    place = workplace(samples="never")
    for name, text in (("pool.md", POOL), ("gym.md", GYM)):
        place.ingester().add(text.encode(), uri=f"test:{name}", source=name)
    return place


def held(place: Workplace, understood: str, *questions: GoldQuestion, top_k: int = 1) -> Agreement:
    """The agreement of an assistant that takes every follow-up for the question `understood`."""

    def ask(question: Question) -> Answer:
        return place.assistant.ask(Question(understood if question.history else question.text, top_k=question.top_k))

    return agreement(questions or [followup()], ask, top_k=top_k, advance=lambda _: None)


def test_a_followup_that_is_understood_finds_the_same_places(place: Workplace) -> None:
    found = held(place, ALONE)
    assert (found.hits.value, found.first.value, found.hits.n) == (1, 1, 1)
    assert to_json(found)["failures"] == []


def test_one_that_is_misunderstood_fails_and_is_told_with_what_was_searched(place: Workplace) -> None:
    found = held(place, "泳池每周哪天闭馆？")
    assert (found.hits.value, found.first.value, found.places.value) == (0, 0, 0)
    told = json.loads(json.dumps(to_json(found)["failures"]))
    assert [(f["id"], f["searched"], f["standalone"]) for f in told] == [("f1", "泳池每周哪天闭馆？", ALONE)]
    assert (told[0]["shared"], told[0]["wanted"]) == (0, 1)


def test_the_same_places_in_another_order_are_the_same_hits_and_another_first_one(place: Workplace) -> None:
    found = held(place, "泳池每周哪天闭馆？", top_k=50)
    assert (found.hits.value, found.first.value, found.places.value) == (1, 0, 1)


def test_what_has_no_standalone_question_is_counted_and_left_out(place: Workplace) -> None:
    found = held(place, ALONE, followup(), followup("f2", standalone=""))
    assert (len(found.pairs), found.without) == (1, 1)
    with pytest.raises(BadInput, match="history and standalone") as caught:
        held(place, ALONE, followup(standalone=""))
    assert "standalone" in caught.value.zh


def test_a_question_without_one_has_no_trace_of_it_in_its_json() -> None:
    assert "standalone" in followup().model_dump(mode="json")
    assert "standalone" not in followup(standalone="").model_dump(mode="json")


def test_the_samples_have_enough_followups_with_standalone_questions() -> None:
    followups = [q for q in load_set(SAMPLES).questions if q.type == "followup"]
    assert len(followups) >= 12
    assert all(q.history and q.standalone for q in followups)


def test_the_command_prints_figures_and_failures(tmp_path: Path) -> None:
    corpus, name = tmp_path / "corpus", tmp_path / "set.jsonl"
    corpus.mkdir()
    (corpus / "gym.md").write_text(GYM, "utf-8")
    name.write_text(followup().model_dump_json() + "\n", "utf-8")
    given = ["followups", "--set", str(name), "--corpus", str(corpus), "--data", str(tmp_path / "data")]
    shown = CliRunner().invoke(app, [*given, "--json"])
    assert shown.exit_code == 0, shown.output
    figures = json.loads(shown.stdout)
    assert (figures["followups"], figures["hits"]["n"]) == (1, 1)
    assert "n 1" in CliRunner().invoke(app, given).output


def test_a_set_of_ones_own_needs_its_documents(tmp_path: Path) -> None:
    name = tmp_path / "set.jsonl"
    name.write_text(followup().model_dump_json() + "\n", "utf-8")
    result = CliRunner().invoke(app, ["followups", "--set", str(name)])
    assert isinstance(result.exception, BadInput)
    assert "--corpus" in result.exception.zh
