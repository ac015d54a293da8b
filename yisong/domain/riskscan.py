"""Counting by the risk rules (风险扫描): RK-01 … RK-09 over plain records, as of a day.

A visit by several organs together is one visit in the name of its initiator, so joint inspections, which the rules want,
never look like a crowd (联合检查计一次).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from yisong.domain.entries import in_force
from yisong.domain.escalation import WorkingDays
from yisong.domain.risk import (
    InspectionRecord,
    PlanRecord,
    RiskHit,
    RiskKind,
    RiskRule,
    TransferRecord,
    UnitRecord,
    hit_key,
)

_JOINT = "joint"


@dataclass(frozen=True, slots=True)
class RiskView:
    """What is known on the day of looking (扫描所据)."""

    on: date
    calendar: WorkingDays
    inspections: tuple[InspectionRecord, ...] = ()
    plans: tuple[PlanRecord, ...] = ()
    units: tuple[UnitRecord, ...] = ()
    transfers: tuple[TransferRecord, ...] = ()


def hits(rules: Iterable[RiskRule], *, view: RiskView) -> list[RiskHit]:
    """Every hit of every rule in force on the day of the view (扫描风险), in the order of the rules."""
    found: list[RiskHit] = []
    for rule in rules:
        if in_force(rule.valid_from, rule.valid_to, on=view.on):
            found += _SCANS[rule.kind](rule, view)
    return found


def _by_unit(view: RiskView, rule: RiskRule) -> Iterator[tuple[str, list[InspectionRecord]]]:
    """The inspections that count, up to the day of looking, by unit and in order (逐户)."""
    found: dict[str, list[InspectionRecord]] = defaultdict(list)
    for visit in view.inspections:
        if visit.on <= view.on and visit.kind not in rule.exempt:
            found[visit.unit].append(visit)
    for unit in sorted(found):
        yield unit, sorted(found[unit], key=lambda visit: (visit.on, visit.code))


def _year(view: RiskView) -> tuple[date, date]:
    return date(view.on.year, 1, 1), date(view.on.year, 12, 31)


def _annual_cap(rule: RiskRule, view: RiskView) -> Iterator[RiskHit]:
    """RK-01: more on-site inspections in the year than the cap of the unit's themes (频次超限)."""
    first, last = _year(view)
    units = {unit.code: unit for unit in view.units}
    for code, visits in _by_unit(view, rule):
        unit = units.get(code)
        if unit is None:
            continue
        counted: dict[str | None, list[InspectionRecord]] = defaultdict(list)
        for visit in visits:
            if visit.on >= first:
                for organ in dict.fromkeys(visit.organs) if rule.per_organ else [None]:
                    counted[organ].append(visit)
        over: list[tuple[int, int, str | None]] = []
        for organ, own in counted.items():
            cap = unit.cap(organ)
            if cap is not None and (len(own) > cap or (rule.inclusive and len(own) >= cap)):
                over.append((len(own), cap, organ))
        if over:
            count, limit, _ = max(over, key=lambda entry: (entry[0] - entry[1], entry[0]))
            involved = {visit.code: visit for _, _, organ in over for visit in counted[organ]}
            organs = {organ for _, _, organ in over if organ} or {o for v in involved.values() for o in v.organs}
            ordered = sorted(involved.values(), key=lambda visit: (visit.on, visit.code))
            items = tuple(visit.code for visit in ordered)
            yield RiskHit(rule.code, rule.kind, code, first, last, count, limit, items, tuple(sorted(organs)))


