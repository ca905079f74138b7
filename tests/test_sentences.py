import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.sentences import sentences


def cut(text: str) -> list[str]:
    return [text[a:b] for a, b in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲成立。乙随后加入！丙呢？", ["甲成立。", "乙随后加入！", "丙呢？"]),
        ("他说：“先等等。”然后走了。", ["他说：“先等等。”", "然后走了。"]),
        ("市场规模为3.6万亿元。同比增长。", ["市场规模为3.6万亿元。", "同比增长。"]),
        ("依据《甲。乙办法》执行。完毕。", ["依据《甲。乙办法》执行。", "完毕。"]),
        ("见（国标委〔2020〕12号）。第十二条照旧。", ["见（国标委〔2020〕12号）。", "第十二条照旧。"]),
        (
            "It costs 3.5 dollars, e.g. in No. 5. Then it stops.",
            ["It costs 3.5 dollars, e.g. in No. 5.", "Then it stops."],
        ),
        ("See ISO/IEC 42001:2023. Done!", ["See ISO/IEC 42001:2023.", "Done!"]),
        ("第一行\n第二行", ["第一行", "第二行"]),
        ("等等……还有。", ["等等……", "还有。"]),
        ("短；也短。", ["短；也短。"]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@given(st.text(alphabet="甲乙。！？；…《》（）“”〔〕.!?;,\n 3a'\"", max_size=120))
def test_sentences_cover_every_character_once_and_in_order(text: str) -> None:
    spans = sentences(text)
    assert all(a < b for a, b in spans)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
    covered = "".join(text[a:b] for a, b in spans)
    assert "".join(covered.split()) == "".join(text.split())
