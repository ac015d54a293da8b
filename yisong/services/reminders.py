"""What the letters of the ladder say (催办、督办文书事实), read for a page of matters at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session

from models import Clock, Document, Finding, Matter, Transfer, Unit
from yisong.domain.escalation import Rung
from yisong.domain.rulebook import RuleBook
from yisong.services.lettering import finding_facts, organ_facts, unit_facts
from yisong.services.lettering_extras import clock_facts
from yisong.store import pages


@dataclass(slots=True)
class Context:
    """Everything a page of letters needs (一页案件)."""

    cases: dict[int, Matter] = field(default_factory=dict)
    transfers: dict[int, Transfer] = field(default_factory=dict)
    units: dict[int, Unit] = field(default_factory=dict)
    findings: dict[int, list[tuple[Matter, Finding]]] = field(default_factory=dict)
    letters: dict[int, Document] = field(default_factory=dict)
    organs: dict[tuple[str, date], dict[str, Any]] = field(default_factory=dict)
    items: dict[tuple[int, str], dict[str, Any]] = field(default_factory=dict)


def read(session: Session, *, matters: Sequence[Matter]) -> Context:
    """Read what the letters of these matters say (读取一页)."""
    case_ids = sorted({matter.case_id for matter in matters if matter.case_id is not None})
    unit_ids = sorted({matter.unit_id for matter in matters if matter.unit_id is not None})
    return Context(
        cases=pages.matters(session, case_ids), transfers=pages.transfers(session, case_ids), units=pages.units(session, unit_ids),
        findings=pages.findings(session, case_ids), letters=pages.transfer_letters(session, case_ids),
    )  # fmt: skip


def next_step(book: RuleBook, *, clock: Clock, rung: Rung) -> str:
    """What follows if this rung is not heeded (下一层级)."""
    from yisong.services.clocks import ladder_of

    ladder = ladder_of(book, clock)
    later = [entry for entry in ladder.rungs if entry.level > rung.level] if ladder else []
    return later[0].name if later else ""


def letter_facts(
    session: Session,
    *,
    book: RuleBook,
    context: Context,
    matter: Matter,
    clock: Clock,
    rung: Rung,
    issuer: str,
    number: str,
    day: date,
    on: date,
) -> dict[str, Any]:
    """The facts of one rung's letter (一件催督文书的事实). `day`: for which it counts; `on`: the date it bears."""
    case_id = matter.case_id or 0
    case = context.cases.get(case_id, matter)
    transfer = context.transfers.get(case_id)
    letter = context.letters.get(case_id)
    if (issuer, on) not in context.organs:
        context.organs[issuer, on] = organ_facts(session, book=book, code=issuer, on=on)
    unit = context.units.get(matter.unit_id or 0)
    late = clock_facts(book, clock, on=day)
    after = next_step(book, clock=clock, rung=rung)
    chased = book.organ(clock.department).name_on(on)
    about = f"{transfer.title if transfer else matter.code}一案“{late['name']}”逾期{late['days_late']}个工作日"
    return {
        "number": number, "issued_on": on, "issuer": context.organs[issuer, on], "recipient": {"name": chased},
        "copies": [book.organ(code).name_on(on) for code in rung.copies if code != issuer], "platform": book.county.platform_name,
        "case": {"code": case.code, "title": transfer.title if transfer else case.code}, "unit": unit_facts(unit),
        "findings": [finding_facts(book, matter=held, finding=finding) for held, finding in context.findings.get(case_id, [])],
        "transfer": {"number": letter.number if letter else "", "delivered_on": letter.dated_on if letter else None,
                     "from": book.organ(case.origin).name_on(on) if case.origin else "", "to": chased},
        "clock": late, "ladder": {"level": rung.level, "name": rung.name, "next_step": after}, "reason": about,
        "circular": {"facts": about + "。", "demands": ["自收到本通报之日起立即办理，三个工作日内书面报告结果", "查明逾期原因，落实责任人"]},
        "interview": {"person": chased + "主要负责人", "time": f"{book.calendar.add_workdays(on, 3).isoformat()}T09:30:00+08:00", "place": context.organs[issuer, on]["address"],
                      "reason": about, "bring": "案件办理情况说明、未按期办理的原因和整改措施"},
    }  # fmt: skip
