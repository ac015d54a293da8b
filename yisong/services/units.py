"""Register, rename, deregister and merge inspected units (单位登记): who may, what is asked first, and what can be taken back.

A unit is what its credit code says (GB 32100): the same code under another name is a renamed unit, another code is another unit. Its
matters keep what they said on their day; only the register moves on. Every act is a line in the unit's own chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from models import Matter, Unit
from yisong.domain.lifecycle import Refusal
from yisong.domain.roles import SYSTEM, Actor, Role
from yisong.domain.rulebook import RuleBook
from yisong.intake.identity import formal_name, name_key, parse_uscc
from yisong.services import registry, unit_changes
from yisong.services.unit_doubles import near_doubles
from yisong.store import units as stored

CORRECTABLE = {
    "name": "名称", "kind": "类型", "address": "住所", "town": "镇街", "legal_rep": "法定代表人（负责人、经营者）", "contact": "联系人",
    "phone": "电话", "status": "登记状态", "deregistered_on": "注销日期", "credit_tier": "信用等级", "electronic_consent": "同意电子送达",
    "parent_code": "上级单位编号",
}  # fmt: skip
KINDS = ("企业", "个体工商户", "分支机构", "农民专业合作社", "机关事业单位", "社会组织", "自然人")
PERSON = "自然人"
STAFF = frozenset({Role.OFFICER, Role.LIAISON, Role.LEADER, Role.COORDINATOR, Role.ADMINISTRATOR})
KEEPERS = frozenset({Role.LEADER, Role.COORDINATOR})
OPEN_CASES = frozenset({"draft", "closed", "closed_refused", "terminated", "voided"})
"""States of a case in which a deregistration asks for nothing: not yet handed over, or over."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A registered unit of a like name (名称相近的单位)."""

    code: str
    name: str
    uscc: str
    address: str


class NearDoubles(Refusal):
    """Units of so like a name are registered already that a person has to look first (疑似重复登记)."""

    def __init__(self, found: Sequence[Unit]) -> None:
        listed = "；".join(f"“{unit.name}”（{unit.uscc or unit.code}）" for unit in found)
        super().__init__(
            "near_doubles", f"已有名称相近的单位：{listed}。是同一家的请直接使用；确是另一家的，请确认后再登记。"
        )
        self.units = tuple(Alike(unit.code, unit.name, unit.uscc, unit.address) for unit in found)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a deregistration leaves to be done (注销后的未结事项): open cases, whose party is to be changed or which are to be ended."""

    unit: Unit
    cases: tuple[Matter, ...]


def may_register(actor: Actor) -> bool:
    """Whether a person's post registers and corrects units (可否登记单位)."""
    return actor is SYSTEM or bool(actor.roles & STAFF)


def may_keep(actor: Actor, *, book: RuleBook) -> bool:
    """Whether a person's post merges entries and takes changes back (可否合并、恢复): the guidance office's, or the keeper's."""
    guidance = actor.department == book.guidance_code and bool(actor.roles & KEEPERS)
    return actor is SYSTEM or guidance or Role.ADMINISTRATOR in actor.roles


def _registers(actor: Actor) -> None:
    if not may_register(actor):
        raise Refusal(
            "wrong_role", f"登记单位由部门承办人、联络员或负责人办理，{actor.name}无此权限。请转相应人员办理。"
        )


def check_keeper(actor: Actor, *, book: RuleBook) -> None:
    """Raises Refusal `wrong_role` unless the person's post merges and restores entries (合并、恢复权限)."""
    if not may_keep(actor, book=book):
        raise Refusal(
            "wrong_role", f"合并、恢复单位登记由指导办或系统管理员办理，{actor.name}无此权限。请转相应人员办理。"
        )


def held(session: Session, code: str) -> Unit:
    """A unit with its row held (锁定单位). Raises Refusal `unknown_unit`."""
    found = stored.unit(session, code, lock=True)
    if found is None:
        raise Refusal("unknown_unit", f"没有编号或代码为“{code}”的单位，请核对。")
    return found


def _reason(text: str, what: str) -> str:
    if not text.strip():
        raise Refusal("reason_missing", f"{what}须写明依据或理由（如营业执照、登记机关通知书），请补填。")
    return text.strip()


