"""What settled disputes propose for the lists, and what waits for a settlement (路由反馈).

A proposal derives from the journal and the lists of today, so none is missed and none outlives its reason. A person of the guidance
office adopts or drops it; an adopted one becomes a dated row of the lists when the keeper of the rules writes it there
(docs/decisions/0013-routing-feedback.md). Cases of before stay where they are: the lists of the day of the finding decide.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session

from models import Event, Finding, Matter, RoutingDecision, Unit
from yisong.domain.lifecycle import Refusal
from yisong.domain.roles import THE_GUIDANCE, Actor
from yisong.domain.routing_amendment import Amendment, amend, amended
from yisong.domain.rulebook import RuleBook, RuleBookError
from yisong.store import routing as stored

LABELS = {"designate": "指定管辖", "settle": "协调一致", "decide_department": "确定责任部门"}
PAPERS = {"ZHIDING": "指定管辖通知书", "XIETIAO": "协调函"}
PATIENCE = 3
"""So many working days a finding may wait for its organ before the guidance office is reminded (系统默认); a rule `R-UNDECIDED` of
the county outranks it."""
PATIENCE_RULE = "R-UNDECIDED"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A row that a settled dispute proposes (清单修改建议). `status`: waiting · adopted · dropped."""

    matter: Matter
    seq: int
    settled_on: date
    how: str
    item: str
    item_name: str
    town: str
    department: str
    basis: str
    amendment: Amendment
    decision: RoutingDecision | None = None

    @property
    def key(self) -> str:
        """What it is called by at the doors (建议编号)."""
        return ":".join([self.matter.code, str(self.seq), self.item, *([self.town] if self.town else [])])

    @property
    def status(self) -> str:
        return self.decision.status if self.decision is not None else "waiting"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A finding that nobody is answerable for yet (待协调): since when, and for how many working days."""

    matter: Matter
    finding: Finding
    unit: Unit | None
    since: date
    workdays: int
    late: bool


def patience(book: RuleBook, *, on: date) -> int:
    """How many working days a finding may wait for its organ (待协调时限)."""
    if any(rule.code == PATIENCE_RULE for rule in book.deadline_rules):
        return book.deadline_rule(PATIENCE_RULE, on).amount or PATIENCE
    return PATIENCE


def queue(session: Session, *, book: RuleBook, on: date) -> list[Waiting]:
    """Findings that wait for an organ, the oldest first (待协调队列). Ages are working days after the day of registration."""
    allowed = patience(book, on=on)
    found = []
    for matter, finding, unit in stored.undecided(session):
        age = book.calendar.count_workdays(matter.opened_on, on) if matter.opened_on < on else 0
        found.append(Waiting(matter, finding, unit, matter.opened_on, age, age > allowed))
    return found


def reminder(session: Session, *, book: RuleBook, department: str, on: date) -> list[str]:
    """The line of the day's digest for the guidance office (汇总提示); nothing for others, or where nothing is old."""
    if department != book.guidance_code:
        return []
    late = [waiting for waiting in queue(session, book=book, on=on) if waiting.late]
    lines = []
    if late:
        oldest = late[0]
        lines.append(
            f"待协调的检查发现有 {len(late)} 项超过 {patience(book, on=on)} 个工作日没有确定责任部门，"
            f"最早一项 {oldest.matter.code} 已 {oldest.workdays} 个工作日"
        )
    waiting = [each for each in proposals(session, book=book, on=on) if each.status == "waiting"]
    if waiting:
        lines.append(f"争议处置形成的清单修改建议 {len(waiting)} 条，待采纳或者不采纳")
    return lines


def proposals(session: Session, *, book: RuleBook, on: date) -> list[Proposal]:
    """What settled disputes propose (清单修改建议), the latest settlement first; what the lists say already is left out,
    unless somebody has decided about it."""
    decided = stored.decisions(session)
    found = []
    for matter, event in stored.settlements(session):
        seen: set[tuple[str, str]] = set()
        for finding in stored.findings_of(session, matter):
            made = _proposal(book, matter, event, finding, on=on, decided=decided)
            if made is None or (made.item, made.town) in seen:
                continue
            seen.add((made.item, made.town))
            if made.decision is not None or not made.amendment.holds:
                found.append(made)
    return list(reversed(found))


def _proposal(
    book: RuleBook, matter: Matter, event: Event, finding: Finding, *, on: date,
    decided: dict[tuple[int, int, str, str], RoutingDecision],
) -> Proposal | None:  # fmt: skip
    department = str(event.given.get("department") or "")
    by_place = {row.town for row in book.routing_rows if row.item == finding.item_code and row.town}
    town = finding.town if finding.town in by_place else ""
    known = decided.get((event.matter_id, event.seq, finding.item_code, town))
    basis = known.basis if known is not None and known.basis else _basis(event)
    start = known.valid_from if known is not None and known.valid_from else on
    try:
        name = book.item(finding.item_code).name
        amendment = amend(book, item=finding.item_code, town=town, department=department, on=start, basis=basis)
    except RuleBookError:
        return None  # the county has dropped the item since
    return Proposal(
        matter, event.seq, event.on, LABELS[event.action], finding.item_code, name, town, department, basis, amendment, known
    )  # fmt: skip


