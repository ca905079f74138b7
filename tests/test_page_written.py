"""What a language model writes, as the page shows it while it comes and when it is stopped, doubted or hostile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from page_server import Server, Visitors, answered, ask, browser_test, serving
from scripted_model import ScriptedModel
from ui.texts import ZH

if TYPE_CHECKING:
    pass

pytestmark = browser_test

EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>"
TEXT = "# 渡轮办法\n\n一、票务\n\n船票自购买之日起30天内有效。\n\n二、行李\n\n每人可带行李两件。\n"
QUESTION = "船票购买后多少天内有效？"


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    one = ScriptedModel()
    yield one
    one.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, model: ScriptedModel) -> Iterator[Server]:
    settings = {"YIJU_LLM": "openai_like", "YIJU_LLM_URL": model.url, "YIJU_LLM_MODEL": "m", "YIJU_LLM_API_KEY": "k"}
    settings |= {"YIJU_ON_UNSUPPORTED": "mark", "YIJU_LLM_TIMEOUT": "20"}
    with serving(tmp_path_factory.mktemp("page"), {"ferry.md": TEXT}, **settings) as running:
        yield running


def test_an_answer_is_shown_while_it_comes_and_can_be_stopped_and_asked_again(
    open_page: Visitors, model: ScriptedModel
) -> None:
    said = "船票自购买之日起30天内有效 [1]。"
    model.plays(said + "每人可带行李两件 [1]。" * 40, size=4, pause=0.05)
    page = open_page()
    ask(page, QUESTION)
    page.wait_for_selector(".yj-pending .yj-statement .yj-cite")
    assert "30天" in page.locator(".yj-pending").inner_text()
    page.click("#yj-stop")
    page.wait_for_selector(".yj-stopped")
    assert "30天" in page.locator(".yj-stopped").inner_text()
    assert ZH.stopped in page.locator(".yj-stopped").inner_text()
    model.plays(said)
    ask(page, QUESTION)
    answered(page, 2)
    page.click("[data-event=retry][data-turn='0']")
    answered(page, 1)
    page.wait_for_selector("#yj-log button.yj-cite")


def test_a_sentence_without_support_is_marked_with_its_reason(open_page: Visitors, model: ScriptedModel) -> None:
    model.plays("船票自购买之日起30天内有效 [1]。船票自购买之日起90天内有效 [1]。")
    page = open_page()
    ask(page, QUESTION)
    answered(page)
    page.wait_for_selector("#yj-log button.yj-cite")
    doubted = page.locator(".yj-doubted").all_inner_texts()
    assert len(doubted) == 1
    assert "90" in doubted[0]
    assert "90" in page.locator(".yj-statement .yj-reason").inner_text()


def test_a_doubted_sentence_looks_the_same_while_the_answer_comes(open_page: Visitors, model: ScriptedModel) -> None:
    model.plays("船票自购买之日起90天内有效 [1]。" + "船票自购买之日起30天内有效 [1]。" * 40, size=8, pause=0.05)
    page = open_page()
    ask(page, QUESTION)
    coming = page.locator(".yj-pending .yj-not").inner_text()
    page.click("#yj-stop")
    model.plays("船票自购买之日起90天内有效 [1]。船票自购买之日起30天内有效 [1]。")
    page.click("[data-event=retry]")
    page.wait_for_selector("button.yj-cite")
    assert page.locator(".yj-answer .yj-not").inner_text().split() == coming.split()
    assert "〔" not in coming


def test_nothing_that_a_model_writes_runs(open_page: Visitors, model: ScriptedModel) -> None:
    model.plays(f"船票自购买之日起30天内有效 {EVIL} [1]。")
    page = open_page()
    ask(page, QUESTION)
    answered(page)
    page.wait_for_selector("#yj-log button.yj-cite")
    assert page.locator("#yj-log :is(img, script)").count() == 0


def test_a_model_that_fails_is_said_and_the_documents_own_words_follow(
    open_page: Visitors, model: ScriptedModel
) -> None:
    model.plays(status=401, error="bad key")
    page = open_page()
    ask(page, QUESTION)
    answered(page)
    page.wait_for_selector("#yj-log button.yj-cite")
    assert ZH.interrupted in page.locator("#yj-log").inner_text()
    assert "30天" in page.locator("#yj-log").inner_text()
