"""Where a finding goes: by the lists of its day, and never by a guess."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.rulebooks import demo_book
from yisong.domain.entries import in_force
from yisong.domain.routing import RoutingRow, RoutingWay, route, settled_rows
from yisong.domain.rulebook import RuleBook, RuleBookError

BOOK = demo_book()
DAY = date(2026, 9, 1)


def answer(item: str, town: str | None = None, *, on: date = DAY, book: RuleBook = BOOK) -> tuple[str | None, int]:
    routed = route(item, place_town=town, found_on=on, book=book)
    return routed.department, routed.step


def test_the_township_that_was_empowered_has_it_in_its_place() -> None:
    assert answer("CY-11", "SLZ") == ("SLZ", 1)
    assert answer("CY-11", "YBJ") == ("YBJ", 1)


def test_elsewhere_it_stays_with_the_organ_registered_on_the_master_list() -> None:
    assert answer("CY-11", None) == ("ZFJ", 4)
    assert answer("CY-11", "OTHER") == ("ZFJ", 4)


def test_the_comprehensive_list_goes_to_its_owner_and_names_who_keeps_supervising() -> None:
    routed = route("JZ-01", place_town="YBJ", found_on=DAY, book=BOOK)
    assert (routed.department, routed.list_code, routed.step) == ("ZFJ", "COMP", 2)
    assert "抄送住建局" in routed.reason and "2026-08" in routed.basis and routed.version == "2026-08"


def test_the_specialised_list_goes_to_the_one_registered() -> None:
    assert answer("GS-01") == ("HBJ", 3)


def test_the_master_list_comes_last() -> None:
    assert answer("YL-06") == ("MZJ", 4)


def test_several_registered_are_not_decided_but_named() -> None:
    routed = route(BOOK.item("CY-05"), place_town="YBJ", found_on=DAY, book=BOOK)
    assert not routed.decided
    assert routed.candidates == ("ZJJ", "YJJ", "SWJ")
    assert routed.step == 5 and "须协调确定" in routed.reason


def test_before_any_list_was_in_force_nothing_is_decided() -> None:
    routed = route("GS-01", place_town=None, found_on=date(2026, 8, 14), book=BOOK)
    assert routed.department is None and routed.candidates == ("HBJ",)
    assert "没有任何有效的清单版本" in routed.reason
    assert answer("GS-01", on=date(2026, 8, 15)) == ("HBJ", 3)


def test_a_power_taken_back_ends_with_its_day() -> None:
    rows = tuple(
        replace(row, valid_to=date(2026, 9, 30)) if (row.item, row.town) == ("CY-11", "SLZ") else row
        for row in BOOK.routing_rows
    )
    book = BOOK.with_routing_rows(rows)
    assert answer("CY-11", "SLZ", on=date(2026, 9, 30), book=book) == ("SLZ", 1)
    assert answer("CY-11", "SLZ", on=date(2026, 10, 1), book=book) == ("ZFJ", 4)
    assert answer("CY-11", "YBJ", on=date(2026, 10, 1), book=book) == ("YBJ", 1)


def test_what_a_dispute_settled_is_written_back_from_its_day_on() -> None:
    rows = settled_rows(
        BOOK.routing_rows,
        item="CY-05",
        list_code="SPEC",
        department="ZJJ",
        on=date(2026, 11, 6),
        basis="云政指管〔2026〕1号",
    )
    book = BOOK.with_routing_rows(rows)
    assert answer("CY-05", on=date(2026, 11, 5), book=book)[0] is None
    routed = route("CY-05", place_town=None, found_on=date(2026, 11, 6), book=book)
    assert routed.department == "ZJJ" and "云政指管〔2026〕1号" in routed.basis


def test_an_item_nobody_registered_is_undecided() -> None:
    book = BOOK.with_routing_rows(tuple(row for row in BOOK.routing_rows if row.item != "GS-03"))
    routed = route("GS-03", place_town=None, found_on=DAY, book=book)
    assert routed.department is None and routed.candidates == ("SJJ",) and "均未登记" in routed.reason


def test_an_unknown_item_is_refused() -> None:
    with pytest.raises(RuleBookError) as refused:
        route("XX-99", place_town=None, found_on=DAY, book=BOOK)
    assert refused.value.code == "item_unknown"


def test_another_order_of_the_lists_gives_another_answer() -> None:
    places = {step.list_code: step for step in BOOK.routing_steps}
    steps = (replace(places["TOTAL"], step=1), replace(places["TOWN"], step=2))
    assert answer("CY-11", "SLZ", book=replace(BOOK, routing_steps=steps)) == ("ZFJ", 1)


def scan(book: RuleBook, item: str, town: str | None, on: date) -> str | None:
    """The same answer by reading every row, as one would by hand."""
    for step in sorted((step for step in book.routing_steps if step.list_code), key=lambda step: step.step):
        versions = [
            entry
            for entry in book.lists
            if entry.code == step.list_code and in_force(entry.valid_from, entry.valid_to, on=on)
        ]
        rows = [
            row
            for row in book.routing_rows
            if (row.item, row.list_code) == (item, step.list_code) and in_force(row.valid_from, row.valid_to, on=on)
        ]
        if not versions:
            continue
        if step.way is RoutingWay.PLACE:
            rows = [row for row in rows if row.town and row.town == town]
        else:
            rows = [row for row in rows if not row.town]
        departments = list(dict.fromkeys(row.department for row in rows))
        if departments and step.way is RoutingWay.OWNER:
            return versions[0].owner
        if departments:
            return departments[0] if len(departments) == 1 else None
    return None


DATES = st.none() | st.dates(date(2026, 8, 1), date(2026, 12, 31))


@st.composite
def rows(draw: st.DrawFn) -> RoutingRow:
    list_code = draw(st.sampled_from(["TOWN", "COMP", "SPEC", "TOTAL"]))
    town = draw(st.sampled_from(["SLZ", "YBJ"])) if list_code == "TOWN" else ""
    first, last = draw(DATES), draw(DATES)
    if first and last and last < first:
        first, last = last, first
    department = town or draw(st.sampled_from(["ZFJ", "ZJJ", "SJJ"]))
    return RoutingRow(draw(st.sampled_from(["CY-05", "CY-11"])), list_code, department, town, first, last, "依据")


@given(
    st.lists(rows(), max_size=12),
    st.sampled_from(["CY-05", "CY-11"]),
    st.sampled_from([None, "SLZ", "YBJ", "X"]),
    st.dates(date(2026, 7, 1), date(2027, 2, 1)),
)
def test_the_compiled_table_answers_as_a_scan_of_all_rows_would(
    table: list[RoutingRow], item: str, town: str | None, on: date
) -> None:
    book = BOOK.with_routing_rows(tuple(table))
    assert answer(item, town, on=on, book=book)[0] == scan(book, item, town, on)
