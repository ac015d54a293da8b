"""Read what there is to weigh about a finding (处置提示读取): what its ledger row said, and what was found there before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from models import Finding, Matter
from yisong.domain.exemption import Earlier, Hint, hints_of
from yisong.domain.rulebook import RuleBook, RuleBookError
from yisong.store import matters, units


def registered(session: Session, matter: Matter) -> Mapping[str, Any]:
    """What was given when a finding was registered (登记内容): ledger, row, and what the row said of its disposal."""
    first = next((event for event in matters.events(session, [matter.id or 0]) if event.action == "register"), None)
    return first.given if first is not None else {}


def hints(session: Session, matter: Matter, *, finding: Finding, book: RuleBook) -> tuple[Hint, ...]:
    """What there is to weigh about one finding (处置提示)."""
    try:
        item = book.item(finding.item_code)
    except RuleBookError:
        return ()
    said = registered(session, matter)
    earlier = [
        Earlier(other.code, row.found_on)
        for other, row in (units.findings_of(session, matter.unit_id) if matter.unit_id is not None else ())
        if row.item_code == finding.item_code and other.id != matter.id and other.state != "void" and row.found_on < finding.found_on
    ]  # fmt: skip
    return hints_of(
        item, urgent=finding.urgent, said_criminal=bool(said.get("criminal")), said_exempt=bool(said.get("exempt")), earlier=earlier,
        severity=finding.severity,
    )  # fmt: skip
