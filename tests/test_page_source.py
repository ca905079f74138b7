"""The source panel: exact words in their text, their table and on their page, in a real browser too."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from assistant.core import Question
from conftest import add
from page_server import Visitors, browser_test, chromium, serving
from test_page_images import english, made
from ui import source
from ui.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.wiring import Workplace

EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>"
TEXT = f"""# 缆车办法

一、票务

缆车票自购买之日起15天内有效。{EVIL}

二、分工

| 环节 | 单位 | 备注 |
|---|---|---|
| 检票 | 客运站 | {EVIL} |
| 检修 | 机电队 | 每周一次 |
"""


class Read(HTMLParser):
    """The tags of some HTML, and the text inside the elements of a class."""

    def __init__(self, html: str, wanted: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self._wanted = wanted
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if self._inside or self._wanted in (dict(attributes).get("class") or "").split():
            self._inside.append(tag)

    def handle_endtag(self, _: str) -> None:
        if self._inside:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.text += data


@pytest.fixture
def place(workplace: Callable[..., Workplace]) -> Workplace:
    found = workplace()
    add(found, TEXT, "cable.md")
    return found


def spans(place: Workplace, *words: str) -> list[Span]:
    document = place.assistant.document(place.assistant.documents()[0].id)
    starts = [(document.text.index(said), said) for said in words]
    return [Span.of(document, start, start + len(said)) for start, said in starts]


def test_a_citation_s_exact_words_are_marked_and_nothing_of_a_document_is_run(place: Workplace) -> None:
    answer = place.assistant.ask(Question("缆车票购买后多少天内有效？"))
    assert answer.citations
    for citation in answer.citations:
        read = Read(source.panel(place.assistant, citation, "zh", number=1, of=1), "yj-quote")
        assert read.text == citation.quote
        assert not {"img", "script"} & set(read.tags)


def test_a_row_is_shown_in_its_table_with_the_header_and_its_exact_words(place: Workplace) -> None:
    (row,) = spans(place, "检修 | 机电队 | 每周一次")
    html = source.panel(place.assistant, row, "en")
    assert Read(html, "yj-quote").text == "检修 | 机电队 | 每周一次"
    assert Read(html, "yj-cited").text == "检修机电队每周一次"
    assert Read(html, "yj-table").text.startswith("二、分工环节单位备注检票客运站")
    assert not {"img", "script"} & set(Read(html, "").tags)


def test_a_long_table_is_shown_around_the_row_and_the_rest_is_counted(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    rows = "".join(f"| 第{n}号 | 值{n} |\n" for n in range(1, 41))
    add(place, f"# 编号表\n\n| 编号 | 值 |\n|---|---|\n{rows}")
    html = source.panel(place.assistant, spans(place, "第20号 | 值20")[0], "zh")
    assert "上方还有 15 行" in html
    assert "下方还有 16 行" in html
    assert Read(html, "yj-quote").text == "第20号 | 值20"


@pytest.mark.parametrize(("language", "said"), [("zh", "《新办法》 取代"), ("en", "superseded by “新办法”")])
def test_a_document_that_holds_no_longer_says_so_as_it_stands_today(place: Workplace, language: str, said: str) -> None:
    old = place.assistant.documents()[0].id
    (span,) = spans(place, "15天")
    new = add(place, "# 新办法\n\n票务另行规定。\n", "new.md")
    place.assistant.set_fields(new, {"supersedes": old})
    assert said in source.panel(place.assistant, span, "zh" if language == "zh" else "en")
    place.index.remove(new)
    assert "yj-caution" not in source.panel(place.assistant, span, "zh")


def test_a_removed_document_gives_a_sentence(place: Workplace) -> None:
    (span,) = spans(place, "15天")
    place.index.remove(span.document_id)
    assert span.document_id in source.panel(place.assistant, span, "zh")


def test_a_page_is_offered_only_where_there_is_a_picture_of_it(place: Workplace) -> None:
    assert "data-view" not in source.panel(place.assistant, spans(place, "15天")[0], "zh")


@pytest.mark.browser
class TestInTheBrowser:
    pytestmark = browser_test

    def test_the_words_are_boxed_on_their_page_which_can_be_turned_and_enlarged(self, tmp_path: Path) -> None:
        files = {"ferry.pdf": made(english, english)}
        with serving(tmp_path, files) as server, chromium() as browser:
            visitors, address = Visitors(browser, server.address), server.address
            page = visitors("en-GB", tab="Documents")
            page.get_by_role("button", name="ferry", exact=True).click()
            page.locator("summary", has_text="Passages").click()
            page.locator(".yj-passages .yj-place").first.click()
            page.click('[data-view="page"]')
            page.wait_for_function("document.querySelector('.yj-leaf img')?.naturalWidth === 1000")
            quote = page.locator(".yj-quote").text_content() or ""
            document = httpx.get(f"{address}/documents").json()["documents"][0]["id"]
            asked = {"start": 0, "end": len(quote)}
            truth = httpx.get(f"{address}/documents/{document}/boxes", params=asked).json()["pages"][0]
            assert page.locator(".yj-box").count() == len(truth["boxes"])
            left = page.locator(".yj-box").first.evaluate("box => parseFloat(box.style.left)")
            assert left == pytest.approx(100 * truth["boxes"][0][0] / truth["width"], abs=0.01)
            assert quote[:20] in (page.locator(".yj-leaf img").get_attribute("alt") or "")
            page.click('[data-zoom="1"]')
            page.wait_for_function("document.querySelector('.yj-leaf img')?.naturalWidth === 1500")
            page.click('[data-leaf="1"]')
            page.wait_for_selector("text=Page 2 of 2")
            assert page.locator('[data-leaf="1"]').is_disabled()
            page.click('[data-view="text"]')
            assert page.locator(".yj-quote").is_visible()
            visitors.close()
