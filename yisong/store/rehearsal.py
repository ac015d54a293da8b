"""Reads for the rehearsal of a sweep (巡查预演读取)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models import Clock, Event, Matter, Rung


def recorded_at(session: Session, *, at: datetime) -> list[tuple[Event, Matter]]:
    """Everything that was recorded at one instant, papers and rungs apart (某一时刻的流转记录)."""
    query = (
        select(Event, Matter)
        .join(Matter, col(Matter.id) == col(Event.matter_id))
        .where(col(Event.at) == at, col(Matter.kind) != "document", col(Event.action) != "climb")
        .order_by(col(Event.on), col(Event.matter_id), col(Event.seq))
    )
    return [(event, matter) for event, matter in session.execute(query)]


def rungs(session: Session, *, since: date) -> list[tuple[Rung, Clock, str]]:
    """The rungs climbed on a day or after it, with their clock and the code of its matter (升级记录)."""
    query = (
        select(Rung, Clock, col(Matter.code))
        .join(Clock, col(Clock.id) == col(Rung.clock_id))
        .join(Matter, col(Matter.id) == col(Clock.matter_id))
    )
    return [
        (rung, clock, code)
        for rung, clock, code in session.execute(
            query.where(col(Rung.on) >= since).order_by(col(Rung.on), col(Rung.clock_id))
        )
    ]
