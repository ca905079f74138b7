"""What an answer promises, over small documents of our own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from assistant.answering.abstention import shipped
from assistant.answers import Answer, Filters
from assistant.core import Assistant, Delta, Question, Sources
from assistant.wiring import Workplace
from conftest import add
from corpus.errors import BadInput

HARBOUR = """---
title: 滨海市标准化行动方案
tags: [city]
---

# 滨海市标准化行动方案

一、总体目标

到2028年，滨海市新制定地方标准45项以上。参与修订国际标准6项。

二、重点任务

（一）港口

重点任务包括：

1. 修订装卸作业规范。
2. 建立船舶数据接口，依据 GB/T 39999-2021 执行。
3. 开展智能引航试点。

三、附表

| 领域 | 牵头单位 | 完成年份 |
|---|---|---|
| 航标 | 海事中心 | 2026 |
| 仓储 | 物流中心 | 2027 |

智能引航是指利用传感器引导船舶进港的技术。
"""
MOUNTAIN = """---
title: 高原县标准化行动方案
date: 2021-05-01
---

# 高原县标准化行动方案

一、总体目标

到2025年，高原县新制定地方标准12项以上。

二、说明

智能引航是指利用传感器引导船舶进港的技术。
"""
ENGLISH = "# Ferry rules\n\n## Tickets\n\nA ticket is valid for 30 days after purchase. Dogs travel free of charge.\n"


@pytest.fixture
def assistant(workplace: Callable[..., Workplace]) -> Assistant:
    place = workplace()
    add(place, HARBOUR, "harbour.md")
    add(place, MOUNTAIN, "mountain.md")
    add(place, ENGLISH, "ferry.md")
    return place.assistant


def resolves(assistant: Assistant, answer: Answer) -> bool:
    numbers = [c.number for c in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {n for s in answer.statements for n in s.citations} == set(numbers)
    assert all(s.citations for s in answer.statements)
    assert all(f"[{n}]" in answer.text for n in numbers)
    return all(assistant.document(c.document_id).text[c.start : c.end] == c.quote for c in answer.citations)


@pytest.mark.parametrize(
    ("question", "said", "source"),
    [
        ("滨海市到2028年要新制定多少项地方标准？", "45项以上", "harbour.md"),
        ("滨海市仓储领域由哪个单位牵头？", "物流中心", "harbour.md"),
        ("GB/T 39999 用在哪里？", "船舶数据接口", "harbour.md"),
        ("高原縣到2025年新制定多少項地方標準？", "12项以上", "mountain.md"),
        ("How long is a ticket valid?", "30 days", "ferry.md"),
    ],
)
def test_a_question_is_answered_with_a_citation_that_resolves(
    assistant: Assistant, question: str, said: str, source: str
) -> None:
    answer = assistant.ask(Question(question))
    assert answer.answered
    assert said in answer.text
    assert answer.citations[0].source == source
    assert resolves(assistant, answer)
    # Rows are read under their columns; all else is word for word.
    rows = [s for s in answer.statements if "：" in s.text and "；" in s.text]
    assert all(s in rows or s.text == answer.citations[s.citations[0] - 1].quote for s in answer.statements)


@pytest.mark.parametrize(
    "question",
    [
        "南极考察站的食堂几点开门？",
        "What is the capital of Peru?",
        "ISO/IEC 99999 规定了什么？",
        "GB/T 11111-2020 用在哪里？",
    ],
)
def test_what_the_documents_do_not_say_is_refused_with_the_nearest_hits(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(Question(question))
    assert (answer.answered, answer.reason) == (False, "not_in_documents")
    assert answer.statements == answer.citations == ()
    assert ("文件" in answer.text) == any("一" <= c <= "鿿" for c in question)


def test_a_colon_brings_the_list_that_it_announces(assistant: Assistant) -> None:
    said = assistant.ask(Question("滨海市港口的重点任务有哪些？")).text
    assert all(task in said for task in ("装卸作业规范", "船舶数据接口", "智能引航试点"))


def test_what_two_documents_say_alike_is_said_once_and_both_are_cited(assistant: Assistant) -> None:
    answer = assistant.ask(Question("什么是智能引航？"))
    defined = [s for s in answer.statements if s.text.startswith("智能引航是指")]
    assert len(defined) == 1
    assert {answer.citations[n - 1].source for n in defined[0].citations} == {"harbour.md", "mountain.md"}


def test_a_table_row_stays_whole(assistant: Assistant) -> None:
    answer = assistant.ask(Question("航标领域的完成年份是哪一年？"))
    assert "领域：航标；牵头单位：海事中心；完成年份：2026" in [s.text for s in answer.statements]
    assert "航标 | 海事中心 | 2026" in answer.citations[0].quote
    assert answer.citations[0].headings == ("三、附表",)


@pytest.mark.parametrize("question", ["？？？", "请问是什么", "what is the", "1"])
def test_a_question_without_words_to_search_for_is_too_vague(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(Question(question))
    assert (answer.answered, answer.reason) == (False, "too_vague")


def test_without_documents_the_answer_says_how_to_add_some(workplace: Callable[..., Workplace]) -> None:
    answer = workplace().assistant.ask(Question("有哪些目标？"))
    assert (answer.reason, answer.hits) == ("no_documents", ())
    assert "yiju ingest" in answer.text


@pytest.mark.parametrize("question", ["", " \n\t", "长" * 2001])
def test_a_question_that_is_none_is_bad_input(assistant: Assistant, question: str) -> None:
    with pytest.raises(BadInput):
        assistant.ask(Question(question))


def test_filters_bound_what_is_searched(assistant: Assistant) -> None:
    ids = {d.source: d.id for d in assistant.documents()}

    def sources(**filters: object) -> set[str]:
        return {h.source for h in assistant.search("标准 ticket", filters=Filters(**filters))}  # type: ignore[arg-type]

    assert sources() == {"harbour.md", "mountain.md", "ferry.md"}
    assert sources(documents=(ids["ferry.md"],)) == {"ferry.md"}
    assert sources(language="zh") == {"harbour.md", "mountain.md"}
    assert sources(tags=("city",)) == {"harbour.md"}
    assert sources(as_of=date(2020, 1, 1)) == {"harbour.md", "ferry.md"}, "undated documents stay"
    refused = assistant.ask(Question("标准", filters=Filters(documents=("nobody",))))
    assert (refused.answered, refused.hits) == (False, ())


def test_an_english_question_over_chinese_documents_is_told_why(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    add(place, MOUNTAIN)
    answer = place.assistant.ask(Question("How many local standards are planned?"))
    if answer.answered:
        assert answer.text.startswith("The documents are in Chinese.")
    else:
        assert "asking in Chinese" in answer.text


def test_the_stream_gives_sources_then_the_text_in_pieces_then_the_answer(assistant: Assistant) -> None:
    first, *pieces, answer = assistant.stream(Question("滨海市到2028年要新制定多少项地方标准？"))
    assert isinstance(first, Sources)
    assert isinstance(answer, Answer)
    assert first.hits == answer.hits
    assert "".join(p.text for p in pieces if isinstance(p, Delta)) == answer.text


def test_hits_have_ranks_and_scores_between_0_and_1(assistant: Assistant) -> None:
    hits = assistant.search("标准化行动方案", top_k=4)
    assert [h.rank for h in hits] == [1, 2, 3, 4]
    assert all(0 <= h.score <= 1 for h in hits)
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


def test_the_same_question_has_the_same_answer(assistant: Assistant) -> None:
    one, other = (assistant.ask(Question("什么是智能引航？")) for _ in range(2))
    changing = {"id", "conversation_id", "timings_ms", "label"}
    assert one.model_dump(exclude=changing) == other.model_dump(exclude=changing)


def test_a_list_question_is_answered_by_the_headings_under_its_heading(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    body = "\n\n".join(
        f"（{n}）{name}\n\n有关部门落实{name}的要求。"
        for n, name in zip("一二三", ("选址", "建设", "验收"), strict=True)
    )
    add(
        place,
        f"# 码头管理办法\n\n一、总则\n\n本办法规范码头。\n\n二、建设流程\n\n{body}\n\n三、附则\n\n自发布之日起施行。\n",
    )
    answer = place.assistant.ask(Question("码头的建设流程有哪些？"))
    assert [s.text for s in answer.statements] == ["选址", "建设", "验收"]
    assert resolves(place.assistant, answer)


def test_what_says_another_figure_or_another_word_is_a_statement_of_its_own(
    workplace: Callable[..., Workplace],
) -> None:
    place = workplace()
    text = "# 轮渡票价办法\n\n一、票价\n\n成人轮渡单程票价为{}元，购票后{}退改。\n"
    for name, fare, may in (("a", 2, "可以"), ("b", 3, "可以"), ("c", 2, "不得"), ("d", 2, "可以")):
        add(place, text.format(fare, may), f"{name}.md")
    answer = place.assistant.ask(Question("成人轮渡单程票价是多少元？"))
    assert len(answer.statements) == 3
    for statement in answer.statements:
        assert {answer.citations[n - 1].quote for n in statement.citations} == {statement.text}
    assert sorted(len(s.citations) for s in answer.statements) == [1, 1, 2]


def test_a_decimal_point_is_no_punctuation(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    for fare in ("3.5", "35"):
        add(place, f"# 轮渡票价\n\n成人轮渡单程票价为{fare}元。\n", f"{fare}.md")
    statements = place.assistant.ask(Question("成人轮渡单程票价是多少元？")).statements
    assert {s.text for s in statements} == {"成人轮渡单程票价为3.5元。", "成人轮渡单程票价为35元。"}


def test_the_confidence_of_an_answer_is_above_that_of_a_refusal(assistant: Assistant) -> None:
    answered = assistant.ask(Question("How long is a ticket valid?"))
    refused = assistant.ask(Question("What is the capital of Peru?"))
    vague = assistant.ask(Question("的"))
    assert answered.confidence is not None
    assert refused.confidence is not None
    assert 1 >= answered.confidence >= assistant.calibration.threshold > refused.confidence >= 0
    assert vague.confidence == 0


def test_an_unusual_calibration_decides_when_to_refuse(workplace: Callable[..., Workplace], tmp_path: Path) -> None:
    strict = shipped().model_copy(update={"threshold": 1.0})
    (tmp_path / "strict.json").write_text(strict.model_dump_json(), "utf-8")
    place = workplace(abstention=tmp_path / "strict.json")
    add(place, ENGLISH, "ferry.md")
    assert not place.assistant.ask(Question("How long is a ticket valid?")).answered
