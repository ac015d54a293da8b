"""Remember what earlier rows said (同一台账内的核对): one inspection must agree with itself, nothing comes twice."""

from __future__ import annotations

from yisong.intake.fields import label_of
from yisong.intake.reference import Reference
from yisong.intake.rows import finding_fingerprint
from yisong.intake.values import Note, Notes

Place = tuple[str, int]
REQUIRED = {
    "unit_name": "没有填写被检查单位：请按营业执照填写单位全称",
    "uscc": "没有填写统一社会信用代码：请按营业执照填写 18 位代码",
    "inspected_on": "没有填写检查日期：请写成 2026-03-11 这样的年月日",
    "initiator": "没有填写发起部门：请写组织这次检查的部门",
}
MUST_AGREE = ("uscc", "inspected_on", "behaviour_code", "theme", "initiator", "scanned_in", "kind")
COMPLETED = (*MUST_AGREE, "unit_name", "participants", "town", "place", "officers", "inspection_note")


class Memory:
    """What was seen in this ledger so far (已见内容); a few hundred bytes for each inspection and finding."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._seen: dict[str, tuple[Place, list[object]]] = {}
        self._behaviour: dict[str, tuple[str, Place]] = {}
        self._codes: dict[str, tuple[Place, int]] = {}
        self._content: dict[int, Place] = {}
        self._items: dict[int, tuple[Place, int]] = {}

    def complete(self, values: dict[str, object], notes: Notes) -> None:
        """Fill what a row leaves blank from an earlier row with the same number (按检查编号补全). Changes `values`."""
        seen = self._seen.get(str(values.get("inspection_code") or ""))
        if seen is None:
            return
        broken = {field for field, note in notes if note.level == "error"}
        for name, known in zip(COMPLETED, seen[1], strict=True):
            if name not in broken and values.get(name) in (None, "", ()) and known not in (None, "", ()):
                values[name] = (known,) if name == "initiator" else known

    def admit(self, values: dict[str, object], *, row: Place, notes: Notes) -> str:
        """Give the key of the inspection a row belongs to, and name what is missing or contradicts (归入检查)."""
        code, behaviour = str(values.get("inspection_code") or ""), str(values.get("behaviour_code") or "")
        known = code in self._reference.known_inspections or behaviour in self._reference.known_inspections
        if not known:
            self._require(values, notes)
        key = (
            code
            or behaviour
            or f"{values.get('uscc') or values.get('unit_name')}|{values.get('inspected_on')}|{values.get('initiator')}"
        )
        seen = self._seen.get(key)
        if seen is None:
            self._seen[key] = (row, [values.get(name) for name in COMPLETED])
            if known:
                notes.append(
                    ("inspection_code", Note("info", "KNOWN_INSPECTION", f"“{key}”以前已导入，只登记有变化的内容"))
                )
        else:
            self._agree(key, seen, values, row, notes)
        if behaviour and code:
            bearer = self._behaviour.setdefault(behaviour, (code, row))
            if bearer[0] != code:
                text = f"行政行为码“{behaviour}”在{_where(bearer[1], row)}属于检查“{bearer[0]}”，本行是“{code}”：一次检查一个行为码，请核对"
                notes.append(("behaviour_code", Note("error", "BEHAVIOUR_CODE_TWICE", text)))
        return key

    def meet(self, finding: dict[str, object], *, key: str, row: Place, notes: Notes) -> bool:
        """Name a finding that came before; True means that the row only repeats it and is left out (问题去重).

        Puts `finding_key` into `finding`: the code, or the inspection with the item and its place among equals.
        """
        code = str(finding.get("finding_code") or "")
        item = finding.get("item") or finding.get("item_text")
        facts = finding["facts"]
        if code:
            told = (
                finding["disposal"],
                finding["urgent"],
                finding["criminal"],
                finding["department"],
                finding["evidence"],
            )
            content = hash((key, item, facts, told))
            earlier = self._codes.setdefault(code, (row, content))
            if earlier[0] != row or earlier[1] != content:
                if earlier[1] == content:
                    notes.append(
                        ("finding_code", Note("info", "DUPLICATE_ROW", f"与{_where(earlier[0], row)}完全相同，已跳过"))
                    )
                    return True
                text = f"问题编号“{code}”在{_where(earlier[0], row)}已经用过，内容不同：请给每个问题一个编号"
                notes.append(("finding_code", Note("error", "DUPLICATE_CODE", text)))
        before = self._content.setdefault(hash((key, item, facts)), row)
        if before != row:
            if not code:
                notes.append(
                    ("facts", Note("info", "DUPLICATE_ROW", f"与{_where(before, row)}是同一次检查的同一问题，已跳过"))
                )
                return True
            notes.append(
                (
                    "facts",
                    Note(
                        "warning",
                        "SAME_FACTS",
                        f"与{_where(before, row)}的事项和问题相同、编号不同：如是重复登记请删去一行",
                    ),
                )
            )
        self._count_item(finding, key, item, code, row, notes, repeated=before != row)
        if self._reference.known_findings:
            self._compare(finding, notes)
        return False

    def _count_item(
        self, finding: dict[str, object], key: str, item: object, code: str, row: Place, notes: Notes, *, repeated: bool
    ) -> None:
        number = 1
        if item:
            slot = hash((key, item))
            place, count = self._items.get(slot, (row, 0))
            number = count + 1
            self._items[slot] = (place, number)
            if count and place != row and not repeated:
                text = f"同一次检查的同一事项在{_where(place, row)}已有一条：属于同一问题的请合并为一条，确是两个问题可继续"
                notes.append(("item", Note("warning", "SAME_ITEM", text)))
        else:
            item = finding_fingerprint(finding)[:12]
        if not finding.get("finding_key"):  # a ledger that this system wrote brings the key back
            finding["finding_key"] = code or f"{key}#{item}" + (f"#{number}" if number > 1 else "")

    def _compare(self, finding: dict[str, object], notes: Notes) -> None:
        stored = self._reference.known_findings.get(str(finding["finding_key"]))
        if stored is None:
            return
        if stored and stored != finding_fingerprint(finding):
            notes.append(
                (
                    "finding_code",
                    Note("warning", "CORRECTION", "以前已导入，这次内容有变化：作为更正建议列出，确认后才修改"),
                )
            )
        else:
            notes.append(("finding_code", Note("info", "ALREADY_IMPORTED", "以前已导入，内容没有变化")))

    def _require(self, values: dict[str, object], notes: Notes) -> None:
        lacking = [field for field in REQUIRED if not values.get(field)]
        if lacking:
            told = {field for field, note in notes if note.level == "error"}
            notes += [
                (field, Note("error", "MISSING_VALUE", REQUIRED[field])) for field in lacking if field not in told
            ]

    def _agree(
        self, key: str, seen: tuple[Place, list[object]], values: dict[str, object], row: Place, notes: Notes
    ) -> None:
        place, first = seen
        for slot, name in enumerate(MUST_AGREE):
            old, new = first[slot], values.get(name)
            if old in (None, "", ()):
                first[slot] = new
                continue
            if new in (None, "", ()) or old == new:
                continue
            text = f"同一次检查“{key}”的{label_of(name)}，{_where(place, row)}是“{_said(old)}”，本行是“{_said(new)}”：请核对后改成一致"
            notes.append((name, Note("error", "INSPECTION_DISAGREES", text)))


def _where(place: Place, now: Place) -> str:
    return f"第 {place[1]} 行" if place[0] == now[0] else f"工作表“{place[0]}”第 {place[1]} 行"


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)
