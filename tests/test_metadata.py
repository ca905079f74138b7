"""What a document says of itself, and nothing that it does not say."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.document import Metadata
from corpus.errors import UnreadableFile
from corpus.metadata import language
from corpus.readers import read


def metadata(text: str, name: str = "file-name.md") -> Metadata:
    return read(text.encode(), uri=f"test:{name}", source=name).metadata


def with_front(*lines: str) -> Metadata:
    return metadata("---\n" + "\n".join(lines) + "\n---\n\n# 正文标题\n\n正文一句。\n")


def test_front_matter_says_everything_that_it_can() -> None:
    found = with_front(
        "title: 甲省数据办法",
        "language: zh",
        "issuers: [甲局, 乙局]",
        "number: 甲数〔2024〕8号",
        "date: 2024-05-06",
        "edition: 第二版",
        "status: 现行",
        "url: https://example.org/a",
        "tags: [数据, 2024]",
    )
    assert found == Metadata(
        title="甲省数据办法",
        language="zh",
        issuers=("甲局", "乙局"),
        number="甲数〔2024〕8号",
        date=date(2024, 5, 6),
        edition="第二版",
        status="现行",
        url="https://example.org/a",
        tags=("数据", "2024"),
    )


def test_a_single_tag_or_issuer_needs_no_list() -> None:
    found = with_front("tags: 数据", "issuers: 甲局")
    assert (found.tags, found.issuers) == (("数据",), ("甲局",))


def test_the_day_on_which_a_page_was_saved_is_not_the_document_s_date() -> None:
    assert with_front("date: 2024-05-06", "fetch_date: 2024-05-07").date is None


@pytest.mark.parametrize(
    "front", ["title: [", "title: a: b", "title: {", "a: *nobody", "title: !!python/name:os.system"]
)
def test_front_matter_that_is_no_yaml_is_refused_in_both_languages(front: str) -> None:
    with pytest.raises(UnreadableFile, match="YAML") as caught:
        with_front(front)
    assert "YAML" in caught.value.zh


@pytest.mark.parametrize("front", ["title:", "title: []", "title: {a: b}", "title: ''"])
def test_a_title_that_is_no_text_is_taken_from_the_document(front: str) -> None:
    assert with_front(front).title == "正文标题"


def test_a_rule_at_the_beginning_is_no_front_matter() -> None:
    found = metadata("---\n\n# 标题\n\n第一段。\n\n---\n\n第二段。\n")
    assert found.title == "标题"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# 甲手册\n\n内容。\n", "甲手册"),
        ("某市\n\n关于开展检测工作的通知\n\n各单位：\n\n请照办。\n", "关于开展检测工作的通知"),
        ("数 据 管 理 办 法\n\n一、总则\n\n内容。\n", "数据管理办法"),
        ("A Plain Title\n\nThis is the first sentence.\n", "A Plain Title"),
        ("这里只有一句话。\n", "file-name"),
        ("一、总则\n\n内容一句。\n", "file-name"),
    ],
)
def test_the_title_is_the_document_s_own_or_else_the_file_s_name(text: str, title: str) -> None:
    assert metadata(text).title == title


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2023年5月6日", date(2023, 5, 6)),
        ("2023 年 5 月 6 日", date(2023, 5, 6)),
        ("2023年5月", date(2023, 5, 1)),
        ("2023年13月6日", None),
        ("2023年2月30日", None),
        ("自2023年5月6日起施行。", None),
        ("第2023号", None),
    ],
)
def test_only_a_line_that_is_nothing_but_a_date_dates_a_document(line: str, expected: date | None) -> None:
    assert metadata(f"# 标题\n\n正文一句。\n\n{line}\n").date == expected


def test_a_document_s_number_is_the_line_that_is_nothing_else() -> None:
    assert metadata("# 标题\n\n甲经信〔2023〕7号\n\n正文。\n").number == "甲经信〔2023〕7号"
    assert metadata("# 标题\n\n根据甲经信〔2023〕7号的要求，正文。\n").number is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("规定了术语。", "zh"),
        ("A plain English sentence.", "en"),
        ("The term 标准 means a standard, and nothing else is meant by it here.", "en"),
        ("采用 ISO/IEC 42001 与 IEEE P7000 系列标准", "zh"),
        ("12345", "en"),
        ("", "en"),
    ],
)
def test_the_language_is_that_of_the_letters(text: str, expected: str) -> None:
    assert language(text) == expected


def test_the_same_bytes_from_elsewhere_are_another_document_and_again_the_same() -> None:
    data = "# 甲\n\n内容。\n".encode()
    one, again, other = (read(data, uri=uri, source="a.md") for uri in ("test:a", "test:a", "test:b"))
    assert one.id == again.id != other.id
    assert one.sha256 == other.sha256
