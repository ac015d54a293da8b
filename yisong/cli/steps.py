"""`yisong step`: take one step on a matter, in a person's name (办理)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from yisong.cli import terminal
from yisong.cli.speech import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from models import Matter
    from yisong.desk import Desk
    from yisong.domain.lifecycle import Act, Need

CASE_NEEDS = ("kind", "department", "urgent")
MAKES_CASE = {"assign": "", "handle_own": "own"}
"""Steps of a finding that make a case of it."""


def step_command(
    matter: Annotated[str, typer.Argument(metavar="编号", help="案号或事项编号，如 YX-2026-0001、YX-2026-0001-ZG1。")],
    action: Annotated[
        str,
        typer.Argument(
            metavar="步骤",
            help="步骤的英文标识（yisong cases 案号 会列出）；新办一件的写 order.open 责改、seizure.seize 查封扣押、review.conclude_pass 复查结论、service.serve 送达。",
        ),
    ],
    actor: Annotated[str, typer.Option("--as", metavar="账号", help="以谁的名义办理。")],
    given: Annotated[
        list[str] | None, typer.Option("--set", metavar="名=值", help="填写一项；多行的内容重复写同一个名。可写多次。")
    ] = None,
    on: Annotated[
        str, typer.Option("--on", metavar="日期", help="实际办理日期；早于今天的按补录处理。不写为今天。")
    ] = "",
    offline: Annotated[bool, typer.Option("--offline", help="线下已办、事后补录：文书已有文号的不再编号。")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """办理一个步骤；不符合流转规则的，说明原因并拒绝，什么都不写入。"""
    from yisong.cli.desks import opened, person
    from yisong.domain import lifecycles
    from yisong.domain.lifecycle import Act, Refusal
    from yisong.store import matters

    with opened() as desk, desk.transaction() as session:
        held = matters.matter_by_code(session, matter)
        day = terminal.day(on, name="--on") if on else desk.today
        if day > desk.today:
            raise BadInput("date_in_future", f"--on {day} 晚于今天 {desk.today}，请填写实际办理日期。")
        kind, _, name = action.rpartition(".")
        if kind and kind not in lifecycles.ALL:
            raise BadInput("kind_unknown", f"没有“{kind}”这类事项，可用：{'、'.join(lifecycles.ALL)}。")
        values = _given(session, given or [], kind=kind or held.kind, action=name)
        act = Act(name, person(session, actor), day, desk.now, given=values, offline=offline or day < desk.today)
        try:
            outcome = _take(session, desk=desk, held=held, kind=kind, act=act)
        except Refusal as refusal:
            raise Refusal(refusal.code, _with_names(refusal, kind or held.kind, name)) from refusal
        found = _outcome(session, outcome)
    if as_json:
        terminal.print_json(found)
        return
    terminal.say(f"已办理：{found['matter']} {found['label']}，现为“{found['state_label']}”。")
    for paper in found["papers"]:
        terminal.say(f"  文书：{paper['type']} {paper['number'] or '（无文号）'}（{paper['code']}）")


def _with_names(refusal: Any, kind: str, action: str) -> str:
    """What is missing, with the names that --set takes (补充英文名)."""
    if refusal.code != "missing":
        return str(refusal.message)
    names = "、".join(f"{need.name}={need.label}" for need in _needs(kind, action) if need.required)
    return f"{refusal.message}（用 --set 填写：{names}）"


def _needs(kind: str, action: str) -> Sequence[Need]:
    from yisong.domain import lifecycles

    found: dict[str, Need] = {}
    for row in lifecycles.ALL[kind].transitions:
        if row.action == action:
            found |= {need.name: need for need in row.needs}
    return tuple(found.values())


def _given(session: Session, pairs: Sequence[str], *, kind: str, action: str) -> dict[str, Any]:
    """What is given with the act, each thing as its kind asks (填写内容). Raises BadInput."""
    collected: dict[str, list[str]] = {}
    for pair in pairs:
        name, found, value = pair.partition("=")
        if not found or not name.strip():
            raise BadInput("set_unclear", f"--set “{pair}”应写成 名=值，例如 --set reason=材料不齐。")
        collected.setdefault(name.strip(), []).append(value)
    needs = {need.name: need for need in _needs(kind, action)}
    return {name: _value(session, needs.get(name), name, values) for name, values in collected.items()}


def _value(session: Session, need: Need | None, name: str, values: list[str]) -> Any:
    from yisong.domain.lifecycle import NeedKind
    from yisong.store import matters

    kind = need.kind if need is not None else None
    if kind is NeedKind.LIST or (need is None and name == "findings"):
        return [line.strip() for value in values for line in value.splitlines() if line.strip()]
    if len(values) > 1 and kind is not NeedKind.TEXT:
        raise BadInput("set_twice", f"--set {name} 写了 {len(values)} 次，只能写一次。")
    text = "\n".join(values)
    if kind is NeedKind.NUMBER or (need is None and name == "days"):
        if not text.strip().isdecimal():
            raise BadInput("not_a_number", f"--set {name} 的“{text}”不是整数。")
        return int(text)
    if kind is NeedKind.DATE:
        return terminal.day(text, name=f"--set {name}").isoformat()
    if kind is NeedKind.YES or (need is None and name == "urgent"):
        if text.strip() not in ("是", "否", "yes", "no", "true", "false"):
            raise BadInput("not_yes_or_no", f"--set {name} 请填写 是 或 否。")
        return text.strip() in ("是", "yes", "true")
    if need is not None and kind is NeedKind.CHOICE and text not in dict(need.choices):
        raise BadInput(
            "not_a_choice",
            f"--set {name} 的“{text}”不在可选范围：{'、'.join(f'{value}（{label}）' for value, label in need.choices)}。",
        )
    if kind is NeedKind.UNIT:
        unit = matters.unit_by_code(session, text.strip())
        if unit is None:
            raise BadInput("unit_unknown", f"--set {name} 的“{text}”不是已登记的单位编号或统一社会信用代码。")
        return unit.id
    return text


def _take(session: Session, *, desk: Desk, held: Matter, kind: str, act: Act) -> Matter:
    """Take the step, or open the matter that it opens (办理). Every door is a service; nothing is decided here."""
    from yisong.domain.lifecycle import Refusal
    from yisong.services import findings, handling, seizures, steps
    from yisong.store import casefile, matters, outbox

    book = desk.book
    if held.kind == "finding" and not kind and act.action in MAKES_CASE:
        return _open_case(session, desk=desk, finding=held, act=act)
    if kind == "order" and held.kind == "transfer" and act.action == "open":
        if "days" not in act.given:
            raise Refusal("missing", "拟制责改须填写整改期限。请加 --set days=天数（自然日）。")
        wanted = [matters.matter_by_code(session, code).id or 0 for code in act.given.get("findings", ())]
        partial = [order for order, _ in casefile.orders(session, held.case_id) if order.state == "partial"]
        return handling.draft_order(
            session,
            book=book,
            case=held,
            act=act,
            days=int(act.given["days"]),
            findings=wanted,
            parent=partial[-1] if partial else None,
        )
    if kind == "seizure" and held.kind == "transfer":
        return seizures.take_hold(session, book=book, case=held, act=act)
    if kind == "review" and held.kind == "order":
        return handling.conclude_review(session, book=book, order=held, act=act)
    if kind == "service" and held.kind == "document":
        return handling.record_service(session, book=book, document=outbox.document(session, held.id or 0), act=act)
    if kind and kind != held.kind:
        raise Refusal(
            "unknown_action",
            f"{held.code}不能办理“{kind}.{act.action}”。新办责改用案号，复查用责改编号，送达用文书编号。",
        )
    event = steps.take_step(session, book=book, matter_id=held.id or 0, act=act)
    if any(row.opens == "criminal" and event.source in row.source for row in _rows(held.kind, act.action)):
        findings.open_criminal(session, book=book, case=held, act=act)
    return held


def _rows(kind: str, action: str) -> list[Any]:
    from yisong.domain import lifecycles

    return [row for row in lifecycles.ALL[kind].transitions if row.action == action]


def _open_case(session: Session, *, desk: Desk, finding: Matter, act: Act) -> Matter:
    """Make a case of a finding, alone or with others of the same unit (立案移送)."""
    from yisong.domain.lifecycle import Refusal
    from yisong.services import findings
    from yisong.store import matters

    own = MAKES_CASE[act.action]
    kind = own or str(act.given.get("kind") or "lead")
    if kind not in ("lead", "case", "criminal", "own"):
        raise BadInput(
            "not_a_choice",
            f"--set kind 的“{kind}”不在可选范围：lead（线索移送）、case（案件移送）、criminal（涉嫌犯罪移送）。",
        )
    department = finding.origin if own else str(act.given.get("department") or finding.responsible)
    if not department:
        raise Refusal("missing", "本件尚无责任部门，请加 --set department=部门代码。")
    together = [finding, *(matters.matter_by_code(session, code) for code in act.given.get("findings", ()))]
    return findings.open_case(
        session,
        book=desk.book,
        findings=together,
        act=act,
        kind=kind,
        responsible=department,
        urgent=bool(act.given.get("urgent")),
    )


def _outcome(session: Session, held: Matter) -> dict[str, Any]:
    from yisong.domain import lifecycles
    from yisong.store import matters

    last = matters.events(session, [held.id or 0])[-1]
    table = lifecycles.ALL[held.kind]
    papers = [
        paper for paper in matters.documents_of(session, held.id or 0) if paper.matter_id in _issued(last.effects)
    ]
    return {
        "matter": held.code, "action": last.action, "label": table.actions().get(last.action, last.action), "from": last.source, "state": held.state,
        "state_label": table.states.get(held.state, held.state), "seq": last.seq, "on": last.on, "offline": last.offline,
        "papers": [{"code": matters.matter(session, paper.matter_id).code, "type": paper.type_code, "number": paper.number} for paper in papers],
    }  # fmt: skip


def _issued(effects: list[Any]) -> set[int]:
    return {int(effect["document"]) for effect in effects if isinstance(effect, dict) and "document" in effect}
