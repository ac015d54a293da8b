"""Everything about one unit as a reader sees it (单位视图): what was found, what is asked of it, who has come how often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models import Document, Finding, Inspection, Matter, PlannedInspection, Transfer, Unit, UnitChange, UnitLink
from yisong.domain import lifecycles
from yisong.domain.entries import RuleBookError, Theme
from yisong.domain.lifecycles.order import LIVE
from yisong.domain.risk import InspectionRecord, PlanRecord, RiskKind, UnitRecord
from yisong.domain.visits import Tally, tallies
from yisong.services import unit_changes
from yisong.store import casefile, unit_links
from yisong.store import units as stored
from yisong.web import clockview, paperview
from yisong.web.clockview import ClockView
from yisong.web.rights import may_see, root_of
from yisong.web.turns import governs, oversees
from yisong.web.visit import Hidden, Visit

STATUS = {"active": "存续", "deregistered": "已注销", "merged": "重复登记，已并入"}
CASES_OVER = frozenset({"closed", "closed_refused", "terminated", "voided"})
VISIT_KINDS = {
    "routine": "日常检查",
    "joint": "联合检查",
    "special": "专项检查",
    "complaint": "有因检查",
    "review": "复查",
}


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case of the unit (案件)."""

    matter: Matter
    title: str
    state: str
    over: bool


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding at the unit (检查发现). `case`: the code of its case, "" where the visitor may not open it."""

    matter: Matter
    finding: Finding
    item: str
    state: str
    address: str


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked of the unit, until when (对该单位的要求)."""

    order: Matter
    case: Matter | None
    state: str
    clock: ClockView | None
    asked: tuple[str, ...]
    """What has to be done, line by line (改正要求)."""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One line of its register (登记变更)."""

    change: UnitChange
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class UnitView:
    """The page of a unit (单位页)."""

    unit: Unit
    status: str
    successor: Unit | None
    head_office: Unit | None
    branches: Sequence[Unit]
    doubles: Sequence[Unit]
    demands: Sequence[Demand]
    cases: Sequence[CaseLine]
    others: int
    """Cases of other organs that the visitor may not open; they are counted, not hidden."""
    findings: Sequence[FindingLine]
    inspections: Sequence[Inspection]
    plans: Sequence[PlannedInspection]
    tallies: Sequence[Tally]
    letters: Sequence[tuple[Document, Matter, str]]
    listings: Sequence[Matter]
    warnings: Sequence[Matter]
    changes: Sequence[ChangeLine]
    links: Sequence[UnitLink]


def shown_unit(visit: Visit, code: str) -> Unit:
    """A unit that this person may look at (按编号查阅单位). Raises Hidden."""
    unit = stored.unit(visit.session, code)
    if unit is None or not may_see_unit(visit, unit):
        raise Hidden
    return unit


def may_see_unit(visit: Visit, unit: Unit) -> bool:
    """Whether this person's organ has to do with the unit, or their post oversees everything (是否可查阅单位).

    An entry without any matter, inspection or plan is everybody's: it is being made.
    """
    if sees_all(visit):
        return True
    department, session = visit.actor.department, visit.session
    if stored.is_of_department(session, unit.id or 0, department=department):
        return True
    made = [change for change in stored.changes(session, unit.id or 0) if change.action == "registered"]
    return bool(made) and made[0].department == department


def sees_all(visit: Visit) -> bool:
    """Whether the post reads everything: the guidance office, the supervisor, the government (全县范围)."""
    return oversees(visit.actor, book=visit.book) or governs(visit.actor, book=visit.book)


def view_of(visit: Visit, unit: Unit) -> UnitView:
    """Read the page of a unit (读取单位页)."""
    session, number = visit.session, unit.id or 0
    every = stored.matters_of(session, number)
    transfers = stored.transfers_of(session, number)
    roots = [matter for matter in every if matter.kind in ("transfer", "listing", "risk")]
    open_to = {matter.id for matter in roots if may_see(visit, matter)}
    cases = [matter for matter in reversed(every) if matter.kind == "transfer"]
    seen = [matter for matter in every if _root_id(visit, matter) in open_to]
    inspections, plans = stored.inspections_of(session, number), stored.plans_of(session, number)
    by_id = {matter.id or 0: matter for matter in seen}
    return UnitView(
        unit=unit,
        status=STATUS.get(unit.status, unit.status),
        successor=stored.unit(session, unit.successor_code),
        head_office=stored.unit(session, unit.parent_code),
        branches=stored.branches(session, unit.code),
        doubles=stored.merged_into(session, unit.code),
        demands=_demands(visit, seen),
        cases=[_case(visit, case, transfers) for case in cases if case.id in open_to],
        others=sum(case.id not in open_to for case in cases),
        findings=_findings(visit, number, open_to=open_to),
        inspections=inspections,
        plans=plans,
        tallies=tally_of(visit, unit, inspections, plans),
        letters=[
            (letter, by_id[letter.matter_id], paperview.paper_name(visit.hall, letter.type_code))
            for letter in stored.letters_of(session, number)
            if letter.matter_id in by_id
        ],
        listings=[matter for matter in reversed(roots) if matter.kind == "listing" and matter.id in open_to],
        warnings=[matter for matter in reversed(roots) if matter.kind == "risk" and matter.id in open_to],
        changes=[_change(visit, change) for change in reversed(stored.changes(session, number))],
        links=unit_links.of_unit(session, number),
    )


def _root_id(visit: Visit, matter: Matter) -> int | None:
    return matter.case_id if matter.case_id is not None else root_of(visit.session, matter).id


def _case(visit: Visit, case: Matter, transfers: dict[int, Transfer]) -> CaseLine:
    transfer = transfers.get(case.id or 0)
    state = lifecycles.ALL["transfer"].states.get(case.state, case.state)
    return CaseLine(case, transfer.title if transfer else case.code, state, case.state in CASES_OVER)


def _findings(visit: Visit, unit_id: int, *, open_to: set[int | None]) -> list[FindingLine]:
    found = []
    for matter, finding in stored.findings_of(visit.session, unit_id):
        loose = matter.case_id is None and may_see(visit, matter)
        if matter.case_id not in open_to and not loose:
            continue
        try:
            item = visit.book.item(finding.item_code).name
        except RuleBookError:
            item = finding.item_code
        state = lifecycles.ALL["finding"].states.get(matter.state, matter.state)
        found.append(FindingLine(matter, finding, item, state, f"/cases/{matter.code}"))
    return found


def _demands(visit: Visit, seen: Sequence[Matter]) -> list[Demand]:
    by_id = {matter.id: matter for matter in seen}
    orders = [matter for matter in seen if matter.kind == "order" and matter.state in LIVE]
    clocks: dict[int, ClockView] = {}
    for view in clockview.views(visit, orders) if orders else ():
        if view.live and view.clock.rule.startswith("R-RECTIFY"):
            clocks.setdefault(view.clock.matter_id, view)
    return [
        Demand(
            order,
            by_id.get(order.case_id),
            lifecycles.ALL["order"].states[order.state],
            clocks.get(order.id or 0),
            asked_of(visit, order),
        )
        for order in orders
    ]


def asked_of(visit: Visit, order: Matter) -> tuple[str, ...]:
    """What an order asks for (改正要求): as it says, or as its findings' items say."""
    held = casefile.order(visit.session, order.id)
    if held is not None and held.demands:
        return tuple(line for text in held.demands for line in text.splitlines() if line.strip())
    found = casefile.findings(visit.session, order.case_id, only=held.findings if held else ())
    return tuple(dict.fromkeys(visit.book.item(finding.item_code).demand for _, finding in found))


