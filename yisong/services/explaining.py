"""What is said of a matter's clocks (期限说明): the same walk that computed the due date, line by line."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from yisong.documents.walk_pages import COUNTED, LEFT_OUT, ROLLED, START, Walk, WalkedDay
from yisong.domain.deadlines import Unit, days_late, explain
from yisong.domain.rulebook import RuleBookError
from yisong.services.clocks import calendar_of, ledger_of
from yisong.store import deadlines as stored
from yisong.store import matters

if TYPE_CHECKING:
    from sqlmodel import Session

    from models import Clock, Matter
    from yisong.domain.entries import DeadlineRule
    from yisong.domain.rulebook import RuleBook

STATUS_LABELS = {"running": "在计", "paused": "中止", "met": "已办结", "missed": "逾期终结", "cancelled": "已取消"}


def rule_of(book: RuleBook, clock: Clock) -> DeadlineRule | None:
    """The rule a clock was started by (适用规则); None where the book has dropped it since."""
    try:
        return book.deadline_rule(clock.rule, clock.start_on)
    except RuleBookError:
        return None


def _local(instant: datetime | None, zone: tzinfo) -> datetime | None:
    return instant.astimezone(zone) if instant is not None else None


def summary(book: RuleBook, clock: Clock, *, matter: str, today: date, zone: tzinfo) -> dict[str, Any]:
    """One clock in a form a program reads (期限概要). Late is reckoned as of `today`, for running clocks only; instants are told in `zone`."""
    rule = rule_of(book, clock)
    late, natural = (0, 0)
    if clock.status == "running" and clock.due_on is not None:
        late, natural = days_late(clock.due_on, day=today, calendar=book.calendar)
    return {
        "clock": clock.id, "matter": matter, "rule": clock.rule, "name": rule.name if rule else clock.rule, "amount": clock.amount, "unit": clock.unit,
        "unit_label": Unit(clock.unit).label, "start": _local(clock.start_at, zone) or clock.start_on, "due": _local(clock.due_at, zone) or clock.due_on,
        "provisional": clock.provisional, "calendar": clock.calendar_version, "status": clock.status,
        "status_label": STATUS_LABELS.get(clock.status, clock.status) + ("（停止催督）" if clock.held else ""), "department": clock.department,
        "overdue": natural > 0, "workdays_late": late, "days_late": natural, "ended_on": clock.ended_on,
        "basis": rule.basis if rule else "", "source": rule.source.label if rule else "", "confidence": rule.confidence.label if rule else "",
    }  # fmt: skip


def explained(
    session: Session, *, book: RuleBook, code: str, rule: str, today: date, zone: tzinfo
) -> list[dict[str, Any]]:
    """Every clock of a case, or of one matter, with its walk day by day (逐日说明). Raises Refusal `unknown_matter`."""
    held = matters.matter_by_code(session, code)
    clocks = stored.of_case(session, held.id) if held.case_id == held.id else stored.of_matter(session, held.id)
    codes = {clock.matter_id: matters.matter(session, clock.matter_id).code for clock in clocks}
    found = []
    for clock in clocks:
        if rule and clock.rule != rule:
            continue
        walk = explain(ledger_of(session, clock), calendar=calendar_of(session, book=book, clock=clock), timezone=zone)
        days = [
            {
                "day": line.at or line.day,
                "number": line.number,
                "counted": line.counted,
                "why": line.why,
                "source": line.source,
            }
            for line in walk
        ]
        found.append({**summary(book, clock, matter=codes[clock.matter_id], today=today, zone=zone), "days": days})
    return found


def walks_of(session: Session, *, book: RuleBook, case: Matter, on: date, zone: tzinfo) -> list[Walk]:
    """Every clock of a case with its walk, as its dossier prints it (期限推算说明)."""
    found = explained(session, book=book, code=case.code, rule="", today=on, zone=zone)
    return [_walk(clock, case=case.code) for clock in found]


def _walk(clock: dict[str, Any], *, case: str) -> Walk:
    about = "" if clock["matter"] == case else str(clock["matter"])
    ended = f"，{_said(clock['ended_on'])}" if clock["ended_on"] else ""
    due = (
        _said(clock["due"]) + ("（暂估：当年放假安排尚未公布）" if clock["provisional"] else "")
        if clock["due"]
        else "（中止计算中）"
    )
    told = (
        ("期限", f"{clock['amount']}{'个' if clock['unit'] == Unit.WORKING_DAYS else ''}{clock['unit_label']}"), ("起算", _said(clock["start"])), ("应于", due),
        ("现状", f"{clock['status_label']}{ended}"), ("依据", f"{clock['basis']}（{clock['source']}）" if clock["basis"] else ""),
        ("日历版本", clock["calendar"]),
    )  # fmt: skip
    return Walk(clock["name"], about, told, tuple(_day(line, index) for index, line in enumerate(clock["days"])))


def _day(line: dict[str, Any], index: int) -> WalkedDay:
    day: date | datetime = line["day"]
    kind = START if not index else COUNTED if line["counted"] else ROLLED if "顺延至" in line["why"] else LEFT_OUT
    short = "" if isinstance(day, datetime) else f"{day.month}/{day.day}"
    return WalkedDay(_said(day), short, line["number"] if line["counted"] else 0, kind, line["why"])


def _said(day: date | datetime) -> str:
    words = f"{day.year}年{day.month}月{day.day}日"
    return f"{words} {day:%H:%M}" if isinstance(day, datetime) else words
