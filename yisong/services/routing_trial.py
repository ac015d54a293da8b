"""Try other lists on past findings (路由清单试算): who would have got what instead. Nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session

from yisong.domain.routing import route
from yisong.domain.rulebook import RuleBook, RuleBookError
from yisong.store import routing as stored

PAGE = 5000
UNDECIDED = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """A finding that other lists would have sent elsewhere (去向不同的发现). Organs "": undecided."""

    finding: str
    item: str
    town: str
    found_on: date
    old: str
    new: str
    reason: str


@dataclass(slots=True)
class RoutingTrial:
    """Old and new side by side (试算). Counts are findings by organ, "" = undecided; `skipped`: (finding, reason in Chinese)."""

    findings: int = 0
    old: Counter[str] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)
    moved: list[Moved] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)


def try_lists(
    session: Session, *, new: RuleBook, first: date, last: date, lists_on: date | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> RoutingTrial:  # fmt: skip
    """Ask other lists about every finding of a span of days (路由清单试算).

    Args:
        session: a reading session is enough; nothing is written.
        new: the book whose lists are tried. The old answer is the one that was stored with the finding.
        first, last: findings of these days, both included; void ones are left out.
        lists_on: ask the new lists as they stand on that day, for every finding; left out, on the day of the finding.
    """
    trial = RoutingTrial()
    for page in stored.found_between(session, first=first, last=last, most=PAGE):
        for _, code, item, town, found_on, before in page:
            try:
                answer = route(item, place_town=town or None, found_on=lists_on or found_on, book=new)
            except RuleBookError as error:
                trial.skipped.append((code, error.message))
                continue
            after = answer.department or UNDECIDED
            trial.findings += 1
            trial.old[before] += 1
            trial.new[after] += 1
            if before != after:
                trial.moved.append(Moved(code, item, town, found_on, before, after, answer.reason))
        progress(trial.findings)
    return trial
