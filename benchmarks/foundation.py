"""The foundation's figures (基础测量): steps, letters and imports, each beside the same rows or pages made plainly."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, select
from sqlmodel import Session, SQLModel

from benchmarks.crowd import engines, instant, shipped_book
from models import Document, Inspection
from yisong.domain.lifecycle import Act
from yisong.domain.roles import Actor, Role
from yisong.domain.rulebook import RuleBook
from yisong.services import findings, material_list, outbox, registry, vouching
from yisong.services.steps import take_step
from yisong.settings import load_settings
from yisong.store import database

CASES = 60
LETTERS = 40
DAY = date(2026, 9, 8)
OFFICER = Actor("bench-officer", "承办人", "YJJ", frozenset({Role.OFFICER}))
LEADER = Actor("bench-leader", "负责人", "YJJ", frozenset({Role.LEADER}))
ACCEPTING = Actor("bench-accepting", "负责人", "XFJ", frozenset({Role.LEADER}))
TABLES = ("matter", "event", "finding", "transfer", "clock", "document", "outbox", "number_series")


class Office:
    """One empty database with a unit and an inspection."""

    def __init__(self, engine: Engine, book: RuleBook) -> None:
        self.engine, self.book = engine, book
        with database.writing(engine) as session:
            unit = registry.keep_unit(
                session,
                code="E01",
                name="云溪县示例一号加油站有限公司",
                uscc="91339927MAXN000169",
                address="测量路1号",
                town="SLZ",
                legal_rep="测量人",
            )
            self.visit = registry.keep_inspection(
                session,
                code="JC-BENCH",
                unit=unit,
                inspected_on=DAY,
                initiator="YJJ",
                participants=["YJJ", "XFJ"],
                officers=[{"name": "甲", "cert_no": "33990001"}, {"name": "乙", "cert_no": "33990002"}],
                theme="T01",
            ).id

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with database.writing(self.engine) as session:
            yield session

    def act(self, action: str, actor: Actor, *, minute: int) -> Act:
        return Act(action, actor, DAY, instant(DAY, 9) + timedelta(seconds=minute))

    def case(self, index: int) -> int:
        """A finding and its transfer, ready to be submitted."""
        with self.transaction() as session:
            inspection = session.get(Inspection, self.visit)
            assert inspection is not None
            act = self.act("register", OFFICER, minute=index)
            found = findings.register_finding(
                session, book=self.book, inspection=inspection, code=f"BF{index}", item_code="GS-04", facts="", disposal="transfer", act=act, department="XFJ",
                evidence=("现场检查笔录", "现场照片"),
            )  # fmt: skip
            made = findings.open_case(
                session,
                book=self.book,
                findings=[found],
                act=act,
                kind="lead",
                responsible="XFJ",
                code=f"BENCH-{index:05d}",
            )
            for each in material_list.checklist(session, made, book=self.book, on=DAY):
                if each.blocking:
                    words = (
                        "测量人甲 130301001；测量人乙 130301002"
                        if each.point.code == "OFFICERS"
                        else f"{each.point.name}原件1份"
                    )
                    vouching.vouch(
                        session,
                        made,
                        book=self.book,
                        point=each.point.code,
                        stated=words,
                        by=OFFICER,
                        on=DAY,
                        at=act.at,
                    )
        return made.id or 0


def steps(office: Office, cases: int) -> dict[str, float]:
    """Submit, approve (two papers, delivered) and accept: one transaction a step."""
    made = [office.case(index) for index in range(cases)]
    rows_before = counts(office.engine)
    begin = time.perf_counter()
    for place, case in enumerate(made):
        for action, actor in (("submit", OFFICER), ("approve", LEADER), ("accept", ACCEPTING)):
            with office.transaction() as session:
                take_step(
                    session, book=office.book, matter_id=case, act=office.act(action, actor, minute=cases + place)
                )
    spent = time.perf_counter() - begin
    written = 3 * cases
    return {"steps/s": written / spent, "rows a step": (counts(office.engine) - rows_before) / written}


def counts(engine: Engine) -> int:
    with database.reading(engine) as session:
        return sum(len(session.execute(select(SQLModel.metadata.tables[name])).all()) for name in TABLES)


def plain_steps(source: Engine, target: Engine, cases: int) -> float:
    """The same rows once more by plain SQL, as many transactions as there were steps: what no step can be quicker than."""
    with database.reading(source) as session:
        kept = {
            name: [dict(row._mapping) for row in session.execute(select(SQLModel.metadata.tables[name]))]
            for name in TABLES
        }
        units = [
            dict(row._mapping)
            for name in ("unit", "inspection")
            for row in session.execute(select(SQLModel.metadata.tables[name]))
        ]
    tables = SQLModel.metadata.tables
    with database.writing(target) as session:
        session.connection().execute(insert(tables["unit"]), units[:1])
        session.connection().execute(insert(tables["inspection"]), units[1:])
        for row in kept["matter"]:
            session.connection().execute(insert(tables["matter"]), row | {"case_id": None, "subject_id": None})
    number = 3 * cases
    begin = time.perf_counter()
    for index in range(number):
        with database.writing(target) as session:
            connection = session.connection()
            for name in TABLES[1:]:
                share = kept[name][index::number]
                if share:
                    connection.execute(insert(tables[name]), share)
    return number / (time.perf_counter() - begin)


def letters(office: Office, home: Path, most: int) -> dict[str, float]:
    """Letters through the outbox, and the same letters composed and printed plainly."""
    from yisong.documents.catalogue import Catalogue
    from yisong.documents.docx import render_docx
    from yisong.documents.pdf import render_pdf

    settings = load_settings({}, home=home)
    catalogue = Catalogue.read(settings.templates / "documents")
    press = outbox.Press(settings=settings, book=office.book, catalogue=catalogue)
    with database.reading(office.engine) as session:
        waiting = list(session.scalars(select(Document).order_by(Document.matter_id).limit(most)))  # type: ignore[arg-type]
    begin = time.perf_counter()
    for document in waiting:
        letter = catalogue.compose(
            document.type_code.lower(),
            {**document.facts, "verify_url": "http://127.0.0.1:8000/verify/x"},
            organ=document.issuer,
        )
        render_pdf(letter, facts_json=b"{}", created=document.dated_on)
        render_docx(letter, created=document.dated_on)
    plain = len(waiting) / (time.perf_counter() - begin)
    begin = time.perf_counter()
    sent = outbox.run(office.transaction, press=press, at=lambda: datetime(2026, 9, 8, 4, tzinfo=UTC), only="letter")
    assert not sent.errors, sent.errors[0]
    return {"letters/s": sent.settled / (time.perf_counter() - begin), "plain letters/s": plain}


def imports(office: Office) -> dict[str, float]:
    """The sample ledger confirmed, and as many rows of findings written plainly."""
    from yisong.services import imports as service

    ledger = Path(__file__).resolve().parents[1] / "samples" / "ledger.xlsx"
    begin = time.perf_counter()
    done = service.bring_in(
        office.transaction, lambda: database.reading(office.engine), book=office.book, path=ledger, until=date(2026, 11, 20), at=instant(date(2026, 11, 20))
    )  # fmt: skip
    spent = time.perf_counter() - begin
    return {"findings/s": done["findings"] / spent, "findings": float(done["findings"])}


def run(*, cases: int = CASES) -> dict[str, Any]:
    """Measure on SQLite and PostgreSQL (测量)."""
    book = shipped_book()
    found: dict[str, Any] = {"cases": cases, "steps a case": 3}
    with engines() as opened, engines() as copies, tempfile.TemporaryDirectory() as folder:
        for name, engine in opened.items():
            office = Office(engine, book)
            figures = steps(office, cases)
            figures["plain SQL steps/s"] = plain_steps(engine, copies[name], cases)
            figures["times the floor"] = figures["plain SQL steps/s"] / figures["steps/s"]
            if name == "sqlite":
                figures |= letters(office, Path(folder), LETTERS)
                figures["letters, times the floor"] = figures["plain letters/s"] / figures["letters/s"]
                figures |= imports(office)
            found[name] = {key: round(value, 1) for key, value in figures.items()}
    return found


if __name__ == "__main__":
    import json

    print(json.dumps(run(), ensure_ascii=False, indent=2))
