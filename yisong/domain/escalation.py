"""Which rung of the ladder a late clock climbs (催办督办升级).

Offsets are working days from the due day: −3 the third working day before it, 0 the due day, +1 the first working day
after it. One clock climbs at most one rung a day, on working days only. Rungs from +1 upward are never skipped; a
reminder whose day has passed is moot. Special triggers (重大隐患, 当季督办≥N件) are proposals to a person, never climbed alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from yisong.domain.entries import Confidence, Source

if TYPE_CHECKING:
    from yisong.domain.organs import Organ
    from yisong.domain.rulebook import RuleBook


class EscalationError(ValueError):
    """A ladder that cannot be climbed (升级规则错误): a stable `code` and a Chinese message that says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class WorkingDays(Protocol):
    """What the ladder needs of a calendar (工作日历)."""

    def is_workday(self, day: date) -> bool: ...

    def add_workdays(self, day: date, amount: int) -> date: ...


class Issuer(StrEnum):
    """Who issues the paper of a rung (出具机关)."""

    GUIDANCE = "guidance"
    SUPERVISOR = "supervisor"
    GOVERNMENT = "government"

    @property
    def label(self) -> str:
        """The word a clerk reads (中文名)."""
        return {"guidance": "综合执法指导机构", "supervisor": "司法行政部门", "government": "县级人民政府"}[self.value]


@dataclass(frozen=True, slots=True)
class Special:
    """A reason to propose a rung to a person before its day (提请情形).

    `kind`: critical_hazard 重大隐患, or quarter_count 同部门当季督办达 `count` 件.
    """

    kind: str
    count: int | None = None

    @property
    def label(self) -> str:
        """The words a clerk reads (中文名)."""
        return "重大隐患" if self.kind == "critical_hazard" else f"同部门当季督办≥{self.count}件"


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung (升级层级): `key` names it within its ladder and is half of the claim (clock, rung).

    `offset_workdays`: working days from the due day; None: only ever proposed to a person. `papers`: codes of numbered
    papers; none: a notice only.
    """

    key: str
    level: int
    name: str
    offset_workdays: int | None
    to: str
    papers: tuple[str, ...] = ()
    channel: str = ""
    copies: tuple[str, ...] = ()
    approve_by: str = ""
    issuer: Issuer = Issuer.GUIDANCE
    special: tuple[Special, ...] = ()
    trigger: str = ""
    basis: str = ""
    source: Source = Source.DEFAULT
    confidence: Confidence = Confidence.MEDIUM

    @property
    def paper(self) -> str | None:
        """The numbered paper, or None for a notice (文书)."""
        return self.papers[0] if self.papers else None


PARTIES = {"origin": "移送部门", "responsible": "责任部门"}
"""Words that stand among a rung's copies for an organ which only the case can name (按案件确定的抄送单位)."""


def copied_to(rung: Rung, *, origin: str, responsible: str) -> tuple[str, ...]:
    """The organs that a rung is copied to in a case between these two (抄送单位), each once."""
    parties = {"origin": origin, "responsible": responsible}
    return tuple(dict.fromkeys(code for each in rung.copies if (code := parties.get(each, each))))


@dataclass(frozen=True, slots=True)
class Ladder:
    """A ladder and the clocks it is for (升级规则). Empty tuples: for all. `rungs` stand in the order of climbing."""

    code: str
    rungs: tuple[Rung, ...]
    rules: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        keys = [rung.key for rung in self.rungs]
        if len(set(keys)) != len(keys):
            raise EscalationError("rung_twice", f"升级规则“{self.code}”中有相同的层级，请合并或改用不同的工作日数。")
        offsets = [rung.offset_workdays for rung in self.rungs if rung.offset_workdays is not None]
        if sorted(offsets) != offsets:
            raise EscalationError("rung_order", f"升级规则“{self.code}”的层级须按工作日数由小到大排列。")

    def rung(self, key: str) -> Rung:
        """The rung of a key (按键取层级). Raises EscalationError `rung_unknown`."""
        for rung in self.rungs:
            if rung.key == key:
                return rung
        raise EscalationError("rung_unknown", f"升级规则“{self.code}”中没有层级“{key}”。")


def ladder_for(
    ladders: tuple[Ladder, ...], *, rule: str, level: str = "", severity: str = "", on: date | None = None
) -> Ladder:
    """The ladder of a clock: the one that names the most of rule, organ level and severity (适用的升级规则).

    Raises:
        EscalationError: `ladder_missing` if none applies.
    """
    best: tuple[int, Ladder] | None = None
    for ladder in ladders:
        if on is not None and ((ladder.valid_from or on) > on or (ladder.valid_to or on) < on):
            continue
        score = 0
        for wanted, value, weight in (
            (ladder.rules, rule, 4),
            (ladder.severities, severity, 2),
            (ladder.levels, level, 1),
        ):
            if wanted and value not in wanted:
                score = -1
                break
            score += weight if wanted else 0
        if score >= 0 and (best is None or score > best[0]):
            best = (score, ladder)
    if best is None:
        raise EscalationError("ladder_missing", f"没有适用于期限“{rule}”的升级规则，请在升级规则表中补充。")
    return best[1]


def rung_key(level: int, offset: int | None) -> str:
    """The key of a rung: level and working days, as 0@-3, 2@+1 (层级键)."""
    return f"{level}@special" if offset is None else f"{level}@{offset:+d}" if offset else f"{level}@0"


