"""Look for over-inspection (涉企检查风险扫描). A hit writes one letter to the departments concerned, once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlmodel import Session

from models import Inspection, Matter, PlannedInspection, RiskHit, Unit
from yisong.domain import risk, riskscan
from yisong.domain.lifecycle import Act, Refusal
from yisong.domain.risk import RiskKind
from yisong.domain.roles import SYSTEM, Party
from yisong.domain.rulebook import RuleBook, RuleBookError
from yisong.services.steps import open_matter
from yisong.store import inspections
from yisong.store import risk as stored

LETTERS = (RiskKind.ANNUAL_CAP, RiskKind.CROWDING, RiskKind.PLAN_CONFLICT)
AHEAD = timedelta(days=400)
KINDS = {"routine": "日常检查", "joint": "联合检查", "special": "专项检查", "complaint": "有因检查"}
SUGGESTIONS = {
    RiskKind.ANNUAL_CAP: "建议取消或者改以非现场方式开展；确需开展的，由主要负责人批准并报县综合执法指导机构备案",
    RiskKind.CROWDING: "建议合并为一次联合检查，统筹安排后续检查时间",
    RiskKind.PLAN_CONFLICT: "建议合并为一次联合检查或者取消；确需单独开展的，由主要负责人批准并报县综合执法指导机构备案",
}


def _visit(visit: Inspection, unit: Unit) -> risk.InspectionRecord:
    return risk.InspectionRecord(
        code=visit.code, unit=unit.code, on=visit.inspected_on, initiator=visit.initiator, organs=tuple(visit.participants or [visit.initiator]),
        kind=visit.kind, theme=visit.theme or None, scanned_in=visit.scanned_in, behaviour_code=visit.behaviour_code,
    )  # fmt: skip


def _caps(
    book: RuleBook, visits: list[Inspection], plans: list[PlannedInspection]
) -> tuple[tuple[int, frozenset[str]], ...]:
    """The yearly caps that a unit's themes give (频次上限)."""
    caps = []
    for code in sorted({visit.theme for visit in visits if visit.theme} | {plan.theme for plan in plans if plan.theme}):
        try:
            theme = book.theme(code)
        except RuleBookError:
            continue
        if theme.annual_cap is not None:
            caps.append((theme.annual_cap, frozenset({theme.initiator, *theme.participants})))
    return tuple(caps)


def view_of(session: Session, *, book: RuleBook, on: date) -> riskscan.RiskView:
    """What is known on a day (扫描所据)."""
    first = date(on.year - 1, 1, 1)  # plans that are past, too: who belongs together must not change as the days go by
    visits = inspections.made_between(session, first=first, last=on)
    plans = inspections.planned_between(session, first=first, last=on + AHEAD, known_on=on)
    units = stored.units(session, {visit.unit_id for visit in visits} | {plan.unit_id for plan in plans})
    records = []
    for unit_id, unit in units.items():
        own = [visit for visit in visits if visit.unit_id == unit_id]
        planned = [plan for plan in plans if plan.unit_id == unit_id]
        records.append(
            risk.UnitRecord(
                code=unit.code,
                caps=_caps(book, own, planned),
                active=unit.status == "active",
                inactive_since=unit.deregistered_on,
            )
        )
    return riskscan.RiskView(
        on=on,
        calendar=book.calendar,
        inspections=tuple(_visit(visit, units[visit.unit_id]) for visit in visits),
        plans=tuple(
            risk.PlanRecord(
                code=plan.code,
                unit=units[plan.unit_id].code,
                organ=plan.department,
                on=plan.planned_on,
                kind=plan.kind,
                theme=plan.theme or None,
            )
            for plan in plans
        ),
        units=tuple(records),
    )