def _basis(event: Event) -> str:
    """What the row cites (依据): the paper by its number, and the provision that the person gave."""
    numbers = [
        f"{PAPERS[effect['paper']]}{effect['number']}"
        for effect in event.effects
        if isinstance(effect, dict) and effect.get("paper") in PAPERS and effect.get("number")
    ]
    cited = str(event.given.get("basis") or "")
    day = f"{event.on.year}年{event.on.month}月{event.on.day}日"
    return "；".join([*(numbers or [f"{day}{LABELS[event.action]}"]), *([cited] if cited else [])])


def _one(session: Session, *, book: RuleBook, key: str, on: date, actor: Actor) -> Proposal:
    if actor.department != book.guidance_code or not actor.roles & THE_GUIDANCE.roles:
        raise Refusal("wrong_role", f"清单修改建议由指导办协调员或负责人处理，{actor.name}无此权限。请转相应人员办理。")
    found = next((each for each in proposals(session, book=book, on=on) if each.key == key), None)
    if found is None:
        raise Refusal("unknown_proposal", f"没有编号为“{key}”的清单修改建议，可能清单已经一致。请刷新后再试。")
    return found


def _free(session: Session, found: Proposal) -> None:
    held = stored.decision(session, (found.matter.id or 0, found.seq, found.item, found.town), lock=True)
    if held is not None:
        done = {"adopted": "已采纳", "dropped": "不采纳"}[held.status]
        raise Refusal("already_done", f"这条建议已由{held.decided_name}处理（{done}），无需重复办理。")


def adopt(
    session: Session, key: str, *, book: RuleBook, actor: Actor, valid_from: date | None = None, basis: str = "", on: date, at: datetime
) -> RoutingDecision:  # fmt: skip
    """Adopt a proposal (采纳建议): from `valid_from` (today where left out) the lists shall give this answer.

    Raises:
        Refusal: `wrong_role`, `unknown_proposal`, `already_done`, `not_by_rows`, `date_in_past`.
    """
    found = _one(session, book=book, key=key, on=on, actor=actor)
    _free(session, found)
    start = valid_from or on
    if start < on:
        raise Refusal(
            "date_in_past", "新清单行不能从过去的日期起生效：已发现的问题按发现日的清单办理。请填写今天或以后的日期。"
        )
    change = amend(book, item=found.item, town=found.town, department=found.department, on=start, basis=found.basis)
    if change.obstacle:
        raise Refusal("not_by_rows", change.obstacle)
    found = replace(found, amendment=change)
    return _keep(
        session, found, status="adopted", actor=actor, on=on, at=at, list_code=_list_of(found), valid_from=start,
        basis=basis.strip() or found.basis,
    )  # fmt: skip


def drop(
    session: Session, key: str, *, book: RuleBook, actor: Actor, reason: str, on: date, at: datetime
) -> RoutingDecision:
    """Decide against a proposal (不采纳建议): the dispute was settled for its own case only.

    Raises:
        Refusal: `wrong_role`, `unknown_proposal`, `already_done`, `reason_missing`.
    """
    found = _one(session, book=book, key=key, on=on, actor=actor)
    _free(session, found)
    if not reason.strip():
        raise Refusal("reason_missing", "不采纳须写明理由（如个案情况特殊），请补填。")
    return _keep(session, found, status="dropped", actor=actor, on=on, at=at, reason=reason.strip())


def _list_of(found: Proposal) -> str:
    rows = found.amendment.added or found.amendment.ended
    return rows[0].list_code if rows else ""


def _keep(
    session: Session, found: Proposal, *, status: str, actor: Actor, on: date, at: datetime, list_code: str = "",
    valid_from: date | None = None, basis: str = "", reason: str = "",
) -> RoutingDecision:  # fmt: skip
    kept = RoutingDecision(
        matter_id=found.matter.id or 0, seq=found.seq, item_code=found.item, town=found.town, status=status, list_code=list_code,
        department=found.department, valid_from=valid_from, basis=basis, reason=reason, decided_by=actor.id, decided_name=actor.name,
        decided_on=on, at=at,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    return kept


def to_write(session: Session, *, book: RuleBook, on: date) -> tuple[list[Proposal], RuleBook]:
    """Adopted proposals that the lists do not say yet, oldest first, and the book with them in it (待写入清单)."""
    found, changed = [], book
    for each in reversed(proposals(session, book=book, on=on)):
        if each.decision is None or each.status != "adopted" or each.amendment.holds:
            continue
        start = each.decision.valid_from or on
        again = amend(changed, item=each.item, town=each.town, department=each.department, on=start, basis=each.basis)
        if not again.obstacle and not again.holds:
            changed = amended(changed, again, item=each.item)
            found.append(each)
    return found, changed
