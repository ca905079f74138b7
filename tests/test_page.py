"""The page: what it draws, and what a person sees and clicks in a real browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlparse

import httpx
import pytest

from assistant.answers import Answer, Label, Models, Timings
from assistant.core import Question
from conftest import add
from corpus.errors import UnreadableFile
from corpus.readers import read
from indexing.arrange import Place
from indexing.ingest import Result
from indexing.retrieval import Hit
from test_server import free_port
from ui import render
from ui.page import _panel
from ui.render import Turn
from ui.texts import EN, EXAMPLES, ZH, Language, language_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from assistant.wiring import Workplace

EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script> ${1+1} {{value}}"
TEXT = f"# 渡轮办法\n\n一、票务\n\n船票自购买之日起30天内有效。{EVIL}\n\n| 项目 | 单位 |\n|---|---|\n| 检票 | 客运站 |\n\n乘客须知包括：\n\n1. 凭票登船。\n2. 照看行李。\n"
QUESTION = "船票购买后多少天内有效？"


class Texts(HTMLParser):
    """The tags of a page, and the text inside each element of a class."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.marked = ""
        self._inside = 0
        self.feed(html)

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._inside += tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag == "mark"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.marked += data


@pytest.fixture
def answer(workplace: Callable[..., Workplace]) -> tuple[Workplace, Answer]:
    place = workplace()
    add(place, TEXT, "ferry.md")
    return place, place.assistant.ask(Question(QUESTION))


def test_the_source_highlights_exactly_the_quote_and_escapes_everything(answer: tuple[Workplace, Answer]) -> None:
    place, said = answer
    for citation in said.citations:
        html = render.source(place.catalogue.document(citation.document_id), citation, "zh", number=1, of=1)
        page = Texts(html)
        assert page.marked == citation.quote
        assert not {"img", "script"} & set(page.tags)


def test_a_table_row_is_highlighted_whole() -> None:
    document = read(TEXT.encode(), uri="a", source="ferry.md")
    start = document.text.index("检票")
    row = Hit(document.id, "t", "s", (), None, start, start + len("检票 | 客运站"), "检票 | 客运站", 0.5, 1)
    assert Texts(render.source(document, row, "en")).marked == "检票 | 客运站"


def test_questions_answers_and_errors_are_escaped(answer: tuple[Workplace, Answer]) -> None:
    _, said = answer
    turns = (Turn(EVIL, said), Turn(EVIL, error=EVIL), Turn(EVIL, partial=EVIL))
    assert not {"img", "script"} & set(Texts(render.conversation(turns, (), "en")).tags)


def test_a_refusal_looks_different_and_lists_the_nearest_passages() -> None:
    hit = Hit("d", "标题", "a.md", ("一、甲",), None, 0, 3, "最近的段落", 0.1, 1)
    refusal = Answer(
        id="1",
        conversation_id="c",
        question="?",
        standalone_question="?",
        answered=False,
        reason="not_in_documents",
        text="没有",
        statements=(),
        citations=(),
        hits=(hit,),
        models=Models(embedder="none", answerer="x"),
        timings_ms=Timings(retrieve=0, answer=0, verify=0, total=0),
        label=Label(ai_generated=True, notice=""),
    )
    html = render.conversation((Turn("?", refusal),), (), "zh")
    assert "yj-refusal" in html
    assert "yj-answer" not in html
    assert "标题 › 一、甲" in html
    assert "yj-also" not in html
    others = (Place("2", EVIL, "b.md", 0, 1), Place("3", "乙", "c.md", 0, 1), Place("4", "乙", "d.md", 0, 1))
    also = refusal.model_copy(update={"hits": (replace(hit, also=others),)})
    shown = {language: render.conversation((Turn("?", also),), (), language) for language in ("zh", "en")}
    assert f"另见：{escape(EVIL)} · 乙<" in shown["zh"]
    assert f"Also in: {escape(EVIL)} · 乙<" in shown["en"]


def test_an_empty_corpus_says_what_to_do_and_examples_go_with_the_samples() -> None:
    assert "yiju ingest" in render.welcome((), "zh")
    assert ZH.nothing_title in render.welcome((), "zh")
    assert all(len(examples) == 5 for examples in EXAMPLES.values())


