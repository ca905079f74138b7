"""The map: trees from headings and tables, rectangles, what corresponds, and the keyboard in a real browser."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

import gradio as gr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import add
from corpus.readers import read
from page_server import Visitors, browser_test, chromium, serving
from ui.correspondence import links, parts
from ui.field_map import FieldMap, MapView
from ui.field_tree import Node, bare, heading_tree, main_part, table_tree
from ui.session import Session
from ui.treemap import Rect, node_at, path_of, squarified

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from assistant.wiring import Workplace
    from corpus.document import Document

EVIL = "<img src=x onerror=alert(1)>"
ONE = f"""# 缆车标准指南

## 一、总则 {EVIL}

本指南说明缆车标准的编制。

## 二、重点方向

### （一）基础标准

1. 术语。规定缆车的名称。

2. 测试。规定缆车的试验方法。

### （二）安全标准

规定缆车运行的安全要求。

## 三、清单

| 类别 | 名称 | 下设 |
|---|---|---|
| 基础 | 术语 | 名称、符号 |
| 基础 | 测试 | 强度、制动 |
| 安全 | 救援 | 演练、装备 |
| 安全 | 检修 | 日检、年检 |
"""
OTHER = """# 索道标准体系

## 1. 安全标准

索道运行的安全要求，以及救援。

## 2. 基础标准

索道的名称与试验方法。

## 3. 食堂菜单

午餐供应面条。
"""
EN = Session(language="en")


def document(text: str) -> Document:
    return read(text.encode(), uri="a", source="a.md")


def labels(node: Node) -> list[str]:
    return [child.label for child in node.children]


def test_the_tree_is_that_of_the_headings_with_the_items_that_say_their_name() -> None:
    root = main_part(heading_tree(document(ONE), items=True))
    assert [bare(label) for label in labels(root)] == [f"总则 {EVIL}", "重点方向", "清单"]
    focus = root.children[1]
    assert labels(focus) == ["（一）基础标准", "（二）安全标准"]
    assert labels(focus.children[0]) == ["术语", "测试"]
    text = document(ONE).text
    assert all(bare(n.label).split()[0] in text[n.start : n.end] for n in root.walk())


def test_a_table_is_grouped_by_what_repeats_and_lists_are_taken_apart() -> None:
    (table,) = document(ONE).tables
    root = table_tree(table)
    assert labels(root) == ["基础", "安全"]
    assert labels(root.children[0]) == ["术语", "测试"]
    assert labels(root.children[1].children[0]) == ["演练", "装备"]


def test_a_document_without_structure_is_said_to_have_none(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    add(place, "一句话而已。\n", "flat.txt")
    assert "No headings" in str(FieldMap(place.assistant).show(EN, MapView())[4])
    place.index.remove(place.assistant.documents()[0].id)
    assert "no documents" in str(FieldMap(place.assistant).show(EN, MapView())[4])


@given(st.lists(st.floats(0.1, 1e5), min_size=1, max_size=40))
def test_rectangles_fill_the_whole_without_overlap_each_as_large_as_its_weight(weights: list[float]) -> None:
    rects = squarified(weights, Rect(0, 0, 100, 60))
    for rect, weight in zip(rects, weights, strict=True):
        assert rect.width * rect.height == pytest.approx(6000 * weight / sum(weights), rel=1e-6)
        assert rect.left >= -1e-6
        assert rect.left + rect.width <= 100 + 1e-6
        assert rect.top + rect.height <= 60 + 1e-6
    for n, a in enumerate(rects):
        for b in rects[n + 1 :]:
            apart = a.left + a.width <= b.left + 1e-6 or b.left + b.width <= a.left + 1e-6
            assert apart or a.top + a.height <= b.top + 1e-6 or b.top + b.height <= a.top + 1e-6


@pytest.mark.parametrize("said", ["", "x", "9", "1.9.9", "-1", "1." * 40])
def test_a_path_that_leads_nowhere_stops_where_it_can(said: str) -> None:
    root = heading_tree(document(ONE))
    assert node_at(root, path_of(said))[0] is root


def test_parts_with_the_same_title_correspond_whatever_their_order_and_others_do_not() -> None:
    one, other = document(ONE), document(OTHER)
    ours, theirs = parts(main_part(heading_tree(one))), parts(main_part(heading_tree(other)))
    found = links((one, ours), (other, theirs), None)
    named = {(bare(ours[x.left].node.label), bare(theirs[x.right].node.label)): x.sureness for x in found}
    assert named == {("基础标准", "基础标准"): "same", ("安全标准", "安全标准"): "same"}


def test_the_map_of_two_documents_escapes_all_and_opens_the_passages_of_each(
    workplace: Callable[..., Workplace],
) -> None:
    place = workplace()
    one, other = add(place, ONE, "one.md"), add(place, OTHER, "other.md")
    field_map = FieldMap(place.assistant)
    view, *_, body, _ = field_map.show(EN, MapView(one, beside=other))
    assert view.document == one
    assert "yj-treemap" in body
    assert "same title 100%" in body
    assert "<img" not in body
    start = place.assistant.document(other).text.index("1. 安全标准")
    opened = field_map.act(
        EN, view, gr.EventData(None, {"act": "show", "side": "right", "start": start, "end": start + 7})
    )
    assert ">1. 安全标准</mark>" in opened[-1]
    assert "yj-none" not in field_map.act(EN, view, gr.EventData(None, {"act": "zoom", "partOf": "1"}))[4]
    assert field_map.act(EN, view, gr.EventData(None, {"act": "show", "start": "9" * 9, "end": ""}))


def test_the_document_with_the_richest_structure_is_shown_first(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    add(place, OTHER, "other.md")
    one = add(place, ONE, "one.md")
    assert FieldMap(place.assistant).show(Session(language="zh"), MapView("gone"))[0].document == one


class Buttons(HTMLParser):
    """How many buttons there are, and how many without a name."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.nameless = 0
        self._open = False
        self._said = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "button":
            self._open, self._said = True, dict(attributes).get("aria-label") or ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self._said += data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "button":
            self.nameless += not self._said
            self._open = False


