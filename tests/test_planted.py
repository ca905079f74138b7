"""Planted errors: that an error is one, a control none, and what the figures are of."""

from __future__ import annotations

import json
import random

import pytest
from typer.testing import CliRunner

from assistant.checking.verification import verify
from corpus.errors import BadInput
from corpus.readers import read
from eval.cli import app
from eval.planted.errors import KINDS, plant
from eval.planted.measure import check_all, figures, planted
from eval.planted.rewording import reword
from eval.planted.seeds import Seed, seeds_of

TEXT = """# 港口办法

港口到2027年新建泊位50个以上，培训船员300人。船票自购买之日起30天内有效，逾期不退。

| 港口 | 年份 | 泊位 |
|---|---|---|
| 东港 | 2027年 | 10个 |
| 西港 | 2028年 | 20个 |
"""
DOCUMENT = read(TEXT.encode(), uri="file:///port.md", source="port.md")


def seed(text: str, *others: str, row: bool = False) -> Seed:
    return Seed(text, "\n".join((text, *others)), "", "port.md", "zh", others, row)


def test_a_row_is_said_as_a_sentence_and_cited_with_its_neighbours() -> None:
    rows = [each for each in seeds_of([DOCUMENT]) if each.row]
    assert [each.text for each in rows] == ["东港的年份为2027年，泊位为10个。", "西港的年份为2028年，泊位为20个。"]
    assert "西港" in rows[0].cited
    assert rows[0].others == (rows[1].text,)


def test_a_control_says_the_same_otherwise() -> None:
    text = "港口到2027年新建泊位50个以上。"
    for n in range(5):
        said = reword(text, "zh", random.Random(n))
        assert said != text
        assert verify(said, text).supported, said


@pytest.mark.parametrize(
    ("kind", "text", "gone"),
    [
        ("number", "港口新建泊位50个。", "位50个"),
        ("unit", "港口培训船员30天。", "天"),
        ("date", "码头于2027年开放。", "2027"),
        ("identifier", "依据GB/T 13016-2018建设。", "13016"),
        ("negation", "逾期不得退票。", "不得"),
        ("comparison", "泊位50个以上。", "以上"),
    ],
)
def test_an_error_of_each_kind_changes_what_it_says_it_does(kind: str, text: str, gone: str) -> None:
    known = next(k for k in KINDS if k == kind)
    said = plant(known, text, seed(text), [text], random.Random(0))
    assert said is not None
    assert gone not in said


def test_a_row_gets_the_next_one_s_value() -> None:
    one, two = (each for each in seeds_of([DOCUMENT]) if each.row)
    assert plant("row", one.text, one, [], random.Random(0)) == "东港的年份为2027年，泊位为20个。"
    assert plant("row", two.text, two, [], random.Random(0)) == "西港的年份为2028年，泊位为10个。"


def test_the_share_caught_is_of_errors_and_the_false_alarms_of_controls() -> None:
    lines = "\n\n".join(f"{n}号码头到20{n}年新建泊位{n + 40}个以上。" for n in range(21, 60))
    document = read(f"# 港口办法\n\n{lines}\n".encode(), uri="file:///a.md", source="a.md")
    found = planted([document], "dev")
    assert {each.seed.half for each in found} == {"dev"}
    checked = check_all(found, None, lambda *_: None)
    shares = figures(checked)
    assert shares["value errors"].value >= 0.9
    assert shares["false alarms"].value <= 0.1
    with pytest.raises(BadInput, match="only"):
        planted([DOCUMENT], "test")


def test_the_samples_figures_are_within_the_goals() -> None:
    result = CliRunner().invoke(app, ["planted", "--json"])
    shares = json.loads(result.stdout)["figures"]
    assert shares["all errors"]["n"] >= 300
    assert shares["value errors"]["value"] >= 0.95
    assert shares["all errors"]["value"] >= 0.8
    assert shares["false alarms"]["value"] <= 0.05
