"""A settled dispute becomes a row of the lists only where the row leads to what was settled (清单修改建议)."""

from datetime import date, timedelta

import pytest

from tests.domain.rulebooks import demo_book
from yisong.domain.routing import route
from yisong.domain.routing_amendment import amend, amended
from yisong.domain.rulebook import RuleBookError

BOOK = demo_book()
DAY = date(2026, 11, 20)
BEFORE = DAY - timedelta(days=1)
BASIS = "指定管辖通知书云政指〔2026〕1号"


@pytest.mark.parametrize(
    ("item", "town", "department"),
    [("CY-05", "", "YJJ"), ("CY-05", "SLZ", "SWJ"), ("GS-01", "", "XFJ"), ("CY-11", "SLZ", "ZFJ"), ("CY-11", "SLZ", "SJJ")],
    ids=["three registered", "three registered, in a town", "one registered", "grant taken back", "grant taken back, another"],
)  # fmt: skip
def test_findings_of_the_day_and_later_go_where_it_was_settled(item: str, town: str, department: str) -> None:
    found = amend(BOOK, item=item, town=town, department=department, on=DAY, basis=BASIS)
    assert not found.obstacle and not found.holds and (found.ended or found.added)
    changed = amended(BOOK, found, item=item)

    def answer(book, on):  # type: ignore[no-untyped-def]
        return route(item, place_town=town or None, found_on=on, book=book).department

    assert answer(changed, DAY) == answer(changed, DAY + timedelta(days=400)) == department
    assert answer(changed, BEFORE) == answer(BOOK, BEFORE), "what was found before stays where it was"
    assert amend(changed, item=item, town=town, department=department, on=DAY, basis=BASIS).holds
    untouched = [row for row in BOOK.routing_rows if row.item != item]
    assert [row for row in changed.routing_rows if row.item != item] == untouched
    assert all(row.valid_to == BEFORE for row in found.ended) and all(row.basis == BASIS for row in found.added)


def test_a_list_that_one_organ_exercises_whole_is_not_changed_by_a_row() -> None:
    found = amend(BOOK, item="JZ-01", town="", department="ZJJ", on=DAY, basis=BASIS)
    assert "整张清单由" in found.obstacle and not found.added and not found.ended


def test_what_the_lists_say_already_needs_no_row() -> None:
    assert amend(BOOK, item="GS-01", town="", department="HBJ", on=DAY, basis=BASIS).holds
    with pytest.raises(RuleBookError):
        amend(BOOK, item="NOPE", town="", department="HBJ", on=DAY, basis=BASIS)