def rung_day(rung: Rung, *, due_on: date, calendar: WorkingDays) -> date | None:
    """The day of a rung (层级之日); None for a due-day reminder on a day of rest, or a rung that is only proposed."""
    if rung.offset_workdays is None or (rung.offset_workdays == 0 and not calendar.is_workday(due_on)):
        return None
    return calendar.add_workdays(due_on, rung.offset_workdays)


def _parts(ladder: Ladder) -> tuple[tuple[Rung, ...], tuple[tuple[Rung, int], ...]]:
    """The reminders, and the rungs after the due day with their offsets (提醒与督办)."""
    return (
        tuple(rung for rung in ladder.rungs if rung.offset_workdays is not None and rung.offset_workdays <= 0),
        tuple((rung, offset) for rung in ladder.rungs if (offset := rung.offset_workdays or 0) > 0),
    )


def _next_late(late: tuple[tuple[Rung, int], ...], climbed: frozenset[str]) -> tuple[Rung, int] | None:
    """The rung after the highest one climbed: what a person put aside by going higher does not come back (下一层级)."""
    reached = max((index for index, (rung, _) in enumerate(late) if rung.key in climbed), default=-1)
    return late[reached + 1] if reached + 1 < len(late) else None


def rung_on(
    ladder: Ladder,
    *,
    due_on: date,
    day: date,
    climbed: frozenset[str],
    calendar: WorkingDays,
    last_on: date | None = None,
) -> Rung | None:
    """The one rung that a clock climbs on a day, or None (当日应升级的层级).

    Args:
        ladder: the clock's ladder.
        due_on: the due day.
        day: the day of the sweep.
        climbed: keys of the rungs that the clock has climbed.
        calendar: which days are worked.
        last_on: the day on which the clock last climbed: on that day it climbs no more.
    """
    if not calendar.is_workday(day) or (last_on is not None and day <= last_on):
        return None
    before, after = _parts(ladder)
    if day <= due_on:
        for rung in before:
            if rung.key not in climbed and rung_day(rung, due_on=due_on, calendar=calendar) == day:
                return rung
        return None
    pending = _next_late(after, climbed)
    return pending[0] if pending is not None and calendar.add_workdays(due_on, pending[1]) <= day else None


def next_look(
    ladder: Ladder, *, due_on: date, after: date, climbed: frozenset[str], calendar: WorkingDays
) -> date | None:
    """The next day after `after` on which `rung_on` can answer, or None if it never will again (下次查看日)."""
    before, late = _parts(ladder)
    for rung in before:
        if rung.key not in climbed:
            day = rung_day(rung, due_on=due_on, calendar=calendar)
            if day is not None and day > after:
                return day
    pending = _next_late(late, climbed)
    if pending is None:
        return None
    day = calendar.add_workdays(due_on, pending[1])
    return day if day > after else calendar.add_workdays(after, 1)


def proposed(ladder: Ladder, *, critical: bool, supervised: int, climbed: frozenset[str]) -> tuple[Rung, ...]:
    """The rungs to propose to a person before their day (提请人工决定): nothing of this is climbed alone.

    Args:
        ladder: the clock's ladder.
        critical: whether a critical hazard (重大隐患) is concerned.
        supervised: how many matters of the organ were supervised (督办) in the quarter, this one included.
        climbed: keys of the rungs that the clock has climbed.
    """
    return tuple(
        rung
        for rung in ladder.rungs
        if rung.key not in climbed
        and any(
            critical if special.kind == "critical_hazard" else supervised >= (special.count or 1)
            for special in rung.special
        )
    )


@dataclass(frozen=True, slots=True)
class Issue:
    """Who issues a rung's paper, to whom it is copied beyond the rung's own list, and why (出具机关及理由)."""

    organ: str
    reason: str
    city_path: bool = False


def issuer_of(rung: Rung, *, chased: Organ, book: RuleBook) -> Issue:
    """Who issues the paper of a rung (出具机关): nobody chases itself (避免自我督办).

    The guidance office by default; if it is itself chased, the justice bureau; if that is chased, the guidance office;
    listed supervision and circulars come from the county government (浙江省综合行政执法条例36条). For a city's branch
    office the county can only coordinate: `city_path` asks for a copy to its superior.
    """
    chosen = {
        Issuer.GUIDANCE: book.guidance_code,
        Issuer.SUPERVISOR: book.supervisor_code,
        Issuer.GOVERNMENT: book.government_code,
    }[rung.issuer]
    reason = f"{rung.name}由{rung.issuer.label}出具"
    if chosen == chased.code:
        if chosen == book.guidance_code:
            chosen, reason = book.supervisor_code, "被督办方即综合执法指导机构，改由司法行政部门出具（避免自我督办）"
        elif chosen == book.supervisor_code:
            chosen, reason = book.guidance_code, "被督办方即司法行政部门，由综合执法指导机构出具（避免自我督办）"
        else:
            raise EscalationError("self_chasing", f"{chased.name}不能督办自身，请报请上级机关处理。")
    if chosen == chased.code:
        raise EscalationError(
            "self_chasing", f"{chased.name}不能督办自身，且县内没有其他督办机关，请在部门表中指定执法监督部门。"
        )
    city_path = chased.level.value == "city_branch"
    if city_path:
        reason += "；被督办方为市派出机构，同时抄送其上级主管部门"
    return Issue(chosen, reason, city_path)
