"""Acts that were done away from the system and are recorded afterwards (线下办理补录): by what happened when, not by when it was typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fastapi.datastructures import FormData

from models import Matter
from yisong.domain.lifecycle import Refusal
from yisong.store import matters
from yisong.web.visit import Visit, text

FIELD = "done_on"


@dataclass(frozen=True, slots=True)
class Occasion:
    """The day for which an act counts, and whether it was done before it was recorded (办理日)."""

    on: date
    offline: bool = False


def may_record(visit: Visit) -> bool:
    """Whether a person keeps records of an organ (可补录): the inspected unit acts here and now."""
    return bool(visit.actor.department)


def occasion(visit: Visit, matter: Matter, form: FormData) -> Occasion:
    """Read on which day the act was really done (实际办理日期); nothing given is today.

    Raises:
        Refusal: `date_unreadable`, `date_in_future`, or `before_last_step` where the matter's last step is of a later day.
    """
    typed = text(form, FIELD)
    if not typed or not may_record(visit):
        return Occasion(visit.on)
    try:
        on = date.fromisoformat(typed)
    except ValueError:
        raise Refusal("date_unreadable", f"实际办理日期“{typed}”不是日期，请写成 2026-03-11 的样子。") from None
    if on > visit.on:
        raise Refusal("date_in_future", f"实际办理日期 {on} 晚于今天 {visit.on}，请填写真实的办理日期。")
    last = max((event.on for event in matters.events(visit.session, [matter.id or 0])), default=matter.opened_on)
    if on < last:
        raise Refusal("before_last_step", f"实际办理日期 {on} 早于上一步骤的日期 {last}，请按先后次序补录。")
    return Occasion(on, offline=on < visit.on)
