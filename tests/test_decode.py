import codecs

import pytest

from corpus.decode import decode
from corpus.errors import UnreadableFile

CHINESE = "本办法自公布之日起施行。附件二列出各类标准。\n第二行"

TRADITIONAL = "本辦法自公布之日起施行。各機關應於每年年底以前，將執行情形報請主管機關備查，並公開於網站。"
KOREAN = "이 규정은 공포한 날부터 시행한다. 각 기관은 매년 말까지 시행 결과를 보고하고 누리집에 공개하여야 한다. 표준의 적용 범위는 따로 정한다."


@pytest.mark.parametrize(
    "data",
    [
        CHINESE.encode(),
        codecs.BOM_UTF8 + CHINESE.encode(),
        CHINESE.encode("utf-16"),
        CHINESE.encode("gb18030"),
        CHINESE.replace("\n", "\r\n").encode(),
        CHINESE.replace("\n", "\r").encode("gb18030"),
    ],
)
def test_chinese_is_read_in_the_usual_encodings_and_line_ends(data: bytes) -> None:
    assert decode(data) == CHINESE


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \n ",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00",
        bytes(range(128, 256)) * 8,
        b"\x01\x02\x03\x04\x05\x06" * 9,
        "Un résumé très détaillé des règles générales à l'été".encode("latin-1"),
        "標準の概要と適用範囲について説明する文書です。".encode("shift-jis"),
    ],
)
def test_what_is_no_readable_text_is_refused_with_a_reason_in_both_languages(data: bytes) -> None:
    with pytest.raises(UnreadableFile) as caught:
        decode(data)
    assert caught.value.en
    assert any("一" <= c <= "鿿" for c in caught.value.zh)


def test_utf_16_of_either_byte_order_is_read_by_its_mark() -> None:
    assert decode(codecs.BOM_UTF16_BE + CHINESE.encode("utf-16-be")) == CHINESE
    assert decode(codecs.BOM_UTF16_LE + CHINESE.encode("utf-16-le")) == CHINESE


def test_a_page_break_is_a_line_end() -> None:
    assert decode("第一页\f第二页\v末行".encode()) == "第一页\n第二页\n末行"


@pytest.mark.parametrize(
    ("data", "next_step"),
    [
        ("正文\0正文".encode(), "save it as text"),
        (CHINESE.encode("utf-32"), "save it as text"),
        (KOREAN.encode("euc-kr"), "save it as UTF-8"),
        (CHINESE.encode()[:-1], "save it as UTF-8"),
        ("Стандарты применяются".encode("cp1251"), "save it as UTF-8"),
        (codecs.BOM_UTF8, "check that it was saved"),
        ("\u3000\n\t".encode(), "check that it was saved"),
    ],
)
def test_a_refusal_says_what_to_do(data: bytes, next_step: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        decode(data)
    assert next_step in caught.value.en
    assert "请" in caught.value.zh


def test_traditional_chinese_is_read_in_big5_and_in_gb18030() -> None:
    assert decode(TRADITIONAL.encode("big5")) == TRADITIONAL
    assert decode(TRADITIONAL.encode("gb18030")) == TRADITIONAL