def _letter(
    book: RuleBook, *, hit: risk.RiskHit, view: riskscan.RiskView, unit: Unit, on: date
) -> Mapping[str, object]:
    """What the letter says of a hit (提示事实)."""
    rule = next(entry for entry in book.risk_rules if entry.code == hit.rule)
    visits = {visit.code: visit for visit in view.inspections}
    plans = {plan.code: plan for plan in view.plans}
    items: list[dict[str, object]] = []
    for code in hit.items:
        if code in plans:
            plan = plans[code]
            items.append(
                {
                    "dept": book.organ(plan.organ).name_on(on),
                    "planned_on": plan.on.isoformat(),
                    "kind": KINDS.get(plan.kind, plan.kind),
                }
            )
        elif code in visits:
            visit = visits[code]
            items.append(
                {
                    "dept": book.organ(visit.initiator).name_on(on),
                    "planned_on": visit.on.isoformat(),
                    "kind": "已开展的" + KINDS.get(visit.kind, "检查"),
                }
            )
    made = [
        visit
        for visit in view.inspections
        if visit.unit == unit.code and visit.on.year == on.year and visit.kind != "complaint"
    ]
    done = "；".join(f"该单位{visit.on.month}月{visit.on.day}日已接受{_theme(book, visit.theme)}检查" for visit in made)
    return {
        "risk": {
            "rule": hit.rule, "name": rule.name, "window": f"{_spoken(hit.window_from)}至{_spoken(hit.window_to)}", "count": hit.count, "limit": hit.limit,
            "items": items, "suggestion": SUGGESTIONS.get(rule.kind, rule.action), "reply_by": book.calendar.add_workdays(on, 3).isoformat(),
        },
        "reason": done,
    }  # fmt: skip


def _spoken(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _theme(book: RuleBook, code: str | None) -> str:
    try:
        return book.theme(code).name if code else ""
    except RuleBookError:
        return ""


def scan(
    session: Session, *, book: RuleBook, on: date, at: datetime, skipped: list[tuple[str, str]] | None = None
) -> list[Matter]:
    """Scan as of a day and write the letters of new hits (风险扫描). A second scan of the same facts writes nothing.

    A hit about which nothing can be written stops the scan, unless the caller hands in `skipped`: then it is told there as
    (key, reason in Chinese) and left for the next.
    """
    view = view_of(session, book=book, on=on)
    known = stored.known_keys(session)
    written = []
    for hit in riskscan.hits([rule for rule in book.risk_rules if rule.kind in LETTERS], view=view):
        if hit.key in known:
            continue
        try:
            with session.begin_nested():
                written.append(_warn(session, hit, book=book, view=view, on=on, at=at))
        except (Refusal, ValueError) as refused:
            if skipped is None:
                raise
            skipped.append((hit.key, str(refused)))
    return written


def _warn(
    session: Session, hit: risk.RiskHit, *, book: RuleBook, view: riskscan.RiskView, on: date, at: datetime
) -> Matter:
    """Write the letter of one hit (发出风险提示函)."""
    unit = stored.unit_by_code(session, hit.unit)
    issuer = risk.issuer_of_hit(hit, book=book)
    variant = {book.guidance_code: Party.GUIDANCE, book.supervisor_code: Party.SUPERVISOR}.get(issuer, Party.GOVERNMENT)
    told = [code for code in hit.departments if code != issuer]
    details = {"departments": told, "hit": hit.key, **_letter(book, hit=hit, view=view, unit=unit, on=on)}
    matter = open_matter(
        session, book=book, kind="risk", code=f"FX-{on.year}-{stored.count(session) + 1:03d}", act=Act("warn", SYSTEM, on, at), variant=variant.value,
        origin=issuer, unit_id=unit.id, details=details,
    )  # fmt: skip
    session.add(
        RiskHit(
            key=hit.key, rule=hit.rule, unit_id=unit.id or 0, on=on, matter_id=matter.id,
            facts={"count": hit.count, "limit": hit.limit, "items": list(hit.items), "departments": list(hit.departments)},
        )
    )  # fmt: skip
    session.flush()
    return matter
