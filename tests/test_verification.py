"""A written sentence against what it cites: values, names, rows, directions, languages, and models beside the rules."""

from __future__ import annotations

import pytest

from assistant.checking.judgement import Judgement
from assistant.checking.numerals import english_value, value_of
from assistant.checking.support_models import load_verifier
from assistant.checking.verification import SUPPORT, favourable, values, verify
from corpus.errors import BadSetting

ROWS = "| 东港 | 2027年 | 泊位 | 10个 |\n| 西港 | 2028年 | 泊位 | 20个 |\n| 南港 | 2029年 | 泊位 | 30个 |"
PIER = "到2027年，新建泊位50个以上，培训船员不少于1,000人。码头于2025年11月6日开放。"


@pytest.mark.parametrize(
    "sentence",
    [
        "到2027年新建泊位五十个以上。",
        "到2027年新建泊位不少于50个。",
        "培训船员至少一千人。",
        "培训船员１０００人以上。",
        "码头于2025年11月开放。",
        "码头于2025-11-06开放。",
    ],
)
def test_a_value_may_be_said_in_any_of_its_forms(sentence: str) -> None:
    assert verify(sentence, PIER).supported, verify(sentence, PIER)


@pytest.mark.parametrize(
    "sentence",
    [
        "到2027年新建泊位60个以上。",
        "到2027年新建泊位50个以下。",
        "培训船员不超过1000人。",
        "培训船员1000天以上。",
        "培训船员1000万人以上。",
        "码头于2025年12月开放。",
        "码头于2025年11月7日开放。",
        "到2028年新建泊位50个以上。",
        "根据ISO 9001，到2027年新建泊位50个以上。",
        "《渡轮条例》提出，到2027年新建泊位50个以上。",
        "港务委员会提出，到2027年新建泊位50个以上。",
        "浙江到2027年新建泊位50个以上。",
    ],
)
def test_a_value_or_a_name_that_is_not_in_the_words_cited_is_named(sentence: str) -> None:
    verdict = verify(sentence, PIER)
    assert verdict.outcome == "not"
    assert verdict.missing
    assert verdict.missing[0] in (verdict.reason("zh") or "")


@pytest.mark.parametrize(
    ("sentence", "cited", "supported"),
    [
        ("The pass is valid for at least thirty days.", "The pass is valid for 30 days or more.", True),
        ("The pass is valid for at most thirty days.", "The pass is valid for 30 days or more.", False),
        ("The pass is valid for 30 months.", "The pass is valid for 30 days.", False),
        ("It opened in November 2025.", "It opened on 6 November 2025.", True),
        ("It opened in October 2025.", "It opened on 6 November 2025.", False),
        ("The fee is 5 percent of 3 million yuan.", "The fee is 5% of 3,000,000 yuan.", True),
        ("The fee is 5 percent of 3 billion yuan.", "The fee is 5% of 3,000,000 yuan.", False),
        ("The Harbour Board sets the fees.", "The Harbour Office sets the fees.", False),
        ("Fees are due before the trip.", "Fees are due after the trip.", False),
        ("The quay is no longer open.", "The quay is open.", False),
    ],
)
def test_english_values_names_and_directions(sentence: str, cited: str, supported: bool) -> None:
    assert verify(sentence, cited).supported is supported


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        ("西港到2028年有泊位10个。", ROWS),
        ("国内航线50条。", "开通国内航线20条，国际航线50条。"),
        ("东港泊位50个。", "东港泊位20个、西港泊位50个。"),
    ],
)
def test_a_value_of_the_next_row_or_clause_is_another_s(sentence: str, cited: str) -> None:
    verdict = verify(sentence, cited)
    assert verdict.swapped
    assert verdict.outcome == "not"
    assert "something else" in (verdict.reason("en") or "")


def test_a_value_with_its_own_row_is_supported() -> None:
    assert verify("西港到2028年有泊位20个。", ROWS).supported
    assert verify("开通国际航线50条，国内航线20条。", "开通国内航线20条，国际航线50条。").supported


def test_a_figure_apart_from_its_subject_is_no_other_s() -> None:
    assert verify("渡轮票价为5元。", "渡轮每天开行三班。票价为5元。").supported


