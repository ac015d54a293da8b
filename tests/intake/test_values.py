"""Single cells: dates, codes, yes and no, lists, disposals (单元格取值)."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as oracle

from yisong.intake.dates import parse_date, time_of
from yisong.intake.disposal import parse_disposal
from yisong.intake.headers import match_header
from yisong.intake.identity import (
    ALPHABET,
    check_character,
    formal_name,
    is_valid_uscc,
    name_key,
    parse_uscc,
    similarity,
    suggest_uscc,
)
from yisong.intake.splitting import split_list
from yisong.intake.values import Raw, parse_code, parse_text, parse_yes_no

DAY = dt.date(2026, 3, 11)


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-11", "2026.3.11", "2026.03.11.", "2026/3/11", "2026年3月11日", "2026年03月11号", "20260311", "２０２６．３．１１", "2026、3、11",
        " 2026-3-11 ", "2026-03-11 10:30", "2026-03-11T10:30:00", "2026年3月11日 下午3点", "2026年3月11日9时30分", "2026年3月11日（周三）",
        "二〇二六年三月十一日", "'2026-03-11", "46092", 46092, 46092.0, 46092.75, 20260311, 20260311.0, "20260311103000",
        DAY, dt.datetime(2026, 3, 11, 10, 30),  # noqa: DTZ001 - what a spreadsheet gives has no zone
    ],
)  # fmt: skip
def test_dates_as_offices_write_them(written: Raw) -> None:
    assert parse_date(written).value == DAY


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("26.3.11", "DATE_TWO_DIGIT_YEAR"), ("26年3月11日", "DATE_TWO_DIGIT_YEAR"), ("3月11日", "DATE_NO_YEAR"), ("2026年3月", "DATE_NO_DAY"),
        ("2026-02-30", "DATE_IS_NONE"), ("2026年13月1日", "DATE_IS_NONE"), ("昨天", "DATE_IS_NONE"), ("11/3/2026", "DATE_AMBIGUOUS"),
        ("2026.3.11-3.12", "DATE_IS_RANGE"), ("2026年3月11日至13日", "DATE_IS_RANGE"), (True, "DATE_IS_NONE"), (12.0, "DATE_IS_NONE"),
        (float("nan"), "DATE_IS_NONE"), (float("inf"), "DATE_IS_NONE"), ("1999-01-01", "DATE_OUT_OF_RANGE"), (dt.time(9, 0), "DATE_IS_NONE"),
        ("2026-03-11 又去了一次", "DATE_IS_NONE"), ("9" * 300, "DATE_IS_NONE"), ("#VALUE!", "FORMULA_ERROR"),
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused_by_name(written: Raw, code: str) -> None:
    parsed = parse_date(written)
    assert parsed.value is None
    assert [note.code for note in parsed.notes] == [code]
    assert "：" in parsed.notes[0].text


@pytest.mark.parametrize("blank", [None, "", "  ", "/", "—", "　"])
def test_a_blank_is_neither_a_date_nor_a_mistake(blank: Raw) -> None:
    assert (parse_date(blank).value, parse_date(blank).notes) == (None, ())


@given(
    st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d"]),
)
def test_every_date_comes_back_from_every_writing(day: dt.date, writing: str) -> None:
    assert parse_date(day.strftime(writing)).value == day
    assert parse_date((day - dt.date(1899, 12, 30)).days).value == day
    assert parse_date((day - dt.date(1904, 1, 1)).days, since_1904=True).value == day


@given(st.text(max_size=60))
def test_no_text_makes_the_readers_fail(words: str) -> None:
    for read in (parse_date, parse_code, parse_uscc, parse_yes_no, parse_text):
        parsed = read(words)
        assert parsed.value is None or not any(note.level == "error" for note in parsed.notes)
    parse_disposal(words)
    match_header(words)
    split_list(words)
    time_of(words)


def test_the_time_beside_a_date_is_kept() -> None:
    assert time_of("2026年3月11日 下午3点20分") == dt.time(15, 20)
    assert time_of("2026-03-11") is None


@given(
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
)
def test_the_check_character_agrees_with_an_independent_reckoning(head: str, region: str, body: str) -> None:
    seventeen = head + region + body
    assert check_character(seventeen) == oracle.calc_check_digit(seventeen)


@given(st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_never_passes(place: int, other: str) -> None:
    good = "91339927MAXN000169"
    wrong = good[:place] + other + good[place + 1 :]
    assert is_valid_uscc(good)
    assert is_valid_uscc(wrong) == (wrong == good)


@pytest.mark.parametrize(
    ("written", "code", "words"),
    [
        ("9I339927MAXN000169", "USCC_CHARACTER", "91339927MAXN000169"), ("91339927MAXNO00169", "USCC_CHARACTER", "91339927MAXN000169"),
        ("91339927MAXN000168", "USCC_CHECK", "校验位"), ("91339927MAXN00016", "USCC_LENGTH", "17 位"), ("330281199001011234", "USCC_IS_RESIDENT", "********"),
        ("330000000012345", "USCC_OLD_LICENCE", "18 位"), ("MA2XXXXX5", "USCC_OLD_ORGAN", "18 位"), (9.13399e17, "USCC_AS_NUMBER", "文本"),
        ("9.13399E+17", "USCC_AS_NUMBER", "文本"), (913399270001234567, "USCC_AS_NUMBER", "文本"), ("91ABC927MAXN000169", "USCC_FORM", "区划"),
    ],
)  # fmt: skip
def test_wrong_credit_codes_say_what_to_do(written: Raw, code: str, words: str) -> None:
    parsed = parse_uscc(written)
    assert parsed.value is None
    assert parsed.notes[0].code == code
    assert words in parsed.notes[0].text
    assert "199001011234" not in parsed.notes[0].text


@pytest.mark.parametrize(
    "written",
    [
        "91339927MAXN000169",
        "91339927maxn000169",
        " 91339927 MAXN 000169",
        "９１３３９９２７ＭＡＸＮ０００１６９",
        "'91339927MAXN000169",
        "91339927-MAXN00016-9",
    ],
)
def test_credit_codes_in_any_dress(written: str) -> None:
    assert parse_uscc(written).value == "91339927MAXN000169"


def test_suggestions_are_valid_and_prefer_units_that_are_known() -> None:
    assert suggest_uscc("91339927MAXN000l69".upper())[:1] == ("91339927MAXN000169",)
    swapped = "91339927MAXN001069"
    assert "91339927MAXN000169" in suggest_uscc(swapped, known=["91339927MAXN000169"])[:1]
    for proposal in suggest_uscc("9I33992TMAXNO00I69"):
        assert is_valid_uscc(proposal)


def test_names_are_compared_as_people_compare_them() -> None:
    assert name_key("云溪县 测试(个体工商户)") == name_key("云溪县测试（个体工商户）")
    assert formal_name("云溪县 测试(有限合伙)") == "云溪县测试（有限合伙）"
    assert similarity("云溪县示例烧烤店", "云溪县示例烧烤店（个体工商户）") == 1.0
    assert similarity("云溪县示例烧烤店", "云溪县测试便民小吃店") < 0.6


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("是", True),
        ("√", True),
        ("已扫码", True),
        ("Y", True),
        (1.0, True),
        ("否", False),
        ("未扫码", False),
        ("×", False),
        (False, False),
        ("", None),
        ("/", None),
    ],
)
def test_yes_and_no(written: Raw, value: bool | None) -> None:
    assert parse_yes_no(written).value is value


def test_neither_yes_nor_no_is_refused() -> None:
    assert parse_yes_no("也许").notes[0].code == "NOT_YES_NO"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (20260017.0, "20260017"),
        ("ｊｃ－１", "JC-1"),
        ("JC - 1", "JC-1"),
        ("'0012", "0012"),
        ('="0012"', "0012"),
        ("/", None),
    ],
)
def test_codes_become_text(raw: Raw, shown: str | None) -> None:
    assert parse_code(raw).value == shown
