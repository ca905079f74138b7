import itertools
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Document, Kind
from corpus.readers import read
from indexing.passages import cut
from indexing.tokens import count_tokens


def document(text: str) -> Document:
    return read(text.encode(), uri="test:a", source="a.md")


SECTION = st.builds(
    lambda mark, body: f"{mark}\n\n{body}\n",
    st.sampled_from(["一、总则", "（一）范围", "1. 目标", "# 标题", "## Part", ""]),
    st.sampled_from(
        [
            "本段说明事项。" * 40,
            "重复的一句。",
            "- 甲项\n- 乙项\n- 丙项",
            "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |",
            "A sentence. " * 60,
        ]
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(SECTION, min_size=1, max_size=8), st.integers(20, 300))
def test_passages_resolve_and_cover_what_is_searchable_exactly_once(sections: list[str], budget: int) -> None:
    found = document("正文。\n\n" + "\n".join(sections))
    passages = cut(found, budget, count_tokens)
    assert all(found.text[p.start : p.end] == p.text for p in passages)
    assert [p.number for p in passages] == list(range(len(passages)))
    assert all(a.end <= b.start for a, b in itertools.pairwise(passages))
    covered = "".join("".join(p.text.split()) for p in passages)
    searchable = "".join("".join(found.text[b.start : b.end].split()) for b in found.blocks if b.kind.searchable)
    assert covered == searchable


def test_a_passage_that_repeats_points_at_its_own_place() -> None:
    found = document("一、甲\n\n相同的内容。\n\n二、乙\n\n相同的内容。\n")
    first, second = cut(found, 100, count_tokens)
    assert first.start < second.start
    assert (first.headings, second.headings) == (("一、甲",), ("二、乙",))


def test_a_long_section_is_cut_between_sentences_within_the_budget() -> None:
    found = document("一、甲\n\n" + "每一句话都有自己的意思。" * 80)
    passages = cut(found, 100, count_tokens)
    assert len(passages) > 5
    assert all(count_tokens(p.text) <= 110 for p in passages)
    assert all(p.text.endswith("。") for p in passages)


def test_a_table_row_is_a_passage_that_knows_its_columns() -> None:
    found = document("# 表\n\n| 名称 | 数量 |\n|---|---|\n| 甲 | 3 |\n| 乙 | 5 |\n")
    rows = [p for p in cut(found, 300, count_tokens) if p.kind is Kind.TABLE_ROW]
    assert [p.text for p in rows] == ["甲 | 3", "乙 | 5"]
    assert "数量：5" in rows[1].context


def test_a_heading_without_text_goes_with_the_text_below_it() -> None:
    found = document("一、甲\n\n（一）乙\n\n内容。\n\n二、丙\n\n三、丁\n\n其他。\n")
    assert [p.text for p in cut(found, 300, count_tokens)] == [
        "一、甲\n\n（一）乙\n\n内容。",
        "二、丙",
        "三、丁\n\n其他。",
    ]


def test_each_article_of_a_law_is_a_passage_under_its_chapter() -> None:
    found = document(
        "第一章 总则\n\n第一条 渡口应当登记。\n\n登记免费。\n\n第二条 渡船应当检验。\n\n第二章 附则\n\n第三条 由某局解释。\n"
    )
    passages = cut(found, 300, count_tokens)
    assert [p.headings for p in passages] == [
        ("第一章 总则", "第一条"),
        ("第一章 总则", "第二条"),
        ("第二章 附则", "第三条"),
    ]
    assert passages[1].text == "第二条\n\n渡船应当检验。"


def test_tokens_are_counted_without_the_network() -> None:
    assert count_tokens("人工智能标准体系") > 0
    assert count_tokens("<|endoftext|>") > 1


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 10), st.sampled_from(["相同的一段内容。", "The same words.", "- 同一项"]), st.integers(20, 200))
def test_repeated_paragraphs_each_have_their_own_place(times: int, paragraph: str, budget: int) -> None:
    found = document("\n\n".join(f"第{'一二三四五六七八九十'[n]}章 部分\n\n{paragraph}" for n in range(times)))
    words = paragraph.removeprefix("- ")
    starts = [p.start + p.text.index(words) for p in cut(found, budget, count_tokens) if words in p.text]
    assert starts == [match.start() for match in re.finditer(re.escape(words), found.text)]
    assert len(set(starts)) == times


# Any character that a text file may hold.
ANY = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t")


@settings(max_examples=60, deadline=None)
@given(st.text(ANY, max_size=200), st.integers(1, 50))
def test_passages_of_any_text_resolve(text: str, budget: int) -> None:
    found = document("正文。\n\n" + text)
    passages = cut(found, budget, count_tokens)
    assert all(found.text[p.start : p.end] == p.text and p.text.strip() == p.text != "" for p in passages)
    searchable = "".join(found.text[b.start : b.end] for b in found.blocks if b.kind.searchable)
    assert "".join("".join(p.text.split()) for p in passages) == "".join(searchable.split())


def test_a_table_row_is_never_cut_however_long() -> None:
    found = document("| 名称 | 说明 |\n|---|---|\n| 甲 | " + "很长的说明。" * 50 + " |\n")
    assert len(cut(found, 20, count_tokens)) == 1
