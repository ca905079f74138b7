"""The reference corpus, where it lies beside the checkout: real documents, asked about their facts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.core import Assistant, Question
from assistant.wiring import Workplace
from eval.questions import normal
from indexing.ingest import find_files, ingest

FOLDER = Path(__file__).parents[2] / "shared" / "seeds"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="the reference corpus does not lie beside this checkout"),
]


@pytest.fixture
def place(workplace: Callable[..., Workplace]) -> Workplace:
    place = workplace()
    results = list(ingest(find_files([FOLDER]), place.ingester(), 2**20))
    assert [r.outcome for r in results] == ["added"] * 5
    return place


@pytest.mark.parametrize(
    ("question", "said", "source"),
    [
        ("到2026年，国家计划新制定多少项人工智能国家标准和行业标准？", ["50项以上"], "001"),
        ("上海标准体系共有多少个大类、中类和小类？", ["8个大类", "51个中类", "97个小类"], "003"),
        ("江苏到2027年形成多少项团体标准和企业标准？", ["10项团体标准", "20项企业标准"], "004"),
        ("ITU-T通过多少个研究组开展标准制定？", ["10个研究组"], "002"),
        ("GB/T 13016-2018的名称", ["标准体系构建原则和要求"], "004"),
        ("江苏有哪些先进制造业集群？", ["新能源集群", "半导体集群", "新型食品集群"], "004"),
    ],
)
def test_a_fact_is_said_in_the_words_of_its_document(
    place: Workplace, question: str, said: list[str], source: str
) -> None:
    answer = place.assistant.ask(Question(question))
    assert all(normal(words) in normal(answer.text) for words in said)
    assert answer.citations[0].source.startswith(source)
    for citation in answer.citations:
        document = place.assistant.document(citation.document_id)
        assert document.text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    "question", ["浙江省到2027年要制定多少项标准？", "ISO/IEC 27001是怎么规定的？", "加密货币挖矿的能耗上限是多少？"]
)
def test_what_they_do_not_say_is_refused(place: Workplace, question: str) -> None:
    assistant: Assistant = place.assistant
    assert not assistant.ask(Question(question)).answered


def test_nearly_every_passage_has_a_heading_path(place: Workplace) -> None:
    """All but title pages: letterheads, lists of contributors, the lines above the first heading."""
    for summary in place.catalogue.summaries():
        document = place.catalogue.document(summary.id)
        passages = place.index.passages(document)
        assert sum(bool(p.headings) for p in passages) >= 0.9 * len(passages), summary.source
