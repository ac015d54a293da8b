"""What has to leave because of a step: letters to print, notices to send (待发件)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from sqlmodel import Session

from models import Matter, OutboxRow
from yisong.domain.lifecycle import Act, Facts, Tell
from yisong.domain.roles import Party
from yisong.domain.rulebook import RuleBook


def queue(
    session: Session,
    *,
    key: str,
    kind: str,
    at: datetime,
    payload: dict[str, Any],
    matter_id: int | None = None,
    case_id: int | None = None,
) -> OutboxRow:
    """One row for the outbox (入待发箱). The key is the claim: a second row of the same key is refused by the database."""
    row = OutboxRow(
        key=key, kind=kind, payload=payload, matter_id=matter_id, case_id=case_id, created_at=at, next_at=at
    )
    session.add(row)
    return row


class Told(Protocol):
    """What a notice needs to know of a matter (告知所涉事项)."""

    @property
    def code(self) -> str: ...
    @property
    def responsible(self) -> str: ...
    @property
    def unit_id(self) -> int | None: ...


def notices(
    matter: Told, *, tell: Tell, act: Act, facts: Facts, seq: int, keys: set[str]
) -> list[tuple[str, str, dict[str, Any]]]:
    """The notices that a step sends (应发告知): key, receiver and payload, one for each organ that is told.

    `keys`: what this step has queued already. An organ that stands in two relations to a matter is told once.
    """
    if tell.party is Party.UNIT:
        receivers = [] if matter.unit_id is None else [("unit", str(matter.unit_id))]
    else:
        organs = (
            {matter.responsible}
            if tell.party is Party.RESPONSIBLE and matter.responsible
            else facts.parties.get(tell.party, frozenset())
        )
        receivers = [("department", code) for code in sorted(organs) if code and code != act.actor.department]
    told = []
    for kind, receiver in receivers:
        key = f"{matter.code}:{seq}:{tell.notice}:{receiver}"
        if key in keys:
            continue
        keys.add(key)
        payload = {
            "notice": tell.notice,
            kind: receiver,
            "urgent": tell.urgent,
            "action": act.action,
            "on": act.on.isoformat(),
            "seq": seq,
        }
        told.append((key, receiver, payload))
    return told


def notify(
    session: Session,
    *,
    book: RuleBook,
    matter: Matter,
    tell: Tell,
    act: Act,
    facts: Facts,
    seq: int,
    keys: set[str] | None = None,
) -> list[dict[str, Any]]:
    """Queue one notice per organ that is told (告知)."""
    found = notices(matter, tell=tell, act=act, facts=facts, seq=seq, keys=set() if keys is None else keys)
    for key, _, payload in found:
        queue(session, key=key, kind="notice", at=act.at, payload=payload, matter_id=matter.id, case_id=matter.case_id)
    return [{"tell": receiver, "notice": tell.notice} for _, receiver, _ in found]
