"""Risk rules: what is a hit, what is none, and that the same facts are the same hit."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.domain.calendars import announced_calendar
from tests.domain.rulebooks import demo_book
from yisong.domain.risk import (
    InspectionRecord,
    PlanRecord,
    RiskError,
    RiskHit,
    RiskKind,
    RiskRule,
    TransferRecord,
    UnitRecord,
    issuer_of_hit,
)
from yisong.domain.riskscan import RiskView, hits

BOOK = demo_book()
ON = date(2026, 11, 20)
RULES = {rule.kind: rule for rule in BOOK.risk_rules}


def visit(code: str, on: date, initiator: str, *organs: str, **rest: Any) -> InspectionRecord:
    return InspectionRecord(
        code,
        rest.pop("unit", "E1"),
        on,
        initiator,
        organs or (initiator,),
        rest.pop("kind", "routine"),
        behaviour_code="XZJC-1",
        **rest,
    )


def scan(kind: RiskKind, *, on: date = ON, **view: Any) -> list[RiskHit]:
    known = RiskView(on=on, calendar=announced_calendar(), **{key: tuple(value) for key, value in view.items()})
    return hits([RULES[kind]], view=known)


# ---- RK-01 --------------------------------------------------------------------------------------------------------------

CAPPED = UnitRecord("E1", caps=((1, frozenset({"SJJ", "ZFJ"})),))


def test_more_visits_of_one_organ_than_the_cap_are_a_hit() -> None:
    visits = [
        visit("A", date(2026, 3, 1), "SJJ"),
        visit("B", date(2026, 9, 1), "SJJ"),
        visit("C", date(2026, 9, 2), "ZFJ"),
    ]
    found = scan(RiskKind.ANNUAL_CAP, inspections=visits, units=[CAPPED])
    assert [(hit.unit, hit.departments, hit.count, hit.limit, hit.items) for hit in found] == [
        ("E1", ("SJJ",), 2, 1, ("A", "B"))
    ]


def test_a_joint_visit_counts_once_for_each_of_its_organs() -> None:
    visits = [
        visit("A", date(2026, 3, 1), "SJJ", "SJJ", "ZFJ", kind="joint"),
        visit("B", date(2026, 9, 1), "ZFJ", "SJJ", "ZFJ", kind="joint"),
    ]
    found = scan(RiskKind.ANNUAL_CAP, inspections=visits, units=[CAPPED])
    assert [(hit.departments, hit.count) for hit in found] == [(("SJJ", "ZFJ"), 2)]
    assert scan(RiskKind.ANNUAL_CAP, inspections=visits[:1], units=[CAPPED]) == []


@pytest.mark.parametrize("kind", ["complaint", "review"])
def test_complaints_and_reviews_do_not_count(kind: str) -> None:
    visits = [visit("A", date(2026, 3, 1), "SJJ"), visit("B", date(2026, 9, 1), "SJJ", kind=kind)]
    assert scan(RiskKind.ANNUAL_CAP, inspections=visits, units=[CAPPED]) == []


def test_another_year_another_unit_and_tomorrow_do_not_count() -> None:
    visits = [
        visit("A", date(2026, 3, 1), "SJJ"),
        visit("B", date(2025, 9, 1), "SJJ"),
        visit("C", date(2026, 4, 1), "SJJ", unit="E2"),
        visit("D", ON + timedelta(days=1), "SJJ"),
    ]
    assert scan(RiskKind.ANNUAL_CAP, inspections=visits, units=[CAPPED]) == []


def test_an_organ_in_two_themes_may_come_for_both_and_a_unit_without_a_cap_has_none() -> None:
    both = UnitRecord("E1", caps=((1, frozenset({"SJJ"})), (2, frozenset({"SJJ", "XFJ"}))))
    assert (both.cap("SJJ"), both.cap("XFJ"), both.cap("ZFJ"), UnitRecord("E9").cap("SJJ")) == (3, 2, 2, None)
    visits = [visit(str(number), date(2026, number + 1, 1), "SJJ") for number in range(4)]
    assert scan(RiskKind.ANNUAL_CAP, inspections=visits[:3], units=[both]) == []
    assert len(scan(RiskKind.ANNUAL_CAP, inspections=visits, units=[both])) == 1
    assert scan(RiskKind.ANNUAL_CAP, inspections=visits, units=[UnitRecord("E1")]) == []


# ---- RK-02 --------------------------------------------------------------------------------------------------------------


def crowd(*gaps: int) -> list[InspectionRecord]:
    day, visits = date(2026, 3, 1), []
    for number, gap in enumerate((0, *gaps)):
        day += timedelta(days=gap)
        visits.append(visit(f"V{number}", day, "SJJ" if number % 2 else "ZFJ"))
    return visits


def test_three_situations_of_a_year_are_a_hit_and_two_are_none() -> None:
    found = scan(RiskKind.CROWDING, inspections=crowd(10, 10, 10))
    assert [(hit.count, hit.items, hit.departments) for hit in found] == [(3, ("V0", "V1", "V2", "V3"), ("SJJ", "ZFJ"))]
    assert scan(RiskKind.CROWDING, inspections=crowd(10, 10)) == []


def test_the_window_is_sixty_days_and_not_one_more() -> None:
    assert len(scan(RiskKind.CROWDING, inspections=crowd(60, 60, 60))) == 1
    assert scan(RiskKind.CROWDING, inspections=crowd(60, 61, 60)) == []


def test_one_department_alone_is_no_crowd_and_joint_visits_of_one_initiator_neither() -> None:
    assert scan(RiskKind.CROWDING, inspections=[replace(entry, initiator="SJJ") for entry in crowd(5, 5, 5, 5)]) == []
    joint = [replace(entry, initiator="SJJ", organs=("SJJ", "ZFJ"), kind="joint") for entry in crowd(5, 5, 5, 5)]
    assert scan(RiskKind.CROWDING, inspections=joint) == []


# ---- RK-03 --------------------------------------------------------------------------------------------------------------

PLANS = [
    PlanRecord("P1", "E1", "SJJ", date(2026, 11, 24)),
    PlanRecord("P2", "E1", "XFJ", date(2026, 11, 26)),
    PlanRecord("P3", "E1", "ZFJ", date(2026, 11, 27)),
]


def test_separate_plans_of_several_departments_close_together_are_one_hit() -> None:
    found = scan(RiskKind.PLAN_CONFLICT, plans=PLANS)
    assert [(hit.unit, hit.items, hit.departments, hit.window_from, hit.window_to) for hit in found] == [
        ("E1", ("P1", "P2", "P3"), ("SJJ", "XFJ", "ZFJ"), date(2026, 11, 24), date(2026, 11, 27))
    ]


def test_the_hit_stays_the_same_while_its_days_pass_and_is_history_after() -> None:
    keys = {
        scan(RiskKind.PLAN_CONFLICT, plans=PLANS, on=on)[0].key for on in (ON, date(2026, 11, 25), date(2026, 11, 27))
    }
    assert len(keys) == 1
    assert scan(RiskKind.PLAN_CONFLICT, plans=PLANS, on=date(2026, 11, 28)) == []


def test_the_order_in_which_plans_are_told_does_not_matter() -> None:
    assert scan(RiskKind.PLAN_CONFLICT, plans=PLANS) == scan(RiskKind.PLAN_CONFLICT, plans=PLANS[::-1])


def test_a_new_plan_is_a_new_fact() -> None:
    more = [*PLANS, PlanRecord("P4", "E1", "HBJ", date(2026, 12, 1))]
    assert scan(RiskKind.PLAN_CONFLICT, plans=PLANS)[0].key != scan(RiskKind.PLAN_CONFLICT, plans=more)[0].key


@pytest.mark.parametrize(
    "plans",
    [
        [PLANS[0], replace(PLANS[1], organ="SJJ")],
        [PLANS[0], replace(PLANS[1], unit="E2")],
        [PLANS[0], replace(PLANS[1], on=date(2026, 12, 25))],
        [PLANS[0], replace(PLANS[1], kind="joint")],
    ],
)
def test_one_department_two_units_far_apart_or_joint_is_no_conflict(plans: list[PlanRecord]) -> None:
    assert scan(RiskKind.PLAN_CONFLICT, plans=plans) == []


def test_plans_thirty_days_apart_are_still_close_and_a_lone_first_plan_hides_no_later_pair() -> None:
    assert len(scan(RiskKind.PLAN_CONFLICT, plans=[PLANS[0], replace(PLANS[1], on=date(2026, 12, 24))])) == 1
    lone = PlanRecord("P0", "E1", "SJJ", date(2026, 10, 20))
    assert [hit.items for hit in scan(RiskKind.PLAN_CONFLICT, plans=[lone, *PLANS])] == [("P1", "P2", "P3")]


# ---- RK-04 … RK-09 ------------------------------------------------------------------------------------------------------


def test_visits_without_scanning_in_add_up_by_department() -> None:
    visits = [
        visit("A", date(2026, 3, 1), "SJJ", scanned_in=False),
        visit("B", date(2026, 4, 1), "SJJ", scanned_in=False),
        visit("C", date(2026, 4, 1), "ZFJ", scanned_in=False),
    ]
    assert [(hit.departments, hit.items) for hit in scan(RiskKind.UNSCANNED, inspections=visits)] == [
        (("SJJ",), ("A", "B"))
    ]
    assert scan(RiskKind.UNSCANNED, inspections=visits[1:]) == []


def test_a_visit_without_a_code_is_a_hit_by_itself() -> None:
    visits = [visit("A", date(2026, 3, 1), "SJJ"), replace(visit("B", date(2026, 3, 1), "SJJ"), behaviour_code=" ")]
    assert [hit.items for hit in scan(RiskKind.UNREGISTERED, inspections=visits)] == [("B",)]


def test_a_unit_that_is_gone_is_not_visited_nor_planned_for() -> None:
    gone = UnitRecord("E1", active=False, inactive_since=date(2026, 11, 9))
    visits = [visit("A", date(2026, 11, 3), "SJJ"), visit("B", date(2026, 11, 10), "SJJ")]
    assert [hit.items for hit in scan(RiskKind.INACTIVE_UNIT, inspections=visits, plans=PLANS[:1], units=[gone])] == [
        ("B",),
        ("P1",),
    ]
    assert scan(RiskKind.INACTIVE_UNIT, inspections=visits, units=[replace(gone, active=True)]) == []


def transfer(number: int, **rest: Any) -> TransferRecord:
    return replace(TransferRecord(f"T{number}", "SJJ", "ZFJ", date(2026, 9, number + 1)), **rest)


def test_transfers_entered_late_add_up() -> None:
    on_time = [transfer(number, delivered_on=date(2026, 9, 24), entered_on=date(2026, 9, 30)) for number in range(3)]
    assert scan(RiskKind.OFFLINE_TRANSFER, transfers=on_time) == []  # 9-28, 9-29, 9-30: the third working day
    late = [replace(entry, entered_on=date(2026, 10, 8)) for entry in on_time]
    assert [(hit.count, hit.departments) for hit in scan(RiskKind.OFFLINE_TRANSFER, transfers=late)] == [(3, ("SJJ",))]
    assert scan(RiskKind.OFFLINE_TRANSFER, transfers=late[:2]) == []


def test_supplements_add_up() -> None:
    transfers = [transfer(number, supplements=1) for number in range(5)]
    assert [hit.count for hit in scan(RiskKind.SUPPLEMENTS, transfers=transfers)] == [5]
    assert scan(RiskKind.SUPPLEMENTS, transfers=transfers[:4]) == []


def test_a_share_of_returns_above_the_limit_is_a_hit_that_does_not_repeat_itself() -> None:
    transfers = [transfer(number) for number in range(10)]
    returned = [replace(entry, returned_on=date(2026, 9, 20)) for entry in transfers[:4]] + transfers[4:]
    found = scan(RiskKind.RETURN_RATE, transfers=returned)
    assert [(hit.departments, hit.count, hit.limit) for hit in found] == [(("ZFJ",), 40, 30)]
    assert scan(RiskKind.RETURN_RATE, transfers=returned, on=ON + timedelta(days=1))[0].key == found[0].key
    exactly = [replace(entry, returned_on=date(2026, 9, 20)) for entry in transfers[:3]] + transfers[3:]
    assert scan(RiskKind.RETURN_RATE, transfers=exactly) == []
    assert scan(RiskKind.RETURN_RATE, transfers=returned, on=date(2027, 3, 1)) == []


# ---- rules and letters --------------------------------------------------------------------------------------------------


def test_a_rule_that_is_not_in_force_finds_nothing() -> None:
    view = RiskView(on=ON, calendar=announced_calendar(), plans=tuple(PLANS))
    rule = replace(RULES[RiskKind.PLAN_CONFLICT], valid_from=date(2026, 12, 1))
    assert hits([rule], view=view) == []


def test_other_thresholds_give_other_hits() -> None:
    view = RiskView(on=ON, calendar=announced_calendar(), plans=tuple(PLANS))
    rule = RULES[RiskKind.PLAN_CONFLICT]
    assert [hit.items for hit in hits([replace(rule, days=2)], view=view)] == [("P1", "P2")]
    assert hits([replace(rule, departments=4)], view=view) == []


def test_a_rule_without_its_threshold_is_refused() -> None:
    with pytest.raises(RiskError) as refused:
        RiskRule("RK-03", "计划冲突", RiskKind.PLAN_CONFLICT, "提示", days=30)
    assert refused.value.code == "risk_parameter" and "departments" in refused.value.message


def test_the_letter_comes_from_an_organ_that_is_not_among_its_recipients() -> None:
    hit = scan(RiskKind.PLAN_CONFLICT, plans=PLANS)[0]
    assert issuer_of_hit(hit, book=BOOK) == "SFJ"
    assert issuer_of_hit(replace(hit, departments=("SJJ", "XFJ")), book=BOOK) == "ZFJ"
    with pytest.raises(RiskError):
        issuer_of_hit(replace(hit, departments=("ZFJ", "SFJ", "XZF")), book=BOOK)
