"""Replays that the journeys look at (重演结果): a county, played on a database, with what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg
import yaml
from psycopg import sql
from sqlalchemy import make_url
from sqlmodel import col, select

from models import Event, Matter
from tests.journeys.expected import Raw
from tests.journeys.second_county import second_county
from tests.support.counties import CALENDAR, ROOT
from tests.support.postgres import PostgresServer
from yisong import countyfile
from yisong.clock import SHANGHAI
from yisong.desk import Desk
from yisong.replay import run as running
from yisong.replay.county import first_instant
from yisong.replay.report import report
from yisong.replay.stage import Stage
from yisong.services import audit
from yisong.settings import Settings, load_settings

FIRST = ROOT / "samples" / "yunxi.yaml"
SECOND = Path("second county")
"""Not a file: made of the first by `second_county`."""
PLAYED_UNTIL = datetime(2026, 10, 26, 18, 0, tzinfo=SHANGHAI)
"""Up to here people act in the half-played county; then nobody does anything but the system, which misses days."""


@dataclass
class Played:
    """One county, replayed up to the day of its own demonstration (已重演的县)."""

    which: Path
    raw: Raw
    stage: Stage
    report: dict[str, Any]
    until: date

    def days_of(self, matter: str, action: str) -> list[date]:
        """The days on which a step was taken on a matter."""
        query = (
            select(Event)
            .join(Matter, col(Matter.id) == col(Event.matter_id))
            .where(col(Matter.code) == matter, col(Event.action) == action)
        )
        with self.stage.desk.reading() as session:
            return [event.on for event in session.scalars(query.order_by(col(Event.seq)))]

    def audit(self) -> audit.Audited:
        return audit.verify_all(self.stage.desk.reading)

    def close(self) -> None:
        self.stage.desk.close()


def raw_of(which: Path) -> Raw:
    """A county as YAML has it; the second one is made of the first."""
    first: Raw = yaml.safe_load(FIRST.read_text(encoding="utf-8"))
    return second_county(first) if which == SECOND else first


def stage_of(raw: Raw, *, url: str, home: Path) -> tuple[Stage, datetime]:
    """An empty database with the county's registers in it, and the instant up to which it is to be played (布置)."""
    text = yaml.safe_dump(raw, allow_unicode=True, sort_keys=False, width=10_000)
    county = countyfile.parse(text, calendar=CALENDAR)
    assert county.as_of is not None
    settings = load_settings({"YISONG_DATABASE_URL": url}, home=home)
    return running.prepare(
        county, home=home, settings=settings, at=first_instant(county, as_of=county.as_of)
    ), county.as_of


def plain(found: dict[str, Any]) -> dict[str, Any]:
    """A report as a reader of its JSON gets it."""
    read: dict[str, Any] = json.loads(json.dumps(found))
    return read


def played_county(
    which: Path,
    *,
    url: str,
    home: Path,
    machinery: running.Machinery | None = None,
    surrounding: Callable[[Settings], AbstractContextManager[None]] | None = None,
) -> Played:
    """Replay a county (重演); without Prefect unless `machinery` says otherwise. `surrounding` is given the settings of the replay."""
    raw = raw_of(which)
    stage, as_of = stage_of(raw, url=url, home=home)
    with surrounding(stage.desk.settings) if surrounding else nullcontext():
        for _ in running.run(stage, as_of=as_of, machinery=machinery or running.Directly()):
            pass
    return Played(which, raw, stage, plain(report(stage, as_of=as_of)), as_of.astimezone(SHANGHAI).date())


class Unsent(running.Directly):
    """Everything by itself but the outbox: what it would let out keeps waiting (不发送)."""

    def outbox(self, desk: Desk, *, at: datetime) -> None:
        pass


def play_until_autumn(url: str, home: Path) -> None:
    """The first county in the middle of its year (半年): clocks run, letters and notices wait, and people go home."""
    stage, _ = stage_of(raw_of(FIRST), url=url, home=home)
    for _ in running.run(stage, as_of=PLAYED_UNTIL, machinery=Unsent()):
        pass
    stage.desk.close()


def copy_of(server: PostgresServer, seed: str, name: str) -> str:
    """The address of a new PostgreSQL database with the content of another, to which nobody is connected (副本)."""
    original = make_url(seed).database
    assert original is not None
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(original))
    with psycopg.connect(server.address("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)
    return server.address(name)
