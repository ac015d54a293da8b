"""Run a county's year (重演): acts in their order, and what the system does by itself every midnight, morning and evening.

A history gives days, not hours. An act without an hour counts as done when the offices open (08:00), before the sweep of 08:30, so that
nobody is reminded on the very day on which the thing was done; an act with an hour keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from yisong import rulefiles
from yisong.clock import SimulatedClock
from yisong.countyfile import CaseHistory, County, HistoryEvent, ListingHistory
from yisong.desk import Desk
from yisong.replay import loading, scenes, tracks
from yisong.replay.people import People
from yisong.replay.stage import EVENING, MIDNIGHT, MORNING, OFFICE, Stage
from yisong.rulefiles.calendar import write_calendar
from yisong.settings import Settings, load_settings
from yisong.store import database, outcome
from yisong.store import deadlines as stored


class Machinery(Protocol):
    """What happens by itself (系统自动办理): the flows, or the same services without Prefect."""

    def midnight(self, desk: Desk, *, day: date, at: datetime) -> None:
        """Sweep the days before `day` that were missed, and let the terms lapse that ended with them."""
        ...

    def morning(self, desk: Desk, *, until: date, at: datetime) -> None:
        """Sweep every day up to and with `until`."""
        ...

    def evening(self, desk: Desk, *, on: date, at: datetime) -> None:
        """Count refusals and scan for over-inspection."""
        ...

    def outbox(self, desk: Desk, *, at: datetime) -> None:
        """Print and send what waits."""
        ...


class Directly:
    """The services without Prefect (直接调用): for tests and quick replays; the flows call the same functions."""

    def __init__(self, *, letters: bool = False) -> None:
        self._letters = letters

    def midnight(self, desk: Desk, *, day: date, at: datetime) -> None:
        from yisong.services import deadlines

        self.morning(desk, until=day - timedelta(days=1), at=at)
        deadlines.lapse_all(desk.transaction, book=desk.book, day=day, at=at)

    def morning(self, desk: Desk, *, until: date, at: datetime) -> None:
        from yisong.services import deadlines

        for _ in deadlines.sweep(desk.transaction, book=desk.book, until=until, at=at):
            pass

    def evening(self, desk: Desk, *, on: date, at: datetime) -> None:
        from yisong.services import listing, risk

        with desk.transaction() as session:
            listing.watch(session, book=desk.book, on=on, at=at, skipped=[])
            listing.expire(session, book=desk.book, on=on, at=at)
            risk.scan(session, book=desk.book, on=on, at=at, skipped=[])

    def outbox(self, desk: Desk, *, at: datetime) -> None:
        from yisong.services import outbox

        press = outbox.Press(settings=desk.settings, book=desk.book, catalogue=desk.catalogue)
        outbox.run(desk.transaction, press=press, at=lambda: at, only="" if self._letters else "notice")


@dataclass(frozen=True, slots=True)
class _Moment:
    on: date
    at: datetime | None
    order: int
    place: int
    history: CaseHistory | ListingHistory
    event: HistoryEvent


def prepare(county: County, *, home: Path, settings: Settings | None = None, at: datetime) -> Stage:
    """An empty database and the county's own rule book in `home` (布置场景)."""
    rules = home / "rules"
    rulefiles.write(county.book, rules)
    write_calendar(county.book.calendar, rules / "calendar")
    base = settings or load_settings(home=home)
    settings = Settings(**{**{name: getattr(base, name) for name in base.__dataclass_fields__}, "rules": rules})
    database.upgrade(settings.database_url)
    clock = SimulatedClock(at)
    desk = Desk(settings=settings, book=county.book, clock=clock)
    stage = Stage(desk=desk, county=county, clock=clock, people=People(book=county.book, users=county.users))
    loading.load_units(stage)
    return stage


def moments(county: County, *, as_of: datetime) -> list[_Moment]:
    """Every event of the county up to `as_of`, in the order in which it happened (事件先后)."""
    found = []
    histories: list[CaseHistory | ListingHistory] = [*county.cases, *county.listings]
    for order, history in enumerate(histories):
        last: date | None = None
        for place, event in enumerate(history.events):
            if (event.at or as_of) <= as_of and event.on <= as_of.date():
                last = max(event.on, last) if last else event.on
                found.append(_Moment(event.on, event.at, order, place, history, event))
    return sorted(found, key=lambda moment: (moment.on, moment.order, moment.place))


def _play(stage: Stage, moment: _Moment) -> None:
    history, event = moment.history, moment.event
    where = history.code
    if isinstance(history, CaseHistory):
        if event.event in scenes.EXPECTED:
            return
        if event.event == "terminated":
            loading.compare_registers(stage, [history.unit])
        scene = scenes.SCENES.get(event.event) or tracks.CRIMINAL.get(event.event)
        if scene is None:
            stage.trouble(
                where, event, "unknown_event", f"不认识的事件“{event.event}”（{event.path}），请核对事件名称。"
            )
            return
        stage.play(where, event, lambda session: scene(stage, session, history, event))
    else:
        listed = tracks.LISTINGS.get(event.event)
        if listed is None:
            stage.trouble(
                where, event, "unknown_event", f"不认识的列入事件“{event.event}”（{event.path}），请核对事件名称。"
            )
            return
        stage.play(where, event, lambda session: listed(stage, session, history, event))


