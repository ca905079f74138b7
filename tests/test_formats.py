"""The same content in every format is read as the same document: headings, rows, and each quote found."""

from __future__ import annotations

from functools import cache

import pytest

from corpus.document import Document, Kind
from corpus.readers import READERS, read
from eval.generated import FORMATS, Content, Heading, Paragraph, Rows, made_up
from eval.questions import normal

SEEDS = (1, 2, 3)
# Formats that hold headings, and those that hold whole documents; delimited text has tables only.
HEADED = ("txt", "md", "html", "docx", "epub", "pdf")
WHOLE = (*HEADED, "pptx", "xlsx")


@cache
def document(name: str, seed: int) -> Document:
    return read(FORMATS[name](made_up(seed)), uri=f"test:{name}", source=f"made-up.{name}")


def headings(content: Content, deepest: int = 2) -> list[str]:
    return [part.text for part in content if isinstance(part, Heading) and 0 < part.level <= deepest]


def table(content: Content) -> Rows:
    return next(part for part in content if isinstance(part, Rows))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", HEADED)
def test_headings_are_the_same_and_each_paragraph_lies_under_its_own(name: str, seed: int) -> None:
    content, found = made_up(seed), document(name, seed)
    own = [found.text[b.start : b.end] for b in found.blocks if b.kind is Kind.HEADING]
    wanted = headings(content)
    assert [text for text in own if text in wanted] == wanted
    path: list[str] = []
    for part in content:
        if isinstance(part, Heading):
            path = [*path[: part.level - 1], part.text] if part.level else []
        elif isinstance(part, Paragraph):
            start = found.text.index(part.text)
            block = next(b for b in found.blocks if b.start <= start < b.end)
            assert list(block.headings)[-2:] == path


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", [*WHOLE, "csv"])
def test_rows_are_the_same_with_their_columns_and_merged_groups(name: str, seed: int) -> None:
    wanted = table(made_up(seed))
    found = document(name, seed).tables[-1]
    assert found.columns == wanted.columns
    assert [row.cells for row in found.rows] == list(wanted.rows)
    if name != "csv":
        assert found.title == wanted.title


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", WHOLE)
def test_every_sentence_is_found_in_each_format(name: str, seed: int) -> None:
    text = normal(document(name, seed).text)
    sentences = [s for part in made_up(seed) if isinstance(part, Paragraph) for s in part.text.split("。") if s]
    assert all(normal(sentence) in text for sentence in sentences)


@pytest.mark.parametrize("name", ["html", "docx", "epub", "pdf", "pptx"])
def test_the_title_is_the_document_s_own(name: str) -> None:
    content = made_up(SEEDS[0])
    assert document(name, SEEDS[0]).metadata.title == content[0].text  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["pdf", "pptx"])
def test_a_format_with_pages_gives_every_block_its_page(name: str) -> None:
    found = document(name, SEEDS[0])
    pages = [b.page for b in found.blocks if b.kind is not Kind.CHROME]
    assert None not in pages
    assert pages == sorted(pages)  # type: ignore[type-var]
    assert (pages[0], pages[-1] > 1) == (1, True)  # type: ignore[operator]


def test_every_format_that_is_read_is_compared_here_or_is_a_spelling_of_one_that_is() -> None:
    same = {".markdown", ".text", ".htm", ".xhtml", ".mhtml", ".mht", ".xlsm", ".tsv"}
    assert set(READERS) == same | {f".{name}" for name in FORMATS}
