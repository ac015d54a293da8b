"""A small world for tests of the services (测试用工作台): the shipped rule book, a few units, and people who take real steps.

Nothing is written past the services: a case stands where it stands because every step before was taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from models import Clock, Document, Event, Matter, Notice, OutboxRow, Rung, Unit
from yisong import rulefiles
from yisong.clock import SHANGHAI, SimulatedClock
from yisong.desk import Desk
from yisong.domain.lifecycle import Act
from yisong.domain.roles import SYSTEM, Actor, Role
from yisong.domain.rulebook import RuleBook
from yisong.services import findings, handling, listing, material_list, registry, steps, vouching
from yisong.settings import SOURCE_ROOT, Settings, load_settings
from yisong.store import casefile, deadlines, inspections, matters

ORIGIN, ANSWERABLE = "ZFJ", "YJJ"
MONDAY = date(2026, 3, 9)
"""Five ordinary weeks lie before the next holiday (清明)."""
ITEMS = {"YJJ": "GS-06", "XFJ": "GS-04", "SJJ": "GS-03", "ZFJ": "CY-07", "HBJ": "GS-01", "ZJJ": "JZ-04"}
OFFICERS = ["张三 33990001", "李四 33990002"]
NAMES = ("示例化工有限公司", "样板油品有限公司", "演示餐饮店", "测试建材厂")
CREDIT_CODES = ("91339927MAXN00010N", "91339927MAXN00020P", "91339927MAXN00030Q", "91339927MAXN00040R")


@cache
def shipped_book() -> RuleBook:
    """The book of `rules/`, read once for all tests."""
    return rulefiles.read(SOURCE_ROOT / "rules")


def officer(department: str) -> Actor:
    return Actor(f"{department}-officer", f"{department}承办人", department, frozenset({Role.OFFICER}))


def leader(department: str) -> Actor:
    return Actor(f"{department}-leader", f"{department}负责人", department, frozenset({Role.LEADER}))


def coordinator(book: RuleBook) -> Actor:
    return Actor("coordinator", "协调员", book.guidance_code, frozenset({Role.COORDINATOR}))


def supervisor(book: RuleBook) -> Actor:
    return Actor("supervisor", "监督员", book.supervisor_code, frozenset({Role.SUPERVISOR}))


def government(book: RuleBook) -> Actor:
    return Actor("government", "县政府经办人", book.government_code, frozenset({Role.GOVERNMENT}))


def unit_itself(unit_id: int | None) -> Actor:
    return Actor(f"unit:{unit_id}", "当事人", f"unit:{unit_id}", frozenset({Role.UNIT}))


def settings_for(database_url: str, home: Path, **environment: str) -> Settings:
    """Settings of a home of the test's own; letters lie in it."""
    return load_settings({"YISONG_DATABASE_URL": database_url, **environment}, home=home)


