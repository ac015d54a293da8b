"""Dates, sums, ordinals, lists, titles: what stands in a letter must be written as the field writes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yisong.documents import filters
from yisong.documents.errors import DocumentError
from yisong.documents.measures import signature_indents, text_width
from yisong.documents.titles import break_title


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "零元整"), (1, "壹元整"), (10, "壹拾元整"), (105, "壹佰零伍元整"), (1000, "壹仟元整"), (10010, "壹万零壹拾元整"), (20000, "贰万元整"),
        ("12345.60", "壹万贰仟叁佰肆拾伍元陆角整"), ("0.05", "伍分"), ("3.05", "叁元零伍分"), ("1,000.50", "壹仟元伍角整"),
        (100000000, "壹亿元整"), (100000001, "壹亿零壹元整"), (10_0500_0000, "壹拾亿零伍佰万元整"), (50_0000, "伍拾万元整"),
    ],
)  # fmt: skip
def test_sums_in_formal_words(amount: object, words: str) -> None:
    assert filters.format_formal_amount(amount) == words


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (99, "九十九")]
)
def test_ordinals(number: int, words: str) -> None:
    assert filters.format_ordinal(number) == words


@pytest.mark.parametrize("bad", [0, 100, -1, "1", True, 1.5])
def test_no_ordinal_for_what_is_none(bad: object) -> None:
    with pytest.raises(DocumentError):
        filters.format_ordinal(bad)


def test_dates_have_no_leading_zero_and_instants_keep_their_offset() -> None:
    assert filters.format_date("2026-01-05") == "2026年1月5日"
    assert filters.format_date("2026-01-05T23:30:00+08:00") == "2026年1月5日"
    assert filters.format_instant("2026-11-20T08:05:00+08:00") == "2026年11月20日8时05分"
    assert filters.format_amount("12345.6") == "12,345.60元"


def test_sentences_lists_and_boxes() -> None:
    assert [filters.close_sentence(text) for text in ("甲", "甲。", "甲；。", "甲！", "“甲。”")] == [
        "甲。",
        "甲。",
        "甲。",
        "甲！",
        "“甲。”",
    ]
    assert filters.options("部分完成", "合格", "部分完成") == "□合格　■部分完成"
    assert filters.options(("甲", "乙"), "甲", "乙", "丙") == "■甲　■乙　□丙"
    assert filters.join_names(("甲", "乙")) == "甲、乙"
    assert filters.mask_name("张三丰") == "张**" and filters.mask_name("张") == "张*"


def test_a_title_breaks_at_names_not_in_them() -> None:
    title = "关于移送云溪县假想精细化工有限公司涉嫌违法问题线索的函"
    assert break_title(title, (4, 17), widest=20) == ("关于移送云溪县假想精细化工有限公司", "涉嫌违法问题线索的函")


@given(st.text(alphabet="关于移送案件的函公司涉嫌（）、12a", min_size=1, max_size=90))
def test_title_lines_keep_every_character_and_the_width(title: str) -> None:
    lines = break_title(title, (), widest=20)
    assert "".join(lines) == title
    assert len(lines) == 1 or all(text_width(line) <= 20 for line in lines)
    assert not any(line.startswith(("、", "）", "的")) for line in lines[1:])


def test_the_date_stands_four_characters_from_the_right_and_the_name_centred_on_it() -> None:
    name, day = signature_indents("云溪县应急管理局", "2026年11月20日", sealed=True)
    assert day == 4 and name + text_width("云溪县应急管理局") / 2 == day + text_width("2026年11月20日") / 2
    name, day = signature_indents("甲公司", "2026年1月5日", sealed=False)
    assert day == 2 and name + text_width("甲公司") - day - text_width("2026年1月5日") == 2
