"""How often each organ has come to a unit in a year, beside its cap (年度检查频次): the counts that RK-01 would make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from yisong.domain.risk import InspectionRecord, PlanRecord, RiskRule, UnitRecord


@dataclass(frozen=True, slots=True)
class Tally:
    """One organ's visits to a unit in a year (部门检查次数). `cap` None: no cap. `ahead`: planned for the rest of the year."""

    organ: str
    made: int
    ahead: int
    cap: int | None

    @property
    def over(self) -> bool:
        return self.cap is not None and self.made > self.cap

    @property
    def full(self) -> bool:
        """The cap is reached, or would be passed by what is planned (已达或将超上限)."""
        return self.cap is not None and not self.over and (self.made >= self.cap or self.made + self.ahead > self.cap)


def tallies(
    unit: UnitRecord, *, inspections: Iterable[InspectionRecord], plans: Iterable[PlanRecord], rule: RiskRule | None, on: date
) -> tuple[Tally, ...]:  # fmt: skip
    """Visits made and planned in the year of a day, by organ, the most first (本年度各部门检查次数).

    `rule` is the county's rule of the yearly cap; kinds of visits that it exempts (有因检查、复查) are not counted.
    """
    exempt = frozenset(rule.exempt) if rule is not None else frozenset()
    made: dict[str, int] = {}
    ahead: dict[str, int] = {}
    for visit in inspections:
        if visit.on.year == on.year and visit.on <= on and visit.kind not in exempt:
            for organ in dict.fromkeys(visit.organs):
                made[organ] = made.get(organ, 0) + 1
    for plan in plans:
        if plan.on.year == on.year and plan.on > on and plan.kind not in exempt:
            ahead[plan.organ] = ahead.get(plan.organ, 0) + 1
    found = [Tally(organ, made.get(organ, 0), ahead.get(organ, 0), unit.cap(organ)) for organ in {*made, *ahead}]
    return tuple(sorted(found, key=lambda tally: (-tally.made, -tally.ahead, tally.organ)))
