"""The tests of robustness: the conditions they make, and that each notices what it is there to notice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.wiring import Workplace
from corpus.errors import BadInput
from eval.measures.robustness import (
    Change,
    alike,
    documents_cited,
    follows,
    holds,
    paraphrases,
    translations,
)
from eval.questions import Evidence, GoldQuestion, GoldSet, normal
from eval.robustness.abilities import assess
from eval.robustness.corpus import File, alter, files_of, similar, unrelated, without_answer
from eval.robustness.results import Robustness, read_robustness
from eval.runner import indexed
from eval.runs import Row
from eval.systems.base import Cited, LocalSystem, Response, Said

FERRY = "# 渡轮办法\n\n## 票务\n\n船票自购买之日起30天内有效，逾期作废。\n\n## 行李\n\n每人可免费携带一件行李。\n\n儿童须由成人陪同。\n"
FERRY_EN = "# Ferry rules\n\n## Tickets\n\nA ferry ticket is valid for 30 days after purchase.\n\n## Luggage\n\nOne bag is free.\n"
PIER = "# 码头办法\n\n## 停泊\n\n渔船停泊以12小时为限。\n\n## 清洁\n\n码头每天清扫两次。\n"


def gold(id_: str, question: str, lang: str, nuggets: tuple[str, ...], *sources: tuple[str, str], **more: object) -> GoldQuestion:  # fmt: skip
    evidence = [Evidence(source=source, quotes=(quote,)) for source, quote in sources]
    fields = {"id": id_, "question": question, "lang": lang, "type": "number", "answerable": bool(nuggets)}
    return GoldQuestion.model_validate(
        {**fields, "nuggets": [nuggets] if nuggets else [], "evidence": evidence, **more}
    )


DAYS = ("30天", "三十天", "30 days")
QUESTIONS = (
    gold("1", "船票购买后多少天内有效？", "zh", DAYS, ("ferry.md", "30天内有效"), meaning="days"),
    gold("2", "渡轮船票的有效期是几天？", "zh", DAYS, ("ferry.md", "30天内有效"), meaning="days"),
    gold("3", "For how many days is a ferry ticket valid?", "en", DAYS, ("ferry.en.md", "30 days"), meaning="days"),
    gold("4", "渔船停泊以多少小时为限？", "zh", ("12小时",), ("pier.md", "12小时"), ("ferry.md", "船票")),
    gold("5", "码头的食堂几点开门？", "zh", ()),
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in (("ferry.md", FERRY), ("ferry.en.md", FERRY_EN), ("pier.md", PIER)):
        (folder / name).write_text(text, "utf-8")
    return folder


def results_of(corpus: Path, folder: Path, settings: Callable[..., Workplace], *golds: GoldQuestion) -> Robustness:
    questions = GoldSet(name="set", sha256="0", questions=golds)
    plain = settings().settings.model_copy(update={"readers": 0})
    with indexed(corpus, folder, plain, lambda *_: None) as place:
        before = place.assistant.documents()
        found = assess(questions, place, corpus, distractors=3, advance=lambda *_: None)
        after = place.assistant.documents()
        assert [(d.id, d.uri) for d in after] == [(d.id, d.uri) for d in before], "the index is left as it was"
    return found


def figures(found: Robustness) -> dict[tuple[str, str], float]:
    return {(f.test, f.key): f.value for f in found.findings}


def test_an_assistant_that_quotes_follows_the_documents(
    corpus: Path, tmp_path: Path, workplace: Callable[..., Workplace]
) -> None:
    found = results_of(corpus, tmp_path / "index", workplace, *QUESTIONS)
    value = figures(found)
    assert value["counterfactual", "right"] == value["counterfactual", "unchanged"] == 1
    assert value["counterfactual", "old"] == 0
    assert value["noise", "clean"] == value["noise_similar", "kept"] == value["noise_unrelated", "kept"] == 1
    assert value["rejection", "refused"] == 1
    assert [f.n for f in found.findings if f.test == "rejection"] == [2, 2], "no English document is without the answer"
    assert value["integration", "documents_cited"] == 0.5
    assert value["paraphrase", "alike"] == value["language", "worst"] == 1
    assert all(f.low <= f.value <= f.high for f in found.findings)
    assert all(asked.response.found == () for asked in found.asked)


def test_one_that_remembers_and_never_refuses_is_found_out(
    corpus: Path, tmp_path: Path, workplace: Callable[..., Workplace], monkeypatch: pytest.MonkeyPatch
) -> None:
    cited = (Cited(number=1, source="ferry.md", quote="30天内有效"),)
    answer = Response(answered=True, text="", said=(Said(text="30天，12小时。", citations=(1,)),), cited=cited)
    monkeypatch.setattr(LocalSystem, "ask", lambda _self, _gold: answer)
    value = figures(results_of(corpus, tmp_path / "index", workplace, *QUESTIONS))
    assert (value["counterfactual", "right"], value["counterfactual", "old"]) == (0, 1)
    assert value["rejection", "refused"] == 0


def test_a_set_without_meanings_or_joint_evidence_is_said_to_have_none(
    corpus: Path, tmp_path: Path, workplace: Callable[..., Workplace]
) -> None:
    alone = QUESTIONS[0].model_copy(update={"meaning": None})
    found = results_of(corpus, tmp_path / "index", workplace, alone)
    assert {"integration", "paraphrase", "language"} <= {remark.test for remark in found.remarks}
    assert not {"integration", "paraphrase", "language"} & {f.test for f in found.findings}
    (tmp_path / "r.json").write_text(found.model_dump_json(), "utf-8")
    assert read_robustness(tmp_path / "r.json") == found
    with pytest.raises(BadInput, match="robustness"):
        read_robustness(tmp_path / "none.json")


def row(question: GoldQuestion, *said: str, error: str | None = None) -> Row:
    sentences = tuple(Said(text=text) for text in said)
    return Row(gold=question, response=Response(answered=bool(said), text="", said=sentences, error=error), scores={})


def test_alike_is_the_same_outcome_with_the_same_nuggets_and_a_failure_is_like_nothing() -> None:
    one, two, en, _, unanswerable = QUESTIONS
    assert alike(row(one, "30天"), row(two, "票在30天内有效"))
    assert alike(row(one, "30天"), row(en, "for 30 days"))
    assert not alike(row(one, "30天"), row(two, "60天"))
    assert not alike(row(one, "60天"), row(two))
    assert alike(row(one), row(two))
    assert not alike(row(one, error="x"), row(two, error="x"))
    rows = [row(one, "30天"), row(two), row(en, "30 days"), row(unanswerable)]
    assert [(g.pairs, g.worst) for g in paraphrases(rows)] == [(0, 0)]
    assert [(g.pairs, g.worst) for g in translations(rows)] == [(0.5, 0)]


def test_a_changed_value_must_be_said_and_cited_and_the_old_one_not() -> None:
    change = Change(("30天",), ("33天",))

    def scores(said: str, quote: str) -> tuple[float, ...]:
        cited = (Cited(number=1, source="", quote=quote),)
        response = Response(answered=True, text="", said=(Said(text=said, citations=(1,)),), cited=cited)
        return tuple(follows(response, change)[key] for key in ("said", "cited", "old", "right"))

    assert scores("33天内有效", "33 天内有效") == (1, 1, 0, 1)
    assert scores("33天内有效", "船票") == (1, 0, 0, 0)
    assert scores("33天，原为30天", "33天") == (1, 1, 1, 0)
    assert scores("133天", "133天") == (0, 0, 0, 0)
    assert follows(Response(answered=False, text="33天 30天"), change) == dict.fromkeys(
        ("said", "cited", "old", "right"), 0
    )


def test_only_documents_that_sentences_cite_count_as_cited() -> None:
    cited = tuple(Cited(number=n, source=source, quote="x") for n, source in ((1, "pier.md"), (2, "ferry.md")))
    response = Response(answered=True, text="", said=(Said(text="x", citations=(1,)),), cited=cited)
    assert documents_cited(QUESTIONS[3], response) == 0.5


def test_a_number_is_said_only_as_a_whole_number() -> None:
    assert holds(normal("限 12 小时"), "12小时")
    assert not any(holds(normal(text), "12") for text in ("2012", "120", "3.12", "12.5", "1,12"))


def changed(text: str, question: GoldQuestion = QUESTIONS[0], name: str = "a.md") -> str | None:
    altered = alter(question, [File("u", name, text.encode())], {"u": normal(text)})
    return altered.after[0].data.decode() if altered else None


def test_a_value_is_replaced_in_every_form_and_nothing_else_is() -> None:
    assert changed("30 天内，130天外；valid for 30 Days，第30条") == "33 天内，130天外；valid for 33 Days，第30条"
    assert changed("30天内，但不是33天") == "34天内，但不是33天", "the new value is nowhere yet"


def test_what_can_t_be_replaced_everywhere_is_left_out() -> None:
    assert changed("30天即三十天") is None, "a form without the number"
    assert changed("30天", name="a.pdf") is None, "a file that is no text"
    assert changed("不限时间") is None
    assert changed("30天", gold("9", "是30天吗？", "zh", DAYS)) is None, "the question says the value"
    assert changed("12", gold("9", "几项？", "zh", ("12",))) is None, "a bare number may be anything"


def test_distractors_hold_no_evidence_and_are_the_same_each_time(
    corpus: Path, workplace: Callable[..., Workplace]
) -> None:
    place = workplace()
    for file in files_of(corpus, 2**20):
        place.ingester().add(file.data, uri=file.uri, source=file.source)
    documents = [place.assistant.document(d.id) for d in place.assistant.documents()]
    made = similar(documents, QUESTIONS, 6)
    assert made == similar(documents, QUESTIONS, 6)
    assert len({file.data for file in made}) > 3
    text = "".join(file.data.decode() for file in made)
    assert "30天内有效" not in text
    assert "儿童须由成人陪同" in text
    assert len(unrelated(2)) == 2
    known = without_answer(QUESTIONS[0], [(d, normal(d.text)) for d in documents])
    assert [d.source for d in documents if d.id in known] == ["pier.md"], "the English twin says it, too"