def test_every_button_has_a_name(workplace: Callable[..., Workplace]) -> None:
    place = workplace()
    one, other = add(place, ONE, "one.md"), add(place, OTHER, "other.md")
    assert Buttons(FieldMap(place.assistant).show(EN, MapView(one, beside=other))[4]).nameless == 0


@pytest.mark.browser
class TestInTheBrowser:
    pytestmark = browser_test

    def test_a_part_is_opened_by_key_shown_alone_and_compared(self, tmp_path: Path) -> None:
        files = {"one.md": ONE, "other.md": OTHER}
        with serving(tmp_path, files) as server, chromium() as browser:
            visitors = Visitors(browser, server.address)
            page = visitors(tab="Map", language="en-GB")
            page.wait_for_selector(".yj-treemap")
            page.locator(".yj-open", has_text="安全标准").first.focus()
            page.keyboard.press("Enter")
            page.wait_for_selector("#yj-map-source .yj-quote")
            assert page.locator("#yj-map-source .yj-quote").text_content() == "（二）安全标准"
            page.get_by_role("button", name="Only: 二、重点方向").first.click()
            page.wait_for_selector(".yj-crumbs")
            assert page.locator(".yj-depth-1").count() == 2
            page.locator("#yj-map-beside input").click()
            page.get_by_role("option", name="索道标准体系").click()
            page.wait_for_selector(".yj-links")
            page.locator(".yj-column").last.locator(".yj-part", has_text="安全标准").click()
            page.wait_for_function("document.querySelector('#yj-map-source .yj-quote')?.textContent === '1. 安全标准'")
            page = visitors(tab="图谱", width=390)
            page.wait_for_selector(".yj-treemap")
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            visitors.close()