def register(
    session: Session, *, book: RuleBook, actor: Actor, on: date, at: datetime, name: str, uscc: str = "", kind: str = "企业", confirmed: bool = False,
    parent_code: str = "", **particulars: Any,
) -> Unit:  # fmt: skip
    """Register a unit that is not there yet (登记单位).

    Args:
        uscc: the credit code; "" only for a natural person (自然人), who gets a number of the register's own.
        confirmed: a person has looked at those of a like name, and it is none of them.
        parent_code: the head office of a branch (分支机构).
        particulars: any of `CORRECTABLE` beside name, kind, status.

    Raises:
        Refusal: `wrong_role`, `name_missing`, `kind_unknown`, `wrong_credit_code`, `unit_known`, `head_office_missing`;
        NearDoubles: `near_doubles`, with the units.
    """
    _registers(actor)
    name = formal_name(name.strip())
    if not name:
        raise Refusal("name_missing", "请填写单位名称（以营业执照为准）。")
    if kind not in KINDS:
        raise Refusal("kind_unknown", f"没有“{kind}”这一类型，请从下列选择：{'、'.join(KINDS)}。")
    code = _code_of(session, name=name, uscc=uscc, kind=kind)
    head_office = stored.unit(session, parent_code)
    if (kind == "分支机构" or parent_code) and head_office is None:
        raise Refusal("head_office_missing", "分支机构须写明所属总公司的代码，且总公司已登记。请先登记总公司。")
    if not confirmed and (found := near_doubles(session, name, book=book)):
        raise NearDoubles(found)
    unit = registry.keep_unit(
        session, code=code, name=name, uscc=code if kind != PERSON else "", kind=kind, checked=kind != PERSON,
        parent_code=head_office.code if head_office else "", **particulars,
    )  # fmt: skip
    data = {"name": name, "uscc": unit.uscc, "kind": kind, "confirmed": confirmed}
    unit_changes.write(session, unit, action="registered", actor=actor, on=on, at=at, data=data)
    return unit


def _code_of(session: Session, *, name: str, uscc: str, kind: str) -> str:
    if kind == PERSON:
        if uscc.strip():
            raise Refusal("wrong_credit_code", "自然人没有统一社会信用代码，请留空；也不要填写身份证号码。")
        return f"ZRR-{stored.last_person_number(session) + 1:04d}"
    parsed = parse_uscc(uscc)
    if parsed.value is None:
        raise Refusal(
            "wrong_credit_code",
            "；".join(note.text for note in parsed.notes)
            or "请填写统一社会信用代码（18 位）；没有代码的，类型选“自然人”。",
        )
    known = stored.unit(session, str(parsed.value))
    if known is not None:
        same = name_key(known.name) == name_key(name)
        advice = "无需重复登记" if same else f"登记名称是“{known.name}”，已更名的请办理更名，否则请核对代码"
        raise Refusal("unit_known", f"代码 {known.uscc} 的单位已经登记：{advice}。")
    return str(parsed.value)


def correct(session: Session, code: str, *, actor: Actor, on: date, at: datetime, values: dict[str, Any]) -> Unit:
    """Complete or correct an entry (补录、更正): a slip of the pen, not what has become of the unit. Issued papers stay as they are.

    Raises:
        Refusal: `wrong_role`, `unknown_unit`.
    """
    _registers(actor)
    unit = held(session, code)
    before = {name: getattr(unit, name) for name in CORRECTABLE}
    changed = {name: value for name, value in values.items() if name in CORRECTABLE and before[name] != value}
    if not changed:
        return unit
    for name, value in changed.items():
        setattr(unit, name, value)
    data = {"changed": {name: [before[name], value] for name, value in changed.items()}}
    unit_changes.write(session, unit, action="corrected", actor=actor, on=on, at=at, data=data)
    return unit