def test_every_word_is_there_in_both_languages_and_the_browser_s_is_taken() -> None:
    assert all(getattr(ZH, name) and getattr(EN, name) for name in ZH.__slots__)
    assert [language_of(h) for h in ("zh-CN,zh;q=0.9", "en-GB", "")] == ["zh", "en", "en"]


def test_what_became_of_added_files_is_said_and_escaped() -> None:
    results = [Result("a.pdf", "added", "1"), Result(EVIL, "failed", reason=UnreadableFile("it is empty", "文件为空"))]
    html = render.added(results, "zh", (1, 3, EVIL))
    assert ZH.added in html
    assert "文件为空" in html
    assert ZH.adding.split("{}")[0] in html
    assert not {"img", "script"} & set(Texts(html).tags)
    assert render.added([], "zh") == ""


@pytest.mark.parametrize(("language", "said"), [("zh", "《新办法》 取代"), ("en", "superseded by “新办法”")])
def test_a_document_that_holds_no_longer_is_marked_in_the_answer_and_at_its_source(
    workplace: Callable[..., Workplace], language: Language, said: str
) -> None:
    place = workplace()
    old = add(place, TEXT, "ferry.md")
    new = add(place, "# 新办法\n\n船票的规定另行公布。\n", "new.md")
    place.assistant.set_fields(new, {"supersedes": old})
    answer = place.assistant.ask(Question(QUESTION))
    assert answer.citations[0].document_id == old
    html = render.conversation((Turn(QUESTION, answer),), (), language)
    assert html.count("<li>[1]") == 1
    panel = _panel(place.assistant, answer.citations[0], language)
    assert said in panel
    assert "yj-caution" in panel
    place.index.remove(new)
    assert "yj-caution" not in _panel(place.assistant, answer.citations[0], language), "as it stands today"


def test_every_outcome_has_a_word() -> None:
    results = [Result("a", outcome, "1") for outcome in ("added", "replaced", "updated", "unchanged")]
    assert ZH.updated in render.added(results, "zh")


