import pytest

from indexing.tokeniser import fold, identifiers, question_terms, question_units, terms, with_document_numbers


@pytest.mark.parametrize(
    ("text", "whole", "parts"),
    [
        ("ISO/IEC 42001:2023", "iso/iec42001-2023", {"iso", "iec", "42001", "2023"}),
        ("GB/T 13016-2018", "gb/t13016-2018", {"gb", "13016", "2018"}),
        ("ITU-T F.748.46", "itu-tf.748.46", {"itu", "748.46"}),
        ("工信部联科〔2024〕113 号", "工信部联科2024-113", {"2024", "113", "联科"}),
        ("沪经信智„2021‟538 号", "沪经信智2021-538", {"2021", "538"}),
        ("SC 42", "sc42", {"sc", "42"}),
    ],
)
def test_identifiers_are_terms_whole_and_by_their_parts(text: str, whole: str, parts: set[str]) -> None:
    found = set(terms(text))
    assert whole in found
    assert parts <= found
    assert whole in identifiers(text)


def test_an_identifier_is_found_without_its_edition() -> None:
    assert set(identifiers("iso/iec 42001")) & set(terms("按 ISO/IEC 42001:2023 实施"))


def test_ordinary_words_before_numbers_are_no_identifiers() -> None:
    assert identifiers("by 2026, the 7 parts of AI 2025") == set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("標準體系", "标准体系"),
        ("ｔｅｓｔ１２", "test12"),
        ("上 海 市", "上海市"),
        ("Standards", "standard"),
        ("1,000", "1000"),
    ],
)
def test_forms_that_read_the_same_have_the_same_terms(one: str, other: str) -> None:
    assert terms(one) == terms(other)


def test_footnote_marks_do_not_become_digits() -> None:
    assert terms("3.6万亿美元¹") == terms("3.6万亿美元")
    assert fold("标准¹²").strip() == "标准"


def test_asking_words_are_not_searched_for() -> None:
    assert "多少" not in question_terms("到2026年有多少项标准？")
    assert question_terms("How many standards are there?") == ["standard"]
    assert question_terms("？？？") == []


def test_a_character_is_covered_by_either_pair_it_stands_in() -> None:
    assert question_units("标准体系") == [("标准",), ("标准", "准体"), ("准体", "体系"), ("体系",)]


def test_characters_that_only_join_words_need_not_be_covered() -> None:
    assert question_units("到年的") == []
    assert question_units("目的") == [("目的",)]


def test_a_document_number_said_in_passing_is_written_out() -> None:
    assert with_document_numbers("国办发2020年第35号文讲什么") == "国办发〔2020〕35号文讲什么"
    assert with_document_numbers("上海市2020年35号楼") == "上海市2020年35号楼"
