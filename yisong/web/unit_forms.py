"""The forms by which the register of units is kept (单位登记表单): what each asks for, who is offered it, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from models import Unit
from yisong.domain.lifecycle import NeedKind, Refusal
from yisong.services import unit_doubles, units
from yisong.store import matters
from yisong.web.forms import PICK, UNIT_HINT, Field
from yisong.web.visit import Visit

LINE, DATE, UNIT, YES = NeedKind.LINE.value, NeedKind.DATE.value, NeedKind.UNIT.value, NeedKind.YES.value
REASON = Field("reason", "依据或理由", LINE, hint="如营业执照、登记机关通知书的名称和日期")
PARTICULARS = ("legal_rep", "address", "town", "contact", "phone")


@dataclass(frozen=True, slots=True)
class UnitAct:
    """One thing that may be done to an entry of the register (可办登记)."""

    key: str
    label: str
    fields: Callable[[Visit, Unit], list[Field]]
    take: Callable[[Visit, Unit, dict[str, Any]], object]
    offered: Callable[[Visit, Unit], bool]
    note: str = ""
    dangerous: bool = False


def _towns(visit: Visit) -> tuple[tuple[str, str], ...]:
    found = [(organ.code, organ.short) for organ in visit.book.organs if organ.level.value == "township"]
    return (("", "未登记"), *found)


def particulars(visit: Visit, unit: Unit | None) -> list[Field]:
    """What a letter has to know of a unit (文书所需的登记事项)."""
    values = {name: str(getattr(unit, name)) if unit is not None else "" for name in PARTICULARS}
    return [
        Field("legal_rep", "法定代表人（负责人、经营者）", LINE, False, value=values["legal_rep"], hint="出具文书时必须有"),
        Field("address", "住所（经营场所）", LINE, False, value=values["address"], hint="出具文书时必须有"),
        Field("town", "所在镇街", PICK, False, _towns(visit), value=values["town"]),
        Field("contact", "联系人", LINE, False, value=values["contact"]),
        Field("phone", "联系电话", LINE, False, value=values["phone"]),
    ]  # fmt: skip


def new_fields(visit: Visit) -> list[Field]:
    """The form of a new entry (登记单位)."""
    kinds = tuple((kind, kind) for kind in units.KINDS)
    return [
        Field("name", "名称", LINE, hint="以营业执照为准；自然人写姓名"),
        Field("uscc", "统一社会信用代码", LINE, False, hint="18 位；只有自然人可以不填，也不要填写身份证号码"),
        Field("kind", "类型", PICK, True, kinds, value=units.KINDS[0]),
        Field("parent", "所属总公司", UNIT, False, hint=f"只有分支机构填写。{UNIT_HINT}"),
        *particulars(visit, None),
    ]


def _correct_fields(visit: Visit, unit: Unit) -> list[Field]:
    consent = Field(
        "electronic_consent", "已书面同意电子送达", YES, False, value="yes" if unit.electronic_consent else ""
    )
    return [*particulars(visit, unit), consent]


def _correct(visit: Visit, unit: Unit, given: dict[str, Any]) -> None:
    values = {name: str(given.get(name) or "") for name in PARTICULARS}
    values["electronic_consent"] = bool(given.get("electronic_consent"))  # type: ignore[assignment]
    units.correct(visit.session, unit.code, actor=visit.actor, on=visit.on, at=visit.at, values=values)


def _rename(visit: Visit, unit: Unit, given: dict[str, Any]) -> None:
    units.rename(
        visit.session, unit.code, actor=visit.actor, name=str(given.get("name") or ""), renamed_on=_day(given, "renamed_on", visit),
        reason=str(given.get("reason") or ""), on=visit.on, at=visit.at,
    )  # fmt: skip


def _deregister(visit: Visit, unit: Unit, given: dict[str, Any]) -> None:
    units.deregister(
        visit.session, unit.code, actor=visit.actor, ended_on=_day(given, "ended_on", visit), reason=str(given.get("reason") or ""),
        successor=_code(visit, given.get("successor")), on=visit.on, at=visit.at,
    )  # fmt: skip


def _restore(visit: Visit, unit: Unit, given: dict[str, Any]) -> None:
    units.restore(
        visit.session, unit.code, book=visit.book, actor=visit.actor, reason=str(given.get("reason") or ""), on=visit.on, at=visit.at,
    )  # fmt: skip


def _merge(visit: Visit, unit: Unit, given: dict[str, Any]) -> None:
    unit_doubles.merge(
        visit.session, double=unit.code, into=_code(visit, given.get("into")), actor=visit.actor, reason=str(given.get("reason") or ""),
        on=visit.on, at=visit.at,
    )  # fmt: skip


def _unmerge(visit: Visit, unit: Unit, given: dict[str, Any]) -> None:
    unit_doubles.unmerge(
        visit.session, unit.code, actor=visit.actor, reason=str(given.get("reason") or ""), on=visit.on, at=visit.at
    )


def _day(given: dict[str, Any], name: str, visit: Visit) -> date:
    value = str(given.get(name) or "")
    if not value:
        raise Refusal("missing", "请填写日期。")
    return date.fromisoformat(value)


def _code(visit: Visit, number: Any) -> str:
    unit = matters.unit(visit.session, int(number)) if number not in (None, "") else None
    return unit.code if unit is not None else ""


def _registers(visit: Visit, unit: Unit) -> bool:
    return unit.status == "active" and units.may_register(visit.actor)


def _keeps(status: str) -> Callable[[Visit, Unit], bool]:
    return lambda visit, unit: unit.status == status and units.may_keep(visit.actor, book=visit.book)


ACTS: tuple[UnitAct, ...] = (
    UnitAct("correct", "补录、更正登记信息", _correct_fields, _correct, _registers, "更正笔误或者补录；更名、注销请用相应按钮。"),
    UnitAct(
        "rename", "更名",
        lambda visit, unit: [Field("name", "更名后的名称", LINE), Field("renamed_on", "核准变更日期", DATE, value=visit.on.isoformat()), REASON],
        _rename, _registers, "统一社会信用代码不变的才是更名；代码变了的是另一家单位，请先登记新单位，再为旧单位办理注销并写明承受人。",
    ),
    UnitAct(
        "deregister", "登记注销",
        lambda visit, unit: [
            Field("ended_on", "核准注销日期", DATE, value=visit.on.isoformat()),
            Field("successor", "权利义务承受人", UNIT, False, hint=f"没有的留空。{UNIT_HINT}"), REASON,
        ],
        _deregister, _registers,
        "注销后不能再作为检查对象和当事人。个体工商户的承受人为经营者，企业为合并、分立后的单位或者股东、清算义务人（民法典第六十七条、第七十条至第七十二条）。",
        dangerous=True,
    ),
    UnitAct("restore", "恢复存续登记", lambda visit, unit: [REASON], _restore, _keeps("deregistered"), "注销登记有误的，恢复为存续。"),
    UnitAct(
        "merge", "并入同一单位",
        lambda visit, unit: [Field("into", "并入（保留的登记）", UNIT, hint=UNIT_HINT), REASON], _merge, _keeps("active"),
        "只用于同一家单位登记了两次。本条的案件、检查随之改归保留的登记，可以撤销。企业之间合并的，请办理登记注销并写明承受人。",
        dangerous=True,
    ),
    UnitAct("unmerge", "撤销并入", lambda visit, unit: [REASON], _unmerge, _keeps("merged"), "随并入改归的事项和检查退回本条；并入以后新发生的留在原处。"),
)  # fmt: skip


def act_of(visit: Visit, unit: Unit, key: str) -> UnitAct | None:
    """An act by its key, where this person is offered it (按名取可办登记)."""
    return next((act for act in ACTS if act.key == key and act.offered(visit, unit)), None)


def offered(visit: Visit, unit: Unit) -> list[UnitAct]:
    """What this person may do to an entry (可办登记)."""
    return [act for act in ACTS if act.offered(visit, unit)]
