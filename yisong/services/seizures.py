"""What is seized or kept within a case (查封扣押、先行登记保存登记)."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from models import Matter
from yisong.domain.lifecycle import Act
from yisong.domain.rulebook import RuleBook
from yisong.services.lettering_extras import lines
from yisong.services.steps import hold, open_matter
from yisong.store import matters


def take_hold(session: Session, *, book: RuleBook, case: Matter, act: Act) -> Matter:
    """Record that something of the unit's is held (登记查封扣押): `act.action` is seize or register.

    Whoever takes it answers for it until it is handed over: the organ of the act, be it the one that transfers the case or the one
    that is answerable for it. Days of the term are counted from `seized_on`.

    Raises:
        Refusal: by name, what the table refuses: `not_your_post`, `missing`, `case_ended`, `date_in_future` …
    """
    case = hold(session, case.id or 0)
    taker = act.actor.department if act.actor.department in (case.origin, case.responsible) else case.responsible
    given = {**act.given, "items": lines(act.given.get("items"))}
    ordinal = matters.next_ordinal(session, case_id=case.id, kind="seizure")
    return open_matter(
        session, book=book, kind="seizure", code=f"{case.code}-CK{ordinal}", act=replace(act, given=given), origin=taker, responsible=taker,
        unit_id=case.unit_id, case_id=case.id, subject=case,
    )  # fmt: skip
