"""Document numbers: written and read by one pattern, and refused when written otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yisong.domain.numbering import DocumentNumber, DocumentNumbering, NumberingError, Series, parse, split

TRANSFER = DocumentNumbering("YISONG", "移送函", "letter", "{prefix}移〔{year}〕{seq}号")
DESIGNATION = DocumentNumbering("ZHIDING", "指定管辖通知书", "gongwen", "云政指管〔{year}〕{seq}号")
UNNUMBERED = DocumentNumbering("HUIZHENG", "送达回证", "form", None)
PREFIXES = ("云市监", "云市", "云应急", "云文旅", "云文广旅体", "云政")


def test_a_number_is_written_by_its_pattern() -> None:
    assert TRANSFER.format("云应急", 2026, 1) == "云应急移〔2026〕1号"
    assert DESIGNATION.format("云政", 2026, 12) == "云政指管〔2026〕12号"
    assert TRANSFER.format("云市监", 2026, 1, word="监察") == "云市监监察〔2026〕1号"


def test_a_number_is_read_back_into_its_parts() -> None:
    assert parse("云应急移〔2026〕1号", PREFIXES) == DocumentNumber("云应急", "移", 2026, 1)
    assert parse("云市监监察〔2026〕1号", PREFIXES) == DocumentNumber("云市监", "监察", 2026, 1)
    assert parse("云政指管〔2026〕1号", PREFIXES) == DocumentNumber("云政", "指管", 2026, 1)


def test_a_known_word_decides_between_two_prefixes_that_fit() -> None:
    assert parse("云市监察〔2026〕1号", PREFIXES, words=["监察"]) == DocumentNumber("云市", "监察", 2026, 1)
    assert parse("云市监察〔2026〕1号", PREFIXES) == DocumentNumber("云市监", "察", 2026, 1)


@given(
    st.sampled_from(PREFIXES),
    st.sampled_from(["移", "移回", "罪移", "责改", "重监告"]),
    st.integers(1950, 2100),
    st.integers(1, 99999),
)
def test_what_was_written_is_read_back_the_same(prefix: str, word: str, year: int, seq: int) -> None:
    numbering = DocumentNumbering("X", "某函", "letter", f"{{prefix}}{word}〔{{year}}〕{{seq}}号")
    written = numbering.format(prefix, year, seq)
    assert numbering.matches(written)
    read = parse(written, PREFIXES, words=[word])
    assert (read.prefix + read.word, read.year, read.seq) == (prefix + word, year, seq)
    assert str(read) == written


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("云应急移[2026]1号", "number_brackets"),
        ("云应急移（2026）1号", "number_brackets"),
        ("云应急移【2026】1号", "number_brackets"),
        ("云应急移〔2026〕第1号", "number_ordinal"),
        ("云应急移〔2026〕001号", "number_padded"),
        ("云应急移〔2026〕0号", "number_zero"),
        ("云应急移〔26〕1号", "number_shape"),
        ("云应急移2026年1号", "number_shape"),
        ("〔2026〕1号", "number_shape"),
        ("", "number_shape"),
        ("海应急移〔2026〕1号", "number_prefix"),
    ],
)
def test_a_number_written_otherwise_is_refused_by_name(text: str, code: str) -> None:
    with pytest.raises(NumberingError) as refused:
        parse(text, PREFIXES)
    assert refused.value.code == code
    assert text in refused.value.message


def test_the_advice_names_the_right_number() -> None:
    with pytest.raises(NumberingError, match="云应急移〔2026〕7号"):
        split("云应急移〔2026〕007号")


def test_the_year_must_be_that_of_the_paper() -> None:
    with pytest.raises(NumberingError) as refused:
        parse("云应急移〔2025〕1号", PREFIXES, year=2026)
    assert refused.value.code == "number_year"


def test_a_series_belongs_to_organ_prefix_word_and_year() -> None:
    assert TRANSFER.series(organ="YJJ", prefix="云应急", year=2026) == Series("YJJ", "云应急", "移", 2026)
    assert TRANSFER.series(organ="YJJ", prefix="云应急", year=2026, word="监察").word == "监察"
    assert DESIGNATION.series(organ="XZF", prefix="云政", year=2026).word == "指管"


def test_a_renamed_organ_starts_a_new_series() -> None:
    before = TRANSFER.series(organ="WLJ", prefix="云文旅", year=2026)
    assert before != TRANSFER.series(organ="WLJ", prefix="云文广旅体", year=2026)


def test_a_type_without_numbers_gives_none() -> None:
    assert not UNNUMBERED.numbered
    for attempt in (
        lambda: UNNUMBERED.format("云市监", 2026, 1),
        lambda: UNNUMBERED.series(organ="SJJ", prefix="云市监", year=2026),
    ):
        with pytest.raises(NumberingError) as refused:
            attempt()
        assert refused.value.code == "number_none"


@pytest.mark.parametrize(
    ("prefix", "year", "seq", "code"),
    [("云", 2026, 0, "number_zero"), ("云", 26, 1, "number_year_shape"), ("", 2026, 1, "prefix_missing")],
)
def test_a_number_that_cannot_be_is_not_written(prefix: str, year: int, seq: int, code: str) -> None:
    with pytest.raises(NumberingError) as refused:
        TRANSFER.format(prefix, year, seq)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("{prefix}移〔{year}〕号", "pattern_placeholder"),
        ("{prefix}移〔{year}〕{seq}{seq}号", "pattern_placeholder"),
        ("{prefix}移[{year}]{seq}号", "pattern_brackets"),
        ("{prefix}移〔{year}〕第{seq}号", "pattern_ordinal"),
        ("{prefix}移〔{year}〕{seq}", "pattern_shape"),
    ],
)
def test_a_pattern_that_would_write_wrong_numbers_is_refused(pattern: str, code: str) -> None:
    with pytest.raises(NumberingError) as refused:
        DocumentNumbering("YISONG", "移送函", "letter", pattern)
    assert refused.value.code == code
