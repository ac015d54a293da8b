"""What the letters of the ladder say (催办、督办文书事实), read for a page of matters at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol, cast

from sqlmodel import Session

from models import Clock, Finding, Matter, Unit
from yisong.domain.chain import json_value
from yisong.domain.escalation import Rung, copied_to
from yisong.domain.rulebook import RuleBook
from yisong.services.lettering import finding_facts, organ_facts, unit_facts
from yisong.services.lettering_extras import clock_facts
from yisong.store import pages
from yisong.store.running import HeldMatter, LiveClock


class Chased(Protocol):
    """What letters need to know of a matter whose clock is late (被催事项)."""

    @property
    def code(self) -> str: ...
    @property
    def case_id(self) -> int | None: ...
    @property
    def unit_id(self) -> int | None: ...
    @property
    def origin(self) -> str: ...
    @property
    def responsible(self) -> str: ...


@dataclass(slots=True)
class Context:
    """Everything a page of letters needs (一页案件); what several letters share is worded once."""

    cases: dict[int, pages.CasePart] = field(default_factory=dict)
    units: dict[int, dict[str, Any]] = field(default_factory=dict)
    findings: dict[int, list[pages.FindingPart]] = field(default_factory=dict)
    letters: dict[int, pages.LetterPart] = field(default_factory=dict)
    organs: dict[tuple[str, date], dict[str, Any]] = field(default_factory=dict)
    late: dict[tuple[object, ...], tuple[dict[str, Any], str]] = field(default_factory=dict)


def read(session: Session, *, matters: Sequence[Matter] | Sequence[HeldMatter]) -> Context:
    """Read what the letters of these matters say (读取一页)."""
    case_ids = sorted({matter.case_id for matter in matters if matter.case_id is not None})
    unit_ids = sorted({matter.unit_id for matter in matters if matter.unit_id is not None})
    units = pages.units(session, unit_ids)
    return Context(
        cases=pages.cases(session, case_ids), units={number: unit_facts(cast("Unit", unit)) for number, unit in units.items()},
        findings=pages.findings(session, case_ids), letters=pages.transfer_letters(session, case_ids),
    )  # fmt: skip


def _findings(book: RuleBook, found: Sequence[pages.FindingPart]) -> list[dict[str, Any]]:
    return [finding_facts(book, matter=cast("Matter", part), finding=cast("Finding", part)) for part in found]


def next_step(book: RuleBook, *, clock: Clock | LiveClock, rung: Rung) -> str:
    """What follows if this rung is not heeded (下一层级)."""
    from yisong.services.clocks import ladder_of

    ladder = ladder_of(book, cast("Clock", clock))
    later = [entry for entry in ladder.rungs if entry.level > rung.level] if ladder else []
    return later[0].name if later else ""


def copies_of(context: Context, matter: Chased, *, rung: Rung) -> tuple[str, ...]:
    """The organs that a rung about this matter is copied to (抄送单位)."""
    case = context.cases.get(matter.case_id or 0) or matter
    return copied_to(rung, origin=case.origin, responsible=case.responsible)


def letter_facts(
    session: Session,
    *,
    book: RuleBook,
    context: Context,
    matter: Chased,
    clock: Clock | LiveClock,
    rung: Rung,
    issuer: str,
    number: str,
    day: date,
    on: date,
) -> dict[str, Any]:
    """The facts of one rung's letter (一件催督文书的事实). `day`: for which it counts; `on`: the date it bears."""
    case_id = matter.case_id or 0
    case = context.cases.get(case_id)
    code, origin = (case or matter).code, (case or matter).origin
    title = case.title if case else None
    letter = context.letters.get(case_id)
    if (issuer, on) not in context.organs:
        context.organs[issuer, on] = organ_facts(session, book=book, code=issuer, on=on)
    alike = (clock.rule, clock.department, clock.severity, clock.start_on, clock.due_on, rung.key, day)
    if alike not in context.late:
        after = next_step(book, clock=clock, rung=rung)
        context.late[alike] = (json_value(clock_facts(book, cast("Clock", clock), on=day)), after)
    late, after = context.late[alike]
    chased = book.organ(clock.department).name_on(on)
    lateness = f"逾期{late['days_late']}个工作日" if late["days_late"] else f"将于{clock.due_on}届满"
    about = f"{matter.code if title is None else title}一案“{late['name']}”{lateness}"
    return {
        "number": number, "issued_on": on, "issuer": context.organs[issuer, on], "recipient": {"name": chased},
        "copies": [book.organ(told).name_on(on) for told in copies_of(context, matter, rung=rung) if told not in (issuer, clock.department)], "platform": book.county.platform_name,
        "case": {"code": code, "title": code if title is None else title}, "unit": context.units.get(matter.unit_id or 0) or unit_facts(None),
        "findings": _findings(book, context.findings.get(case_id, ())),
        "transfer": {"number": letter.number if letter else "", "delivered_on": letter.dated_on if letter else None,
                     "from": book.organ(origin).name_on(on) if origin else "", "to": chased},
        "clock": late, "ladder": {"level": rung.level, "name": rung.name, "next_step": after}, "reason": about,
        "circular": {"facts": about + "。", "demands": ["自收到本通报之日起立即办理，三个工作日内书面报告结果", "查明逾期原因，落实责任人"]},
        "interview": {"person": chased + "主要负责人", "time": f"{book.calendar.add_workdays(on, 3).isoformat()}T09:30:00+08:00", "place": context.organs[issuer, on]["address"],
                      "reason": about, "bring": "案件办理情况说明、未按期办理的原因和整改措施"},
    }  # fmt: skip
