"""Check who the ledger says was inspected (被检查单位核对): code and name against the register of units."""

from __future__ import annotations

import datetime as dt
import re

from yisong.intake.identity import formal_name, name_key, parse_uscc, similarity
from yisong.intake.reference import Reference, Unit
from yisong.intake.values import Note, Notes, Raw, is_blank

_PACKED_NAME = re.compile(r"^(.*?)[\s（(、,，/]*(?:统一社会信用代码|信用代码)?[:：]?\s*([0-9A-Z]{18})[）)]?$", re.S)


NEW_UNIT = Note("info", "NEW_UNIT", "单位库中没有这家单位，导入时将登记为新单位")


class UnitCheck:
    """Compares a row with the register of units (单位核对)."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference

    def settle(self, values: dict[str, object], notes: Notes, *, raw: Raw) -> None:
        """Check name and code against each other and the register (核对名称与代码). `raw` is the cell of the code."""
        name, uscc = str(values.get("unit_name") or ""), str(values.get("uscc") or "")
        if not uscc and name:
            packed = _PACKED_NAME.match(name.upper()) if is_blank(raw) else None
            code = parse_uscc(packed.group(2)).value if packed else None
            if packed and code:
                uscc = values["uscc"] = str(code)
                name = values["unit_name"] = formal_name(name[: len(packed.group(1))].strip("（( "))
                notes.append(
                    (
                        "unit_name",
                        Note(
                            "warning",
                            "USCC_IN_NAME",
                            f"单位名称里带着统一社会信用代码，已拆开为“{name}”和“{uscc}”：请核对",
                        ),
                    )
                )
        if not uscc:
            self._suggest_code(name, notes, raw)
            return
        unit = self._reference.units.get(uscc)
        if unit is None:
            self._new_unit(name, uscc, notes)
            return
        self._known_unit(unit, values, notes)

    def _suggest_code(self, name: str, notes: Notes, raw: Raw) -> None:
        if not name:
            return
        same = self._reference.units_named(name)
        if is_blank(raw):
            hint = f"；单位库中同名单位的代码是“{same[0].uscc}”，请按营业执照核对" if len(same) == 1 else ""
            notes.append(
                ("uscc", Note("error", "MISSING_VALUE", f"没有填写统一社会信用代码：请按营业执照填写 18 位代码{hint}"))
            )
        elif len(same) == 1:
            notes.append(
                (
                    "uscc",
                    Note(
                        "info",
                        "USCC_BY_NAME",
                        f"单位库中“{same[0].name}”的代码是“{same[0].uscc}”，请按营业执照核对后填入",
                    ),
                )
            )

    def _new_unit(self, name: str, uscc: str, notes: Notes) -> None:
        if not name:
            return
        same = self._reference.units_named(name)
        if same:
            notes.append(
                (
                    "uscc",
                    Note(
                        "error",
                        "UNIT_CODE_DIFFERS",
                        f"“{name}”在单位库中的代码是“{same[0].uscc}”，本行写的是“{uscc}”：请按营业执照核对；确是另一家同名单位的，请先在单位库登记",
                    ),
                )
            )
            return
        if not self._reference.units:
            return
        near = self._reference.near_duplicates(name)
        if near:
            listed = "、".join(f"“{unit.name}”（{unit.uscc}）" for unit in near)
            notes.append(
                (
                    "unit_name",
                    Note(
                        "warning",
                        "NEAR_DUPLICATE",
                        f"单位库中没有“{uscc}”，但有名称相近的{listed}：是同一家请改成一致，确是新单位（或分支机构）可继续",
                    ),
                )
            )
        else:
            notes.append(("unit_name", NEW_UNIT))

    def _known_unit(self, unit: Unit, values: dict[str, object], notes: Notes) -> None:
        name = str(values.get("unit_name") or "")
        known = {name_key(text) for text in (unit.name, *unit.aka)}
        if not name:
            values["unit_name"] = unit.name
            notes.append(
                (
                    "unit_name",
                    Note(
                        "warning",
                        "NAME_FROM_REGISTER",
                        f"没有写单位名称，按代码在单位库中的登记名称“{unit.name}”填写：请核对",
                    ),
                )
            )
        elif name_key(name) == name_key(unit.name):
            values["unit_name"] = unit.name
        elif name_key(name) in known:
            values["unit_name"] = unit.name
            notes.append(("unit_name", Note("info", "FORMER_NAME", f"“{name}”是曾用名，按现登记名称“{unit.name}”登记")))
        elif self._reference.units_named(name) or similarity(name, unit.name) < 0.5:
            notes.append(
                (
                    "unit_name",
                    Note(
                        "error",
                        "NAME_CODE_MISMATCH",
                        f"代码“{unit.uscc}”在单位库中登记为“{unit.name}”，本行写的是“{name}”：请核对是哪一家；已更名的请先在单位库登记更名",
                    ),
                )
            )
        else:
            values["unit_name"] = unit.name
            notes.append(
                (
                    "unit_name",
                    Note(
                        "warning",
                        "NAME_DIFFERS",
                        f"与单位库中的登记名称“{unit.name}”不一致，按登记名称登记：如已更名，请先在单位库登记更名",
                    ),
                )
            )
        if not values.get("town") and unit.town and not values.get("place"):
            values["town"] = unit.town
            notes.append(("town", Note("info", "TOWN_FROM_REGISTER", "没有写属地镇街和地址，按单位库登记的镇街填写")))
        self._standing(unit, values.get("inspected_on"), notes)

    def _standing(self, unit: Unit, inspected_on: object, notes: Notes) -> None:
        if unit.status == "active":
            return
        ended = unit.deregistered_on
        heir = (
            f"；权利义务承受人为“{unit.successor}”，请改以承受人为当事人"
            if unit.successor
            else "；请核查权利义务承受人（个体工商户为经营者，企业为股东或清算组），以承受人为当事人；没有承受人的终止办理"
        )
        if ended is not None and isinstance(inspected_on, dt.date) and inspected_on <= ended:
            notes.append(
                (
                    "unit_name",
                    Note("warning", "DEREGISTERED_SINCE", f"“{unit.name}”检查后已于 {ended.isoformat()} 注销{heir}"),
                )
            )
            return
        when = f"已于 {ended.isoformat()} 注销" if ended else "登记状态不是存续"
        notes.append(("unit_name", Note("error", "DEREGISTERED", f"“{unit.name}”{when}，不得作为检查对象{heir}")))
