"""Take a step (办理步骤): the one door for every act of a person or of the system.

The matter is locked, `decide()` answers with a Step or a refusal, the journal writes it, and the consequences that the row names
follow on related matters in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from models import Event, Matter
from yisong.domain import lifecycles
from yisong.domain.lifecycle import Act, Also, Facts, Kin, Offer, Refusal, decide, offers
from yisong.domain.lifecycles.order import LIVE
from yisong.domain.lifecycles.seizure import HELD
from yisong.domain.roles import SYSTEM, Actor
from yisong.domain.rulebook import RuleBook, RuleBookError
from yisong.services import journal
from yisong.services.facts import facts_of
from yisong.store import casefile, matters


def hold(session: Session, matter_id: int) -> Matter:
    """A matter with its row held, that of its case before it (锁定事项): whoever acts within one case stands in one queue.

    A paper has a life of its own: printing it waits for nobody.
    """
    found = matters.matter(session, matter_id)
    if found.kind != "document" and found.case_id not in (None, found.id):
        matters.matter(session, found.case_id, lock=True)
    return matters.matter(session, matter_id, lock=True)


def _check_unit(session: Session, act: Act) -> None:
    given = act.given.get("unit")
    if given in (None, ""):
        return
    if not str(given).isdecimal() or matters.unit(session, int(given)) is None:
        raise Refusal("unknown_unit", f"没有编号为“{given}”的登记单位，请先登记该单位，再从名单中选择。")


def _check_departments(book: RuleBook, act: Act) -> None:
    for name in ("department", "proposed_department"):
        code = act.given.get(name)
        if code in (None, ""):
            continue
        try:
            book.organ(str(code))
        except RuleBookError as error:
            raise Refusal("unknown_department", error.message) from error


def _kin(session: Session, matter: Matter, also: Also) -> list[Matter]:
    """The matters that a consequence reaches (关联事项)."""
    if also.kin is Kin.CASE:
        return [matters.matter(session, matter.case_id, lock=True)] if matter.case_id else []
    if also.kin is Kin.SUBJECT:
        document = matters.matter(session, matter.subject_id or 0)
        return [matters.matter(session, document.subject_id, lock=True)] if document.subject_id else []
    if also.kin is Kin.ORDER:
        if matter.kind == "review":
            return [matters.matter(session, matter.subject_id or 0, lock=True)]
        return [order for order, _ in casefile.orders(session, matter.case_id) if order.state in LIVE]
    if also.kin is Kin.REVIEW:
        return matters.of_case(session, matter.case_id or 0, kind="review", states=("passed",))
    if also.kin is Kin.SEIZURE:
        return matters.of_case(session, matter.case_id or 0, kind="seizure", states=HELD)
    if also.kin is Kin.FINDINGS:
        order = casefile.order(session, matter.id)
        return [found for found, _ in casefile.findings(session, matter.case_id, only=order.findings if order else ())]
    raise Refusal("unknown_kin", f"流转表中的关联“{also.kin.value}”无法识别，请联系系统管理员。")


def _row_applies(matter: Matter, facts: Facts, action: str) -> bool:
    table = lifecycles.ALL[matter.kind]
    return any(
        row.action == action and matter.state in row.source and (row.when is None or row.when.test(facts))
        for row in table.transitions
    )


def _follow(session: Session, *, book: RuleBook, matter: Matter, act: Act, consequences: tuple[Also, ...]) -> None:
    for also in consequences:
        for kin in _kin(session, matter, also):
            facts = facts_of(session, book=book, matter=kin, on=act.on)
            if also.kin is Kin.FINDINGS and not _row_applies(kin, facts, also.action):
                continue  # a finding that an earlier order has cleared already
            _take(session, book=book, matter=kin, act=replace(act, action=also.action, actor=SYSTEM), facts=facts)


def _take(session: Session, *, book: RuleBook, matter: Matter, act: Act, facts: Facts) -> Event:
    step = decide(lifecycles.ALL[matter.kind], facts=facts, act=act)
    event = journal.record(session, book=book, matter=matter, step=step, act=act, facts=facts)
    _follow(session, book=book, matter=matter, act=act, consequences=step.transition.also)
    return event


def take_step(session: Session, *, book: RuleBook, matter_id: int, act: Act, seen: int | None = None) -> Event:
    """Take one step on a matter (办理一步).

    Args:
        session: the caller's transaction.
        book: the rule book in force.
        matter_id: which matter.
        act: who does what, when, with what given.
        seen: the number of the last event that the actor had before their eyes; if others have acted since, the step is refused.

    Raises:
        Refusal: by name, in Chinese, saying what to do.
    """
    matter = hold(session, matter_id)
    if seen is not None and seen != matter.seq:
        raise Refusal("lost_race", f"{matter.code}在您打开页面之后已被他人办理，请刷新后再试。")
    _check_departments(book, act)
    _check_unit(session, act)
    return _take(
        session, book=book, matter=matter, act=act, facts=facts_of(session, book=book, matter=matter, on=act.on)
    )


def open_matter(
    session: Session,
    *,
    book: RuleBook,
    kind: str,
    code: str,
    act: Act,
    variant: str = "",
    origin: str = "",
    responsible: str = "",
    unit_id: int | None = None,
    case_id: int | None = None,
    subject: Matter | None = None,
    extension: Any = None,
    details: dict[str, Any] | None = None,
) -> Matter:
    """A new matter and its first step (新立事项): refused whole if the table does not allow the step.

    `extension` is the kind's own row (a Finding, a RectificationOrder …); its `matter_id` is filled in here.
    """
    if case_id is not None:
        matters.matter(session, case_id, lock=True)
    if matters.has_code(session, code):
        raise Refusal("duplicate", f"编号“{code}”已经存在，请勿重复登记。")
    _check_departments(book, act)
    matter = journal.create(
        session, kind=kind, code=code, on=act.on, at=act.at, variant=variant, origin=origin, responsible=responsible,
        unit_id=unit_id, case_id=case_id, subject_id=subject.id if subject else None, details=details,
    )  # fmt: skip
    if extension is not None:
        extension.matter_id = matter.id
        session.add(extension)
        session.flush()
    _take(
        session,
        book=book,
        matter=matter,
        act=act,
        facts=facts_of(session, book=book, matter=matter, on=act.on, subject=subject),
    )
    return matter


def offered(session: Session, *, book: RuleBook, matter: Matter, actor: Actor, on: date, at: datetime) -> list[Offer]:
    """What this actor may do on a matter now (可办事项): the buttons of a page are these."""
    facts = facts_of(session, book=book, matter=matter, on=on)
    return offers(lifecycles.ALL[matter.kind], facts=facts, act=Act("", actor, on, at))


def offered_openings(
    session: Session,
    *,
    book: RuleBook,
    kind: str,
    subject: Matter,
    actor: Actor,
    on: date,
    at: datetime,
    variant: str = "",
) -> list[Offer]:
    """What this actor may begin about a matter: a review of an order, the service of a paper, an order in a case (可新办事项)."""
    unborn = Matter(
        kind=kind, code="", variant=variant, state="", origin=subject.origin, responsible=subject.responsible, unit_id=subject.unit_id,
        case_id=subject.case_id, subject_id=subject.id, opened_on=on, changed_at=at,
    )  # fmt: skip
    facts = facts_of(session, book=book, matter=unborn, on=on, subject=subject)
    if kind == "order":
        facts = replace(
            facts,
            values={
                **facts.values,
                "case_open": subject.state in ("accepted", "case_filed", "rectifying", "review_failed", "reopened"),
            },
        )
    return offers(lifecycles.ALL[kind], facts=facts, act=Act("", actor, on, at))


def act_of(
    action: str, *, actor: Actor, on: date, at: datetime, given: Mapping[str, Any] | None = None, offline: bool = False
) -> Act:
    """An act from its parts (行为)."""
    return Act(action=action, actor=actor, on=on, at=at, given=dict(given or {}), offline=offline)
