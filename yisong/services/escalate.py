"""Climb the ladder (催督升级), a page of clocks at a time. The unique key (clock, rung) is the claim.

Everything one page needs is read once and written in a handful of statements (`rung_rows`); what a rung does to one matter is the
same as a step: an event in its chain, a numbered paper with frozen facts, and rows in the outbox.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from sqlmodel import Session

from yisong.clock import local_date
from yisong.domain.escalation import Issue, Rung, issuer_of, rung_on
from yisong.domain.rulebook import RuleBook
from yisong.services import clocks, reminders, rung_rows
from yisong.services.rung_rows import Plan
from yisong.store import batches
from yisong.store.running import HeldMatter, LiveClock

if TYPE_CHECKING:
    from models import Clock

UNFIT = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What one bad row can raise while it is judged and worded; none of it comes from the database."""


@dataclass(slots=True)
class Climbed:
    """What one page did (一页升级结果). `skipped`: (clock id, reason in Chinese)."""

    rungs: int = 0
    skipped: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Judge:
    """Says which rung clocks climb on a day, and when to look at them again (判定). Clocks that are alike are judged once."""

    book: RuleBook
    day: date
    known: dict[tuple[object, ...], tuple[Rung | None, Issue | None, date | None]] = field(default_factory=dict)

    def judge(self, clock: LiveClock, *, climbed: Mapping[str, date]) -> tuple[Rung | None, Issue | None, date | None]:
        alike = (clock.rule, clock.department, clock.severity, clock.start_on, clock.due_on, clock.lapse, clock.chased, *climbed.items())  # fmt: skip
        found = self.known.get(alike)
        if found is None:
            found = self.known[alike] = self._judge(clock, climbed)
        return found

    def _judge(self, clock: LiveClock, climbed: Mapping[str, date]) -> tuple[Rung | None, Issue | None, date | None]:
        rung, issue, done = self._choose(clock, climbed), None, frozenset(climbed)
        if rung is not None:
            done |= {rung.key}
            if rung.papers:
                issue = issuer_of(rung, chased=self.book.organ(clock.department), book=self.book)
        return rung, issue, clocks.look(self.book, cast("Clock", clock), after=self.day, climbed=done)

    def _choose(self, clock: LiveClock, climbed: Mapping[str, date]) -> Rung | None:
        ladder = clocks.ladder_of(self.book, cast("Clock", clock))
        if ladder is None or clock.due_on is None:
            return None
        last_on = max(climbed.values(), default=None)
        return rung_on(ladder, due_on=clock.due_on, day=self.day, climbed=frozenset(climbed), calendar=self.book.calendar, last_on=last_on)  # fmt: skip


def climb_page(
    session: Session,
    *,
    book: RuleBook,
    page: Sequence[LiveClock],
    held: Mapping[int, HeldMatter],
    day: date,
    at: datetime,
) -> Climbed:
    """Let every clock of a page climb at most one rung (逐页升级); one that cannot be judged is skipped, named and left for the next sweep.

    `held`: the matters of these clocks, as they stand, their rows held.
    """
    result = Climbed()
    waiting = [clock for clock in page if clock.status == "running" and not clock.held]
    climbed = batches.climbed_on(session, [clock.id for clock in waiting])
    judge, nothing = _Judge(book, day), dict[str, date]()
    plans: list[Plan] = []
    looks: dict[int, date | None] = {}
    for clock in waiting:
        try:
            rung, issue, look_on = judge.judge(clock, climbed=climbed.get(clock.id, nothing))
            if rung is not None:
                plans.append(Plan(clock, held[clock.matter_id], rung, issue))
            looks[clock.id] = look_on
        except UNFIT as error:
            result.skipped.append((clock.id, _why(error)))
    for clock_id, why in _word(session, book=book, plans=plans, day=day, on=local_date(at)).items():
        result.skipped.append((clock_id, why))
        del looks[clock_id]
    plans = [plan for plan in plans if plan.seq]
    batches.set_looks(session, list(looks.items()))
    if plans:
        rung_rows.write(session, plans, book=book, day=day, at=at)
    result.rungs = len(plans)
    return result


def _why(error: Exception) -> str:
    """Why a clock was passed over (未能升级原因)."""
    return (
        str(getattr(error, "message", ""))
        or f"数据有误，不能升级（{type(error).__name__}：{error}）。请核对该期限所属案件。"
    )


def _word(session: Session, *, book: RuleBook, plans: Sequence[Plan], day: date, on: date) -> dict[int, str]:
    """Word the letters of these plans, and give each plan its place in its matter's chain (拟文占序).

    Before anything is numbered: one bad row must neither stop the page nor leave a gap. It takes no place, is left for the next
    sweep, and is named with the reason.
    """
    refused: dict[int, str] = {}
    if not plans:
        return refused
    context = reminders.read(session, matters=[plan.matter for plan in plans])
    for plan in plans:
        matter, seq = plan.matter, plan.matter.seq + 1
        try:
            plan.copies = reminders.copies_of(context, matter, rung=plan.rung)
            if plan.issue is not None and plan.rung.papers and not plan.rung.approve_by:
                for code in plan.rung.papers:
                    book.numbering(code)
                facts = reminders.letter_facts(
                    session, book=book, context=context, matter=matter, clock=plan.clock, rung=plan.rung, issuer=plan.issue.organ, number="", day=day, on=on
                )  # fmt: skip
                plan.letters = [
                    rung_rows.letter(code, held_code=f"{matter.code}-{code}-{seq}", facts=facts)
                    for code in plan.rung.papers
                ]
        except UNFIT as error:
            refused[plan.clock.id] = _why(error)
        else:
            plan.seq = matter.seq = seq
    return refused