def rename(
    session: Session, code: str, *, actor: Actor, name: str, renamed_on: date, reason: str, on: date, at: datetime
) -> Unit:
    """The same credit code under a new name (更名): the old one is kept, and still found. Matters of before keep the name of their day.

    Raises:
        Refusal: `wrong_role`, `unknown_unit`, `not_standing`, `name_missing`, `name_same`, `name_taken`, `date_in_future`,
        `reason_missing`.
    """
    _registers(actor)
    unit = held(session, code)
    new = formal_name(name.strip())
    if unit.status == "merged":
        raise Refusal("not_standing", f"“{unit.name}”是已并入的重复登记，请对并入后的单位办理更名。")
    if not new:
        raise Refusal("name_missing", "请填写更名后的名称（以营业执照为准）。")
    if new == unit.name:
        raise Refusal("name_same", f"现登记名称就是“{new}”，无需更名。")
    if renamed_on > on:
        raise Refusal("date_in_future", "更名日期晚于今天，请核对后填写登记机关核准变更的日期。")
    taken = [other for other in stored.named(session, new) if other.status == "active"]
    if taken:
        other = taken[0].uscc or taken[0].code
        raise Refusal(
            "name_taken", f"“{new}”已是另一单位（{other}）的登记名称，请核对；两条是同一家的，请办理合并登记。"
        )
    data = {"from": unit.name, "to": new, "reason": _reason(reason, "更名")}
    unit.former_names = [*unit.former_names, {"name": unit.name, "until": renamed_on.isoformat()}]
    unit.name = new
    unit_changes.write(session, unit, action="renamed", actor=actor, on=renamed_on, at=at, data=data)
    return unit


def deregister(
    session: Session, code: str, *, actor: Actor, ended_on: date, reason: str, on: date, at: datetime, successor: str = ""
) -> Standing:  # fmt: skip
    """A unit has ceased to be (登记注销), and who takes over its rights and duties, if anybody (民法典第六十七条、第七十条至第七十二条).

    From `ended_on` it is no party of new acts. Its open cases are told: their party is changed to the successor, or they are ended.

    Raises:
        Refusal: `wrong_role`, `unknown_unit`, `not_standing`, `date_in_future`, `successor_unknown`, `successor_itself`,
        `successor_not_standing`, `reason_missing`.
    """
    _registers(actor)
    unit = held(session, code)
    if unit.status != "active":
        raise Refusal("not_standing", f"“{unit.name}”的登记状态已不是存续，无需重复办理。")
    if ended_on > on:
        raise Refusal("date_in_future", "注销日期晚于今天，请核对后填写登记机关核准注销的日期。")
    heir = stored.unit(session, successor.strip())
    if successor.strip() and heir is None:
        raise Refusal("successor_unknown", f"没有编号或代码为“{successor}”的单位，请先登记承受人，再办理注销。")
    if heir is not None and heir.id == unit.id:
        raise Refusal("successor_itself", "承受人不能是被注销的单位自己，请核对。")
    if heir is not None and heir.status != "active":
        raise Refusal("successor_not_standing", f"承受人“{heir.name}”的登记状态不是存续，请核对，或者填写它的承受人。")
    data = {"reason": _reason(reason, "注销"), "successor": heir.code if heir else ""}
    unit.status, unit.deregistered_on, unit.successor_code = "deregistered", ended_on, heir.code if heir else ""
    unit_changes.write(session, unit, action="deregistered", actor=actor, on=ended_on, at=at, data=data)
    cases = stored.matters_of(session, unit.id or 0, kind="transfer")
    return Standing(unit, tuple(case for case in cases if case.state not in OPEN_CASES))


def restore(session: Session, code: str, *, book: RuleBook, actor: Actor, reason: str, on: date, at: datetime) -> Unit:
    """Take a deregistration back that was entered in error (恢复存续登记).

    Raises:
        Refusal: `wrong_role`, `unknown_unit`, `not_deregistered`, `reason_missing`.
    """
    check_keeper(actor, book=book)
    unit = held(session, code)
    if unit.status != "deregistered":
        raise Refusal("not_deregistered", f"“{unit.name}”没有登记注销，无需恢复。")
    ended = unit.deregistered_on.isoformat() if unit.deregistered_on else ""
    data = {"reason": _reason(reason, "恢复"), "deregistered_on": ended, "successor": unit.successor_code}
    unit.status, unit.deregistered_on, unit.successor_code = "active", None, ""
    unit_changes.write(session, unit, action="restored", actor=actor, on=on, at=at, data=data)
    return unit
