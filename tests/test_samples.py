"""The sample corpus: our own writing, read and answered from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import pytest

from assistant.core import Question
from assistant.wiring import Workplace, sample_files
from corpus.document import Kind
from corpus.readers import read
from eval.questions import SAMPLES, TYPES, load_set
from indexing.passages import cut
from indexing.tokens import count_tokens
from ui.texts import EXAMPLES

FILES = dict(sample_files())


@pytest.mark.parametrize("name", FILES)
def test_a_sample_reads_with_its_metadata_and_every_passage_resolves(name: str) -> None:
    document = read(FILES[name], uri=name, source=name, origin="sample")
    assert document.metadata.title
    assert document.metadata.language == ("zh" if ".zh." in name else "en")
    assert document.metadata.tags
    passages = cut(document, 300, count_tokens)
    assert passages
    assert all(document.text[p.start : p.end] == p.text for p in passages)


def test_there_are_samples_in_both_languages_with_real_tables() -> None:
    documents = [read(data, uri=name, source=name) for name, data in FILES.items()]
    assert {d.metadata.language for d in documents} == {"zh", "en"}
    assert len(documents) >= 6
    assert sum(any(b.kind is Kind.TABLE_ROW for b in d.blocks) for d in documents) >= 2


def test_the_sample_questions_are_of_every_type_in_both_languages_and_said_in_several_ways() -> None:
    questions = load_set(SAMPLES).questions
    assert {(q.type, q.lang) for q in questions} == {(type_, lang) for type_ in TYPES for lang in ("zh", "en")}
    assert sum(not q.answerable for q in questions) >= 14
    assert sum(len(q.evidence) > 1 for q in questions) >= 3
    said: dict[str, list[str]] = defaultdict(list)
    for q in questions:
        if q.meaning:
            said[q.meaning].append(q.lang)
    assert sum(len(langs) >= 3 for langs in said.values()) >= 6
    assert sum(len(set(langs)) == 2 for langs in said.values()) >= 10
    assert all(len(langs) > 1 for langs in said.values())


def test_every_example_on_the_page_is_answered(workplace: Callable[..., Workplace]) -> None:
    place = workplace(samples="auto")
    place.add_samples()
    asked = [question for questions in EXAMPLES.values() for question in questions]
    assert [q for q in asked if not place.assistant.ask(Question(q)).answered] == []


def test_samples_are_indexed_once_and_step_aside_for_own_documents(workplace: Callable[..., Workplace]) -> None:
    place = workplace(samples="auto")
    assert place.add_samples() == len(FILES)
    assert place.add_samples() == 0
    assistant = place.assistant
    assert assistant.ask(Question("怎么添加我自己的文档？")).answered
    own = place.ingester().add("# 食堂\n\n午餐时间为十二点。\n".encode(), uri="test:a", source="a.md")
    assert not assistant.ask(Question("怎么添加我自己的文档？")).answered
    assert {h.source for h in assistant.search("怎么添加我自己的文档？时间")} == {"a.md"}
    assert [d.source for d in assistant.documents() if d.searched] == ["a.md"]
    place.index.remove(str(own.document_id))
    assert assistant.ask(Question("怎么添加我自己的文档？")).answered


def test_samples_are_always_or_never_searched_when_the_settings_say_so(workplace: Callable[..., Workplace]) -> None:
    place = workplace(samples="always")
    place.ingester().add("# 食堂\n\n午餐时间为十二点。\n".encode(), uri="test:a", source="a.md")
    assert place.add_samples() == len(FILES)
    assert place.assistant.ask(Question("怎么添加我自己的文档？")).answered
    place = workplace(samples="never")
    assert place.add_samples() == 0
    assert {d.source for d in place.assistant.documents() if d.searched} == {"a.md"}


@pytest.mark.parametrize("name", FILES)
def test_a_sample_has_a_date_a_table_and_lines_of_a_readable_length(name: str) -> None:
    document = read(FILES[name], uri=name, source=name)
    assert document.metadata.date is not None
    assert any(block.kind is Kind.TABLE_ROW for block in document.blocks)
    assert max(map(len, FILES[name].decode().splitlines())) <= 1_000
    assert all(line == line.rstrip() for line in FILES[name].decode().splitlines())
