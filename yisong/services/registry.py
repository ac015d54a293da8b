"""Units, inspections and plans as the registers know them (登记信息)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlmodel import Session
from stdnum.cn import uscc as credit_code

from models import Inspection, PlannedInspection, Unit
from yisong.domain.lifecycle import Refusal
from yisong.store import inspections as stored
from yisong.store import matters


def credit_code_holds(uscc: str) -> bool:
    """Whether the check digits of GB 32100 hold (统一社会信用代码校验)."""
    return bool(credit_code.is_valid(uscc))


def keep_unit(
    session: Session, *, code: str, name: str, uscc: str, kind: str = "企业", address: str = "", town: str = "", legal_rep: str = "", contact: str = "",
    phone: str = "", status: str = "active", deregistered_on: date | None = None, credit_tier: str = "normal", electronic_consent: bool = False, parent_code: str = "",
    checked: bool = True,
) -> Unit:  # fmt: skip
    """Register a unit or bring its entry up to date (登记单位).

    `uscc` "" is a natural person's, who has none. Raises `Refusal` `wrong_credit_code` where the check digit of GB 32100 does not hold.
    """
    if checked and not credit_code_holds(uscc):
        raise Refusal(
            "wrong_credit_code", f"“{name}”的统一社会信用代码 {uscc} 校验不通过（GB 32100），请对照营业执照核对。"
        )
    unit = (
        matters.unit_by_code(session, uscc)
        or matters.unit_by_code(session, code)
        or Unit(code=code, name=name, uscc=uscc)
    )
    if unit.name != name:  # the name by which it was known until now is still looked for
        unit.former_names = [*unit.former_names, {"name": unit.name, "until": ""}]
    unit.name, unit.kind, unit.address, unit.town, unit.legal_rep = name, kind or unit.kind, address, town, legal_rep
    unit.contact, unit.phone, unit.status, unit.deregistered_on = contact, phone, status, deregistered_on
    unit.credit_tier, unit.electronic_consent, unit.parent_code = credit_tier, electronic_consent, parent_code
    session.add(unit)
    session.flush()
    return unit


def keep_inspection(
    session: Session, *, code: str, unit: Unit, inspected_on: date, initiator: str, participants: Sequence[str] = (), theme: str = "", kind: str = "joint",
    scanned_in: bool = True, behaviour_code: str = "", place: str = "", town: str = "", officers: Sequence[Mapping[str, str]] = (), note: str = "",
) -> Inspection:  # fmt: skip
    """Register an inspection that took place (登记检查); the same code again changes nothing."""
    found = stored.inspection_by_code(session, code)
    if found is not None:
        return found
    inspection = Inspection(
        code=code, behaviour_code=behaviour_code, theme=theme, unit_id=unit.id or 0, inspected_on=inspected_on, initiator=initiator,
        participants=list(participants), kind=kind, scanned_in=scanned_in, place=place or unit.address, town=town or unit.town,
        officers=[dict(officer) for officer in officers], note=note,
    )  # fmt: skip
    session.add(inspection)
    session.flush()
    return inspection


def keep_plan(
    session: Session,
    *,
    code: str,
    department: str,
    unit: Unit,
    planned_on: date,
    registered_on: date,
    kind: str = "routine",
    theme: str = "",
) -> PlannedInspection:
    """Register a plan to inspect (登记检查计划); the same code again changes nothing."""
    found = stored.plan_by_code(session, code)
    if found is not None:
        return found
    plan = PlannedInspection(
        code=code,
        department=department,
        unit_id=unit.id or 0,
        planned_on=planned_on,
        kind=kind,
        theme=theme,
        registered_on=registered_on,
    )
    session.add(plan)
    session.flush()
    return plan
