"""The report page: what it shows of a run, that no text gets out of its place, and how it works in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from typer.testing import CliRunner

from corpus.errors import BadInput
from eval.cli import app
from eval.measures.abstention import SET_MEASURES
from eval.measures.table import MEASURES
from eval.questions import Evidence, GoldQuestion
from eval.report.definitions import definition
from eval.report.highlight import excerpt, pieces
from eval.report.page import report, write_report
from eval.report.plots import Axis, Both, Series, ceiling, curve, interval
from eval.report.questions import outcome
from eval.runs import Manifest, Recorder, Row, Run, read_run
from eval.support.verifier import Verifier
from eval.systems.base import Cited, Found, Response, Said
from page_server import browser_test

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

EVIL = (
    """</script></title><img src=x onerror=alert(1)><script>alert(2)</script> "'><b onmouseover=alert(3)> {{ 7*7 }}"""
)
EVIL_ID = "q#?& %é"
QUOTE = "The ferry leaves at 7:40 every day."


def gold(id_: str, *, answerable: bool = True, **fields: object) -> GoldQuestion:
    known: dict[str, object] = {
        "id": id_,
        "question": f"When does the ferry leave? ({id_})",
        "lang": "en",
        "type": "temporal" if answerable else "unanswerable",
        "answerable": answerable,
        "nuggets": [["7:40", "7.40"], ["every day"]] if answerable else [],
        "evidence": [Evidence(source="ferry.md", quotes=("leaves at 7:40",))] if answerable else [],
    }
    return GoldQuestion.model_validate(known | fields)


def says(text: str, **fields: object) -> Response:
    known: dict[str, object] = {
        "answered": True,
        "text": f"{text} [1]",
        "said": (Said(text=text, citations=(1,)),),
        "cited": (Cited(number=1, source="ferry.md", quote=QUOTE, resolves=True),),
        "found": (Found(source="ferry.md", text=QUOTE, score=0.5),),
        "confidence": 0.9,
        "milliseconds": {"total": 12.0, "retrieve": 4.0},
    }
    return Response.model_validate(known | fields)


REFUSES = Response(answered=False, text="Not in the documents.", reason="not_in_documents", confidence=0.1)
FAILS = Response(answered=False, text="", error="time-out")


def row(asked: GoldQuestion, response: Response) -> Row:
    return Row(gold=asked, response=response, scores={m.key: m.of(asked, response, Verifier()) for m in MEASURES})


RESULTS = (
    row(gold("right"), says(QUOTE)),
    row(gold("partly", lang="zh"), says("At 7.40.")),
    row(gold("wrong"), says("The ferry is blue.")),
    row(gold("timid"), REFUSES),
    row(gold("none", answerable=False), REFUSES),
    row(gold("bold", answerable=False), says("At noon.")),
    row(gold("broken"), FAILS),
)
BECAME = ["right", "partly", "wrong", "refused-wrongly", "refused-rightly", "answered-wrongly", "error"]


def run_of(folder: Path, rows: tuple[Row, ...] = RESULTS, **fields: object) -> Run:
    known = dict.fromkeys(("corpus", "support", "commit", "program", "machine", "system"), "x")
    manifest = Manifest.model_validate(
        {**known, "name": folder.name, "set_name": "ferries", "set_sha256": "0" * 64, "questions": len(rows)}
        | {"began": "2026-01-01T00:00:00Z", "finished": "2026-01-01T00:01:00Z"}
        | fields
    )
    return Run(folder=folder, manifest=manifest, rows=rows)


