"""How many lines a paragraph takes in an office program that sets gaps around digits, and how tight it is set against that."""

from __future__ import annotations

import pytest

from yisong.documents.docx_fit import Setting, _lines, _pieces, fitting

BODY = Setting(320, 8844, 630, -5)
DATES = "同意将云应急责改〔2026〕3号的改正期限由2026年11月18日延长至2026年12月18日，请于2026年12月18日前（含当日）改正完毕。同一责令改正通知书的改正期限以延长一次为限。"


def lines(text: str, tracking: int = -5, *, office: bool = False, setting: Setting = BODY) -> int:
    return _lines(_pieces(text, setting.size, at_hyphens=office), setting, tracking=tracking, old_office=office)


def test_twenty_eight_characters_make_a_line() -> None:
    assert (lines("字" * 26), lines("字" * 27), lines("字" * 54), lines("字" * 55)) == (1, 2, 2, 3)
    assert fitting("字" * 27, BODY) == BODY.tracking


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("字" * 26 + "。", 2),  # the stop takes the last character down with it
        ("字" * 25 + "（甲）", 2),  # an opening bracket never ends a line
        ("字" * 25 + "2026年", 2),  # a number is never parted
    ],
)
def test_what_may_not_begin_or_end_a_line(text: str, count: int) -> None:
    assert lines(text) == count


def test_a_paragraph_of_dates_is_set_tighter_until_the_lines_agree() -> None:
    assert (lines(DATES), lines(DATES, office=True)) == (3, 4)
    tracking = fitting(DATES, BODY)
    assert -17 <= tracking < -5
    assert lines(DATES, tracking) == lines(DATES, tracking, office=True) == 3


def test_where_nothing_helps_it_is_left_alone() -> None:
    crowded = "年1月" * 60
    assert fitting(crowded, BODY) == BODY.tracking and lines(crowded, office=True) > lines(crowded)


@pytest.mark.parametrize("text", ["", "2", "-", "。" * 90, "（" * 90, "1" * 400, "A-" * 200, "\U0002b36d1" * 50])
def test_any_text_ends(text: str) -> None:
    assert fitting(text, BODY) <= BODY.tracking and lines(text) >= 1 and lines(text, office=True) >= 1
