"""Places by their names in both languages."""

from __future__ import annotations

import pytest

from assistant.checking.names import missing_places
from corpus.places import names_place, places_in


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("上海与江苏的渡口", ("上海", "江苏")),
        ("What do Canadian and US ports charge?", ("加拿大", "美国")),
        ("tell us about the polish of the hull", ()),
        ("今日本市立法国家工程开工", ()),
        ("经济南北带施用复合肥，海量大连接", ()),
        ("大连和合肥的渡口", ("大连", "合肥")),
        ("印度尼西亚的港口", ("印度尼西亚",)),
        ("ASEAN states", ("东盟",)),
    ],
)
def test_places_are_found_by_what_they_are_called(text: str, places: tuple[str, ...]) -> None:
    assert places_in(text) == places


def test_a_place_is_named_in_either_language() -> None:
    assert names_place("加拿大的港口", "加拿大")
    assert names_place("canadian ports", "加拿大")
    assert not names_place("ports of call", "加拿大")


def test_a_place_that_what_is_cited_does_not_name_is_missing() -> None:
    assert missing_places("加拿大的港口", "美国的港口") == ("加拿大",)
    assert missing_places("German ports", "法国的港口") == ("German",)
    assert missing_places("German ports", "德国的港口") == ()
