"""What is written in bulk (成批写入) cannot be told from what is written one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import Engine, event, insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from benchmarks.crowd import Crowd, fill, instant
from models import Clock, Event, Matter, OutboxRow
from tests.journeys.dumps import difference, dump
from tests.services.world import shipped_book
from yisong.domain.chain import canonical, event_hash, written_hash
from yisong.services.journal import body_of, body_written
from yisong.services.rung_rows import letter
from yisong.store import database, rows, running

START = date(2026, 3, 2)
KINDS = some.none() | some.booleans() | some.integers() | some.text() | some.dates()
VALUES = some.recursive(KINDS, lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner), max_leaves=12)
FACTS = some.dictionaries(some.text(), VALUES)


@given(VALUES)
def test_the_quick_writer_writes_what_the_other_writes(value: Any) -> None:
    assert rows.quickly_written(value).encode() == canonical(value) == rows.written(value).encode()


@given(FACTS, some.text(), some.text())
def test_a_letter_says_what_its_facts_say(facts: dict[str, Any], number: str, code: str) -> None:
    told = {**facts, "recipient": {"name": "某局"}}
    waiting = letter("CUIBAN", held_code=code, facts=told)
    assert waiting.numbered(number).encode() == canonical({**told, "number": number, "verify_url": f"/verify/{code}"})


@given(
    FACTS,
    some.lists(FACTS),
    some.text(),
    some.integers(1, 10**9),
    some.booleans(),
    some.datetimes(timezones=some.just(UTC)),
)
def test_a_line_is_hashed_as_it_is_stored(
    given_facts: dict[str, Any], effects: list[Any], word: str, number: int, offline: bool, at: datetime
) -> None:
    line = {
        "matter_id": number, "seq": number, "action": word, "source": word, "target": "", "actor_id": "system", "actor_name": word, "department": word,
        "on": START, "at": at, "offline": offline, "given": given_facts, "effects": effects,
    }  # fmt: skip
    body = body_of(cast("Event", SimpleNamespace(**line)))
    spelled = body_written({**line, "given": rows.written(given_facts), "effects": rows.written(effects)})
    assert spelled == canonical(body)
    assert written_hash("0" * 64, spelled) == event_hash("0" * 64, body)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = database.open_engine(database_url)
    fill(opened, Crowd(clocks=600, late=40, start=date(2026, 3, 23), late_start=START), book=shipped_book())
    yield opened
    opened.dispose()


def raw(engine: Engine, table: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{table}" ORDER BY 1')]


def test_rows_of_many_are_the_rows_of_one(engine: Engine) -> None:
    at = instant(START)
    made = [
        {
            "key": f"{number}:\t\\N\n“{number}”", "kind": "notice", "matter_id": number if number % 2 else None, "case_id": None, "state": "pending", "attempts": 0,
            "payload": {"b": [1, None, True], "a": "\\ “\""}, "created_at": at, "next_at": at, "settled_at": None if number % 3 else at, "last_error": "",
        }
        for number in range(1, 10)
    ]  # fmt: skip
    with database.writing(engine) as session:
        session.connection().execute(insert(SQLModel.metadata.tables["outbox"]), made)
    plain = [row[1:] for row in raw(engine, "outbox")]
    with database.writing(engine) as session:
        session.connection().exec_driver_sql("DELETE FROM outbox")
        rows.insert(session, OutboxRow, rows=made)
    assert [row[1:] for row in raw(engine, "outbox")] == plain and len(plain) == 9


def test_a_key_that_is_taken_is_refused_by_name_and_nothing_is_kept(engine: Engine) -> None:
    with database.writing(engine) as session:
        first = session.get_one(Matter, 1)
        row = {name: getattr(first, name) for name in Matter.model_fields if name != "id"}
    before = raw(engine, "matter")
    with pytest.raises(IntegrityError), database.writing(engine) as session:
        (number,) = rows.next_ids(session, Matter, amount=1)
        rows.insert(session, Matter, rows=[{"id": number, **row, "code": "YX-NEW"}, {"id": number + 1, **row}])
    assert raw(engine, "matter") == before


def test_rows_that_change_are_those_named_and_no_others(engine: Engine) -> None:
    with database.writing(engine) as session:
        rows.update(session, Clock, names=("look_on", "entries"), rows=[(1, None, 4), (2, START, 5)])
    with database.reading(engine) as session:
        found = {clock.id: clock for clock in [session.get_one(Clock, number) for number in (1, 2, 3)]}
    assert [(found[number].look_on, found[number].entries) for number in (1, 2)] == [(None, 4), (START, 5)]
    assert found[3].look_on is not None and found[3].entries == 0


def test_ids_go_on_where_they_ended(engine: Engine) -> None:
    with database.writing(engine) as session:
        highest = max(row[0] for row in raw(engine, "matter"))
        assert rows.next_ids(session, Matter, amount=3) == [highest + 1, highest + 2, highest + 3]


def test_what_is_due_is_found_by_its_index(engine: Engine) -> None:
    """A million clocks run and a few are due: nobody may walk through all of them."""
    asked: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
    with database.writing(engine) as session:
        found = running.due(session, day=date(2026, 3, 24), after=0, most=500)
        statement, parameters = asked[-1]
        how = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
        if engine.dialect.name == "postgresql":
            session.connection().exec_driver_sql(
                "SET LOCAL enable_seqscan = off"
            )  # a few hundred rows are sooner read than looked up
        plan = " ".join(str(row) for row in session.connection().exec_driver_sql(how + statement, parameters))
    assert [clock for clock, _, _ in found] == list(range(1, 41))
    assert "ix_clock_look" in plan and "SCAN clock" not in plan and "Seq Scan on clock" not in plan


def test_a_copy_says_the_same_and_is_nobodys_business(engine: Engine) -> None:
    with database.writing(engine) as session:
        session.connection().exec_driver_sql("UPDATE clock SET entries = 0 WHERE id = 1")  # somebody is at work
        with database.copied(engine) as copy:
            assert not difference(dump(copy), dump(engine))
            with database.writing(copy) as inside:
                inside.connection().exec_driver_sql("UPDATE clock SET entries = 7")
    assert {row[-1] for row in raw(engine, "clock")} == {0}
