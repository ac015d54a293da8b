"""Reads for trying rules on history (规则试算读取): clocks with their ledgers and the spans in which nobody was chased."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Text, cast, or_, select
from sqlmodel import Session, col

from models import Clock, Event, Matter


def page(session: Session, *, first: date, last: date, after: int, most: int) -> list[tuple[Clock, str]]:
    """The next clocks that ran at some time from `first` to `last`, each with the code of its matter (各时钟)."""
    query = (
        select(Clock, col(Matter.code))
        .join(Matter, col(Matter.id) == col(Clock.matter_id))
        .where(
            col(Clock.id) > after,
            col(Clock.start_on) <= last,
            or_(col(Clock.ended_on).is_(None), col(Clock.ended_on) >= first),
        )
        .order_by(col(Clock.id))
        .limit(most)
    )
    return [(clock, code) for clock, code in session.execute(query)]


def holds(session: Session) -> dict[int, tuple[tuple[date, date | None], ...]]:
    """For each clock the spans in which nobody was chased, out of the journal (停止催督期间)."""
    query = select(Event).where(
        cast(col(Event.effects), Text).like('%"verb":"hold"%')
        | cast(col(Event.effects), Text).like('%"verb":"release"%')
    )
    found: dict[int, list[tuple[date, date | None]]] = {}
    for event in session.scalars(query.order_by(col(Event.on), col(Event.matter_id), col(Event.seq))):
        for effect in event.effects:
            spans = found.setdefault(int(effect.get("clock") or 0), [])
            if effect.get("verb") == "hold":
                spans.append((event.on, None))
            elif effect.get("verb") == "release" and spans and spans[-1][1] is None:
                spans[-1] = (spans[-1][0], event.on)
    return {clock: tuple(spans) for clock, spans in found.items() if spans}
