"""Whose inspections somebody may bring in (报送范围): those that their organ called, and registered ones that it took part in."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from yisong.domain.rulebook import RuleBook
from yisong.intake.grouping import group
from yisong.intake.rows import ERROR, Message
from yisong.services.ledger_check import Checked, code_of
from yisong.store import ledger as stored


def confine(session: Session, checked: Checked, *, department: str, book: RuleBook) -> Checked:
    """Refuse, row by row, what is none of an organ's business (范围核对); "" is the whole county, and refuses nothing.

    An inspection that is registered already is judged by what is registered, not by what the ledger says of it.
    """
    if not department:
        return checked
    found = {inspection.key: code_of(inspection) for inspection in checked.verification.inspections}
    registered = stored.organs_of(session, found.values())
    claimed = {inspection.key: {inspection.initiator} - {""} for inspection in checked.verification.inspections}
    foreign = {
        key: code
        for key, code in found.items()
        if department not in (organs := registered.get(code, claimed[key])) and organs
    }
    if not foreign:
        return checked
    name = book.organ(department).short or book.organ(department).name
    for row in checked.verification.rows:
        if row.key in foreign:
            text = f"检查“{foreign[row.key]}”不是{name}发起的，也不是已登记由其参与的：只能报送本部门的检查，请核对发起部门和检查编号"
            row.messages = (*row.messages, Message(ERROR, "NOT_YOUR_INSPECTION", "initiator", "", text))
            row.status = ERROR
    rows = checked.verification.rows
    return replace(checked, verification=replace(checked.verification, inspections=group(rows)))