def tally_of(
    visit: Visit, unit: Unit, inspections: Sequence[Inspection], plans: Sequence[PlannedInspection]
) -> tuple[Tally, ...]:
    """This year's visits by organ beside their caps (本年度检查次数与上限)."""
    themes = _themes(visit, {each.theme for each in inspections} | {each.theme for each in plans})
    caps = tuple(
        (theme.annual_cap, frozenset({theme.initiator, *theme.participants}))
        for theme in themes
        if theme.annual_cap is not None
    )
    rule = next((rule for rule in visit.book.risk_rules if rule.kind is RiskKind.ANNUAL_CAP), None)
    made = [
        InspectionRecord(
            each.code, unit.code, each.inspected_on, each.initiator, tuple(each.participants or [each.initiator]), each.kind
        )
        for each in inspections
    ]  # fmt: skip
    ahead = [PlanRecord(each.code, unit.code, each.department, each.planned_on, each.kind) for each in plans]
    return tallies(UnitRecord(unit.code, caps), inspections=made, plans=ahead, rule=rule, on=visit.on)


def _themes(visit: Visit, codes: set[str]) -> list[Theme]:
    return [theme for theme in visit.book.themes if theme.code in codes]


def _change(visit: Visit, change: UnitChange) -> ChangeLine:
    data, day = change.data, visit.hall.pages.day
    names = {"merged": "into", "unmerged": "from", "absorbed": "name", "released": "name"}
    words = str(data.get(names.get(change.action, ""), ""))
    if change.action == "renamed":
        words = f"{data['from']} → {data['to']}"
    elif change.action == "deregistered" and data.get("successor"):
        words = f"承受人 {data['successor']}"
    elif change.action == "corrected":
        from yisong.services.units import CORRECTABLE

        words = "；".join(
            f"{CORRECTABLE.get(name, name)}：{_told(old)} → {_told(new)}"
            for name, (old, new) in data["changed"].items()
        )
    elif change.action in ("link_made", "link_revoked"):
        words = f"第 {data['link']} 号" + (f"，{day(data['expires_on'])}前有效" if data.get("expires_on") else "")
    reason = str(data.get("reason") or "")
    told = "　".join(part for part in (words, f"（{reason}）" if reason else "") if part)
    return ChangeLine(change, unit_changes.LABELS.get(change.action, change.action), told)


def _told(value: object) -> str:
    return (
        {True: "是", False: "否", None: "空", "": "空"}.get(value, str(value))
        if isinstance(value, bool | str | None)
        else str(value)
    )
