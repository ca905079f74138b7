"""The corpus page: the list, what is known of a document, uploads, edits and removal; and the quality page."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr
import httpx
import pytest

from conftest import add
from page_server import Server, Visitors, browser_test, serving
from ui.document_views import PAGE, View, drop_zone, listing, matching
from ui.documents import Corpus
from ui.quality import Quality, latest_run, read_figures
from ui.session import Session
from ui.texts_more import CORPUS, QUALITY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assistant.wiring import Workplace

EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>"
TEXT = f"""---
title: 索道办法 {EVIL}
---
# 索道办法

一、票务

索道票当日有效。{EVIL}

二、分工

| 环节 | 单位 |
|---|---|
| 检票 | 客运站 |
"""
ZH = Session(language="zh")


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, _: object) -> None:
        self.found.add(tag)


def event(**data: object) -> gr.EventData:
    return gr.EventData(None, data)


@pytest.fixture
def corpus(workplace: Callable[..., Workplace]) -> Corpus:
    place = workplace()
    add(place, TEXT, "rope.md")
    add(place, "# Ferry rules\n\nTickets are valid for a day.\n", "ferry.md")
    return Corpus(place.assistant, 1 << 20)


def shown(corpus: Corpus, view: View, **data: object) -> tuple[View, str]:
    found = corpus.act(ZH, view, event(**data))
    return found[0], str(found[1])


def test_documents_are_searched_and_sorted_and_what_is_unknown_comes_last(corpus: Corpus) -> None:
    ferry, rope = sorted(corpus.assistant.documents(), key=lambda d: d.source)
    corpus.assistant.set_fields(ferry.id, {"number": "甲发〔2024〕3号", "issuers": "轮渡局"})
    documents = corpus.assistant.documents()
    assert [d.id for d in matching(documents, View(query="轮渡局 甲发"))] == [ferry.id]
    assert [d.id for d in matching(documents, View(sort="number"))] == [ferry.id, rope.id]
    assert [d.id for d in matching(documents, View(sort="number", descending=True))] == [ferry.id, rope.id]
    assert CORPUS["zh"].none_found.format("航班") in listing(documents, View(query="航班"), "zh")
    assert CORPUS["en"].none_yet in listing((), View(), "en")


def test_a_long_list_is_paged(corpus: Corpus) -> None:
    many = corpus.assistant.documents()[:1] * (PAGE + 5)
    assert listing(many, View(), "zh").count('data-act="open"') == PAGE
    assert listing(many, View(first=PAGE), "zh").count('data-act="open"') == 5


def test_one_document_shows_its_fields_headings_tables_and_passages_and_runs_nothing(corpus: Corpus) -> None:
    rope = next(d for d in corpus.assistant.documents() if d.source == "rope.md")
    view, html = shown(corpus, View(), act="open", id=rope.id)
    assert view.document == rope.id
    for said in ("一、票务", "客运站", CORPUS["zh"].passages.format(rope.passages), "文件头"):
        assert said in html
    assert not {"img", "script"} & Tags(html + listing(corpus.assistant.documents(), View(), "zh")).found
    assert not {"img", "script"} & Tags(drop_zone("en", (".md",), 1 << 20)).found


def test_a_field_is_set_and_emptied_and_a_bad_value_is_said(corpus: Corpus) -> None:
    ferry = next(d for d in corpus.assistant.documents() if d.source == "ferry.md")
    view = View(document=ferry.id)
    view, *_ = corpus.save(ZH, view, event(title="轮渡规则", date="2024-05-01", number=""))
    assert view.said == CORPUS["zh"].saved
    metadata = corpus.assistant.document(ferry.id).metadata
    assert (metadata.title, str(metadata.date)) == ("轮渡规则", "2024-05-01")
    assert "number" not in dict(metadata.read_from)
    view, *_ = corpus.save(ZH, view, event(title="", date="2024-05-01"))
    assert corpus.assistant.document(ferry.id).metadata.title == "Ferry rules"
    view, *_ = corpus.save(ZH, view, event(date="昨天"))
    assert view.wrong
    assert "昨天" in view.said


def test_an_earlier_version_is_listed_and_can_only_be_read_and_removal_takes_all(
    corpus: Corpus, workplace: Callable[..., Workplace]
) -> None:
    place = workplace()
    old = add(place, "# 甲\n\n旧文。\n", "a.md")
    new = add(place, "# 甲\n\n新文。\n", "a.md")
    corpus = Corpus(place.assistant, 1 << 20)
    _, html = shown(corpus, View(), act="open", id=old)
    assert CORPUS["zh"].only_current in html
    assert 'data-act="save"' not in html
    assert 'data-act="remove"' not in html
    view, html = shown(corpus, View(document=new), act="remove")
    assert CORPUS["zh"].removed.format("甲") in html
    assert view.document is None
    assert {d.source for d in corpus.assistant.documents(versions=True)} == {"rope.md", "ferry.md"}
    _, html = shown(corpus, View(), act="open", id=old)
    assert old in html
    assert 'role="alert"' in html


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"act": "open"},
        {"act": "sort", "by": "x"},
        {"act": "page", "first": "-1"},
        {"act": "show", "start": "9" * 40},
    ],
)
def test_whatever_a_script_sends_gives_a_page(corpus: Corpus, data: dict[str, object]) -> None:
    for view in (View(), View(document=corpus.assistant.documents()[0].id)):
        assert corpus.act(ZH, view, event(**data))
    assert corpus.save(ZH, View(), event(title="x"))[0].said == ""


def run(folder: Path, began: str, *, finished: bool, scores: list[dict[str, float | None]]) -> Path:
    folder.mkdir(parents=True)
    manifest = {"set_name": f"样例{EVIL}", "questions": len(scores), "began": began, "finished": finished and began}
    (folder / "run.json").write_text(json.dumps(manifest), "utf-8")
    lines = "".join(json.dumps({"scores": each}) + "\n" for each in scores)
    (folder / "results.jsonl").write_text(lines + '{"scores": {"evid', "utf-8")
    return folder


def test_without_a_run_the_quality_page_says_how_to_make_one(tmp_path: Path) -> None:
    for language in ("zh", "en"):
        html = Quality(tmp_path / "runs").show(Session(language=language))  # type: ignore[arg-type]
        assert "yiju eval run" in html
        assert QUALITY[language].none_title in html  # type: ignore[index]


def test_the_latest_finished_run_is_shown_with_its_means_and_its_report_may_reach_nothing(tmp_path: Path) -> None:
    run(tmp_path / "runs" / "a", "2026-01-01", finished=True, scores=[{"evidence": 0.0}])
    newest = run(
        tmp_path / "runs" / "b",
        "2026-02-01",
        finished=True,
        scores=[{"evidence": 1.0, "nuggets": None}, {"evidence": 0.5, "nuggets": 0.25}],
    )
    run(tmp_path / "runs" / "c", "2026-03-01", finished=False, scores=[{"evidence": 0.1}])
    assert latest_run(tmp_path / "runs") == newest
    assert read_figures(newest).means == {"evidence": (0.75, 2), "nuggets": (0.25, 1)}
    quality = Quality(tmp_path / "runs")
    assert f"yiju eval report {newest}" in quality.show(ZH)
    (newest / "report.html").write_text(f"<p>{EVIL}</p>", "utf-8")
    html = quality.show(ZH)
    assert 'sandbox="allow-scripts"' in html
    assert not {"img", "script"} & Tags(html).found
    (newest / "results.jsonl").write_bytes(b"{\n")
    assert QUALITY["zh"].broken in quality.show(ZH)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("documents"), {"rope.md": TEXT}) as running:
        yield running


@pytest.mark.browser
class TestInTheBrowser:
    pytestmark = browser_test

    def test_files_are_added_each_with_its_outcome_and_the_list_shows_them(
        self, open_page: Visitors, tmp_path: Path
    ) -> None:
        good, bad = tmp_path / f"甲 {EVIL[:10]}.md", tmp_path / "empty.txt"
        good.write_text("# 新来的办法\n\n内容。\n", "utf-8")
        bad.write_bytes(b"")
        page = open_page(tab="文件")
        page.set_input_files("#yj-drop input[type=file]", [str(good), str(bad)])
        page.wait_for_selector(".yj-sent .yj-failed")
        rows = page.locator(".yj-sent li").all_inner_texts()
        assert rows[0].startswith(good.name)
        assert "已添加" in rows[0]
        assert "空" in rows[1]
        page.get_by_role("button", name="新来的办法").wait_for()
        page.fill(".yj-search input", "新来")
        page.wait_for_function("document.querySelectorAll('.yj-list tbody tr').length === 1")

    def test_a_document_is_opened_described_and_removed(self, open_page: Visitors, server: Server) -> None:
        server.add("gone.md", "# 要移除的\n\n文。\n")
        page = open_page(tab="Documents", language="en-GB")
        page.get_by_role("button", name="要移除的").click()
        page.locator(".yj-edit summary").click()
        page.fill(".yj-edit input[name=region]", "江苏省")
        page.click(".yj-edit button[type=submit]")
        page.wait_for_selector(f"text={CORPUS['en'].saved}")
        page.locator(".yj-outline .yj-place").first.click()
        page.wait_for_selector("#yj-corpus-source .yj-quote")
        assert page.locator("#yj-corpus-source .yj-quote").text_content() == "要移除的"
        page.locator(".yj-removal summary").click()
        page.get_by_role("button", name="Keep it").click()
        assert not page.get_by_role("button", name="Remove it").is_visible()
        page.locator(".yj-removal summary").click()
        page.get_by_role("button", name="Remove it").click()
        page.wait_for_selector("text=was removed")
        titles = [d["title"] for d in httpx.get(f"{server.address}/documents").json()["documents"]]
        assert "要移除的" not in titles

    def test_a_phone_needs_no_sideways_scrolling(self, open_page: Visitors) -> None:
        page = open_page(tab="文件", width=390)
        page.locator(".yj-list tbody button").first.click()
        page.wait_for_selector(".yj-one")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
