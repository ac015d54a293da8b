"""Read the cells that describe an inspection (检查信息各列), and check them against the reference."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import cast

from yisong.intake.dates import parse_date, time_of
from yisong.intake.identity import formal_name, is_formal, parse_uscc
from yisong.intake.names import Found
from yisong.intake.reference import Reference
from yisong.intake.splitting import split_list, split_soft
from yisong.intake.unit_check import UnitCheck
from yisong.intake.values import Note, Notes, Parsed, Raw, parse_code, parse_text, parse_yes_no, shown

JOINT, COMPLAINT, ROUTINE, SPECIAL, REVIEW = "joint", "complaint", "routine", "special", "review"
KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (REVIEW, re.compile(r"复查|回头看|后续处置|整改核查|review", re.I)),
    (COMPLAINT, re.compile(r"有因|投诉|举报|转办|信访|12345|个案|交办|线索核查|complaint", re.I)),
    (JOINT, re.compile(r"联合|综合查一次|综查|一次查|跨部门|joint", re.I)),
    (SPECIAL, re.compile(r"专项|整治|special", re.I)),
    (ROUTINE, re.compile(r"日常|常规|例行|双随机|抽查|单部门|普通|巡查|重点监管|触发式|routine", re.I)),
)
_REPEATING = frozenset({"theme", "inspected_on", "initiator", "participants", "kind", "scanned_in", "town", "officers"})
_ROLE = re.compile(
    r"^(?:牵头|主办|发起|配合|协办|参与|参加|责任|承办)(?:单位|部门)?\s*[:：]|[（(](?:牵头|主办|发起|配合|协办|参与|参加|主责|责任)[^）)]{0,4}[）)]"
)
_NO_SUCH = {"initiator": "发起部门", "participants": "参与部门", "department": "责任部门"}


def department_cell(raw: Raw, *, reference: Reference, field: str) -> tuple[tuple[str, ...], list[Note]]:
    """Read one or several departments (部门单元格): their codes, and a note for every name that is none."""
    parsed = parse_text(raw)
    if parsed.value is None:
        return (), list(parsed.notes)
    codes: dict[str, None] = {}
    notes: list[Note] = []
    for name in split_list(str(parsed.value)):
        found = reference.find_department(name)
        if found.code and not found.read_as:
            codes[found.code] = None
            continue
        bare = "" if found.code else _ROLE.sub("", name).strip()
        if bare not in ("", name) and (named := reference.find_department(bare)).code:
            codes[named.code] = None
            notes.append(Note("info", "DEPARTMENT_READ_AS", f"“{name}”按“{named.read_as or bare}”读取"))
            continue
        parts = split_soft(name)
        several = [found] if found.code or len(parts) < 2 else [reference.find_department(part) for part in parts]
        if all(part.code for part in several):
            codes.update(dict.fromkeys(part.code for part in several))
            for words, part in zip([name] if len(several) == 1 else parts, several, strict=True):
                if part.read_as:
                    notes.append(Note("info", "DEPARTMENT_READ_AS", f"“{words}”按“{part.read_as}”读取"))
        else:
            notes.append(_unknown("UNKNOWN_DEPARTMENT", _NO_SUCH[field], name, found, "部门"))
    return tuple(codes), notes


def _unknown(code: str, label: str, text: str, found: Found, what: str) -> Note:
    if found.ambiguous:
        return Note(
            "error",
            f"AMBIGUOUS_{code.removeprefix('UNKNOWN_')}",
            f"{label}“{text}”对应不止一个{what}（{'、'.join(found.ambiguous)}）：请写全称",
        )
    hint = f"，最接近的是“{'”“'.join(found.suggestions)}”" if found.suggestions else ""
    return Note("error", code, f"{label}“{text}”不在{what}名单里{hint}：请写{what}名单中的全称或简称")


class InspectionCells:
    """Reads inspection columns (检查信息读取). One instance serves one run: look-ups are remembered by cell."""

    def __init__(self, reference: Reference, *, today: dt.date | None, since_1904: bool) -> None:
        self._reference = reference
        self._units = UnitCheck(reference)
        self._today = today
        self._since_1904 = since_1904
        self._times: dict[str, dt.time | None] = {}
        self._memory: dict[str, dict[tuple[Raw, type] | str, Parsed]] = {name: {} for name in _REPEATING}
        self._readers: dict[str, Callable[[Raw], Parsed]] = {
            "inspection_code": parse_code,
            "behaviour_code": parse_code,
            "theme": self._theme,
            "unit_name": self._unit_name,
            "uscc": parse_uscc,
            "inspected_on": self._date,
            "initiator": lambda raw: self._departments(raw, "initiator"),
            "participants": lambda raw: self._departments(raw, "participants"),
            "kind": self._kind,
            "scanned_in": parse_yes_no,
            "town": self._town,
            "place": parse_text,
            "officers": self._officers,
            "inspection_note": parse_text,
        }

    def read(self, name: str, raw: Raw) -> Parsed:
        """Read one cell; what repeats down a ledger is worked out once (单元格读取)."""
        known = self._memory.get(name)
        if known is None:
            return self._readers[name](raw)
        key = raw if isinstance(raw, str) else (raw, raw.__class__)  # 1, 1.0 and True are one key and three cells
        parsed = known.get(key)
        if parsed is None:
            if len(known) > 50_000:
                known.clear()
            parsed = known[key] = self._readers[name](raw)
        return parsed

    def time_of(self, raw: Raw) -> dt.time | None:
        """The time of day beside the date (检查时刻)."""
        if isinstance(raw, str):
            if raw not in self._times:
                if len(self._times) > 10_000:
                    self._times.clear()
                self._times[raw] = time_of(raw)
            return self._times[raw]
        return time_of(raw)

    def settle(self, values: dict[str, object], notes: Notes, *, raws: dict[str, Raw]) -> None:
        """Work out what one cell says about another, and check the unit (检查信息互核). Changes `values` and `notes`."""
        self._settle_departments(values, notes)
        self._units.settle(values, notes, raw=raws.get("uscc"))
        self._settle_town(values, notes)
        if not values.get("behaviour_code"):
            notes.append(
                (
                    "behaviour_code",
                    Note(
                        "warning",
                        "NO_BEHAVIOUR_CODE",
                        "没有行政行为码（无码不查）：可以登记，但补码前不能出具文书；紧急检查事后补办的请在备注写明",
                    ),
                )
            )
        if values.get("scanned_in") is False:
            notes.append(("scanned_in", Note("warning", "NOT_SCANNED", "未扫码入企：可以登记，将记为合规缺陷")))
        officers = cast("tuple[str, ...]", values.get("officers") or ())
        if len(officers) == 1:
            notes.append(
                (
                    "officers",
                    Note(
                        "warning",
                        "TOO_FEW_OFFICERS",
                        "检查人员只写了 1 人：行政处罚法第四十二条要求执法人员不得少于两人，请补全",
                    ),
                )
            )

    def _settle_departments(self, values: dict[str, object], notes: Notes) -> None:
        initiators = cast("tuple[str, ...]", values.get("initiator") or ())
        participants = cast("tuple[str, ...]", values.get("participants") or ())
        if len(initiators) > 1:
            labels = self._reference.department_labels
            notes.append(
                (
                    "initiator",
                    Note(
                        "warning",
                        "SEVERAL_INITIATORS",
                        f"写了 {len(initiators)} 个部门，第一个“{labels.get(initiators[0], initiators[0])}”按发起部门、其余按参与部门登记：请核对",
                    ),
                )
            )
        if not initiators and not any(field == "initiator" and note.level == "error" for field, note in notes):
            caller = next(
                (t.initiator for t in self._reference.themes if t.code == values.get("theme") and t.initiator), ""
            )
            if caller:
                initiators = (caller,)
                label = self._reference.department_labels.get(caller, caller)
                notes.append(
                    (
                        "initiator",
                        Note(
                            "warning",
                            "INITIATOR_FROM_THEME",
                            f"没有写发起部门，按检查主题的发起部门“{label}”登记：请核对",
                        ),
                    )
                )
        values["initiator"] = initiators[0] if initiators else ""
        values["participants"] = tuple(dict.fromkeys((*initiators, *participants)))
        if not values.get("kind"):
            kind = JOINT if len(cast("tuple[str, ...]", values["participants"])) > 1 else ROUTINE
            values["kind"] = kind
            label = "联合检查" if kind == JOINT else "日常检查"
            notes.append(("kind", Note("info", "KIND_ASSUMED", f"没有写检查类型，按参与部门数记为“{label}”")))

    def _settle_town(self, values: dict[str, object], notes: Notes) -> None:
        place = values.get("place")
        if values.get("town") or not place:
            return
        town = self._reference.town_in(str(place))
        if town:
            values["town"] = town
            notes.append(("town", Note("info", "TOWN_FROM_PLACE", "没有写属地镇街，按地址中的镇街名称填写")))

    def _date(self, raw: Raw) -> Parsed:
        parsed = parse_date(raw, since_1904=self._since_1904)
        if self._today is not None and isinstance(parsed.value, dt.date) and parsed.value > self._today:
            return Parsed(
                None,
                (
                    Note(
                        "error",
                        "DATE_IN_FUTURE",
                        f"检查日期 {parsed.value.isoformat()} 晚于今天（{self._today.isoformat()}）：请改成实际检查日期",
                    ),
                ),
            )
        return parsed

    def _unit_name(self, raw: Raw) -> Parsed:
        if isinstance(raw, str) and raw and is_formal(raw):
            return Parsed(raw)
        parsed = parse_text(raw)
        if parsed.value is None or is_formal(str(parsed.value)):
            return parsed
        text = re.sub(r"\s*\n\s*", "", str(parsed.value))
        return Parsed(formal_name(text), parsed.notes)

    def _departments(self, raw: Raw, field: str) -> Parsed:
        codes, notes = department_cell(raw, reference=self._reference, field=field)
        return Parsed(codes, tuple(notes))

    def _theme(self, raw: Raw) -> Parsed:
        parsed = parse_text(raw)
        if parsed.value is None or str(parsed.value) in ("/", "-", "—", "无"):
            return Parsed("", parsed.notes)
        found = self._reference.find_theme(str(parsed.value))
        if found.code:
            return Parsed(found.code)
        return Parsed("", (_unknown("UNKNOWN_THEME", "检查主题", str(parsed.value), found, "主题"),))

    def _town(self, raw: Raw) -> Parsed:
        parsed = parse_text(raw)
        if parsed.value is None:
            return Parsed("", parsed.notes)
        found = self._reference.find_town(str(parsed.value))
        if found.code:
            return Parsed(found.code)
        return Parsed("", (_unknown("UNKNOWN_TOWN", "属地镇街", str(parsed.value), found, "镇街"),))

    def _kind(self, raw: Raw) -> Parsed:
        parsed = parse_text(raw)
        text = "" if parsed.value is None else str(parsed.value)
        if text in ("", "/", "-", "—"):
            return Parsed("", parsed.notes)
        for kind, pattern in KINDS:
            if pattern.search(text):
                return Parsed(kind)
        return Parsed(
            "",
            (
                Note(
                    "error",
                    "KIND_UNKNOWN",
                    f"检查类型“{shown(raw)}”不认识：请写“联合检查”“有因检查”“日常检查”“专项检查”或“复查”",
                ),
            ),
        )

    def _officers(self, raw: Raw) -> Parsed:
        parsed = parse_text(raw)
        if parsed.value is None:
            return Parsed((), parsed.notes)
        names = split_list(str(parsed.value))
        if len(names) == 1:
            names = tuple(split_soft(names[0])) if re.search(r"[\s/／]", names[0]) else names
        return Parsed(names)
