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


@pytest.mark.parametrize(
    "text",
    [
        "《先到先得。后到不候》自三月起施行",
        "依据第十二条的规定办理",
        "见国标委〔2020〕12号文件",
        "增速为0.5个百分点，合3.14亿元",
        "版本 v2.0.1 与第 3.2.1 节",
        "标准 GB/T 1.1-2020 和 ITU-T F.748.46 均适用",
        "范围（包括甲。也包括乙。）如下",
        "等等……还有",
    ],
)
def test_what_looks_like_an_end_within_a_sentence_is_none(text: str) -> None:
    assert cut(text + "。另一句。") in ([text + "。", "另一句。"], ["等等……", "还有。", "另一句。"])


@pytest.mark.parametrize("closing", ["”", "’", "」", "』", "）", "》", "】", "！", "？", "！？”"])
def test_closing_marks_stay_with_their_sentence(closing: str) -> None:
    assert cut(f"说完了。{closing}下一句。") == [f"说完了。{closing}", "下一句。"]


@given(st.text(alphabet="甲乙。！；…《》（）“”.!? \n3a", max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_sentences_of_a_part_of_a_text_stay_within_it(text: str, start: int, length: int) -> None:
    end = min(len(text), start + length)
    spans = sentences(text, start, end)
    assert all(start <= a < b <= end for a, b in spans)
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text[start:end].split())
