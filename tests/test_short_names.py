"""Short names that a document gives itself and its issuer."""

from __future__ import annotations

import pytest

from corpus.readers import read
from corpus.short_names import short_names

TITLE, ISSUER = "青川省河道管理委员会2024年工作指南", "青川省河道管理委员会"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("青川省河道管理委员会（以下简称“河管委”）通过了本指南。", ["河管委"]),
        ("按《青川省河道管理委员会 2024 年工作指南》（以下简称《指南一》）办理。", ["指南一"]),
        ("会议提出管理委员会全年工作具体指南（简称：小指南）。", ["小指南"]),
        ("按《国家河道管理委员会工作指南》（以下简称《国家指南》）办理。", []),
        ("临江市水务局（以下简称“水务局”）配合。", []),
        ("青川省河道管理委员会（成立于1958年）负责。", []),
    ],
)
def test_a_short_name_counts_where_the_document_or_its_issuer_stands_before_it(text: str, names: list[str]) -> None:
    assert [name for name, _, _ in short_names(text, TITLE, (ISSUER,))] == names


def test_an_english_document_says_what_it_is_called_hereinafter() -> None:
    text = 'The River Clearing Rules (hereinafter referred to as "the Rules") apply to the Port Office (hereinafter "the Office").'
    assert [name for name, _, _ in short_names(text, "River Clearing Rules", ())] == ["Rules"]


def test_a_document_is_read_with_its_short_names_and_where_it_says_them() -> None:
    text = f"# {TITLE}\n\n{ISSUER}\n\n2024年3月1日\n\n{ISSUER}（以下简称“河管委”）负责河道。\n"
    document = read(text.encode(), uri="test:a", source="a.md")
    assert document.metadata.called == ("河管委",)
    place = dict(document.metadata.read_from)["called"].removeprefix("text ")
    start, end = map(int, place.split("–"))
    assert document.text[start:end] == "（以下简称“河管委”）"


def test_what_people_call_a_document_ranks_above_what_it_says() -> None:
    text = f"---\ntitle: {TITLE}\ncalled: [蓝本]\n---\n\n# {TITLE}\n\n{ISSUER}（以下简称“河管委”）负责河道。\n"
    assert read(text.encode(), uri="test:a", source="a.md").metadata.called == ("蓝本",)
