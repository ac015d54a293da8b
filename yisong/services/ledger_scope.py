"""Whose inspections somebody may bring in (报送范围): those that their organ called, and registered ones that it took part in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session

from yisong.domain.rulebook import RuleBook
from yisong.intake.grouping import group
from yisong.intake.rows import ERROR, LedgerInspection, Message
from yisong.services.ledger_check import Checked, code_of, finding_code_of
from yisong.store import ledger as stored


def confine(session: Session, checked: Checked, *, department: str, book: RuleBook) -> Checked:
    """Refuse, row by row, what is none of an organ's business (范围核对); "" is the whole county, and refuses nothing.

    An inspection that is registered already is judged by what is registered, not by what the ledger says of it; and what is
    registered of it may stand in the ledger, because it brings in nothing: an organ's ledger holds what it answers for, too.
    """
    if not department:
        return checked
    inspections = checked.verification.inspections
    codes = {inspection.key: code_of(inspection) for inspection in inspections}
    registered = stored.organs_of(session, codes.values())
    claimed = {inspection.key: {inspection.initiator} - {""} for inspection in inspections}
    foreign = {
        key
        for key, code in codes.items()
        if department not in (organs := registered.get(code, claimed[key])) and organs
    }
    if not foreign:
        return checked
    known = _known_rows(
        session, [entry for entry in inspections if entry.key in foreign and codes[entry.key] in registered]
    )
    name = book.organ(department).short or book.organ(department).name
    refused = False
    for row in checked.verification.rows:
        if (
            row.key not in foreign
            or (row.sheet, row.row, row.part) in known
            or (row.finding is None and codes[row.key] in registered)
        ):
            continue
        text = f"检查“{codes[row.key]}”不是{name}发起的，也不是已登记由其参与的：只能报送本部门的检查，请核对发起部门和检查编号"
        row.messages = (*row.messages, Message(ERROR, "NOT_YOUR_INSPECTION", "initiator", "", text))
        row.status, refused = ERROR, True
    if not refused:
        return checked
    rows = checked.verification.rows
    return replace(checked, verification=replace(checked.verification, inspections=group(rows)))


def _known_rows(session: Session, inspections: Sequence[LedgerInspection]) -> set[tuple[str, int, int]]:
    """Where the ledger repeats findings that are registered already (已登记的行)."""
    places = {
        finding_code_of(inspection, finding): (finding.sheet, finding.row, finding.part)
        for inspection in inspections
        for finding in inspection.findings
    }
    return {places[code] for code in stored.findings_of_codes(session, places)}
