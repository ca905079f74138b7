"""The page: what it draws, and what a person sees and does in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.testclient import TestClient

from assistant.answers import Answer, Label, Models, Statement, Timings
from assistant.api.app import build_app
from assistant.core import Question
from assistant.recording import Recorder
from conftest import add
from indexing.arrange import Place
from indexing.retrieval import Hit
from page_server import Server, Visitors, answered, ask, browser_test, serving, shows
from ui import history, render, shared
from ui.examples import Examples
from ui.session import Cell, Grid, Services, Session, Turn, spot
from ui.texts import EN, EXAMPLES, WHY, ZH, Language, language_of

if TYPE_CHECKING:
    from assistant.wiring import Workplace

EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script> ${1+1} {{value}}"
TEXT = (
    "# 渡轮办法\n\n一、票务\n\n船票自购买之日起30天内有效。"
    + EVIL
    + "\n\n| 项目 | 单位 |\n|---|---|\n| 检票 | 客运站 |\n\n"
    "乘客须知包括：\n\n1. 凭票登船。\n2. 照看行李。\n"
)
OTHER = "---\ntags: [码头]\nnumber: 港字〔2025〕7号\n---\n# 码头办法\n\n一、开放\n\n码头每天6时开放，船票在码头出售。\n\n二、船票\n\n船票自购买之日起7天内有效。\n"
QUESTION = "船票购买后多少天内有效？"


class Texts(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.tags += [name for name, _ in attrs if name.startswith("on")]


def harmless(html: str) -> bool:
    return not {"img", "script", "onerror"} & set(Texts(html).tags)


def refusal(**more: object) -> Answer:
    hit = Hit("d", "标题", "a.md", ("一、甲",), None, 0, 3, "最近的段落", 0.1, 1)
    values = {
        "id": "1",
        "conversation_id": "c",
        "question": "?",
        "standalone_question": "?",
        "answered": False,
        "reason": "not_in_documents",
        "text": "没有",
        "statements": (),
        "citations": (),
        "hits": (hit,),
        "models": Models(embedder="none", answerer="x"),
        "timings_ms": Timings(retrieve=0, answer=0, verify=0, total=0),
        "label": Label(ai_generated=True, notice=""),
    }
    return Answer(**(values | more))  # type: ignore[arg-type]


@pytest.fixture
def answer(workplace: Callable[..., Workplace]) -> tuple[Workplace, Answer]:
    place = workplace()
    add(place, TEXT, "ferry.md")
    return place, place.assistant.ask(Question(QUESTION))


def test_questions_answers_and_errors_are_escaped(answer: tuple[Workplace, Answer]) -> None:
    _, said = answer
    odd = said.model_copy(update={"standalone_question": EVIL, "interrupted": EVIL})
    turns = (Turn(EVIL, odd), Turn(EVIL, error=EVIL), Turn(EVIL, partial=EVIL), Turn(EVIL, partial=EVIL, stopped=True))
    assert harmless(render.conversation(turns, (), "en", thread='"><img src=x>'))
    assert harmless(render.grid(Grid((("1", EVIL),), (EVIL,), ((Cell(said),),)), "zh"))
    assert harmless(render.welcome((), "en", (EVIL,)))


def test_a_refusal_looks_different_and_lists_the_nearest_passages() -> None:
    html = render.conversation((Turn("?", refusal()),), (), "zh")
    assert "yj-refusal" in html
    assert "yj-answer" not in html
    assert "标题 › 一、甲" in html
    assert "yj-also" not in html
    others = (Place("2", EVIL, "b.md", 0, 1), Place("3", "乙", "c.md", 0, 1), Place("4", "乙", "d.md", 0, 1))
    also = refusal(hits=(replace(refusal().hits[0], also=others),))
    shown = {language: render.conversation((Turn("?", also),), (), language) for language in ("zh", "en")}
    assert f"另见：{escape(EVIL)} · 乙<" in shown["zh"]
    assert f"Also in: {escape(EVIL)} · 乙<" in shown["en"]


def test_a_sentence_that_failed_is_marked_with_its_reason() -> None:
    doubted = Statement(text="甲", citations=(), support=0.2, supported=False, outcome="not", reason="没有 50")
    html = render.conversation((Turn("?", refusal(answered=True, reason=None, statements=(doubted,))),), (), "zh")
    assert "yj-not" in html
    assert f"{ZH.unsupported}: 没有 50" in html


def test_marks_stand_where_they_will_be_while_the_answer_comes() -> None:
    html = render.conversation((Turn("?", partial="甲。 [1][12]\n乙 [x] a[3]b"),), (), "zh")
    assert html.count('<span class="yj-cite">') == 2
    assert "乙 [x] a[3]b" in html


def test_the_question_that_was_searched_is_shown_where_it_is_another() -> None:
    assert ZH.searched not in render.conversation((Turn("?", refusal()),), (), "zh")
    assert ZH.searched in render.conversation((Turn("?", refusal(standalone_question="甲？")),), (), "zh")


def test_a_cell_of_a_comparison_has_the_sentence_or_says_that_there_is_none(answer: tuple[Workplace, Answer]) -> None:
    _, said = answer
    grid = Grid((("1", "甲"), ("2", "乙")), ("船票",), ((Cell(said), Cell(refusal())),))
    html = render.grid(grid, "zh")
    assert html.count(ZH.not_mentioned) == 1
    assert 'data-row="0" data-column="0" data-citation="1"' in html


def test_what_an_event_names_is_looked_up_in_the_visitor_s_session(answer: tuple[Workplace, Answer]) -> None:
    _, said = answer
    session = Session(turns=(Turn("?"), Turn("?", said)), grid=Grid((("1", "甲"),), ("a",), ((Cell(said),),)))
    assert spot(session, {"turn": "1", "citation": "1"}).place == said.citations[0]  # type: ignore[union-attr]
    assert spot(session, {"turn": "1", "hit": "1"}).place == said.hits[0]  # type: ignore[union-attr]
    assert spot(session, {"row": "0", "column": "0", "citation": "1"}) is not None
    nowhere = ({}, {"turn": "0", "citation": "1"}, {"turn": "9", "citation": "1"}, {"turn": "1", "citation": "99"})
    wrong = ({"turn": "1", "hit": "0"}, {"turn": "-1", "citation": "1"}, {"row": "1", "column": "0", "citation": "1"})
    assert all(spot(session, data) is None for data in (*nowhere, *wrong))


def test_an_empty_corpus_says_what_to_do_and_examples_go_with_the_samples() -> None:
    assert "yiju ingest" in render.welcome((), "zh")
    assert ZH.nothing_title in render.welcome((), "zh")
    assert all(len(examples) == 5 for examples in EXAMPLES.values())


def test_examples_are_drawn_from_the_documents_and_answered_by_them(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    examples = Examples(place.assistant)
    assert examples.of("zh") == ()
    add(
        place,
        "# 灯塔规程\n\n一、灯塔\n\n灯塔，是指为船只指示航向的塔。\n\n二、目标\n\n到2031年建成灯塔9座。\n",
        "light.md",
    )
    drawn = examples.of("zh")
    assert "什么是灯塔？" in drawn
    assert all(place.assistant.ask(Question(question)).answered for question in drawn)


def test_every_word_is_there_in_both_languages_and_the_browser_s_is_taken() -> None:
    assert all(getattr(ZH, name) and getattr(EN, name) for name in ZH.__slots__)
    assert WHY["zh"].keys() == WHY["en"].keys()
    assert [language_of(h) for h in ("zh-CN,zh;q=0.9", "en-GB", "")] == ["zh", "en", "en"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_document_that_holds_no_longer_is_marked_in_the_answer(
    workplace: Callable[..., Workplace], language: Language
) -> None:
    place = workplace()
    old = add(place, TEXT, "ferry.md")
    new = add(place, "# 新办法\n\n船票的规定另行公布。\n", "new.md")
    place.assistant.set_fields(new, {"supersedes": old})
    answer = place.assistant.ask(Question(QUESTION))
    assert answer.citations[0].document_id == old
    assert render.conversation((Turn(QUESTION, answer),), (), language).count("<li>[1]") == 1


def test_a_shared_conversation_needs_the_key_and_hides_what_was_removed(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    document = add(place, TEXT, "ferry.md")
    recorder = Recorder(place.assistant, place.conversations)
    recorder.ask(Question(QUESTION, conversation_id="c1"))
    app = build_app(place.assistant, place.ingester(), api_key="k", most_bytes=1 << 20)
    services = Services(place.assistant, recorder, place.conversations)
    shared.install(app, services)
    client, key = TestClient(app), {"Authorization": "Bearer k"}
    assert client.get("/shared/c1").status_code == 401
    assert "30天" in client.get("/shared/c1", headers=key).text
    assert history.opened(services, Session(), "c1").turns[0].answer == recorder_answer(place)
    place.index.remove(document)
    assert "30天" not in client.get("/shared/c1", headers=key).text
    (turn,) = history.opened(services, Session(), "c1").turns
    assert turn.answer is not None
    assert "30天" not in turn.answer.model_dump_json()


def recorder_answer(place: Workplace) -> Answer:
    assert place.conversations is not None
    return place.conversations.turns("c1")[0]


def test_where_no_conversations_are_kept_the_page_says_so(workplace: Callable[..., Workplace]) -> None:
    place = workplace(conversations="none")
    assert ZH.not_kept in history.listed(place.conversations, (), "", None, "zh")
    services = Services(place.assistant, Recorder(place.assistant, None))
    assert history.opened(services, Session("zh"), "c1").turns == ()


# In a real browser.


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real server with two documents of our own, one with a name to be wary of."""
    files = {"ferry <b>.md": TEXT, "pier.md": OTHER}
    with serving(tmp_path_factory.mktemp("page"), files) as running:
        yield running


