"""Decide whether a step may be taken (流转判定).

A life cycle is a table of `Transition` rows. `decide()` is pure: facts and an act go in, a `Step` comes out, or a
`Refusal` that has a name and a Chinese sentence saying what to do next. Nothing else in the project knows the order of things.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yisong.domain.lifecycle_rows import (
    ALL_CLOCKS,
    VERB_LABELS,
    Act,
    Also,
    ClockEffect,
    Facts,
    Guard,
    Kin,
    Lifecycle,
    Need,
    NeedKind,
    Paper,
    Tell,
    Test,
    Transition,
    Verb,
    When,
)
from yisong.domain.roles import Actor, Party

__all__ = [
    "ALL_CLOCKS",
    "VERB_LABELS",
    "Act",
    "Also",
    "ClockEffect",
    "Facts",
    "Guard",
    "Kin",
    "Lifecycle",
    "Need",
    "NeedKind",
    "Offer",
    "Paper",
    "Refusal",
    "Step",
    "Tell",
    "Test",
    "Transition",
    "Verb",
    "When",
    "decide",
    "offers",
]


@dataclass(frozen=True, slots=True)
class Step:
    """A decided step, not yet written (已判定的步骤)."""

    transition: Transition
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that an actor may take now, or the reason why it has to wait (可办事项)."""

    transition: Transition
    obstacle: str = ""


class Refusal(Exception):
    """A step that may not be taken (拒绝办理): a stable `code`, a Chinese `message` that says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type[Refusal], tuple[str, str]]:
        return type(self), (self.code, self.message)


def _fits(row: Transition, facts: Facts) -> bool:
    return facts.state in row.source and (row.when is None or row.when.test(facts))


def _may(row: Transition, facts: Facts, actor: Actor) -> bool:
    for who in row.by:
        if not (who.roles & actor.roles):
            continue
        if who.party is Party.SYSTEM or actor.department in facts.parties.get(who.party, frozenset()):
            return True
    return False


def _separated(row: Transition, facts: Facts, actor: Actor) -> str:
    """The action by which this actor is barred, or "" (不相容岗位)."""
    return next((action for action in row.not_by if facts.actors.get(action) == actor.id), "")


def _blank(value: Any) -> bool:
    """Whether nothing was given (空值): blanks only are nothing, and so is a list of nothing."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, list | tuple | set | frozenset):
        return all(_blank(each) for each in value)
    return value is None


def _missing(row: Transition, act: Act) -> list[Need]:
    def lacks(need: Need) -> bool:
        value = act.given.get(need.name)
        return not value if need.kind is NeedKind.YES else _blank(value)

    return [need for need in row.needs if need.required and lacks(need)]


def _is_day(value: Any) -> bool:
    if isinstance(value, date):
        return not isinstance(value, datetime)
    try:
        return bool(date.fromisoformat(value).isoformat() == value)
    except (TypeError, ValueError):
        return False


def _check_values(row: Transition, act: Act) -> None:
    """Refuse what is no answer to what was asked (填写项格式)."""
    for need in row.needs:
        value = act.given.get(need.name)
        if _blank(value):
            continue
        if need.kind is NeedKind.CHOICE and value not in dict(need.choices):
            names = "、".join(label for _, label in need.choices)
            raise Refusal("not_a_choice", f"“{need.label}”不能填“{value}”，请从下列选项中选择：{names}。")
        if need.kind is NeedKind.DATE and not _is_day(value):
            raise Refusal("not_a_date", f"“{need.label}”的“{value}”不是有效日期，请按 2026-11-20 的样式填写。")
        if need.kind is NeedKind.NUMBER and (isinstance(value, bool) or not str(value).isdecimal()):
            raise Refusal("not_a_number", f"“{need.label}”的“{value}”不是整数，请填写 0 或以上的整数。")


def decide(lifecycle: Lifecycle, *, facts: Facts, act: Act) -> Step:
    """Decide whether a step may be taken (流转判定).

    Raises `Refusal` with one of the codes: unknown_action, wrong_state, wrong_role, separation_of_duties, missing, not_a_choice,
    not_a_date, not_a_number, or the name of the guard that does not hold.
    """
    named = [row for row in lifecycle.transitions if row.action == act.action]
    if not named:
        raise Refusal(
            "unknown_action",
            f"“{lifecycle.label}”没有“{act.action}”这一步骤，请核对步骤名称（可用 yisong book 查看）。",
        )
    row = next((row for row in named if _fits(row, facts)), None)
    state = lifecycle.states.get(facts.state, facts.state)
    label = named[0].label
    if row is None:
        allowed = "、".join(
            dict.fromkeys(
                lifecycle.states.get(source, "尚未登记")
                for row in named
                for source in row.source
                if row.when is None or row.when.test(facts)
            )
        )
        where = f"该步骤只能在“{allowed}”时办理" if allowed else "该步骤不适用于本件"
        raise Refusal("wrong_state", f"{facts.code}现为“{state}”，不能“{label}”；{where}。请刷新页面查看最新状态。")
    if not _may(row, facts, act.actor):
        who = "或".join(w.label for w in row.by)
        raise Refusal("wrong_role", f"“{label}”由{who}办理，{act.actor.name}无此权限。请转相应人员办理。")
    barred = _separated(row, facts, act.actor)
    if barred:
        done = lifecycle.actions().get(barred, barred)
        raise Refusal("separation_of_duties", f"“{done}”与“{label}”不得由同一人办理，请由另一人办理。")
    lacking = _missing(row, act)
    if lacking:
        names = "、".join(need.label for need in lacking)
        raise Refusal("missing", f"“{label}”须填写：{names}。请补齐后再提交。")
    _check_values(row, act)
    for guard in row.guards:
        if not guard.test(facts, act):
            raise Refusal(guard.name, guard.told(facts))
    return Step(transition=row, source=facts.state, target=row.end(facts.state))


def offers(lifecycle: Lifecycle, *, facts: Facts, act: Act) -> list[Offer]:
    """What this actor may do now (可办事项), with the obstacle where a guard that needs no form does not hold.

    `act` gives the actor and the day; its action and given things are not looked at. What is offered without an obstacle is
    accepted once the form is filled in; what is not offered is refused.
    """
    found: dict[str, Offer] = {}
    for row in lifecycle.transitions:
        if row.action in found or not _fits(row, facts) or not _may(row, facts, act.actor):
            continue
        obstacle = next((guard.told(facts) for guard in row.guards if guard.early and not guard.test(facts, act)), "")
        if _separated(row, facts, act.actor):
            obstacle = "此前的步骤由您办理，本步骤须由另一人办理。"
        found[row.action] = Offer(transition=row, obstacle=obstacle)
    return list(found.values())
