"""What the sweep is measured against (巡查的参照): which rows it has written, and the same effects by the object mapper."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from benchmarks.by_hand import Made, take_away
from models import Clock, Document, Event, OutboxRow, Rung
from yisong.clock import local_date
from yisong.domain.escalation import issuer_of, rung_on
from yisong.domain.roles import SYSTEM
from yisong.domain.rulebook import RuleBook
from yisong.services import clocks, outgoing, remarks
from yisong.services.rung_papers import issue_paper
from yisong.store import matters

MADE = (Rung, Event, OutboxRow, Document)


def climb_by_mapper(session: Session, *, book: RuleBook, clock_id: int, day: date, at: datetime) -> None:
    """One clock climbs its rung by objects (逐件): read, judged, changed and flushed as a worker does who has one job."""
    clock = session.get_one(Clock, clock_id)
    matter = matters.matter(session, clock.matter_id, lock=True)
    session.refresh(clock, with_for_update=True)
    ladder = clocks.ladder_of(book, clock)
    climbed = {rung.key: rung.on for rung in session.scalars(select(Rung).where(col(Rung.clock_id) == clock_id))}
    assert ladder is not None and clock.due_on is not None
    rung = rung_on(ladder, due_on=clock.due_on, day=day, climbed=frozenset(climbed), calendar=book.calendar, last_on=max(climbed.values(), default=None))  # fmt: skip
    assert rung is not None and not rung.approve_by
    issue = issuer_of(rung, chased=book.organ(clock.department), book=book)
    given = {
        "clock": clock.id, "rule": clock.rule, "rung": rung.key, "level": rung.level, "name": rung.name, "due": clock.due_on, "why": issue.reason,
        "approval": rung.approve_by,
    }  # fmt: skip
    line = remarks.Line(matter, "climb", SYSTEM, day, given)
    remarks.reserve([line])
    papers = []
    for code in rung.papers:
        papers.append(
            issue_paper(
                session,
                book,
                clock=clock,
                matter=matter,
                rung=rung,
                issuer=issue.organ,
                code=code,
                seq=line.seq,
                on=day,
                at=at,
            )
        )
    line.effects = [
        {"paper": paper.type_code, "document": paper.matter_id, "number": paper.number, "facts": paper.facts_sha256}
        for paper in papers
    ]
    remarks.write(session, [line], at=at)
    session.add(
        Rung(
            clock_id=clock_id, key=rung.key, level=rung.level, name=rung.name, on=day, matter_id=matter.id or 0, department=clock.department, issuer=issue.organ,
            document_id=papers[0].matter_id if papers else None,
        )
    )  # fmt: skip
    for receiver in (clock.department, *rung.copies):
        payload = {
            "notice": "reminder", "department": receiver, "urgent": rung.level >= 2, "action": "climb", "on": local_date(at).isoformat(), "seq": line.seq,
            "clock": clock_id, "number": papers[0].number if papers else "",
        }  # fmt: skip
        outgoing.queue(
            session, key=f"{matter.code}:{line.seq}:reminder:{receiver}", kind="notice", at=at, payload=payload, matter_id=matter.id, case_id=matter.case_id
        )  # fmt: skip
    clock.look_on = clocks.look(book, clock, after=day, climbed=frozenset((*climbed, rung.key)))
    session.add(clock)
    session.flush()


def taken_from(engine: Engine, *, first: int, late: int) -> Made:
    """The rows that a sweep over these clocks has written, taken away (取走)."""
    ours = f"matter_id >= {first} AND matter_id < {first + late}"
    mine = f"id >= {first} AND id < {first + late}"
    papers = f"SELECT matter_id FROM document WHERE subject_id >= {first} AND subject_id < {first + late}"
    return take_away(
        engine,
        wheres={
            "matter": f"id IN ({papers})", "document": f"matter_id IN ({papers})", "rung": ours, "event": f"{ours} AND action = 'climb'",
            "outbox": f"({ours}) OR matter_id IN ({papers})",
        },
        changed={"matter": (("seq", "head", "changed_at"), mine), "clock": (("look_on",), mine)},
        undone=(f"UPDATE matter SET seq = 0, head = '' WHERE {mine}", f"UPDATE clock SET look_on = due_on WHERE {mine}"),
    )  # fmt: skip
