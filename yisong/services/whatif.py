"""Try other rules on what has happened (规则试算): who would have been late, which letters would have gone out. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from sqlmodel import Session

from models import Clock
from yisong.domain.clock_ledger import Ledger
from yisong.domain.deadlines import Unit
from yisong.domain.entries import DeadlineRule
from yisong.domain.escalation import EscalationError, Ladder, issuer_of, ladder_for
from yisong.domain.rulebook import RuleBook, RuleBookError
from yisong.domain.whatif import History, Outcome, Relived, relive
from yisong.services.clocks import ledger_from, rule_for
from yisong.store import calendars
from yisong.store import whatif as stored

PAGE = 2000


@dataclass(frozen=True, slots=True)
class Difference:
    """A clock that the new rules would have treated otherwise (不同之处). Due days None: suspended, or no such term."""

    matter: str
    rule: str
    department: str
    old_due: date | None
    new_due: date | None
    old_late: bool
    new_late: bool
    old_rungs: tuple[str, ...]
    new_rungs: tuple[str, ...]


@dataclass(slots=True)
class Trial:
    """Old and new side by side (试算). `skipped`: (clock id, reason in Chinese)."""

    old: Outcome = field(default_factory=Outcome)
    new: Outcome = field(default_factory=Outcome)
    differences: list[Difference] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)


def try_rules(
    session: Session, *, old: RuleBook, new: RuleBook, first: date, last: date, rules_on: date | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Trial:  # fmt: skip
    """Relive every recorded clock of a span of days under two rule books (规则试算).

    Args:
        session: a reading session is enough; nothing is written.
        old: the book in force; `new`: the one to try. Each brings its terms, its ladders and its calendar.
        first, last: clocks that ran at some time between these days, both included, are relived up to `last`.
        rules_on: take the new rules as they stand on that day, for every clock; left out, on the day each clock began.
    """
    trial, after, done = Trial(), 0, 0
    held = stored.holds(session)
    while page := stored.page(session, first=first, last=last, after=after, most=PAGE):
        entries = calendars.entries_of(session, [clock.id or 0 for clock, _ in page if clock.entries])
        for clock, code in page:
            number = clock.id or 0
            try:
                ledger = ledger_from(clock, entries.get(number, ()))
                history = History(ledger, clock.ended_on, held.get(number, ()))
                was = _relive(old, clock, history, rule=None, on=clock.start_on, until=last)
                rule = _new_rule(old, new, clock, on=rules_on or clock.start_on)
                if rule is None:
                    would = None
                else:
                    changed = replace(history, ledger=_under(old, ledger, clock, rule=rule))
                    would = _relive(new, clock, changed, rule=rule.code, on=rules_on or clock.start_on, until=last)
            except (ValueError, KeyError) as error:
                trial.skipped.append((number, str(error)))
                continue
            _count(trial, old, new, clock, was=was, would=would, code=code)
        session.expunge_all()
        after, done = page[-1][0].id or 0, done + len(page)
        progress(done)
    return trial


def _asked_for(book: RuleBook, clock: Clock) -> str:
    """The code by which the step asked for the rule (规则编号): a variant for an organ is found through the rule it varies."""
    rule = next((rule for rule in book.deadline_rules if rule.code == clock.rule), None)
    return rule.variant_of if rule is not None and rule.variant_of and rule.departments else clock.rule


def _new_rule(old: RuleBook, new: RuleBook, clock: Clock, *, on: date) -> DeadlineRule | None:
    return rule_for(new, _asked_for(old, clock), on=on, department=clock.department)


def _under(old: RuleBook, ledger: Ledger, clock: Clock, *, rule: DeadlineRule) -> Ledger:
    """The ledger with the new term; an amount that a paper stated stays as the paper stated it (换用新期限)."""
    before = next(
        (entry for entry in old.deadline_rules if entry.code == clock.rule and entry.amount == clock.amount), None
    )
    amount = rule.amount if rule.amount is not None and before is not None else clock.amount
    start_at = ledger.start_at if rule.unit is Unit.HOURS else None
    return replace(ledger, rule=rule.code, unit=rule.unit, amount=amount, start_at=start_at)


def _relive(book: RuleBook, clock: Clock, history: History, *, rule: str | None, on: date, until: date) -> Relived:
    return relive(
        history, ladder=_ladder(book, clock, rule=rule or clock.rule, on=on), calendar=book.calendar, until=until
    )


def _ladder(book: RuleBook, clock: Clock, *, rule: str, on: date) -> Ladder | None:
    if not clock.chased or not clock.department:
        return None
    try:
        level = book.organ(clock.department).level.value
        return ladder_for(book.ladders, rule=rule, level=level, severity=clock.severity, on=on)
    except (EscalationError, RuleBookError):
        return None


def _issuers(book: RuleBook, relived: Relived, *, department: str) -> list[str]:
    found = []
    for _, rung in relived.rungs:
        try:
            found.append(issuer_of(rung, chased=book.organ(department), book=book).organ if rung.papers else "")
        except (EscalationError, RuleBookError):
            found.append("")
    return found


def _count(
    trial: Trial, old: RuleBook, new: RuleBook, clock: Clock, *, was: Relived, would: Relived | None, code: str
) -> None:
    department = clock.department
    trial.old.add(was, department=department, issuers=_issuers(old, was, department=department))
    if would is not None:
        trial.new.add(would, department=department, issuers=_issuers(new, would, department=department))
    before = tuple(f"{day} {rung.name}" for day, rung in was.rungs)
    after = tuple(f"{day} {rung.name}" for day, rung in would.rungs) if would else ()
    late = would.late if would else False
    if (was.due_on, was.late, before) != (would.due_on if would else None, late, after):
        trial.differences.append(
            Difference(
                code, clock.rule, department, was.due_on, would.due_on if would else None, was.late, late, before, after
            )
        )
