"""Lines in the journal that change no state (流转附记): a date that moved, a rung that a person decided.

Like every line they stand in the matter's hash chain; unlike a step they need no row of a table, for nothing of the matter
becomes otherwise. Many are written at once; the matters' rows must be held by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from models import Matter
from yisong.domain.chain import written_hash
from yisong.domain.roles import Actor
from yisong.services.journal import body_written
from yisong.store import batches
from yisong.store.rows import quickly_written, written
from yisong.store.running import HeldMatter

LABELS = {
    "climb": "催督升级",
    "reproject": "期限复算",
    "reproject_asked": "期限提前待确认",
    "reproject_declined": "保留原期限",
    "rung_received": "签收催督文书",
    "rung_replied": "回复催督文书",
    "rung_proposed": "提请升级",
    "rung_approved": "批准升级",
    "rung_dropped": "不予升级",
    "rung_closed": "挂牌督办销号",
    "evidence_added": "证据入卷",
    "evidence_voided": "证据作废",
    "material_vouched": "核对移送材料",
    "material_withdrawn": "撤销材料核对",
    "unit_merged": "当事人重复登记合并",
    "unit_unmerged": "当事人重复登记合并撤销",
}
"""What a reader sees (中文名). Every line has one: `write()` refuses a line that nobody could read."""
ABOUT_A_RUNG = frozenset(action for action in LABELS if action == "climb" or action.startswith("rung_"))
"""Lines about a rung of the ladder (催督升级类附记)."""


def label_of(action: str, given: Mapping[str, Any]) -> str:
    """What a line is called, with the rung that it is about (附记名称)."""
    name = str(given.get("name") or "") if action in ABOUT_A_RUNG else ""
    return f"{LABELS[action]}：{name}" if name else LABELS[action]


@dataclass(slots=True)
class Line:
    """One line to write (附记). `seq` is filled in: the place it took in the matter's chain.

    `matter` may be a plain row (`HeldMatter`) where hundreds are written at once.
    """

    matter: Matter
    action: str
    actor: Actor
    on: date
    given: dict[str, Any] = field(default_factory=dict)
    effects: list[Any] = field(default_factory=list)
    seq: int = 0


def reserve(lines: Sequence[Line]) -> None:
    """Take each line's place in its matter's chain (占序), for papers that are named after it before it is written."""
    for line in lines:
        line.matter.seq += 1
        line.seq = line.matter.seq


def write(session: Session, lines: Sequence[Line], *, at: datetime) -> None:
    """Write lines at the end of their matters' chains (写入附记), in the order given. `at`: the true instant (aware)."""
    if nameless := {line.action for line in lines} - LABELS.keys():
        raise LookupError(f"no Chinese name in remarks.LABELS for the lines {sorted(nameless)}")
    reserve([line for line in lines if not line.seq])
    events: list[dict[str, Any]] = []
    heads: list[tuple[int, int, str, datetime]] = []
    for line in lines:
        matter: Any = line.matter
        many = isinstance(matter, HeldMatter)
        spell = quickly_written if many else written
        event: dict[str, Any] = {
            "matter_id": matter.id or 0, "seq": line.seq, "action": line.action, "source": matter.state, "target": matter.state, "actor_id": line.actor.id,
            "actor_name": line.actor.name, "department": line.actor.department, "on": line.on, "at": at, "offline": False,
            "given": spell(line.given), "effects": spell(line.effects), "previous": matter.head,
        }  # fmt: skip
        event["hash"] = matter.head = written_hash(matter.head, body_written(event))
        events.append(event)
        if many:
            heads.append((matter.id, line.seq, matter.head, at))
        else:
            matter.changed_at = at
            session.add(matter)
    batches.insert_events(session, events)
    batches.set_heads(session, heads)
    session.flush()
