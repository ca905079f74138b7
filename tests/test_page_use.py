"""The page as it is used: narrowed, by keyboard alone, on a small phone, behind a key, with nothing kept."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import openpyxl
import pytest

from page_server import Server, Visitors, answered, ask, browser_test, serving, shows
from ui.texts import EN, ZH

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = browser_test

OLD = "---\nissuers: [海岸局]\nregion: 浙江省\ndate: 2019-05-01\n---\n# 验潮办法（旧）\n\n一、观测\n\n验潮站每2小时观测潮位一次。\n"
NEW = "---\nissuers: [水文局]\nregion: 江苏省\ndate: 2024-05-01\n---\n# 验潮办法（新）\n\n一、观测\n\n验潮站每6小时观测潮位一次。\n"
ENGLISH = "# Tide rules\n\n## 1 Observation\n\nA tide station reads the water level every 4 hours.\n"
QUESTION = "验潮站每几小时观测潮位一次？"
HOSTILE = "<img src=x onerror=alert(1)>\"'&lt;.md"


def sheet() -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append(["浮标编号", "所在航道", "主管部门", "检修周期", "责任班组", "备注说明"])
    for n in range(1, 40):
        book.active.append(
            [f"FB-{n:03d}", f"第{n}航道", "航道处", f"每{n}个月", f"甲班{n}组", f"须在第{n}次退潮时进入"]
        )
    book.save(file)
    return file.getvalue()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    files: dict[str, str | bytes] = {"old.md": OLD, "new.md": NEW, "tide.en.md": ENGLISH, "buoys.xlsx": sheet()}
    with serving(tmp_path_factory.mktemp("page"), files) as running:
        yield running


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a key that keeps no conversations."""
    settings = {"YIJU_API_KEY": "pier", "YIJU_CONVERSATIONS": "none"}
    with serving(tmp_path_factory.mktemp("keyed"), {"old.md": OLD}, **settings) as running:
        yield running


def narrow(page: Page, box: str, option: str) -> None:
    page.locator("#yj-narrow .label-wrap").click()
    page.click(f"{box} input")
    page.get_by_role("option", name=option).click()
    shows(page, option, "#yj-within")


@pytest.mark.parametrize(
    ("box", "option", "said"),
    [
        ("#yj-by-issuer", "海岸局", "每2小时"),
        ("#yj-by-issuer", "水文局", "每6小时"),
        ("#yj-by-region", "江苏省", "每6小时"),
        ("#yj-by-language", "English", "every 4 hours"),
    ],
)
def test_each_filter_narrows_a_real_answer(open_page: Visitors, box: str, option: str, said: str) -> None:
    page = open_page()
    narrow(page, box, option)
    ask(page, QUESTION if "每" in said else "How often does a tide station read the water level?")
    answered(page)
    shown = page.locator("#yj-log .yj-answer").inner_text()
    assert [words for words in ("每2小时", "每6小时", "every 4 hours") if words in shown] == [said]


def test_a_day_leaves_out_what_was_issued_after_it(open_page: Visitors) -> None:
    page = open_page()
    page.locator("#yj-narrow .label-wrap").click()
    page.fill("#yj-by-day :is(input, textarea)", "2020-01-01")
    shows(page, "2020-01-01", "#yj-within")
    ask(page, QUESTION)
    answered(page)
    shown = page.locator("#yj-log .yj-answer").inner_text()
    assert "每2小时" in shown
    assert "每6小时" not in shown


def test_two_visitors_with_different_filters_ask_at_the_same_time(open_page: Visitors) -> None:
    pages = {"每2小时": open_page(), "每6小时": open_page("en-GB")}
    for page, issuer in zip(pages.values(), ("海岸局", "水文局"), strict=True):
        narrow(page, "#yj-by-issuer", issuer)
        page.fill("#yj-question textarea", QUESTION)
    for page in pages.values():
        page.press("#yj-question textarea", "Enter")
    for said, page in pages.items():
        answered(page)
        shown = page.locator("#yj-log .yj-answer").inner_text()
        assert [words for words in pages if words in shown] == [said]


def test_all_can_be_done_by_keyboard(open_page: Visitors) -> None:
    page = open_page()

    def back_to(what: str) -> None:
        for _ in range(40):
            page.keyboard.press("Shift+Tab")
            if page.evaluate("what => document.activeElement.matches(what)", what):
                return
        raise AssertionError(f"{what} is not reached")

    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    answered(page)
    page.wait_for_selector("#yj-panel .yj-quote")
    back_to("button.yj-cite[data-citation='2']")
    assert page.locator("#yj-tip").is_visible()
    page.keyboard.press("Enter")
    page.wait_for_selector(".yj-opened[data-number='2'] .yj-text:focus")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector(".yj-opened[data-number='1']")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".yj-opened[data-number='2']")
    page.keyboard.press("Escape")
    page.wait_for_selector("button.yj-cite[data-citation='2']:focus")
    back_to(".yj-lang[data-language='en']")
    page.keyboard.press("Enter")
    shows(page, EN.promise)
    assert page.evaluate("document.activeElement.matches('.yj-lang')")


