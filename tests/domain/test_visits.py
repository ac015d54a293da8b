"""How often each organ has come this year, counted as the rule of the yearly cap counts (年度检查次数)."""

from __future__ import annotations

from datetime import date

from yisong.domain.risk import InspectionRecord, PlanRecord, RiskKind, RiskRule, UnitRecord
from yisong.domain.visits import tallies

ON = date(2026, 11, 16)
RULE = RiskRule("RK-01", "频次超限", RiskKind.ANNUAL_CAP, "函", per_organ=True, exempt=("complaint", "review"))
UNIT = UnitRecord("U", ((1, frozenset({"A", "B"})), (2, frozenset({"A"}))))


def visit(day: date, *organs: str, kind: str = "joint") -> InspectionRecord:
    return InspectionRecord(f"{day}{organs}", "U", day, organs[0], organs, kind)


def test_each_organ_is_counted_beside_its_own_cap() -> None:
    made = [
        visit(date(2026, 1, 5), "A", "B"), visit(date(2026, 3, 5), "A"), visit(date(2026, 5, 5), "B", kind="complaint"),
        visit(date(2025, 12, 31), "B"), visit(date(2026, 6, 1), "B", "B"), visit(date(2026, 12, 1), "A"),
    ]  # fmt: skip
    plans = [
        PlanRecord("P1", "U", "A", date(2026, 12, 5)),
        PlanRecord("P2", "U", "A", date(2026, 11, 16)),
        PlanRecord("P3", "U", "C", date(2027, 1, 5)),
    ]
    found = {tally.organ: tally for tally in tallies(UNIT, inspections=made, plans=plans, rule=RULE, on=ON)}
    assert set(found) == {"A", "B"}
    assert (found["A"].made, found["A"].ahead, found["A"].cap) == (2, 1, 3)
    assert (found["B"].made, found["B"].cap, found["B"].over) == (2, 1, True), (
        "last year, complaints and doubles do not count"
    )
    assert not found["A"].over and not found["A"].full
    assert tallies(UNIT, inspections=[*made, visit(date(2026, 7, 1), "A")], plans=plans, rule=RULE, on=ON)[0].full


def test_without_a_theme_there_is_no_cap() -> None:
    [tally] = tallies(UnitRecord("U"), inspections=[visit(ON, "A")], plans=(), rule=None, on=ON)
    assert (tally.cap, tally.over, tally.full) == (None, False, False)