def test_a_name_and_its_year_may_stand_in_the_title_and_a_figure_may_not() -> None:
    around = "渡轮安全指南（2024版）"
    assert verify("渡轮安全指南（2024版）要求每船配备救生衣。", "每船应配备救生衣。", around).supported
    assert verify("渡轮安全指南（2021版）要求每船配备救生衣。", "每船应配备救生衣。", around).missing
    assert verify("每船配备救生衣30件。", "每船应配备救生衣。", "救生衣30件").missing


def test_a_short_name_counts_for_the_full_one_and_another_body_does_not() -> None:
    assert verify("工信部负责船员培训。", "工业和信息化部负责船员培训。").supported
    assert verify("交通运输部负责船员培训。", "工业和信息化部负责船员培训。").missing


def test_what_stands_word_for_word_is_supported() -> None:
    assert verify("不得不停航。", "遇大雾时，不得不停航。").support == 1


def test_an_english_sentence_is_partly_supported_by_chinese_words_and_never_by_another_value() -> None:
    cited = "船票自购买之日起30天内有效，逾期作废。"
    said = verify("The ticket is valid for thirty days.", cited)
    assert (said.outcome, said.translated) == ("partly", True)
    assert "另一种语言" in (said.reason("zh") or "")
    assert verify("The ticket is valid for sixty days.", cited).outcome == "not"
    assert verify("The captain paints a house.", cited).outcome == "not"


@pytest.mark.parametrize("least", [SUPPORT / 2, SUPPORT])
@pytest.mark.parametrize(
    "sentence",
    [
        "到2027年新建泊位五十个以上。",
        "到2027年新建泊位60个以上。",
        "码头于2025年11月6日不开放。",
        "码头于2025年11月6日关闭。",
        "码头的木门漆成了蓝色。",
        "新建泊位，另由船厂负责维修旧船。",
        "The pier opens on 6 November 2025.",
        "The captain paints a house.",
        PIER,
    ],
)
def test_what_is_favourable_at_a_glance_is_so_at_length(sentence: str, least: float) -> None:
    verdict, glance = verify(sentence, PIER), favourable(sentence, PIER, least=least)
    good = verdict.outcome != "not" and (verdict.translated or verdict.support >= least)
    assert glance == (verdict if good else None)


def test_a_negation_is_noticed_in_either_text_and_a_clause_without_one_denies_nothing() -> None:
    cited = "渡轮每天开行，遇大雾时船长不得离港，旅客凭票上船。"
    assert verify("渡轮每天开行，遇大雾时船长可以离港。", cited).denied
    assert verify("渡轮每天不开行，旅客凭票上船。", cited).denied
    apart = "渡轮每天按时开行，旅客凭票上船。遇大雾时不得离港。"
    assert verify("渡轮每天不按时开行，船员在码头边的候船室里休息和吃饭。", apart).denied
    assert verify("渡轮每天开行，旅客凭票上船。", cited).supported


def test_a_model_takes_support_away_and_can_t_make_up_for_a_value() -> None:
    def doubts(_premise: str, _claim: str) -> Judgement:
        return Judgement(0.1, False, True)

    def believes(_premise: str, _claim: str) -> Judgement:
        return Judgement(0.9, True)

    assert verify("到2027年新建泊位50个以上。", PIER, model=doubts).denied
    assert verify("船厂上了新船台。", PIER, model=believes).supported
    assert verify("新建泊位60个。", PIER, model=believes).missing


def test_a_verifier_of_another_name_is_refused() -> None:
    assert load_verifier("builtin") is None
    for name in ("nli:", "judge:http://127.0.0.1/v1", "strict"):
        with pytest.raises(BadSetting, match="YIJU_VERIFIER"):
            load_verifier(name)


def test_values_have_one_form() -> None:
    assert values("二〇二六年共1,200项，五十家，百分之八十五") >= {"2026", "1200", "50", "85"}


def test_numbers_in_words() -> None:
    assert [value_of(n) for n in ("五十", "二〇二六", "三万五千", "一百零三")] == [50, 2026, 35000, 103]
    assert [english_value(n) for n in ("thirty-five", "one hundred and five", "two thousand")] == [35, 105, 2000]
