"""The stage of a replay (重演场景): one desk, one simulated clock, one transaction per act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from models import Matter
from yisong.clock import SimulatedClock
from yisong.countyfile import CaseHistory, County, HistoryEvent
from yisong.desk import Desk
from yisong.domain.lifecycle import Act, Refusal
from yisong.domain.numbering import NumberingError, split
from yisong.domain.roles import Actor
from yisong.domain.rulebook import RuleBook
from yisong.replay.people import People
from yisong.services.steps import take_step
from yisong.store import matters

MIDNIGHT = time(0, 10)
OFFICE = time(8, 0)
MORNING = time(8, 30)
EVENING = time(17, 30)


@dataclass(frozen=True, slots=True)
class Trouble:
    """An act of the history that the tables refused, or that nobody understood (未能重演的事件)."""

    where: str
    event: str
    on: date
    code: str
    message: str


@dataclass(slots=True)
class Stage:
    """What acts are played on (重演场景)."""

    desk: Desk
    county: County
    clock: SimulatedClock
    people: People
    troubles: list[Trouble] = field(default_factory=list)
    listings: dict[str, str] = field(default_factory=dict)

    @property
    def book(self) -> RuleBook:
        return self.desk.book

    def instant(self, day: date, at: time = OFFICE, *, minutes: int = 0) -> datetime:
        """A local time of a day as an instant (时刻)."""
        return datetime.combine(day, at, self.desk.settings.timezone) + timedelta(minutes=minutes)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with self.desk.transaction() as session:
            yield session

    def act(
        self, action: str, actor: Actor, event: HistoryEvent, given: Mapping[str, Any] | None = None, *, paper: str = ""
    ) -> Act:
        """An act of the history; its paper is numbered only where the history says that it was (行为)."""
        return Act(
            action=action, actor=actor, on=event.on, at=self.clock.now(), given={**dict(given or {}), **self.variant_word(actor, event, paper)},
            offline=bool(paper) and not event.doc,
        )  # fmt: skip

    def variant_word(self, actor: Actor, event: HistoryEvent, paper: str) -> dict[str, str]:
        """The word of a ministry's own form, where the history's number bears another than the usual one (部颁式样)."""
        if not paper or not event.doc:
            return {}
        try:
            numbering = self.book.numbering(paper)
            prefix = self.book.organ(actor.department).prefix_on(event.on)
            head, _, _ = split(event.doc)
        except (NumberingError, ValueError):
            return {}
        word = head.removeprefix(prefix)
        return {} if word == numbering.word(prefix) or not head.startswith(prefix) else {"number_word": word}

    def step(self, session: Session, matter: Matter, act: Act) -> None:
        take_step(session, book=self.book, matter_id=matter.id or 0, act=act)

    def case(self, session: Session, history: CaseHistory) -> Matter:
        return matters.matter_by_code(session, history.code)

    def trouble(self, where: str, event: HistoryEvent, code: str, message: str) -> None:
        self.troubles.append(Trouble(where, event.event, event.on, code, message))

    def play(self, where: str, event: HistoryEvent, scene: Any) -> None:
        """Play one scene in one transaction; a refusal is kept by name and the history goes on (重演一幕)."""
        try:
            with self.transaction() as session:
                scene(session)
        except Refusal as refusal:
            self.trouble(where, event, refusal.code, refusal.message)
        except ValueError as error:
            self.trouble(where, event, getattr(error, "code", "invalid"), str(error))
