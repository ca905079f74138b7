"""Conversations, filters, comparisons and feedback on the page, in a real browser."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from page_server import Server, Visitors, answered, ask, browser_test, serving, shows
from test_reader_pdf import LEFT, Page
from ui.texts import EN, ZH

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

pytestmark = browser_test

EVIL = "<img src=x onerror=alert(1)>"
FERRY = "---\ntags: [轮渡]\nissuers: [港务局]\n---\n# 渡轮办法\n\n一、票务\n\n船票自购买之日起30天内有效。\n\n二、行李\n\n每人可带行李两件。\n"
PIER = "---\ntags: [码头]\nstatus: 试行\n---\n# 码头办法\n\n一、票务\n\n船票自购买之日起7天内有效。\n\n二、开放\n\n码头每天6时开放。\n"
QUESTION = "船票购买后多少天内有效？"


def word() -> bytes:
    import docx

    document, file = docx.Document(), io.BytesIO()
    document.add_heading("灯塔规程", 0)
    document.add_heading("一、值守", 1)
    document.add_paragraph("灯塔由两人值守，每班八小时。")
    document.save(file)
    return file.getvalue()


def pdf() -> bytes:
    page = Page()
    page.text(LEFT, 100, "Harbour tugs", 20, "Helvetica-Bold")
    page.text(LEFT, 160, "A tug pulls at most 900 tonnes of barges through the lock.", 11, "Helvetica")
    page.turn()
    return page.bytes()


TABLE = "# 缆车时刻\n\n| 站点 | 首班 | 末班 |\n|---|---|---|\n| 东山站 | 06:40 | 21:10 |\n| 西岭站 | 07:15 | 20:30 |\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    files: dict[str, str | bytes] = {"ferry.md": FERRY, "pier.md": PIER, "cable.md": TABLE}
    with serving(tmp_path_factory.mktemp("page"), files | {"light.docx": word(), "tug.pdf": pdf()}) as running:
        yield running


def cited(page: Tab) -> str:
    """The words that the panel marks."""
    page.wait_for_selector(".yj-quote")
    return page.locator("#yj-panel .yj-quote").inner_text()


def open_narrow(page: Tab) -> None:
    page.locator("#yj-narrow > button, #yj-narrow .label-wrap").first.click()
    page.wait_for_selector("#yj-by-tag input")


def choose(page: Tab, box: str, option: str) -> None:
    page.click(f"{box} input")
    page.keyboard.type(option)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")


@pytest.mark.parametrize(
    "question",
    [QUESTION, "西岭站的首班是几点？", "灯塔由几人值守？", "How many tonnes of barges does a tug pull?"],
    ids=["text", "table", "docx", "pdf"],
)
def test_each_citation_opens_at_the_words_that_the_api_quotes(
    open_page: Visitors, server: Server, question: str
) -> None:
    truth = httpx.post(f"{server.address}/ask", json={"question": question}).json()
    assert truth["citations"]
    page = open_page()
    ask(page, question)
    answered(page)
    for citation in truth["citations"]:
        page.locator(f"#yj-log .yj-cite[data-citation='{citation['number']}']").first.click()
        page.wait_for_function(
            "quote => document.querySelector('#yj-panel .yj-quote')?.textContent === quote", arg=citation["quote"]
        )
    assert page.locator("#yj-panel [data-view=page]").count() == truth["citations"][-1]["source"].endswith(".pdf")


def test_a_follow_up_shows_what_was_searched_and_it_can_be_edited(open_page: Visitors) -> None:
    page = open_page()
    ask(page, "渡轮办法规定船票多少天内有效？")
    answered(page)
    ask(page, "那码头办法呢？")
    answered(page, 2)
    searched = page.locator(".yj-searched").last.inner_text()
    assert ZH.searched in searched
    assert "码头办法" in searched
    page.locator(".yj-searched [data-event=edit]").last.click()
    page.wait_for_selector(".yj-editing")
    assert page.input_value("#yj-question textarea") in searched
    ask(page, "码头每天几时开放？")
    page.wait_for_selector(".yj-editing", state="detached")
    shows(page, "6时", "#yj-log")
    questions = page.locator(".yj-question h2").all_inner_texts()
    assert questions == ["渡轮办法规定船票多少天内有效？", "码头每天几时开放？"]


def test_editing_and_retrying_replace_what_was_kept(open_page: Visitors, server: Server) -> None:
    page = open_page()
    ask(page, QUESTION)
    answered(page)
    ask(page, "码头每天几时开放？")
    answered(page, 2)
    page.locator("[data-event=retry][data-turn='0']").click()
    answered(page, 1)
    page.wait_for_selector("#yj-ask")
    number = page.url.partition("c=")[2]
    kept = httpx.get(f"{server.address}/conversations/{number}").json()
    assert [turn["question"] for turn in kept["said"]] == [QUESTION]
    page.reload()
    answered(page, 1)


def test_a_conversation_is_found_renamed_opened_and_deleted(open_page: Visitors, server: Server) -> None:
    page = open_page()
    ask(page, QUESTION)
    answered(page)
    page.wait_for_selector(".yj-thread")
    page.click("#yj-new")
    page.wait_for_selector(".yj-welcome")
    page.click(".yj-menu summary")
    page.fill(".yj-menu input[name=title]", EVIL)
    page.click(".yj-menu form button")
    shows(page, EVIL, "#yj-threads")
    page.fill("#yj-find :is(input, textarea)", "不在其中")
    shows(page, ZH.nothing_found, "#yj-threads")
    page.fill("#yj-find :is(input, textarea)", "30天")
    page.click(".yj-thread")
    answered(page)
    number = page.url.partition("c=")[2]
    page.click(".yj-menu summary")
    page.click(".yj-menu [data-event=delete]")
    assert page.locator(".yj-menu [data-event=delete]").inner_text() == ZH.really
    page.click(".yj-menu [data-event=delete]")
    page.wait_for_selector(".yj-welcome")
    assert page.locator(".yj-thread").count() == 0
    assert httpx.get(f"{server.address}/conversations/{number}").status_code == 404


def test_a_shared_conversation_can_be_read_and_nothing_in_it_runs(open_page: Visitors, server: Server) -> None:
    page = open_page()
    ask(page, f"渡轮办法规定船票多少天内有效？{EVIL}")
    answered(page)
    page.wait_for_selector(".yj-thread")
    link = page.locator(".yj-menu a[href^='/shared/']").first.get_attribute("href")
    other = open_page("en-GB")
    reply = other.goto(f"{server.address}{link}")
    assert reply is not None
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert EVIL in other.locator("h2").inner_text()
    assert "30天" in other.locator("blockquote").first.inner_text()
    assert other.locator("input, textarea, button, script").count() == 0
    assert httpx.get(f"{server.address}/shared/none").status_code == 404


def test_exports_hold_the_answer_its_references_and_the_label(open_page: Visitors) -> None:
    import docx

    page = open_page()
    ask(page, QUESTION)
    answered(page)
    page.wait_for_selector(".yj-thread")
    page.click(".yj-menu summary")
    files = {}
    for form in ("md", "docx", "json"):
        with page.expect_download() as download:
            page.click(f".yj-menu a[href$='format={form}']")
        files[form] = Path(download.value.path()).read_bytes()
    markdown, said = files["md"].decode(), json.loads(files["json"])
    word = "\n".join(p.text for p in docx.Document(io.BytesIO(files["docx"])).paragraphs)
    quote = said["turns"][0]["references"][0]["quote"]
    assert all(quote in text for text in (markdown, word))
    assert all(said["notices"][0] in text for text in (markdown, word))
    assert {"Label", "ContentProducer", "ProduceID", "ReservedCode1"} < said["AIGC"].keys()
    assert said["AIGC"]["ProduceID"] in markdown


@pytest.mark.parametrize(("box", "option"), [("#yj-by-tag", "码头"), ("#yj-by-status", "试行")])
def test_filters_narrow_what_is_searched_and_can_be_cleared(open_page: Visitors, box: str, option: str) -> None:
    page = open_page()
    open_narrow(page)
    choose(page, box, option)
    shows(page, option, "#yj-within")
    ask(page, QUESTION)
    answered(page)
    assert "7天" in cited(page)
    page.click("#yj-within [data-event=clear]")
    page.wait_for_selector("#yj-within p", state="detached")


def test_a_question_is_asked_inside_one_document(open_page: Visitors) -> None:
    page = open_page()
    page.locator(".yj-documents .yj-inside").filter(has_text="码头办法").click()
    shows(page, "码头办法", "#yj-within")
    ask(page, QUESTION)
    answered(page)
    assert "7天" in cited(page)


def test_a_day_that_is_none_is_said_and_the_question_stays_in_the_box(open_page: Visitors) -> None:
    page = open_page()
    open_narrow(page)
    page.fill("#yj-by-day :is(input, textarea)", EVIL)
    ask(page, QUESTION)
    page.wait_for_selector(f"text=“{EVIL}”不是日期")
    assert page.input_value("#yj-question textarea") == QUESTION


def test_documents_are_compared_with_a_citation_or_silence_in_every_cell(open_page: Visitors) -> None:
    page = open_page("en-GB")
    page.click(f"button[role=tab]:has-text('{EN.tab_compare}')")
    page.wait_for_selector("#yj-compared input")
    page.click("#yj-do-compare")
    page.wait_for_selector(f"text={EN.choose_documents}")
    for title in ("渡轮办法", "码头办法"):
        choose(page, "#yj-compared", title)
    page.fill("#yj-aspects textarea", "船票多少天内有效？\n每人可带行李几件？")
    page.click("#yj-do-compare")
    page.wait_for_function("document.querySelectorAll('.yj-grid td').length === 4")
    page.wait_for_function("!document.querySelector('.yj-grid .yj-working')")
    rows = [row.locator("td") for row in page.locator(".yj-grid tbody tr").all()]
    assert "30天" in rows[0].nth(0).inner_text()
    assert "7天" in rows[0].nth(1).inner_text()
    assert rows[1].nth(1).inner_text() == EN.not_mentioned
    rows[0].nth(1).locator(".yj-cite").first.click()
    shows(page, "7天", "#yj-compare-panel .yj-quote")


def test_what_was_wrong_is_kept_for_an_answer_and_for_a_citation(open_page: Visitors, server: Server) -> None:
    page = open_page()
    ask(page, QUESTION)
    answered(page)
    page.wait_for_selector(".yj-quote")
    page.click("#yj-log .yj-down")
    page.click("#yj-log .yj-say input[value=incomplete]")
    page.fill("#yj-log .yj-say input[name=comment]", EVIL)
    page.click("#yj-log .yj-say button")
    shows(page, ZH.thanks, "#yj-log")
    page.click("#yj-panel .yj-up")
    shows(page, ZH.thanks, "#yj-panel")
    said = httpx.get(f"{server.address}/feedback").json()["feedback"]
    assert [(one["verdict"], one["reason"], one["citation"]) for one in said] == [
        ("up", None, 1),
        ("down", "incomplete", None),
    ]
    assert said[1]["comment"] == EVIL


def test_a_conversation_goes_on_after_the_server_was_started_again(open_page: Visitors, server: Server) -> None:
    page = open_page()
    ask(page, "渡轮办法规定船票多少天内有效？")
    answered(page)
    server.stop()
    server.start()
    page.wait_for_timeout(200)
    page.reload()
    answered(page)
    ask(page, "那码头办法呢？")
    answered(page, 2)
    assert "码头办法" in page.locator(".yj-searched").inner_text()
    file = Path(server.environment["YIJU_DATA"]) / "conversations.sqlite"
    with sqlite3.connect(file) as connection:
        found = connection.execute("SELECT count(*) FROM turns WHERE conversation = ?", (page.url.partition("c=")[2],))
        assert found.fetchone() == (2,)
