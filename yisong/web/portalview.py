"""What an inspected unit reads on its own page (企业专用页面): its demands in plain words, its letters, what it has sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models import Document, Event, Matter
from yisong.domain.entries import RuleBookError
from yisong.store import casefile, matters
from yisong.store import units as stored
from yisong.web import clockview, paperview
from yisong.web.clockview import Cell, ClockView
from yisong.web.doors import Choice, choices
from yisong.web.unitview import asked_of
from yisong.web.visit import Visit

ORDERS = {
    "rectifying": ("请在到期日当天或之前改完，并提交整改报告", "open"),
    "extension_pending": ("延期申请正在审批；批复之前不算超期", "open"),
    "suspended": ("期限暂停计算，恢复后会另行告知", "open"),
    "report_submitted": ("整改报告已收到，等待复查", "wait"),
    "review_revoked": ("请重新提交整改情况", "open"),
    "failed": ("复查没有通过，请尽快改完并联系责任部门", "open"),
    "refused": ("复查没有通过，已按拒不整改记录", "over"),
    "passed": ("复查通过，已完成", "over"),
    "partial": ("部分完成，其余要求见新的通知书", "over"),
}
"""What an order that has been served means to the unit, and whether it is still to be done."""
LISTINGS = {
    "statement_period": ("责任部门拟将贵单位列为重点监管对象，可以在期限内提出意见", "open"),
    "statement_received": ("已收到贵单位的意见，正在核实", "wait"),
    "statement_waived": ("期限内没有收到意见，正在办理", "wait"),
    "statement_reviewed": ("贵单位的意见已核实", "wait"),
    "discussed": ("正在办理", "wait"),
    "decided": ("已作出决定", "wait"),
    "effective": ("贵单位现为重点监管对象", "wait"),
    "removal_applied": ("移出申请已提交", "wait"),
    "removal_verifying": ("移出申请正在核实", "wait"),
    "removed": ("已移出重点监管对象", "over"),
    "unpublished": ("已移出重点监管对象", "over"),
    "expired": ("列入期满，已移出", "over"),
    "revoked": ("列入已撤销", "over"),
    "withdrawn": ("列入已撤销", "over"),
}
BUTTONS = {
    "report": "提交整改报告",
    "request_extension": "申请延长期限",
    "object": "提出异议",
    "receive_statement": "提出意见",
    "apply_removal": "申请移出",
}
TERMS = ("R-RECTIFY", "R-LIST-STATEMENT")
GONE = {"withdrawn": "已撤回，不再有效", "superseded": "已被新文书取代", "voided": "已作废"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One demand on the unit (一项要求)."""

    matter: Matter
    title: str
    words: str
    stage: str
    """open: to be done by the unit · wait: by others · over."""
    items: tuple[tuple[str, str], ...]
    """What was found: (item, facts)."""
    lines: tuple[str, ...]
    clock: ClockView | None
    left: str
    level: str
    cells: tuple[Cell, ...]
    organ: str
    phone: str
    buttons: tuple[tuple[Choice, str], ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to the unit (文书)."""

    document: Document
    code: str
    name: str
    gone: str


def demands(visit: Visit, unit_id: int) -> list[Asked]:
    """Everything that is asked of the unit, what presses first (各项要求)."""
    every = stored.matters_of(visit.session, unit_id)
    wanted = [
        matter
        for matter in every
        if (matter.kind == "order" and matter.state in ORDERS) or (matter.kind == "listing" and matter.state in LISTINGS)
    ]  # fmt: skip
    clocks: dict[int, ClockView] = {}
    for view in clockview.views(visit, wanted) if wanted else ():
        if view.clock.rule.startswith(TERMS):
            clocks.setdefault(view.clock.matter_id, view)
    found = [_asked(visit, matter, clocks.get(matter.id or 0)) for matter in wanted]
    rank = {"open": 0, "wait": 1, "over": 2}
    return sorted(found, key=lambda each: (rank[each.stage], _due(each) or date.max, -(each.matter.id or 0)))


def _due(asked: Asked) -> date | None:
    return asked.clock.clock.due_on if asked.clock is not None else None


def _asked(visit: Visit, matter: Matter, clock: ClockView | None) -> Asked:
    words, stage = (ORDERS if matter.kind == "order" else LISTINGS)[matter.state]
    running = clock is not None and clock.live
    left, level = _left(visit, clock.clock.due_on if clock is not None and running else None)
    cells: tuple[Cell, ...] = ()
    if clock is not None and running and stage == "open":
        try:
            cells = tuple(clockview.strip(visit, clock.clock, clockview.walk(visit, clock.clock)))
        except clockview.WALK_ERRORS:
            cells = ()
    items = _items(visit, matter)
    organ = visit.book.organ(matter.responsible) if matter.responsible else None
    return Asked(
        matter=matter,
        title="、".join(dict.fromkeys(name for name, _ in items)) or "列为重点监管对象的程序",
        words=words,
        stage=stage,
        items=items,
        lines=asked_of(visit, matter) if matter.kind == "order" else (),
        clock=clock,
        left=left,
        level=level,
        cells=cells,
        organ=organ.name if organ else "",
        phone=organ.phone if organ else "",
        buttons=buttons(visit, matter),
    )


def buttons(visit: Visit, matter: Matter) -> tuple[tuple[Choice, str], ...]:
    """What the table offers the unit now, in its own words (可提交事项); what is barred carries its reason."""
    offered = {choice.key: choice for choice in choices(visit, matter)}
    return tuple((offered[key], label) for key, label in BUTTONS.items() if key in offered)


def _items(visit: Visit, matter: Matter) -> tuple[tuple[str, str], ...]:
    if matter.kind != "order":
        return ()
    held = casefile.order(visit.session, matter.id)
    found = []
    for _, finding in casefile.findings(visit.session, matter.case_id, only=held.findings if held else ()):
        try:
            name = visit.book.item(finding.item_code).name
        except RuleBookError:
            name = finding.item_code
        found.append((name, finding.facts))
    return tuple(found)


def _left(visit: Visit, due_on: date | None) -> tuple[str, str]:
    """How long there is, in natural days, as people count at home (还剩几天)."""
    if due_on is None:
        return "", "still"
    days = (due_on - visit.on).days
    if days < 0:
        return f"已超过 {-days} 天", "late"
    return ("今天到期", "today") if days == 0 else (f"还有 {days} 天", "soon" if days <= 5 else "calm")


def letters(visit: Visit, unit_id: int, *, consents: bool) -> list[Letter]:
    """The letters that have been served on the unit, the latest first (已送达的文书).

    A letter is served by its service, not by being looked up here; who has agreed to electronic service sees it once it is issued.
    """
    papers = stored.letters_of(visit.session, unit_id)
    served = {
        record.document_id
        for record in matters.service_records(visit.session, [paper.matter_id for paper in papers])
        if record.effective_on is not None and record.effective_on <= visit.on
    }
    found = []
    for paper in papers:
        matter = matters.matter(visit.session, paper.matter_id)
        known = paper.matter_id in served or (consents and matter.state == "issued")
        if known and matter.state != "numbered":
            name = paperview.paper_name(visit.hall, paper.type_code)
            found.append(Letter(paper, matter.code, name, GONE.get(matter.state, "")))
    return found


def sent(visit: Visit, asked: Sequence[Asked], *, department: str) -> list[tuple[Event, str]]:
    """What the unit has sent, the latest first (已提交的内容)."""
    events = matters.events(visit.session, [each.matter.id or 0 for each in asked])
    mine = [event for event in events if event.department == department and event.action in BUTTONS]
    return [(event, BUTTONS[event.action]) for event in reversed(mine)]
