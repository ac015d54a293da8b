"""What a small ledger is checked against (按需核对依据): only what is registered under the numbers that stand in it.

It answers as the whole register would. Where that takes the whole register (names of units that are new or differ, inspections
without any number), the whole of it is read.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session

from yisong.domain.rulebook import RuleBook
from yisong.intake import reference as intake
from yisong.intake.identity import name_key, parse_uscc
from yisong.intake.submitted import SHEET, Sent
from yisong.intake.values import Raw, parse_code, parse_text
from yisong.services import ledger_check
from yisong.store import imports
from yisong.store import ledger as stored

MOST_ROWS = 2_000
"""Above so many rows the whole register is read at once, which is quicker then."""


def reference_for(session: Session, sent: Sent, *, book: RuleBook) -> intake.Reference:
    """What was sent is checked against this (核对依据)."""
    if len(sent.places) > MOST_ROWS:
        return ledger_check.reference_of(session, book=book)
    entry = next(entry for entry in sent.mapping.sheets if entry.sheet == SHEET)
    place = {
        name: entry.index_of(name) or 0
        for name in ("inspection_code", "behaviour_code", "uscc", "unit_name", "finding_code")
    }
    rows = [row.cells for row in sent.workbook.sheets[0].rows()]
    codes = [(_code(row[place["inspection_code"]]), _code(row[place["behaviour_code"]])) for row in rows]
    if not all(code or behaviour for code, behaviour in codes):
        return ledger_check.reference_of(session, book=book)
    held = stored.known_numbers(session, (number for pair in codes for number in pair))
    known_inspections = dict.fromkeys(
        (number for _, code, behaviour in held for number in (code, behaviour) if number), ""
    )
    findings = stored.findings_of_codes(session, {_code(row[place["finding_code"]]) for row in rows} - {""})
    known_findings = dict.fromkeys(findings, "")
    ids = {number for number, _, _ in held} | {inspection.id or 0 for inspection, _ in findings.values()}
    for _, kept in stored.imported_rows(session, ids):
        (known_inspections if kept["what"] == "inspection" else known_findings)[kept["key"]] = kept["fingerprint"]
    units = _units(
        session,
        {
            (str(parse_uscc(row[place["uscc"]]).value or ""), str(parse_text(row[place["unit_name"]]).value or ""))
            for row in rows
        },
    )
    return intake.Reference(
        **ledger_check.names_of(book),  # type: ignore[arg-type]
        units=units,
        known_inspections=known_inspections,
        known_findings=known_findings,
    )


def _code(raw: Raw) -> str:
    return str(parse_code(raw).value or "")


def _units(session: Session, named: Iterable[tuple[str, str]]) -> dict[str, intake.Unit]:
    """The units that are named, if each is registered under just that name and stands; otherwise all (单位)."""
    wanted = set(named)
    found = {unit.uscc: unit for unit in stored.units_of(session, (code for code, _ in wanted))}
    plain = all(
        code in found and found[code].status == "active" and name_key(found[code].name) == name_key(name)
        for code, name in wanted
    )
    return ledger_check.registered_units(list(found.values()) if plain else imports.units(session))