@pytest.mark.browser
class TestAsking:
    pytestmark = browser_test

    def test_asking_shows_the_answer_and_a_click_its_source(self, open_page: Visitors, server: Server) -> None:
        page = open_page()
        ask(page, QUESTION)
        answered(page)
        truth = httpx.post(f"{server.address}/ask", json={"question": QUESTION}).json()
        marks = page.locator("#yj-log button.yj-cite")
        assert marks.count() == sum(len(s["citations"]) for s in truth["statements"])
        for number, citation in enumerate(truth["citations"], 1):
            page.locator(f'.yj-cite[data-citation="{number}"]').first.click()
            page.wait_for_function(
                "quote => document.querySelector('.yj-quote')?.textContent === quote", arg=citation["quote"]
            )
        assert page.locator(".yj-path li").all_inner_texts() == truth["citations"][-1]["headings"]
        assert page.locator("img[src=x], .yj-source b").count() == 0

    def test_a_mark_shows_its_quote_when_it_has_the_focus_and_opens_with_enter(self, open_page: Visitors) -> None:
        page = open_page()
        ask(page, "乘客须知包括哪些？")
        answered(page)
        page.wait_for_selector(".yj-quote")
        mark = page.locator("#yj-log button.yj-cite").first
        mark.focus()
        assert page.locator("#yj-tip").is_visible()
        assert mark.get_attribute("data-quote") in page.locator("#yj-tip").inner_text()
        mark.press("Enter")
        page.wait_for_function("document.activeElement.matches('#yj-panel .yj-text')")
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.matches('#yj-log .yj-cite')")

    def test_citations_are_stepped_through_by_key(self, open_page: Visitors) -> None:
        page = open_page()
        ask(page, "乘客须知包括哪些？")
        answered(page)
        page.wait_for_selector(".yj-quote")
        assert page.locator("#yj-log button.yj-cite").count() > 1
        page.locator("#yj-panel .yj-text").focus()
        page.keyboard.press("ArrowRight")
        shows(page, "引文 2 /", ".yj-steps span")

    def test_what_is_not_there_is_refused_and_the_nearest_passage_opens(self, open_page: Visitors) -> None:
        page = open_page("en-GB")
        ask(page, "南极科考站的食堂几点开门？")
        page.wait_for_selector(".yj-refusal")
        assert EN.refusal in page.locator(".yj-refusal").inner_text()
        page.locator(".yj-hit").first.click()
        page.wait_for_selector(".yj-quote")

    def test_a_blank_question_is_no_question(self, open_page: Visitors) -> None:
        page = open_page()
        ask(page, "   ")
        page.wait_for_selector(f"text={ZH.blank}")
        assert page.locator(".yj-turn").count() == 0

    def test_the_language_is_switched_without_losing_the_conversation_and_is_remembered(
        self, open_page: Visitors
    ) -> None:
        page = open_page("zh-CN")
        ask(page, QUESTION)
        answered(page)
        page.click('.yj-lang[data-language="en"]')
        page.wait_for_selector(f"text={EN.promise}")
        assert page.locator(".yj-turn").count() == 1
        assert page.locator("#yj-question textarea").get_attribute("placeholder") == EN.ask_placeholder
        assert page.get_attribute("html", "lang") == "en"
        page.reload()
        page.wait_for_selector(f"text={EN.promise}")
        answered(page)

    def test_two_visitors_do_not_see_each_other(self, open_page: Visitors) -> None:
        one, other = open_page(), open_page("en-GB")
        ask(one, QUESTION)
        answered(one)
        one.locator("#yj-panel .yj-inside").click()
        shows(one, ZH.within.split("{}")[0], "#yj-within")
        other.reload()
        other.wait_for_selector(".yj-welcome")
        assert other.locator(".yj-thread").count() == 0
        assert other.locator("#yj-within p").count() == 0
        ask(other, "GB/T 99999 的内容是什么？")
        other.wait_for_selector(".yj-refusal")
        assert QUESTION not in other.locator("body").inner_text()
        assert one.locator(".yj-refusal").count() == 0
        other.goto(one.url)
        other.wait_for_selector(".yj-welcome")

    def test_hostile_questions_stay_text(self, open_page: Visitors) -> None:
        page = open_page()
        ask(page, f"船票 {EVIL}")
        answered(page)
        assert EVIL in page.locator(".yj-question h2").inner_text()
        shows(page, "船票 <img", "#yj-threads")

    def test_a_phone_needs_no_sideways_scrolling(self, open_page: Visitors) -> None:
        page = open_page(width=390, height=800)
        ask(page, QUESTION)
        answered(page)
        page.wait_for_selector(".yj-quote")
        assert not page.locator("#yj-side").is_visible()
        page.click(".yj-side-button")
        assert page.locator("#yj-side").is_visible()
        for tab in page.locator("button[role=tab]").all():
            tab.click()
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    def test_nothing_moves_when_an_answer_is_finished_but_what_follows_it(self, open_page: Visitors) -> None:
        page = open_page()
        page.evaluate(
            "() => { window.moved = 0; new PerformanceObserver(list => { for (const e of list.getEntries())"
            " if (!e.hadRecentInput) window.moved += e.value; }).observe({type: 'layout-shift'}); }"
        )
        page.wait_for_timeout(600)  # a shift soon after a key counts as wanted
        page.evaluate("window.moved = 0")
        ask(page, QUESTION)
        answered(page)
        assert page.evaluate("window.moved") < 0.1

    @pytest.mark.skipif(find_spec("axe_playwright_python") is None, reason="axe-core is not installed")
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_axe_finds_nothing_serious(self, open_page: Visitors, scheme: str) -> None:
        spec = find_spec("axe_playwright_python")
        assert spec is not None
        assert spec.origin is not None
        axe = (Path(spec.origin).parent / "axe.min.js").read_text("utf-8")
        page, found = open_page(color_scheme=scheme), []
        for question in (QUESTION, "GB/T 99999 的内容是什么？"):
            ask(page, question)
            answered(page, 1 + len(found))
            page.evaluate(axe)
            found.append(page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"])
        serious = [v["id"] for violations in found for v in violations if v["impact"] in ("serious", "critical")]
        assert serious == []