def _crowding(rule: RiskRule, view: RiskView) -> Iterator[RiskHit]:
    """RK-02: visits of different organs close together, again and again in a year (短期扎堆).

    A visit is a situation if, with those of the `days` before it, it makes at least `inspections` visits by at least
    `departments` initiators; `times` situations of one unit in the year are a hit.
    """
    first, last = _year(view)
    span = timedelta(days=rule.number("days"))
    for code, visits in _by_unit(view, rule):
        situations = 0
        involved: dict[str, InspectionRecord] = {}
        for index, visit in enumerate(visits):
            near = [other for other in visits[: index + 1] if visit.on - other.on <= span]
            enough = len(near) >= rule.number("inspections")
            if visit.on >= first and enough and len({v.initiator for v in near}) >= rule.number("departments"):
                situations += 1
                involved.update((other.code, other) for other in near)
        if situations >= rule.number("times"):
            departments = tuple(sorted({visit.initiator for visit in involved.values()}))
            yield RiskHit(
                rule.code, rule.kind, code, first, last, situations, rule.number("times"), tuple(involved), departments
            )


def _plan_conflict(rule: RiskRule, view: RiskView) -> Iterator[RiskHit]:
    """RK-03: separate plans of several organs for one unit close together (计划冲突).

    Plans are gathered from the earliest on, each gathering `days` long, whatever the day of looking: so the same plans
    are the same hit tomorrow. A gathering with no plan still ahead is history.
    """
    by_unit: dict[str, list[PlanRecord]] = defaultdict(list)
    for plan in view.plans:
        if plan.kind != _JOINT and plan.kind not in rule.exempt:
            by_unit[plan.unit].append(plan)
    for code in sorted(by_unit):
        plans = sorted(by_unit[code], key=lambda plan: (plan.on, plan.code))
        while plans:
            until = plans[0].on + timedelta(days=rule.number("days"))
            near = [plan for plan in plans if plan.on <= until]
            departments = tuple(dict.fromkeys(plan.organ for plan in near))
            if len(departments) >= rule.number("departments") and near[-1].on >= view.on:
                items = tuple(plan.code for plan in near)
                limit = rule.number("departments")
                yield RiskHit(
                    rule.code, rule.kind, code, near[0].on, near[-1].on, len(departments), limit, items, departments
                )
                plans = plans[len(near) :]
            else:
                plans = plans[1:] if len(departments) < rule.number("departments") else plans[len(near) :]


def _unscanned(rule: RiskRule, view: RiskView) -> Iterator[RiskHit]:
    """RK-04: visits without scanning in, by initiator and year (未扫码入企)."""
    counted = [(visit.initiator, visit) for visit in view.inspections if not visit.scanned_in]
    yield from _habit(rule, view, counted)


def _habit(rule: RiskRule, view: RiskView, counted: list[tuple[str, InspectionRecord]]) -> Iterator[RiskHit]:
    first, last = _year(view)
    by_organ: dict[str, list[InspectionRecord]] = defaultdict(list)
    for organ, visit in counted:
        if first <= visit.on <= view.on and visit.kind not in rule.exempt:
            by_organ[organ].append(visit)
    for organ in sorted(by_organ):
        own = sorted(by_organ[organ], key=lambda visit: (visit.on, visit.code))
        if len(own) >= rule.number("times"):
            items = tuple(visit.code for visit in own)
            yield RiskHit(rule.code, rule.kind, "", first, last, len(own), rule.number("times"), items, (organ,))


def _unregistered(rule: RiskRule, view: RiskView) -> Iterator[RiskHit]:
    """RK-05: a visit without approval or registration (无码不查)."""
    for visit in view.inspections:
        if visit.on <= view.on and not visit.behaviour_code.strip():
            yield RiskHit(
                rule.code, rule.kind, visit.unit, visit.on, visit.on, 1, 0, (visit.code,), tuple(sorted(visit.organs))
            )


def _inactive_unit(rule: RiskRule, view: RiskView) -> Iterator[RiskHit]:
    """RK-06: a visit or a plan to a unit that no longer exists (注销主体)."""
    for unit in view.units:
        if unit.active:
            continue
        since = unit.inactive_since or date.min
        visits = [visit for visit in view.inspections if visit.unit == unit.code and since <= visit.on <= view.on]
        plans = [plan for plan in view.plans if plan.unit == unit.code and plan.on >= max(since, view.on)]
        for code, on, organs in [
            *((visit.code, visit.on, visit.organs) for visit in visits),
            *((plan.code, plan.on, (plan.organ,)) for plan in plans),
        ]:
            yield RiskHit(rule.code, rule.kind, unit.code, on, on, 1, 0, (code,), tuple(sorted(organs)))