class World:
    """One desk with a clock that the test sets (世界)."""

    def __init__(self, database_url: str, home: Path, *, book: RuleBook | None = None, **environment: str) -> None:
        self.clock = SimulatedClock(datetime.combine(MONDAY, time(9, 0), SHANGHAI))
        self.desk = Desk(
            settings=settings_for(database_url, home, **environment), book=book or shipped_book(), clock=self.clock
        )
        self.book = self.desk.book
        self._serial = 0
        with self.desk.transaction() as session:
            self.units = [
                registry.keep_unit(
                    session, code=f"U{place}", name=name, uscc=code, address=f"示例路{place}号", legal_rep="示例负责人"
                ).id
                or 0
                for place, (name, code) in enumerate(zip(NAMES, CREDIT_CODES, strict=True), start=1)
            ]

    def close(self) -> None:
        self.desk.close()

    @property
    def on(self) -> date:
        """The present day of the county."""
        return self.desk.today

    @property
    def at(self) -> datetime:
        return self.desk.now

    def go(self, day: date, hour: int = 9, minute: int = 0) -> World:
        """Put the clock to an hour of a day."""
        self.clock.set(datetime.combine(day, time(hour, minute), SHANGHAI))
        return self

    def act(
        self, action: str, actor: Actor = SYSTEM, *, offline: bool = False, on: date | None = None, **given: Any
    ) -> Act:
        """An act of this instant; a second later it is later, so that the order of things is theirs."""
        self.clock.set(self.clock.now() + timedelta(seconds=1))
        return Act(action, actor, on or self.on, self.at, given, offline)

    def take(
        self, matter_id: int, action: str, actor: Actor = SYSTEM, *, seen: int | None = None, **given: Any
    ) -> Event:
        """One real step in a transaction of its own."""
        with self.desk.transaction() as session:
            return steps.take_step(
                session, book=self.book, matter_id=matter_id, act=self.act(action, actor, **given), seen=seen
            )

    @contextmanager
    def write(self) -> Iterator[Session]:
        with self.desk.transaction() as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A reading session whose rows may still be looked at afterwards."""
        with self.desk.reading() as session:
            yield session
            session.expunge_all()

    # — what there is —

    def matter(self, matter_id: int) -> Matter:
        with self.read() as session:
            return matters.matter(session, matter_id)

    def state(self, matter_id: int) -> str:
        return self.matter(matter_id).state

    def clocks(self, matter_id: int, rule: str = "R-") -> list[Clock]:
        with self.read() as session:
            return [clock for clock in deadlines.of_matter(session, matter_id) if clock.rule.startswith(rule)]

    def clock_of(self, matter_id: int, rule: str) -> Clock:
        """The one clock of that rule; fails where there are none or several."""
        (found,) = self.clocks(matter_id, rule)
        return found

    def kin(self, case: int, kind: str) -> list[int]:
        """The ids of a case's matters of a kind, oldest first."""
        with self.read() as session:
            return [each.id or 0 for each in matters.of_case(session, case, kind=kind)]

    def events(self, matter_id: int) -> list[Event]:
        with self.read() as session:
            return list(
                session.scalars(select(Event).where(col(Event.matter_id) == matter_id).order_by(col(Event.seq)))
            )

    def every(self, table: type[Any], *order: Any) -> list[Any]:
        """All rows of a table."""
        with self.read() as session:
            return list(session.scalars(select(table).order_by(*order)))

    def documents(self, type_code: str = "") -> list[Document]:
        return [paper for paper in self.every(Document, col(Document.matter_id)) if type_code in ("", paper.type_code)]

    def rungs(self) -> list[Rung]:
        return self.every(Rung, col(Rung.on), col(Rung.clock_id))

    def outbox(self, kind: str = "") -> list[OutboxRow]:
        return [row for row in self.every(OutboxRow, col(OutboxRow.id)) if kind in ("", row.kind)]

    def notices(self) -> list[Notice]:
        return self.every(Notice, col(Notice.id))

    def unit(self, place: int = 0) -> Unit:
        with self.read() as session:
            found = matters.unit(session, self.units[place])
            assert found is not None
            return found

    # — findings and cases —

    def finding(
        self,
        item: str = "GS-06",
        *,
        unit: int = 0,
        disposal: str = "transfer",
        urgent: bool = False,
        department: str = "",
    ) -> int:
        """One finding of a visit of its own."""
        self._serial += 1
        with self.write() as session:
            code = f"JC-{self._serial:03d}"
            visited = matters.unit(session, self.units[unit])
            assert visited is not None
            visit = inspections.inspection_by_code(session, code) or registry.keep_inspection(
                session, code=code, unit=visited, inspected_on=self.on, initiator=ORIGIN, participants=[ORIGIN, ANSWERABLE], theme="T01",
                behaviour_code=f"XW{self._serial:06d}", officers=[dict(zip(("name", "cert_no"), each.split(), strict=True)) for each in OFFICERS],
            )  # fmt: skip
            found = findings.register_finding(
                session, book=self.book, inspection=visit, code=f"FX-{self._serial:03d}", item_code=item, facts="", disposal=disposal,
                act=self.act("register", officer(ORIGIN)), department=department, urgent=urgent,
                evidence=["现场检查笔录", "现场照片"],
            )  # fmt: skip
            return found.id or 0

    def case(
        self,
        kind: str = "lead",
        *,
        to: str = ANSWERABLE,
        unit: int = 0,
        urgent: bool = False,
        number: int = 1,
        item: str = "",
    ) -> int:
        """A drafted case (拟办); an own or criminal one is with its origin at once."""
        responsible = ORIGIN if kind in ("own", "criminal") else to
        disposal = "own" if kind in ("own", "criminal") else "transfer"
        ids = [
            self.finding(
                item or ITEMS[responsible], unit=unit, disposal=disposal, urgent=urgent, department=responsible
            )
            for _ in range(number)
        ]
        with self.write() as session:
            opened = findings.open_case(
                session, book=self.book, findings=[matters.matter(session, each) for each in ids], act=self.act("open", officer(ORIGIN)), kind=kind,
                responsible=responsible, urgent=urgent,
            )  # fmt: skip
            return opened.id or 0

    def complete(self, case: int) -> None:
        """Vouch for whatever a draft lacks of what the law asks for (核对移送材料)."""
        held = self.matter(case)
        with self.write() as session:
            for each in material_list.checklist(session, held, book=self.book, on=self.on):
                if each.blocking:
                    words = "；".join(OFFICERS) if each.point.code == "OFFICERS" else f"{each.point.name}原件1份"
                    vouching.vouch(
                        session, held, book=self.book, point=each.point.code, stated=words, by=officer(held.origin), on=self.on, at=self.at
                    )  # fmt: skip

    def leave(self, case: int) -> None:
        """Submit a draft and approve it (提交、批准)."""
        self.take(case, "submit", officer(ORIGIN))
        self.take(case, "approve", leader(ORIGIN))

    def delivered(self, kind: str = "lead", **how: Any) -> int:
        """A case at the counter of the department answerable (待受理)."""
        case = self.case(kind, **how)
        self.leave(case)
        return case

    def accepted(self, kind: str = "lead", **how: Any) -> int:
        """An accepted case (已受理)."""
        if kind == "own":
            return self.case(kind, **how)
        case = self.delivered(kind, **how)
        self.take(case, "accept", leader(self.matter(case).responsible))
        return case

    # — orders, their service and review —

    def drafted_order(self, case: int, *, days: int = 10, parent: int | None = None, **given: Any) -> int:
        held = self.matter(case)
        with self.write() as session:
            order = handling.draft_order(
                session, book=self.book, case=matters.matter(session, case), act=self.act("open", officer(held.responsible), **given), days=days,
                parent=matters.matter(session, parent) if parent else None,
            )  # fmt: skip
            return order.id or 0

    def issued_order(self, case: int, *, days: int = 10, **how: Any) -> int:
        order = self.drafted_order(case, days=days, **how)
        self.take(order, "issue", leader(self.matter(order).responsible))
        return order

    def paper(self, matter_id: int, type_code: str) -> Document:
        with self.read() as session:
            found = casefile.document(session, matter_id, type_code=type_code)
            assert found is not None, f"{type_code} was not issued"
            return found

    def service(self, matter_id: int, type_code: str, action: str = "serve", **given: Any) -> int:
        """An attempt at service of a paper; by hand and today unless told otherwise."""
        held = self.matter(matter_id)
        paper = self.paper(matter_id, type_code)
        usual: dict[str, dict[str, Any]] = {
            "serve": {"method": "direct", "served_on": self.on.isoformat(), "servers": OFFICERS},
            "attempt_failed": {"method": "post", "reason": "原址查无此单位"},
            "announce": {"place": "县政府门户网站", "reason": "其他方式无法送达"},
        }
        with self.write() as session:
            act = self.act(action, officer(held.responsible), **(usual[action] | given))
            record = handling.record_service(session, book=self.book, document=paper, act=act)
            return record.id or 0

    def served_order(self, case: int, *, days: int = 10, **how: Any) -> int:
        order = self.issued_order(case, days=days, **how)
        self.service(order, "ZEGAI")
        return order

    def review(self, order: int, outcome: str, **given: Any) -> int:
        """A review by two officers: outcome is pass, partial or fail."""
        held = self.matter(order)
        given = {
            "note": "现场复查",
            "officers": OFFICERS,
            "items": ["未完成项"] if outcome == "partial" else [],
        } | given
        with self.write() as session:
            act = self.act(f"conclude_{outcome}", officer(held.responsible), **given)
            found = handling.conclude_review(session, book=self.book, order=matters.matter(session, order), act=act)
            return found.id or 0

    def failed_order(self, *, unit: int = 0, days: int = 5) -> int:
        """An order whose term ran out and whose review failed: it takes its days (复查不合格)."""
        order = self.served_order(self.accepted(unit=unit), days=days)
        due = self.clock_of(order, "R-RECTIFY").due_on
        assert due is not None
        self.go(self.book.calendar.add_workdays(due, 1))
        self.review(order, "fail")
        return order

    # — listings —

    def listing(self, *, unit: int = 0, refusals: int = 3) -> int:
        """The listing that so many refusals of a unit make: a warning, and a candidate at the threshold."""
        for _ in range(refusals):
            self.failed_order(unit=unit)
        with self.write() as session:
            listing.watch(session, book=self.book, on=self.on, at=self.at)
        (found,) = [
            each
            for each in self.every(Matter, col(Matter.id))
            if each.kind == "listing" and each.unit_id == self.units[unit]
        ]
        return found.id or 0

    def noticed(self, listed: int) -> None:
        """From candidate to the prior notice on its way (告知书待送达)."""
        self.take(listed, "check_basis", officer(ANSWERABLE), reason="逐项核对")
        self.take(listed, "issue_notice", leader(ANSWERABLE))

    def decided(self, listed: int) -> None:
        """From a notice that waits for service to a decision that waits for service (决定书待送达)."""
        self.service(listed, "LIERU_GZ")
        self.take(listed, "receive_statement", unit_itself(self.matter(listed).unit_id), points=["已改正"])
        self.take(listed, "review_statement", officer(ANSWERABLE), findings=["经核查不成立"], adopted="no")
        self.take(listed, "discuss", leader(ANSWERABLE), officers=OFFICERS, opinion="同意列入")
        self.take(listed, "decide", leader(ANSWERABLE), legal_review="审核通过", months=36)

    def effective(self, *, unit: int = 0) -> int:
        listed = self.listing(unit=unit)
        self.noticed(listed)
        self.decided(listed)
        self.service(listed, "LIERU_JD")
        return listed