def _register_plans(stage: Stage, *, on: date) -> None:
    from yisong.services import registry

    with stage.transaction() as session:
        for plan in stage.county.planned_inspections:
            registry.keep_plan(
                session, code=plan.code, department=plan.department, unit=loading.unit_of(session, plan.unit), planned_on=plan.planned_on, registered_on=on,
                kind=plan.kind, theme=plan.theme or "",
            )  # fmt: skip


def _visits_of(stage: Stage, day: date) -> None:
    """What inspectors register on the day of a visit: the inspection, and findings that make no case (检查当日登记)."""
    in_cases = {code for case in stage.county.cases for code in case.findings}
    for visit in stage.county.inspections:
        if visit.on != day:
            continue
        event = HistoryEvent(on=day, event="inspection_registered")
        loose = [
            entry.code
            for entry in stage.county.findings
            if entry.inspection == visit.code and entry.code not in in_cases
        ]

        def scene(
            session: object, visit: object = visit, loose: list[str] = loose, event: HistoryEvent = event
        ) -> None:
            loading.keep_inspection(stage, session, visit)  # type: ignore[arg-type]
            loading.register_findings(stage, session, codes=loose, event=event)  # type: ignore[arg-type]

        stage.play(visit.code, event, scene)


def _waiting(stage: Stage, *, day: date) -> bool:
    """Whether any clock may need something by a day. A simulated year has no server that starts idle runs (是否有待巡查时钟)."""
    with stage.desk.reading() as session:
        return bool(
            stored.codes_to_look_at(session, day=day, most=1)
            or stored.codes_to_lapse(session, before=day + timedelta(days=1), most=1)
        )


def _grounds(stage: Stage) -> tuple[int, int, int]:
    """What the evening's count and scan look at: while it has not changed, they would find nothing new (计数与扫描所据)."""
    with stage.desk.reading() as session:
        return outcome.grounds(session)


def _days(stage: Stage, known: list[date]) -> Iterator[date]:
    """The days of the county's histories, and between them those on which a clock is looked at, each in its turn (逐日)."""
    last = known[0] - timedelta(days=1)
    for day in known:
        while True:
            with stage.desk.reading() as session:
                found = stored.next_look(session, after=last)
            if found is None or found >= day:
                break
            yield found
            last = found
        yield day
        last = day


def run(
    stage: Stage,
    *,
    as_of: datetime,
    machinery: Machinery,
    begin: date | None = None,
    tick: Callable[[date], None] = lambda day: None,
    visits: Callable[[Stage, date], None] = _visits_of,
) -> Iterator[date]:
    """Play everything up to `as_of` (重演至). Yields each day on which something happened; `visits` brings in the day's inspections."""
    zone = stage.desk.settings.timezone
    until = as_of.astimezone(zone).date()
    ahead = moments(stage.county, as_of=as_of.astimezone(zone))
    days = sorted(
        {moment.on for moment in ahead}
        | {visit.on for visit in stage.county.inspections if visit.on <= until}
        | {until}
    )
    months, seen = 0, (0, 0, 0)
    for day in _days(stage, days):
        if day > until:
            break
        stage.clock.set(stage.instant(day, MIDNIGHT))
        if _waiting(stage, day=day - timedelta(days=1)):
            machinery.midnight(stage.desk, day=day, at=stage.clock.now())
        stage.clock.set(stage.instant(day, OFFICE))
        visits(stage, day)
        if day == until:
            _register_plans(stage, on=until)
        morning = stage.instant(day, MORNING)
        acts = [entry for entry in ahead if entry.on == day]
        for index, moment in enumerate(entry for entry in acts if entry.at is None or entry.at <= morning):
            stage.clock.set(moment.at or stage.instant(day, OFFICE) + timedelta(seconds=index + 1))
            _play(stage, moment)
        stage.clock.set(morning)
        if _waiting(stage, day=day) or day == until:
            machinery.morning(stage.desk, until=day, at=morning)
        for moment in acts:
            if moment.at is not None and moment.at > morning:
                stage.clock.set(moment.at)
                _play(stage, moment)
        stage.clock.set(stage.instant(day, EVENING))
        grounds = _grounds(stage)
        if grounds != seen or day == until:
            machinery.evening(stage.desk, on=day, at=stage.clock.now())
            seen = grounds
        if day.month != months or day == until:
            months = day.month
            machinery.outbox(stage.desk, at=stage.clock.now() + timedelta(minutes=1))
        tick(day)
        yield day
    loading.compare_registers(
        stage, [unit.code for unit in stage.county.units if unit.deregistered_on and unit.deregistered_on <= until]
    )
    stage.clock.set(as_of)