def _offline_transfer(rule: RiskRule, view: RiskView) -> Iterator[RiskHit]:
    """RK-07: transfers entered long after they happened, by organ and year (线下移送)."""
    limit = rule.number("late_workdays")

    def late(transfer: TransferRecord) -> bool:
        if transfer.entered_on is None or transfer.entered_on <= transfer.delivered_on:
            return False
        last_day = view.calendar.add_workdays(transfer.delivered_on, limit)
        return transfer.entered_on >= last_day if rule.inclusive else transfer.entered_on > last_day

    yield from _of_transfers(rule, view, {t.code: 1 for t in view.transfers if late(t)})


def _supplements(rule: RiskRule, view: RiskView) -> Iterator[RiskHit]:
    """RK-08: transfers sent back for more material, by organ and year (反复补正)."""
    yield from _of_transfers(rule, view, {t.code: t.supplements for t in view.transfers if t.supplements})


def _of_transfers(rule: RiskRule, view: RiskView, weight: Mapping[str, int]) -> Iterator[RiskHit]:
    first, last = _year(view)
    by_organ: dict[str, list[TransferRecord]] = defaultdict(list)
    for transfer in sorted(view.transfers, key=lambda transfer: (transfer.delivered_on, transfer.code)):
        if transfer.code in weight and first <= transfer.delivered_on <= view.on:
            by_organ[transfer.origin].append(transfer)
    for organ in sorted(by_organ):
        count = sum(weight[transfer.code] for transfer in by_organ[organ])
        if count >= rule.number("times"):
            items = tuple(transfer.code for transfer in by_organ[organ])
            yield RiskHit(rule.code, rule.kind, "", first, last, count, rule.number("times"), items, (organ,))


def _return_rate(rule: RiskRule, view: RiskView) -> Iterator[RiskHit]:
    """RK-09: the share of what an organ received and sent back, over the last `days` (退件率异常), in per cent.

    The key names the newest return, so that a moving window does not warn again of the same returns.
    """
    first = view.on - timedelta(days=rule.number("days"))
    received: dict[str, list[TransferRecord]] = defaultdict(list)
    for transfer in view.transfers:
        if first < transfer.delivered_on <= view.on:
            received[transfer.department].append(transfer)
    for organ in sorted(received):
        back = [(t.returned_on, t.code) for t in received[organ] if t.returned_on and t.returned_on <= view.on]
        share, limit = 100 * len(back), rule.number("percent") * len(received[organ])
        if back and (share > limit or (rule.inclusive and share >= limit)):
            newest = max(back)[1]
            items = tuple(code for _, code in sorted(back))
            key = hit_key(rule.code, "", (organ,), (newest,))
            rate = share // len(received[organ])
            yield RiskHit(rule.code, rule.kind, "", first, view.on, rate, rule.number("percent"), items, (organ,), key)


_SCANS: dict[RiskKind, Callable[[RiskRule, RiskView], Iterator[RiskHit]]] = {
    RiskKind.ANNUAL_CAP: _annual_cap,
    RiskKind.CROWDING: _crowding,
    RiskKind.PLAN_CONFLICT: _plan_conflict,
    RiskKind.UNSCANNED: _unscanned,
    RiskKind.UNREGISTERED: _unregistered,
    RiskKind.INACTIVE_UNIT: _inactive_unit,
    RiskKind.OFFLINE_TRANSFER: _offline_transfer,
    RiskKind.SUPPLEMENTS: _supplements,
    RiskKind.RETURN_RATE: _return_rate,
}
