"""The chain of a unit's register (登记变更链): every change is a line that names who, when and what was before. Nothing is edited away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session

from models import Unit, UnitChange
from yisong.domain.chain import Break, Link, event_hash, json_value, verify
from yisong.domain.roles import Actor
from yisong.store import units as stored

LABELS = {
    "registered": "登记",
    "corrected": "补录、更正",
    "renamed": "更名",
    "deregistered": "登记注销",
    "restored": "恢复存续登记",
    "merged": "并入同一单位",
    "absorbed": "并入了重复登记",
    "unmerged": "撤销并入",
    "released": "撤销并入了的重复登记",
    "link_made": "生成企业专用链接",
    "link_revoked": "停用企业专用链接",
}
"""What a reader sees (中文名)."""


def body_of(change: UnitChange) -> dict[str, Any]:
    """What a line's hash covers (登记变更内容)."""
    return {
        "unit": change.unit_id,
        "seq": change.seq,
        "action": change.action,
        "on": change.on.isoformat(),
        "at": change.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": [change.actor_id, change.actor_name, change.department],
        "data": change.data,
    }


def write(
    session: Session, unit: Unit, *, action: str, actor: Actor, on: date, at: datetime, data: Mapping[str, Any]
) -> UnitChange:
    """Add a line to a unit's chain (写入登记变更). The unit's row must be held by the caller.

    `on`: the day from which the change holds; `at`: the instant at which it is written (aware).
    """
    change = UnitChange(
        unit_id=unit.id or 0, seq=unit.seq + 1, action=action, on=on, at=at.astimezone(UTC), actor_id=actor.id, actor_name=actor.name,
        department=actor.department, data=json_value(dict(data)), previous=unit.head, hash="",
    )  # fmt: skip
    change.hash = event_hash(unit.head, body_of(change))
    unit.seq, unit.head = change.seq, change.hash
    session.add(change)
    session.add(unit)
    session.flush()
    return change


def faults_of(session: Session, unit: Unit) -> list[Break]:
    """Where a unit's chain does not hold (登记变更核验): lines edited, dropped or forged."""
    links = [
        Link(position=change.seq, previous=change.previous, hash=change.hash, body=body_of(change))
        for change in stored.changes(session, unit.id or 0)
    ]
    return list(verify(links, head=unit.head))


def faults(session: Session) -> Iterator[tuple[Unit, Break]]:
    """Every place where a register's chain does not hold (全部登记变更核验)."""
    for unit in stored.changed_units(session):
        for broken in faults_of(session, unit):
            yield unit, broken
