"""One case as the command line shows it (案件详情): what happened, what runs, what was written, what may be done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from yisong.cli import terminal
from yisong.cli.desks import person
from yisong.domain import lifecycles
from yisong.domain.lifecycle import Act, Facts, Offer, Transition, offers
from yisong.domain.roles import Actor
from yisong.services import remarks
from yisong.services.explaining import summary
from yisong.services.facts import facts_of
from yisong.store import deadlines, matters

if TYPE_CHECKING:
    from sqlmodel import Session

    from models import Matter
    from yisong.desk import Desk
    from yisong.domain.rulebook import RuleBook


def action_label(kind: str, action: str, given: Mapping[str, Any], *, source: str = "", target: str = "") -> str:
    """The Chinese name of a step, or of a line that changes no state and so stands in no table (步骤名).

    Rows of one action may be called otherwise (拟办移送, 自办立项); `source` and `target` tell which was taken.
    """
    rows = [row for row in lifecycles.ALL[kind].transitions if row.action == action]
    taken = (row for row in rows if source in row.source and row.end(source) == target)
    row = next(taken, rows[0] if rows else None)
    return row.label if row else remarks.label_of(action, given)


def members_of(session: Session, held: Matter) -> list[Matter]:
    """The matter, and where it is a case everything in it (本案事项), the case first."""
    if held.kind != "transfer":
        return [
            held,
            *(found for kind in ("document", "service") for found in matters.about(session, held.id or 0, kind=kind)),
        ]
    return [held, *(found for found in matters.of_case(session, held.id or 0) if found.id != held.id)]


def open_rows(held: Matter, *, facts: Facts) -> list[Transition]:
    """The rows of the table that this matter could take next, whoever acts (下一步)."""
    found: dict[str, Transition] = {}
    for row in lifecycles.ALL[held.kind].transitions:
        if held.state in row.source and (row.when is None or row.when.test(facts)):
            found.setdefault(row.action, row)
    return list(found.values())


def _step_json(held: Matter, row: Transition, obstacle: str = "") -> dict[str, Any]:
    return {
        "matter": held.code, "action": row.action, "label": row.label, "by": [who.label for who in row.by], "obstacle": obstacle,
        "needs": [{"name": need.name, "label": need.label, "kind": need.kind.value, "required": need.required} for need in row.needs],
    }  # fmt: skip


def steps_of(
    session: Session, held: Matter, *, book: RuleBook, actor: Actor | None, on: date, at: datetime
) -> list[dict[str, Any]]:
    """What may be done on a matter (可办步骤): by this person, or by anybody where none is named; the system's own left out."""
    facts = facts_of(session, book=book, matter=held, on=on)
    if actor is not None:
        found: list[Offer] = offers(lifecycles.ALL[held.kind], facts=facts, act=Act("", actor, on, at))
        return [_step_json(held, offer.transition, offer.obstacle) for offer in found]
    return [_step_json(held, row) for row in open_rows(held, facts=facts) if any(who.label != "系统" for who in row.by)]


def case_json(session: Session, *, desk: Desk, code: str, actor: str) -> dict[str, Any]:
    """Everything about one case, in a form a program reads (案件详情). Raises Refusal unknown_matter, unknown_person."""
    held = matters.matter_by_code(session, code)
    members = members_of(session, held)
    codes = {found.id: found for found in members}
    acting = person(session, actor) if actor else None
    unit = matters.unit(session, held.unit_id)
    clocks = deadlines.of_case(session, held.id) if held.kind == "transfer" else deadlines.of_matter(session, held.id)
    papers = [
        paper for found in members if found.kind != "document" for paper in matters.documents_of(session, found.id or 0)
    ]
    papers.sort(key=lambda paper: paper.matter_id)
    events = matters.events(session, [found.id or 0 for found in members])
    return {
        "code": held.code, "kind": held.kind, "variant": held.variant, "state": held.state,
        "state_label": lifecycles.ALL[held.kind].states.get(held.state, held.state), "origin": held.origin, "responsible": held.responsible,
        "unit": {"name": unit.name, "uscc": unit.uscc} if unit else None, "opened_on": held.opened_on,
        "matters": [
            {"code": found.code, "kind": found.kind, "label": lifecycles.ALL[found.kind].label, "state": found.state,
             "state_label": lifecycles.ALL[found.kind].states.get(found.state, found.state)}
            for found in members if found.kind not in ("document", "service")
        ],
        "timeline": [
            {"on": event.on, "at": event.at.astimezone(desk.settings.timezone), "matter": codes[event.matter_id].code, "action": event.action,
             "label": action_label(codes[event.matter_id].kind, event.action, event.given, source=event.source, target=event.target), "from": event.source, "to": event.target,
             "actor": event.actor_name, "department": event.department, "offline": event.offline}
            for event in events if codes[event.matter_id].kind != "document"
        ],
        "clocks": [summary(desk.book, clock, matter=codes[clock.matter_id].code if clock.matter_id in codes else "", today=desk.today, zone=desk.settings.timezone) for clock in clocks],
        "papers": [
            {"code": matters.matter(session, paper.matter_id).code, "type": paper.type_code, "name": desk.book.numbering(paper.type_code).name, "number": paper.number,
             "on": paper.dated_on, "issuer": paper.issuer, "recipient": paper.recipient, "state": matters.matter(session, paper.matter_id).state,
             "pdf": paper.pdf_sha256, "docx": paper.docx_sha256}
            for paper in papers
        ],
        "steps": [
            step for found in members if found.kind not in ("document", "service")
            for step in steps_of(session, found, book=desk.book, actor=acting, on=desk.today, at=desk.now)
        ],
    }  # fmt: skip


def print_case(found: dict[str, Any]) -> None:
    """Print a case for a person (显示案件)."""
    unit = found["unit"]
    terminal.say(
        f"{found['code']}　{found['state_label']}　{found['origin']} → {found['responsible']}"
        + (f"　{unit['name']}（{unit['uscc']}）" if unit else "")
    )
    if len(found["matters"]) > 1:
        terminal.table(
            "事项",
            ("编号", "类别", "状态"),
            [(row["code"], row["label"], row["state_label"]) for row in found["matters"]],
        )
    terminal.table(
        "经过", ("日期", "事项", "步骤", "办理人", "部门", ""),
        [(row["on"], row["matter"], row["label"], row["actor"], row["department"], "补录" if row["offline"] else "") for row in found["timeline"]],
    )  # fmt: skip
    terminal.table(
        "期限", ("规则", "名称", "事项", "起算", "到期", "状态", "逾期工作日"),
        [(row["rule"], row["name"], row["matter"], terminal.when(row["start"]), f"{terminal.when(row['due']) or '待定'}{'（暂估）' if row['provisional'] else ''}", row["status_label"],
          row["workdays_late"] or "") for row in found["clocks"]],
    )  # fmt: skip
    terminal.table(
        "文书", ("日期", "名称", "文号", "出具", "送", "编号"),
        [(row["on"], row["name"], row["number"] or "（无文号）", row["issuer"], row["recipient"], row["code"]) for row in found["papers"]],
    )  # fmt: skip
    terminal.table(
        "可办步骤", ("事项", "步骤", "名称", "由谁办理", "须填", "暂不能办的原因"),
        [(row["matter"], row["action"], row["label"], "或".join(row["by"]),
          "、".join(f"{need['name']}（{need['label']}）" for need in row["needs"] if need["required"]), row["obstacle"]) for row in found["steps"]],
        empty="没有可办的步骤",
    )  # fmt: skip
