"""What the sweep is measured against (巡查的参照): the same rows by hand, and the same effects by the object mapper."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from models import Clock, Document, Event, OutboxRow, Rung
from yisong.clock import local_date
from yisong.domain.escalation import issuer_of, rung_on
from yisong.domain.roles import SYSTEM
from yisong.domain.rulebook import RuleBook
from yisong.services import clocks, outgoing, remarks
from yisong.services.rung_papers import issue_paper
from yisong.store import database, matters

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


@dataclass(frozen=True, slots=True)
class Made:
    """What a sweep has written (所写各行): table → columns and rows, and the new values of the rows that it changed."""

    rows: dict[str, tuple[list[str], list[tuple[Any, ...]]]]
    heads: list[tuple[Any, ...]]
    looks: list[tuple[Any, ...]]


def take_away(engine: Engine, *, first: int, late: int) -> Made:
    """Read the rows of the sweep as the driver gives them, and delete them (取走)."""
    ours = f"matter_id >= {first} AND matter_id < {first + late}"
    with database.writing(engine) as session:
        papers = f"SELECT matter_id FROM document WHERE subject_id >= {first} AND subject_id < {first + late}"
        wheres = {
            "matter": f"id IN ({papers})", "document": f"matter_id IN ({papers})", "rung": ours, "event": f"{ours} AND action = 'climb'",
            "outbox": f"({ours}) OR matter_id IN ({papers})",
        }  # fmt: skip
        made = Made(
            {table: _raw(session, f'SELECT * FROM "{table}" WHERE {where} ORDER BY 1') for table, where in wheres.items()},
            _raw(session, f"SELECT seq, head, changed_at, id FROM matter WHERE id >= {first} AND id < {first + late} ORDER BY id")[1],
            _raw(session, f"SELECT look_on, id FROM clock WHERE id >= {first} AND id < {first + late} ORDER BY id")[1],
        )  # fmt: skip
    lowest = min(row[made.rows["matter"][0].index("id")] for row in made.rows["matter"][1])
    with database.writing(engine) as session:
        connection = session.connection()
        for table in ("rung", "outbox", "event"):
            connection.execute(text(f'DELETE FROM "{table}" WHERE {wheres[table]}'))
        connection.execute(text(f"DELETE FROM document WHERE matter_id >= {lowest}"))
        connection.execute(text(f"DELETE FROM matter WHERE id >= {lowest}"))
        connection.execute(text(f"UPDATE matter SET seq = 0, head = '' WHERE id >= {first} AND id < {first + late}"))
        connection.execute(text(f"UPDATE clock SET look_on = due_on WHERE id >= {first} AND id < {first + late}"))
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as plain:
            plain.exec_driver_sql("VACUUM ANALYZE")
    return made


def _raw(session: Session, statement: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    cursor = session.connection().connection.cursor()
    cursor.execute(statement)
    return [column[0] for column in cursor.description or ()], [tuple(row) for row in cursor.fetchall()]


def put_back(engine: Engine, made: Made, *, pages: int, copying: bool = False) -> float:
    """Write those rows by hand, so many transactions long; returns the seconds (手写 SQL)."""
    mark = "?" if engine.dialect.name == "sqlite" else "%s"
    inserts = {}
    for table, (names, _) in made.rows.items():
        columns = ", ".join(f'"{name}"' for name in names)
        inserts[table] = (
            f'COPY "{table}" ({columns}) FROM STDIN'
            if copying
            else f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join([mark] * len(names))})'
        )
    begin = time.perf_counter()
    for page in range(pages):

        def part(all_of: list[tuple[Any, ...]], page: int = page) -> list[tuple[Any, ...]]:
            return all_of[page * len(all_of) // pages : (page + 1) * len(all_of) // pages]

        with database.writing(engine) as session:
            cursor: Any = session.connection().connection.cursor()
            for table, (_, found) in made.rows.items():
                if not copying:
                    cursor.executemany(inserts[table], part(found))
                    continue
                with cursor.copy(inserts[table]) as copy:
                    for row in part(found):
                        copy.write_row(row)
            cursor.executemany(
                f"UPDATE matter SET seq = {mark}, head = {mark}, changed_at = {mark} WHERE id = {mark}",
                part(made.heads),
            )
            cursor.executemany(f"UPDATE clock SET look_on = {mark} WHERE id = {mark}", part(made.looks))
    return time.perf_counter() - begin