class Tree(HTMLParser):
    """The tags of a page with their attributes, and what stands inside elements of some tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._open:
            self.inside.setdefault(self._open[-1], []).append(data)


def test_every_outcome_is_told_apart() -> None:
    assert [outcome(result) for result in RESULTS] == BECAME


def test_gold_words_are_marked_as_they_stand_in_the_text() -> None:
    cut = pieces("Ａ  ferry leaves\nat ７:40, daily", ["Leaves at 7:40"], ["7:40"])
    assert "".join(piece.text for piece in cut) == "Ａ  ferry leaves\nat ７:40, daily"
    assert "".join(piece.text for piece in cut if piece.gold) == "leaves\nat ７:40"
    assert [piece.text for piece in cut if piece.nugget] == ["７:40"]
    assert pieces("at 7:40", ["leaves at 7:40 daily"])[0].gold, "a part of a gold quote is gold"
    assert not pieces("", ["x"])


def test_an_excerpt_is_cut_around_the_gold_words() -> None:
    text = "a" * 500 + "GOLD" + "b" * 500
    cut = excerpt(text, ["gold"], 40)
    assert "GOLD" in cut
    assert len(cut) <= 42
    assert cut.startswith("…")
    assert excerpt(text, ["absent"], 40) == "a" * 40 + "…"


def test_axes_end_at_round_numbers_and_points_stay_in_the_frame() -> None:
    assert [ceiling(value) for value in (0, 0.03, 1, 1.2, 37, 401)] == [1, 0.04, 1, 2, 40, 1000]
    drawn = curve(
        Both("t", "题"), Both("d", "述"), Axis(Both("x", "横")), Axis(Both("y", "纵")), [Series("a", 0, ((-9.0, 9.0),))]
    )
    path = re.search(r'class="line s0" d="M([\d.]+),([\d.]+)"', drawn)
    assert path
    assert [float(place) for place in path.groups()] == [58, 12]
    assert 'x1="0.00%" x2="100.00%"' in interval(0, 0.5, -1, 7, 1.0)


def test_every_measure_has_a_definition_in_both_languages() -> None:
    for measure in (*MEASURES, *SET_MEASURES):
        words = definition(measure)
        assert len(words.en) > 20, measure.key
        assert re.search("[\u4e00-\u9fff]{4}", words.zh), measure.key
        assert words.en not in words.zh, f"{measure.key} has no Chinese definition in eval/report/definitions.py"


def test_texts_from_outside_are_data(tmp_path: Path) -> None:
    evil = gold(
        EVIL,
        question=EVIL,
        type=EVIL,
        nuggets=[[EVIL, "<i>b</i>"]],
        evidence=[Evidence(source=EVIL, quotes=(EVIL,))],
        history=[{"role": "user", "content": EVIL}],
        note=EVIL,
    )
    answer = says(
        EVIL,
        cited=(Cited(number=1, source=EVIL, quote=EVIL + "!", resolves=False),),
        found=(Found(source=EVIL, text=EVIL),),
        models={"answerer": EVIL},
    )
    refusal = Response(answered=False, text=EVIL, reason=EVIL, error=EVIL)
    results = (row(evil, answer), row(evil.model_copy(update={"id": "two"}), refusal))
    runs = [
        run_of(tmp_path / name, results, name=EVIL, corpus=EVIL, set_name=EVIL, conditions={EVIL: EVIL})
        for name in ("a", "b")
    ]
    page = Tree(report(runs))
    tags = [tag for tag, _ in page.tags]
    assert tags.count("script") == 2
    assert "img" not in tags
    assert any("<i>b</i>" in text for text in page.inside["span"])
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert any(EVIL in text for text in page.inside["mark"] + page.inside["b"])
    data = next(t for t in page.inside["script"] if t.startswith("{"))
    assert json.loads(data)["letters"] == ["A", "B"]
    assert "alert" not in data, "the script is given figures and nothing from outside"


def test_the_page_asks_nothing_of_anybody(tmp_path: Path) -> None:
    page = Tree(report([run_of(tmp_path)]))
    for tag, attributes in page.tags:
        for name in ("src", "href", "action", "data", "srcset"):
            value = attributes.get(name) or "#"
            assert value.startswith(("#", "data:,")), (tag, name, value)
    policy = next(a["content"] for t, a in page.tags if t == "meta" and "Content-Security-Policy" in a.values())
    assert policy
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "url(" not in "".join(page.inside["style"])
    assert "@import" not in "".join(page.inside["style"])


def test_an_interrupted_run_says_so_and_other_runs_that_cannot_be_shown_are_refused(tmp_path: Path) -> None:
    assert "was interrupted" not in report([run_of(tmp_path)])
    assert "was interrupted" in report([run_of(tmp_path, finished=None, questions=9)])
    with pytest.raises(BadInput, match="no result yet"):
        report([run_of(tmp_path, ())])
    with pytest.raises(BadInput, match="at most 6"):
        report([run_of(tmp_path)] * 7)
    other = (row(gold("right", question="Another one?"), REFUSES),)
    with pytest.raises(BadInput, match="'right'"):
        report([run_of(tmp_path / "a"), run_of(tmp_path / "b", other)])
    with pytest.raises(BadInput, match="can't be written"):
        write_report([run_of(tmp_path)], tmp_path)


def test_runs_stand_side_by_side_with_their_differences(tmp_path: Path) -> None:
    worse = tuple(row(result.gold, FAILS) for result in RESULTS[:3])
    html = report([run_of(tmp_path / "old"), run_of(tmp_path / "new", worse)])
    page = Tree(html)
    shown = [a.get("data-outcomes") for t, a in page.tags if t == "details" and a.get("class") == "q"]
    assert shown[:4] == ["right error", "partly error", "wrong error", "refused-wrongly"]
    assert 'id="differences"' in html
    assert 'id="differences"' not in report([run_of(tmp_path / "old")])


def test_a_system_without_confidence_and_times_gets_no_such_plots(tmp_path: Path) -> None:
    bare = (row(gold("right"), says(QUOTE, confidence=None, milliseconds={})),)
    html = report([run_of(tmp_path, bare)])
    assert html.count("Not drawn: the system gives no confidence") == 2
    assert "Not drawn: the system gives no times" in html


def test_the_command_writes_the_page_beside_the_run(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "r", run_of(tmp_path / "r", finished=None).manifest)
    for result in RESULTS:
        recorder.add(result)
    recorder.finish({})
    recorder.close()
    said = CliRunner().invoke(app, ["report", str(tmp_path / "r")])
    assert said.exit_code == 0
    written = tmp_path / "r" / "report.html"
    assert str(written) in said.stdout
    assert written.read_text("utf-8") == report([read_run(tmp_path / "r")])


# In a real browser.


def in_browser(test: Callable[..., None]) -> Callable[..., None]:
    for mark in browser_test:
        test = mark(test)
    return test


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A report of two runs."""
    folder = tmp_path_factory.mktemp("report")
    evil = row(gold(EVIL_ID, question=EVIL), says(EVIL))
    runs = [run_of(folder / "old", (*RESULTS, evil)), run_of(folder / "new", RESULTS)]
    write_report(runs, folder / "report.html")
    return (folder / "report.html").as_uri()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens the report. In the end: nothing was asked for, no script failed or complained."""
    contexts, troubles = [], []

    def open_(language: str = "en-GB", width: int = 1200, place: str = "", **options: str) -> Page:
        context = browser.new_context(locale=language, viewport={"width": width, "height": 800}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: troubles.append(dialog.message))
        page.on("request", lambda r: r.url.startswith(("file:", "data:")) or troubles.append(r.url))
        page.goto(address + place)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not troubles


def shown(page: Page) -> list[str]:
    return [
        str(each).removeprefix("q-") for each in page.eval_on_selector_all(".q:not([hidden])", "e => e.map(x => x.id)")
    ]


@in_browser
def test_questions_can_be_filtered(open_page: Callable[..., Page]) -> None:
    page = open_page()
    everything = shown(page)
    assert len(everything) == 8
    page.click("[data-outcome=wrong]")
    assert shown(page) == ["wrong", EVIL_ID]
    page.click("[data-outcome=error]")
    assert shown(page) == ["wrong", "broken", EVIL_ID]
    assert page.inner_text("#count") == "3 of 8 questions shown"
    page.click("button[type=reset]")
    # Not wait_for_function: where it has to wait, it evaluates a string, which the page's policy forbids.
    page.locator(".q[hidden]").first.wait_for(state="detached")
    page.select_option("#f-lang", "zh")
    assert shown(page) == ["partly"]
    page.select_option("#f-lang", "")
    page.select_option("#f-type", "unanswerable")
    assert shown(page) == ["none", "bold"]
    page.select_option("#f-type", "")
    page.select_option("#f-measure", label="nuggets in the answer")
    page.fill("#f-below", "0.6")
    assert shown(page) == ["partly", "wrong", "timid", "broken", EVIL_ID]
    page.select_option("#f-measure", "")
    page.fill("#f-text", "FERRY is  blue")
    assert shown(page) == ["wrong"]
    page.fill("#f-text", "nothing like it")
    assert shown(page) == []
    assert page.is_visible("#none")
    page.fill("#f-text", "")
    page.check("#f-differ")
    assert shown(page) == [EVIL_ID], "only one run was asked it"


@in_browser
def test_the_page_speaks_the_reader_s_language_and_remembers_a_choice(open_page: Callable[..., Page]) -> None:
    assert open_page("zh-CN").inner_text("h1") == "依据评测报告"
    page = open_page("en-GB")
    assert page.inner_text("h1") == "Grounding report"
    page.click("[data-language=zh]")
    assert page.inner_text("h1") == "依据评测报告"
    assert page.inner_text("#f-measure option:nth-child(1)") == "全部"
    assert "显示 8 / 8" in page.inner_text("#count")
    assert page.eval_on_selector(".plot title", "e => e.textContent") == "各类型问题的结果"
    assert not page.eval_on_selector_all("main .en", "all => all.some(e => e.checkVisibility())")
    page.reload()
    assert page.inner_text("h1") == "依据评测报告"


@in_browser
def test_a_link_opens_its_question_past_a_filter(open_page: Callable[..., Page]) -> None:
    page = open_page(place="#q-" + quote(EVIL_ID))
    assert page.eval_on_selector_all(".q[open]", "e => e.map(x => x.id)") == [f"q-{EVIL_ID}"]
    page.click("[data-outcome=wrong]")
    page.evaluate("location.hash = 'q-bold'")
    page.wait_for_selector("#q-bold[open]")
    assert page.is_visible("#q-bold")
    assert "answer length" in page.inner_text("#q-bold .scores >> nth=0")


@in_browser
def test_a_measure_is_explained_to_those_who_use_the_keyboard(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.focus("#figures .measure[data-measure=nuggets]")
    assert "string alternatives" in page.inner_text("#tooltip")
    page.keyboard.press("Escape")
    assert page.is_hidden("#tooltip")
    page.focus("#q-right > summary")
    page.keyboard.press("Enter")
    page.wait_for_selector("#q-right[open] .answer")


@in_browser
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_on_a_phone_nothing_runs_out_of_the_page(open_page: Callable[..., Page], language: str) -> None:
    page = open_page(language, 390, color_scheme="dark")
    page.click("#f-open")
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
