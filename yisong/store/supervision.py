"""Reads of rungs, proposals and what people did about them (督办读取)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models import Clock, Document, Matter, Rung, RungAct, RungProposal, Unit

SUPERVISED = 3
"""The level from which a rung is supervision (督办)."""


def rung(session: Session, clock_id: int, *, key: str) -> Rung | None:
    return session.get(Rung, (clock_id, key), with_for_update=True, populate_existing=True)


def proposal(session: Session, clock_id: int, *, key: str) -> RungProposal | None:
    return session.get(RungProposal, (clock_id, key), with_for_update=True, populate_existing=True)


def act(session: Session, clock_id: int, *, key: str, kind: str) -> RungAct | None:
    return session.get(RungAct, (clock_id, key, kind))


def rung_seen(session: Session, clock_id: int, *, key: str) -> Rung | None:
    """A rung without holding its row (查看层级)."""
    return session.get(Rung, (clock_id, key))


def acts(session: Session, clock_ids: Iterable[int]) -> list[RungAct]:
    """What people did about the rungs of these clocks, oldest first (催督办理记录)."""
    query = (
        select(RungAct)
        .where(col(RungAct.clock_id).in_(tuple(clock_ids)))
        .order_by(col(RungAct.at), col(RungAct.clock_id), col(RungAct.key))
    )
    return list(session.scalars(query))


def proposals(session: Session, *, status: str = "waiting") -> list[RungProposal]:
    """The rungs that a person is asked to decide (提请清单), oldest first."""
    query = select(RungProposal).where(col(RungProposal.status) == status)
    return list(
        session.scalars(query.order_by(col(RungProposal.on), col(RungProposal.clock_id), col(RungProposal.key)))
    )


def awaiting_approval(session: Session) -> list[tuple[Rung, Matter]]:
    """Rungs whose day has come and whose papers a person must approve (待批准的层级)."""
    query = (
        select(Rung, Matter).join(Matter, col(Matter.id) == col(Rung.matter_id)).where(col(Rung.status) == "proposed")
    )
    return [(found, matter) for found, matter in session.execute(query.order_by(col(Rung.on), col(Rung.clock_id)))]


def unreceived(session: Session, *, before: date) -> list[tuple[Rung, Document]]:
    """Papers of rungs climbed before a day that the department has not acknowledged (未签收的催督文书)."""
    received = select(col(RungAct.clock_id)).where(
        col(RungAct.clock_id) == col(Rung.clock_id), col(RungAct.key) == col(Rung.key), col(RungAct.kind) == "received"
    )
    query = select(Rung, Document).join(Document, col(Document.matter_id) == col(Rung.document_id))
    query = query.where(col(Rung.on) < before, ~received.exists()).order_by(col(Rung.on), col(Rung.clock_id))
    return [(found, document) for found, document in session.execute(query)]


def critical_clocks(session: Session) -> list[Clock]:
    """Running, chased clocks about critical hazards in cases of which nothing has been proposed yet (重大隐患在计时钟)."""
    done = select(col(RungProposal.matter_id)).where(col(RungProposal.clock_id) == col(Clock.id))
    query = select(Clock).where(
        col(Clock.status) == "running",
        col(Clock.chased),
        ~col(Clock.held),
        col(Clock.severity) == "critical",
        col(Clock.department) != "",
        ~done.exists(),
    )
    return list(session.scalars(query.order_by(col(Clock.due_on), col(Clock.id))))


def of_case(session: Session, case_id: int | None, *, level: int) -> tuple[bool, bool]:
    """Whether a rung of that level has been climbed in a case, and whether one has been proposed (本案同级督办)."""
    in_case = select(col(Clock.id)).where(col(Clock.case_id) == case_id)
    climbed = session.scalar(
        select(func.count()).select_from(Rung).where(col(Rung.clock_id).in_(in_case), col(Rung.level) >= level)
    )
    asked = session.scalar(
        select(func.count())
        .select_from(RungProposal)
        .where(col(RungProposal.clock_id).in_(in_case), col(RungProposal.level) >= level)
    )
    return bool(climbed), bool(asked)


def supervised(session: Session, *, first: date, last: date) -> dict[str, list[tuple[int, int]]]:
    """For each department the (clock, case) pairs that were supervised from `first` to `last` (当季督办), oldest first."""
    query = select(col(Rung.department), col(Rung.clock_id), col(Clock.case_id)).join(
        Clock, col(Clock.id) == col(Rung.clock_id)
    )
    query = query.where(
        col(Rung.level) == SUPERVISED, col(Rung.on) >= first, col(Rung.on) <= last, col(Rung.status) != "dropped"
    )
    found: dict[str, list[tuple[int, int]]] = {}
    for department, clock, case in session.execute(query.order_by(col(Rung.on), col(Rung.clock_id))):
        found.setdefault(department, []).append((clock, case or 0))
    return found


def proposed_in_quarter(session: Session, department: str, *, first: date, last: date, level: int) -> bool:
    """Whether that level has been proposed or climbed for a department from `first` to `last` (当季已提请)."""
    asked = select(func.count()).select_from(RungProposal).where(
        col(RungProposal.department) == department, col(RungProposal.level) >= level, col(RungProposal.on) >= first, col(RungProposal.on) <= last
    )  # fmt: skip
    climbed = select(func.count()).select_from(Rung).where(
        col(Rung.department) == department, col(Rung.level) >= level, col(Rung.on) >= first, col(Rung.on) <= last, col(Rung.status) != "dropped"
    )  # fmt: skip
    return bool(session.scalar(asked)) or bool(session.scalar(climbed))


def listed_and_done(session: Session) -> list[tuple[Rung, Clock]]:
    """Listed supervision whose clock has ended and that nobody has been asked to close (待销号的挂牌督办)."""
    asked = select(col(RungProposal.clock_id)).where(
        col(RungProposal.clock_id) == col(Rung.clock_id), col(RungProposal.key) == col(Rung.key) + "/close"
    )
    query = (
        select(Rung, Clock)
        .join(Clock, col(Clock.id) == col(Rung.clock_id))
        .join(Document, col(Document.matter_id) == col(Rung.document_id))
    )
    query = query.where(
        col(Document.type_code) == "GUAPAI", col(Clock.status).in_(("met", "missed", "cancelled")), ~asked.exists()
    )
    return [(found, clock) for found, clock in session.execute(query.order_by(col(Rung.on), col(Rung.clock_id)))]


def overtaken(session: Session) -> list[RungProposal]:
    """Proposals that nobody needs to decide any more: the clock has ended, or has climbed the rung by itself (已无须决定的提请)."""
    climbed = select(col(Rung.clock_id)).where(
        col(Rung.clock_id) == col(RungProposal.clock_id), col(Rung.key) == col(RungProposal.key)
    )
    ended = select(col(Clock.id)).where(
        col(Clock.id) == col(RungProposal.clock_id), col(Clock.status).not_in(("running", "paused"))
    )
    query = select(RungProposal).where(col(RungProposal.status) == "waiting", col(RungProposal.key).not_like("%/close"))
    return list(session.scalars(query.where(climbed.exists() | ended.exists())))


def papers_of_rungs(
    session: Session, *, department: str = "", before: tuple[date, int, str] | None = None, most: int
) -> list[tuple[Rung, Document]]:
    """The rungs that issued a paper, the latest first (催督文书台账): of one department, or of all; after the place `before`.

    A place is the (day, clock, key) of the last row of the page before.
    """
    query = select(Rung, Document).join(Document, col(Document.matter_id) == col(Rung.document_id))
    if department:
        query = query.where(col(Rung.department) == department)
    if before is not None:
        query = query.where(tuple_(col(Rung.on), col(Rung.clock_id), col(Rung.key)) < before)
    query = query.order_by(col(Rung.on).desc(), col(Rung.clock_id).desc(), col(Rung.key).desc()).limit(most)
    return [(found, document) for found, document in session.execute(query)]


def clocks_with_cases(session: Session, clock_ids: Iterable[int]) -> dict[int, tuple[Clock, Matter, str]]:
    """These clocks, each with the matter whose page shows it and the unit's name (期限及所属案件)."""
    root: Any = aliased(Matter)
    query = (
        select(Clock, root, Unit)
        .join(Matter, col(Matter.id) == col(Clock.matter_id))
        .join(root, root.id == func.coalesce(col(Matter.case_id), col(Matter.id)))
        .outerjoin(Unit, col(Unit.id) == col(Matter.unit_id))
        .where(col(Clock.id).in_(tuple(clock_ids)))
    )
    return {
        clock.id or 0: (clock, matter, unit.name if unit else matter.code)
        for clock, matter, unit in session.execute(query)
    }