def test_a_question_that_is_being_edited_stays_when_the_language_is_switched(open_page: Visitors) -> None:
    page = open_page()
    ask(page, QUESTION)
    answered(page)
    page.click(".yj-question [data-event=edit]")
    page.wait_for_selector(".yj-editing")
    page.fill("#yj-question textarea", "半句")
    page.click(".yj-lang[data-language='en']")
    shows(page, EN.editing.format(1), "#yj-editing")
    assert page.input_value("#yj-question textarea") == "半句"


def test_a_wide_table_is_read_on_a_small_phone(open_page: Visitors) -> None:
    page = open_page(width=360, height=740)
    ask(page, "FB-017 的检修周期是多久？")
    answered(page)
    page.locator("#yj-log button.yj-cite").first.click()
    page.wait_for_selector("#yj-panel .yj-exact .yj-quote")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    exact = page.locator("#yj-panel .yj-exact .yj-quote").bounding_box()
    assert exact is not None
    assert exact["x"] >= 0
    assert exact["x"] + exact["width"] <= 360
    assert page.locator(".yj-brand").evaluate("e => e.getClientRects().length && e.offsetHeight < 50")


def test_the_last_question_stands_at_the_top_when_it_is_answered(open_page: Visitors) -> None:
    page = open_page()
    for turn, question in enumerate((QUESTION, "FB-017 的检修周期是多久？", "GB/T 99999 的内容是什么？"), 1):
        ask(page, question)
        answered(page, turn)
    page.wait_for_timeout(200)
    log = page.locator("#yj-log").bounding_box()
    last = page.locator(".yj-turn").last.locator(".yj-question").bounding_box()
    assert log is not None
    assert last is not None
    assert 0 <= last["y"] - log["y"] < 60
    assert page.locator(".yj-refusal .yj-hit").first.is_visible()


def test_a_file_with_a_hostile_name_is_added_listed_and_opened_as_text(open_page: Visitors) -> None:
    page = open_page(tab="文件")
    files = [
        {"name": HOSTILE, "mimeType": "text/markdown", "buffer": "# 旗语\n\n旗语共26种。\n".encode()},
        {"name": "<script>alert(2)<!-- .exe", "mimeType": "text/plain", "buffer": b"\0"},
    ]
    page.set_input_files("#yj-drop input[type=file]", files)  # type: ignore[arg-type]
    page.wait_for_selector(".yj-sent .yj-failed")
    assert page.locator(".yj-sent li b").all_inner_texts() == [one["name"] for one in files]
    page.get_by_role("button", name="旗语").click()
    page.wait_for_selector(".yj-one")
    assert HOSTILE in page.locator("#yj-corpus").inner_text()
    assert page.locator("#yj-drop :is(img, script), #yj-corpus :is(img, script)").count() == 0


def test_an_answer_is_taken_away_where_no_conversation_is_kept(browser: Browser, keyed: Server) -> None:
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(f"{keyed.address}/shared/abc?x=1")
    page.fill("#key", "no")
    page.press("#key", "Enter")
    page.wait_for_selector("[role=alert]:not(:empty)")
    page.fill("#key", "pier")
    page.press("#key", "Enter")
    page.wait_for_url(f"{keyed.address}/shared/abc?x=1")
    page.goto(keyed.address)
    page.wait_for_selector(".yj-welcome")
    ask(page, QUESTION)
    answered(page)
    assert ZH.not_kept in page.locator("#yj-threads").inner_text()
    for form in ("md", "docx", "json"):
        page.click(".yj-take summary")
        with page.expect_download() as download:
            page.click(f".yj-take [data-form={form}]")
        assert download.value.suggested_filename.endswith(f".{form}")
    said = Path(download.value.path()).read_text("utf-8")
    assert "每2小时" in said
    assert '"AIGC"' in said
    page.context.close()


def test_after_signing_in_one_is_led_nowhere_else(keyed: Server) -> None:
    for asked in ("//evil.example", "https://evil.example", "/\\evil.example", "/a\nb"):
        reply = httpx.post(f"{keyed.address}/sign-in", data={"key": "pier", "asked": asked})
        assert (reply.status_code, reply.headers["location"]) == (303, "/")


def test_the_name_is_there_before_any_script_and_scripts_are_kept(server: Server) -> None:
    page = httpx.get(server.address)
    assert int(page.headers["content-length"]) == len(page.content)
    assert page.text.index('id="yj-shell"') < page.text.index("<gradio-app")
    script = page.text.partition('crossorigin src="./')[2].partition('"')[0]
    assert "immutable" in httpx.get(f"{server.address}/{script}").headers["cache-control"]
    assert "immutable" not in httpx.get(f"{server.address}/assets/none-12345678.js").headers.get("cache-control", "")
