"""Two entries for one unit (重复登记): seen before the second is made, and merged where it was made all the same.

A merged entry is closed, not deleted. Its matters, inspections and plans belong to the entry that stays, with a line in each matter's
journal; taking the merger back returns exactly what was moved.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session

from models import Matter, Unit
from yisong.domain.lifecycle import Refusal
from yisong.domain.organs import OrganLevel
from yisong.domain.roles import Actor
from yisong.domain.rulebook import RuleBook
from yisong.intake.identity import core_name, core_similarity, name_key
from yisong.services import remarks, unit_changes
from yisong.store import matters
from yisong.store import units as stored

MOST_COMPARED = 500
ALIKE = 0.8
"""How alike two names are, 0 to 1, from which on a person should look (系统默认); ledgers are held to the same."""
SILENT = frozenset({"document", "service"})
"""Papers and services follow their matter; the journal of the matter says it once."""


def near_doubles(session: Session, name: str, *, book: RuleBook) -> list[Unit]:
    """Registered units whose names are so alike that a person should look (疑似重复单位), the likest first, at most three."""
    places = {book.county.name, book.county.full_name, *(
        text for organ in book.organs if organ.level is OrganLevel.TOWNSHIP for text in (organ.name, organ.short)
    )}  # fmt: skip
    bare = core_name(name)
    for place in sorted(places, key=len, reverse=True):
        bare = bare.replace(place, "") if place and place != bare else bare
    pieces = sorted({bare[start : start + 2] for start in range(len(bare) - 1)}) or [bare]
    core = core_name(name)
    scored = [
        (1.0 if name_key(unit.name) == name_key(name) else core_similarity(core, core_name(unit.name)), unit)
        for unit in stored.sharing(session, pieces, most=MOST_COMPARED)
    ]
    alike = [(score, unit) for score, unit in scored if score >= ALIKE]
    return [unit for _, unit in sorted(alike, key=lambda each: (-each[0], each[1].id or 0))[:3]]


def merge(
    session: Session, *, double: str, into: str, actor: Actor, reason: str, on: date, at: datetime
) -> tuple[Unit, int]:
    """Merge a second entry of the same unit into the one that stays (合并重复登记). Returns that one, and how many matters moved.

    Two units that were two are not merged: the one that was absorbed is deregistered, with the other as its successor.
    Whether the person may is for the door to ask (`units.may_keep`).

    Raises:
        Refusal: `unknown_unit`, `merge_itself`, `not_standing`, `reason_missing`.
    """
    gone, kept = _both(session, double, into)
    if gone.id == kept.id:
        raise Refusal("merge_itself", "不能把单位并入它自己，请核对两个编号。")
    if gone.status == "merged" or kept.status != "active":
        which = gone if gone.status == "merged" else kept
        raise Refusal("not_standing", f"“{which.name}”（{which.code}）不是存续的登记，不能合并，请核对。")
    if not reason.strip():
        raise Refusal("reason_missing", "合并登记须写明怎样核实是同一家单位，请补填。")
    moved = stored.matters_of(session, gone.id or 0, lock=True)
    hanging = stored.hanging_on(session, gone.id or 0)
    _hand_over(session, moved, to=kept, source=gone, action="unit_merged", actor=actor, on=on, at=at)
    stored.move(session, hanging, to=kept.id or 0)
    data = {
        "reason": reason.strip(), "into": kept.code, "matters": [matter.id for matter in moved], "status": gone.status, "successor": gone.successor_code,
        **hanging,
    }  # fmt: skip
    gone.status, gone.successor_code = "merged", kept.code
    unit_changes.write(session, gone, action="merged", actor=actor, on=on, at=at, data=data)
    absorbed = {"from": gone.code, "name": gone.name, "matters": len(moved)}
    unit_changes.write(session, kept, action="absorbed", actor=actor, on=on, at=at, data=absorbed)
    return kept, len(moved)


def unmerge(session: Session, double: str, *, actor: Actor, reason: str, on: date, at: datetime) -> tuple[Unit, int]:
    """Take a merger back (撤销合并): what was moved returns; what has begun since stays. Returns the entry, and how many matters returned.

    Raises:
        Refusal: `unknown_unit`, `not_merged`, `reason_missing`.
    """
    first = stored.unit(session, double)
    if first is None or first.status != "merged":
        raise Refusal("not_merged", f"“{double}”不是已并入的重复登记，请核对编号。")
    gone, kept = _both(session, double, first.successor_code)
    if not reason.strip():
        raise Refusal("reason_missing", "撤销合并须写明理由，请补填。")
    last = next(change for change in reversed(stored.changes(session, gone.id or 0)) if change.action == "merged")
    known = set(last.data["matters"])
    back = [matter for matter in stored.matters_of(session, kept.id or 0, lock=True) if matter.id in known]
    _hand_over(session, back, to=gone, source=kept, action="unit_unmerged", actor=actor, on=on, at=at)
    still = stored.hanging_on(session, kept.id or 0)
    moved = {name: [key for key in keys if key in set(last.data.get(name, ()))] for name, keys in still.items()}
    stored.move(session, moved, to=gone.id or 0)
    gone.status, gone.successor_code = str(last.data["status"]), str(last.data["successor"])
    data = {"reason": reason.strip(), "from": kept.code, "matters": len(back)}
    unit_changes.write(session, gone, action="unmerged", actor=actor, on=on, at=at, data=data)
    released = {"name": gone.name, "code": gone.code, "matters": len(back)}
    unit_changes.write(session, kept, action="released", actor=actor, on=on, at=at, data=released)
    return gone, len(back)


def _both(session: Session, double: str, into: str) -> tuple[Unit, Unit]:
    """Both rows held, the older first, so that two mergers never wait for each other (锁定两条登记)."""
    found = [stored.unit(session, code) for code in (double, into)]
    for code, unit in zip((double, into), found, strict=True):
        if unit is None:
            raise Refusal("unknown_unit", f"没有编号或代码为“{code}”的单位，请核对。")
    for code in sorted({unit.code for unit in found if unit is not None}):
        stored.unit(session, code, lock=True)
    one, other = found
    assert one is not None and other is not None
    return one, other


def _hand_over(
    session: Session, moved: list[Matter], *, to: Unit, source: Unit, action: str, actor: Actor, on: date, at: datetime
) -> None:
    cases = sorted({matter.case_id for matter in moved if matter.case_id is not None})
    for case_id in cases:
        matters.matter(session, case_id, lock=True)
    lines = []
    for matter in moved:
        matter.unit_id = to.id
        session.add(matter)
        if matter.kind not in SILENT:
            given = {"from": source.code, "from_name": source.name, "to": to.code, "to_name": to.name}
            lines.append(remarks.Line(matter, action, actor, on, given))
    session.flush()
    if lines:
        remarks.write(session, lines, at=at)
