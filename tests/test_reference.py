"""The reference corpus, where it lies beside the checkout: real documents, asked about their facts."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.core import Assistant, Question
from assistant.wiring import Workplace
from corpus.document import Document, Kind, Table
from corpus.readers import read
from corpus.sentences import sentences
from eval.generated import FORMATS, Content, Heading, Paragraph, Rows
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


def document(number: str) -> Document:
    (path,) = FOLDER.glob(f"{number}_*.txt")
    return read(path.read_bytes(), uri=path.name, source=path.name)


def mark(cell: str) -> str:
    """A cell as the expected readings hold it: a digest, since they hold none of the documents' text."""
    return hashlib.sha256(normal(cell).encode()).hexdigest()[:8] if cell else ""


def score(table: Table, expected: dict[str, dict[str, list[tuple[int, str]]]]) -> tuple[int, float]:
    """How many rows are right in every cell, and the share of right cells. A column's expected cells are
    given as runs: the row where a cell begins, and the cell, up to the next run."""
    right_rows = right = total = 0
    for row in table.rows:
        number = int(row.cells[0])
        good = []
        for column, runs in expected["cells"].items():
            want = runs[bisect_right([start for start, _ in runs], number) - 1][1]
            good.append(mark(row.cells[int(column)]) == want)
        right, total, right_rows = right + sum(good), total + len(good), right_rows + all(good)
    return right_rows, right / total


@pytest.mark.parametrize("number", ["003", "004"])
def test_every_row_and_cell_of_the_big_tables_is_read_right(number: str) -> None:
    expected = json.loads((Path(__file__).parent / "data" / "tables.json").read_text())[number]
    table = document(number).tables[-1]
    first, last, missing = expected["rows"]
    assert [int(row.cells[0]) for row in table.rows] == [n for n in range(first, last + 1) if n not in missing]
    assert [mark(name) for name in table.columns] == expected["columns"]
    assert score(table, expected) == (len(table.rows), 1.0)


def test_contents_pages_and_page_furniture_are_not_searched_and_the_provenance_is() -> None:
    page = document("001")
    chrome = [page.text[b.start : b.end] for b in page.blocks if b.kind is Kind.CHROME]
    searched = [page.text[b.start : b.end] for b in page.blocks if b.kind.searchable]
    assert any("微信扫一扫" in text for text in chrome)
    assert not any("微信" in text or "投稿" in text for text in searched)
    assert any(text.startswith("原文来源") for text in searched)
    assert sum(b.kind is Kind.CONTENTS for b in document("004").blocks) == 1
    assert sum(b.kind is Kind.FOOTNOTE for b in document("002").blocks) == 48


def content_of(document: Document, merged: bool) -> Content:
    """What was read of a document, to be written in another format; group columns merged or not."""
    content: list[Heading | Paragraph | Rows] = [Heading(0, document.metadata.title)]
    tables = {table.rows[0].start: table for table in document.tables}
    for block in document.blocks:
        text = document.quote(block.start, block.end)
        if block.kind is Kind.HEADING:
            content.append(Heading(block.level, text))
        elif block.start in tables:
            table = tables[block.start]
            numbered = table.columns[0] == "序号"
            # Nothing but the numbers and the names of the rows is their own; the rest is merged where it repeats.
            groups = tuple(c for c in range(1, len(table.columns)) if c != 3) if numbered and merged else ()
            title = "" if content[-1].__class__ is Heading else table.title  # the heading is the title
            content.append(Rows(title, table.columns, tuple(row.cells for row in table.rows), groups))
        elif block.kind in (Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.MASTHEAD):
            content.append(Paragraph(text))
    return tuple(content)


@pytest.mark.parametrize("name", ["html", "docx", "epub", "pdf", "xlsx"])
@pytest.mark.parametrize("number", ["000", "001", "002", "003", "004"])
def test_the_same_content_in_another_format_is_read_alike(number: str, name: str) -> None:
    original = document(number)
    content = content_of(original, merged=name != "pdf")
    other = read(FORMATS[name](content), uri="test:other", source=f"other.{name}")
    if name != "xlsx":  # where no heading is marked as one
        wanted = [normal(part.text) for part in content if isinstance(part, Heading)]
        found = [normal(other.text[b.start : b.end]) for b in other.blocks if b.kind is Kind.HEADING]
        assert found == wanted
    rows = [[normal(cell) for cell in row.cells] for table in original.tables for row in table.rows]
    assert [[normal(cell) for cell in row.cells] for table in other.tables for row in table.rows] == rows
    text = normal(other.text)
    for block in original.blocks:
        if block.kind in (Kind.PARAGRAPH, Kind.LIST_ITEM):
            for start, end in sentences(original.text, block.start, block.end):
                assert normal(original.text[start:end]) in text