# In a real browser.

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
browser_test = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="Chromium is not installed"),
]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The real server with one document of our own."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "ferry <b>.md").write_text(TEXT, encoding="utf-8")
    environment = {**os.environ, "YIJU_DATA": str(folder / "data"), "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "assistant"]
    subprocess.run([*command, "ingest", str(folder / "ferry <b>.md")], env=environment, check=True, timeout=60)
    port = free_port()
    server = subprocess.Popen([*command, "serve", "--port", str(port)], env=environment, stderr=subprocess.DEVNULL)
    where = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            httpx.get(f"{where}/health/ready", timeout=2)
            break
        except httpx.TransportError:
            time.sleep(0.1)
    yield where
    server.terminate()
    server.wait(timeout=15)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens the page as a visitor of its own. In the end: no script failed, nothing outside was asked."""
    contexts, troubles = [], []

    def open_(language: str = "zh-CN", width: int = 1360, height: int = 860) -> Page:
        context = browser.new_context(locale=language, viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: troubles.append(dialog.message))
        page.on("request", lambda request: troubles.append(request.url) if _outside(request.url) else None)
        page.goto(address)
        page.wait_for_selector(".yj-welcome")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert troubles == []


def _outside(url: str) -> bool:
    parts = urlparse(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1"


def ask(page: Page, question: str) -> None:
    page.fill("#yj-question textarea", question)
    page.keyboard.press("Enter")


@pytest.mark.browser
class TestInTheBrowser:
    pytestmark = browser_test

    def test_asking_shows_the_answer_and_a_click_its_source(self, open_page: Callable[..., Page], address: str) -> None:
        page = open_page()
        ask(page, QUESTION)
        page.wait_for_selector(".yj-answer:not(.yj-pending) .yj-cite")
        truth = httpx.post(f"{address}/ask", json={"question": QUESTION}).json()
        marks = page.locator(".yj-cite")
        assert marks.count() == sum(len(s["citations"]) for s in truth["statements"])
        for number, citation in enumerate(truth["citations"], 1):
            page.locator(f'.yj-cite[data-citation="{number}"]').first.click()
            page.wait_for_function(
                "quote => document.querySelector('.yj-quote')?.textContent === quote", arg=citation["quote"]
            )
        assert "渡轮办法" in page.locator(".yj-source h3").inner_text()
        assert page.locator(".yj-path li").all_inner_texts() == truth["citations"][-1]["headings"]
        assert page.locator("img[src=x], .yj-source b").count() == 0

    def test_citations_are_stepped_through_by_key(self, open_page: Callable[..., Page]) -> None:
        page = open_page()
        ask(page, "乘客须知包括哪些？")
        page.wait_for_selector(".yj-answer:not(.yj-pending) .yj-cite")
        page.wait_for_selector(".yj-quote")
        first = page.locator(".yj-quote").inner_text()
        assert page.locator(".yj-cite").count() > 1
        page.locator(".yj-text").focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("text => document.querySelector('.yj-quote').innerText !== text", arg=first)
        assert page.locator(".yj-steps span").inner_text().startswith("引文 2 /")

    def test_what_is_not_there_is_refused_and_the_nearest_passage_opens(self, open_page: Callable[..., Page]) -> None:
        page = open_page("en-GB")
        ask(page, "南极科考站的食堂船票几点开门？")
        page.wait_for_selector(".yj-refusal")
        assert EN.refusal in page.locator(".yj-refusal").inner_text()
        page.locator(".yj-hit").first.click()
        page.wait_for_selector(".yj-quote")

    def test_files_are_added_on_the_page_and_asked_about(self, open_page: Callable[..., Page], tmp_path: Path) -> None:
        book = tmp_path / "班次表.csv"
        book.write_text("航线,首班时间\n东岸线,06:40\n西岸线,07:15\n", "utf-8")
        empty = tmp_path / "空文件.txt"
        empty.write_bytes(b"")
        page = open_page()
        page.set_input_files("#yj-add input[type=file], input[type=file]", [str(book), str(empty)])
        page.wait_for_selector(".yj-added .yj-failed")
        said = page.locator(".yj-added li").all_inner_texts()
        assert said[0].startswith("班次表.csv")
        assert ZH.added in said[0]
        assert "文件为空" in said[1]
        ask(page, "西岸线的首班时间是几点？")
        page.wait_for_selector(".yj-answer:not(.yj-pending) .yj-cite")
        assert "07:15" in page.locator(".yj-answer").inner_text()

    def test_a_blank_question_is_no_question(self, open_page: Callable[..., Page]) -> None:
        page = open_page()
        ask(page, "   ")
        page.wait_for_selector(f"text={ZH.blank}")
        assert page.locator(".yj-turn").count() == 0

    def test_the_language_is_switched_without_losing_the_conversation_and_is_remembered(
        self, open_page: Callable[..., Page]
    ) -> None:
        page = open_page("zh-CN")
        ask(page, QUESTION)
        page.wait_for_selector(".yj-answer:not(.yj-pending) .yj-cite")
        page.click('.yj-lang[data-language="en"]')
        page.wait_for_selector(f"text={EN.promise}")
        assert page.locator(".yj-turn").count() == 1
        assert page.locator("#yj-question textarea").get_attribute("placeholder") == EN.ask_placeholder
        page.reload()
        page.wait_for_selector(f"text={EN.promise}")

    def test_two_visitors_do_not_see_each_other(self, open_page: Callable[..., Page]) -> None:
        one, other = open_page(), open_page("en-GB")
        ask(one, QUESTION)
        one.wait_for_selector(".yj-answer:not(.yj-pending) .yj-cite")
        assert other.locator(".yj-turn").count() == 0
        ask(other, "GB/T 99999 的内容是什么？")
        other.wait_for_selector(".yj-refusal")
        assert QUESTION not in other.locator("body").inner_text()
        assert one.locator(".yj-refusal").count() == 0

    def test_hostile_questions_stay_text(self, open_page: Callable[..., Page]) -> None:
        page = open_page()
        ask(page, f"船票 {EVIL}")
        page.wait_for_selector(".yj-turn")
        page.wait_for_selector(".yj-working", state="detached")
        assert EVIL in page.locator(".yj-question p").inner_text()

    def test_a_phone_needs_no_sideways_scrolling(self, open_page: Callable[..., Page]) -> None:
        page = open_page(width=390, height=800)
        ask(page, QUESTION)
        page.wait_for_selector(".yj-quote")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    def test_a_new_conversation_begins_empty(self, open_page: Callable[..., Page]) -> None:
        page = open_page()
        ask(page, QUESTION)
        page.wait_for_selector(".yj-quote")
        page.click("#yj-new")
        page.wait_for_selector(".yj-welcome")
        assert page.locator(".yj-quote").count() == 0
