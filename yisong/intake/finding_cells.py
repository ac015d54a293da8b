"""Read the cells that describe a finding (问题信息各列); one cell may hold several findings."""

from __future__ import annotations

import re
from typing import cast

from yisong.intake.disposal import TRANSFER, Disposal, parse_disposal
from yisong.intake.fields import label_of
from yisong.intake.inspection_cells import department_cell
from yisong.intake.item_cells import ItemCells, propose
from yisong.intake.reference import Reference
from yisong.intake.splitting import may_be_numbered, split_list, split_numbered
from yisong.intake.values import BLANK_MARKS, Note, Notes, Parsed, Raw, is_tidy, parse_code, parse_text

_NOTHING_FOUND = re.compile(
    r"^(?:本次)?(?:检查)?(?:中)?(?:暂?未发现|没有发现|无)(?:明显|存在)?(?:任何)?(?:违法违规|违法|违规|安全|上述)?(?:问题|异常|隐患|行为|情况)?[。.]?$"
    r"|^(?:合格|正常|符合要求|符合规定|均?符合(?:相关)?(?:要求|规定)|未见异常|一切正常|良好|达标)[。.]?$"
)
NOTHING_BEGINS = frozenset("本检中暂未没无合正符均一良达")
ANY_FACTS = "（事实另填）"


class FindingCells:
    """Reads finding columns (问题信息读取). One instance serves one run."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._items = ItemCells(reference)
        self._departments: dict[str, tuple[str, tuple[Note, ...]]] = {}
        self._disposals: dict[tuple[Raw, type], tuple[Disposal | None, tuple[Note, ...]]] = {}
        self._evidence: dict[Raw, Parsed] = {}

    def plain(self, raw: Raw, *, whole: bool = False) -> str:
        """Give the words of a facts cell that holds exactly one finding, or "" (只含一个问题的文字).

        `whole`: the row was written by this system, one finding in each; numbers in it split nothing.
        """
        if not isinstance(raw, str) or raw[:1] == "#":
            return ""
        facts = raw if is_tidy(raw) else str(parse_text(raw).value or "")
        if facts in BLANK_MARKS or (facts[0] in NOTHING_BEGINS and _NOTHING_FOUND.match(facts)):
            return ""
        return facts if whole or not may_be_numbered(facts) or len(split_numbered(facts)) == 1 else ""

    def what(self, item: Raw, disposal: Raw, notes: Notes, *, department_named: bool) -> dict[str, object]:
        """Work out what an item and a disposal mean together (事项与处置), for any facts.

        `department_named`: a column of its own names the department; then the one in the disposal does not count.
        """
        text = self._text("item", item, notes)
        finding = self._one(ANY_FACTS, text, "", disposal, notes, department_named=department_named)
        propose(finding, self._reference, notes)
        return finding

    def whom(self, department: Raw, notes: Notes) -> str:
        """Give the code of the department in a column of its own (责任部门)."""
        return self._department(self._text("department", department, notes), "", notes)

    def beside(self, evidence: Raw, remark: Raw, notes: Notes) -> dict[str, object]:
        """Give evidence and remark (证据与备注)."""
        return {"evidence": self._listed(evidence), "remark": self._text("remark", remark, notes)}

    def read(self, raws: dict[str, Raw], notes: Notes) -> list[dict[str, object]]:
        """Read the finding cells of a row (读取一行的问题): a list of findings, empty when nothing was found."""
        texts = {name: self._text(name, raws.get(name), notes) for name in ("item", "facts", "department", "remark")}
        code = self._code(raws.get("finding_code"), notes)
        facts = texts["facts"]
        if facts in BLANK_MARKS or _NOTHING_FOUND.match(facts):
            if facts not in BLANK_MARKS or not texts["item"]:
                return self._nothing(facts, code, texts, raws, notes)
            facts = ""
        parts = split_numbered(facts) if facts else ("",)
        findings = self._parts(parts, texts, raws, notes)
        evidence = self._listed(raws.get("evidence"))
        for place, finding in enumerate(findings, start=1):
            finding["finding_code"] = code if len(findings) == 1 or not code else f"{code}-{place}"
            finding["evidence"] = evidence
            finding["remark"] = texts["remark"]
            propose(finding, self._reference, notes)
        return findings

    def _nothing(
        self, facts: str, code: str, texts: dict[str, str], raws: dict[str, Raw], notes: Notes
    ) -> list[dict[str, object]]:
        if code or self._way(raws.get("disposal"), notes).way == TRANSFER:
            notes.append(
                (
                    "facts",
                    Note("error", "MISSING_VALUE", "没有写发现的问题：请写明检查发现的事实（时间、部位、数量、行为）"),
                )
            )
        elif facts in BLANK_MARKS:
            notes.append(
                (
                    "facts",
                    Note("warning", "NOTHING_WRITTEN", "没有写发现的问题，按“未发现问题”的检查登记：如有问题请补写"),
                )
            )
        return []

    def _parts(
        self, parts: tuple[str, ...], texts: dict[str, str], raws: dict[str, Raw], notes: Notes
    ) -> list[dict[str, object]]:
        count = len(parts)
        items, departments = (self._spread(name, texts[name], count, notes) for name in ("item", "department"))
        disposal_raw = raws.get("disposal")
        disposals: list[Raw] = [disposal_raw] * count
        if count > 1 and isinstance(disposal_raw, str):
            disposals = list(self._spread("disposal", disposal_raw.strip(), count, notes))
        if count > 1:
            notes.append(
                (
                    "facts",
                    Note("warning", "SPLIT", f"一格里写了 {count} 个问题，已拆成 {count} 条：请核对，建议分行填写"),
                )
            )
            if texts["item"] and len(set(items)) == 1:
                notes.append(
                    (
                        "item",
                        Note(
                            "warning",
                            "SHARED_ITEM",
                            f"只写了一个检查事项，拆出的 {count} 条都按这个事项登记：不属于同一事项的请分行填写",
                        ),
                    )
                )
        return [
            self._one(facts, item, department, disposal, notes)
            for facts, item, department, disposal in zip(parts, items, departments, disposals, strict=True)
        ]

    def _spread(self, name: str, text: str, count: int, notes: Notes) -> tuple[str, ...]:
        """Give each of several findings its own value, or all the same one (分配到各条)."""
        if count == 1 or not text:
            return (text,) * count
        values = split_numbered(text)
        if len(values) == 1 and name != "disposal":
            listed = split_list(text)
            values = listed if len(listed) == count else values
        if len(values) == count:
            return values
        if len(values) > 1:
            label = label_of(name)
            notes.append(
                (
                    name,
                    Note(
                        "error",
                        "SPLIT_MISMATCH",
                        f"问题有 {count} 个，{label}有 {len(values)} 个，对不上：请一行写一个问题",
                    ),
                )
            )
            return (values[0],) * count
        return (text,) * count

    def _one(
        self, facts: str, item: str, department: str, disposal: Raw, notes: Notes, *, department_named: bool = False
    ) -> dict[str, object]:
        code, text, note = self._items.find(item)
        if note:
            notes.append(("item", note))
        entry = self._reference.item_by_code.get(code)
        if not facts and entry is not None and entry.standard_facts:
            facts = entry.standard_facts
            notes.append(
                (
                    "facts",
                    Note("warning", "STANDARD_FACTS", "没有写发现的问题，暂用事项清单的标准表述：请改成现场实际情况"),
                )
            )
        elif not facts:
            notes.append(
                (
                    "facts",
                    Note("error", "MISSING_VALUE", "没有写发现的问题：请写明检查发现的事实（时间、部位、数量、行为）"),
                )
            )
        way = self._way(disposal, notes)
        finding: dict[str, object] = {
            "item": code, "item_text": text, "facts": facts,
            "disposal": way.way, "urgent": way.urgent, "criminal": way.criminal, "exempt": way.exempt,
            "department": self._department(department, "" if department_named else way.target, notes),
        }  # fmt: skip
        return finding

    def _way(self, raw: Raw, notes: Notes) -> Disposal:
        key = (raw, raw.__class__)
        known = self._disposals.get(key)
        if known is None:
            if len(self._disposals) > 50_000:
                self._disposals.clear()
            known = self._disposals[key] = parse_disposal(raw)
        way, found = known
        notes.extend(("disposal", note) for note in found if ("disposal", note) not in notes)
        return way or Disposal("")

    def _department(self, text: str, target: str, notes: Notes) -> str:
        for words, field in ((text, "department"), (target, "disposal")):
            if words in BLANK_MARKS:
                continue
            code, found = self._named(words)
            if code or field == "department":
                notes.extend((field, note) for note in found)
                return code
            if found:
                notes.append(
                    (
                        field,
                        Note(
                            "warning",
                            "TARGET_UNKNOWN",
                            f"处置方式里的“{words}”不在部门名单里，责任部门由清单确定：如有指定请填在“责任部门”列",
                        ),
                    )
                )
        return ""

    def _named(self, text: str) -> tuple[str, tuple[Note, ...]]:
        known = self._departments.get(text)
        if known is None:
            codes, found = department_cell(text, reference=self._reference, field="department")
            if len(codes) > 1:
                labels = "、".join(self._reference.department_labels[code] for code in codes)
                found.append(
                    Note(
                        "error",
                        "SEVERAL_DEPARTMENTS",
                        f"责任部门写了 {len(codes)} 个（{labels}）：一条问题只能有一个责任部门，请分行填写",
                    )
                )
            known = self._departments[text] = (codes[0] if len(codes) == 1 else "", tuple(found))
        return known

    def _listed(self, raw: Raw) -> tuple[str, ...]:
        parsed = self._evidence.get(raw)
        if parsed is None:
            text = parse_text(raw)
            words = (
                ()
                if text.value is None or text.value in BLANK_MARKS or text.value == "无"
                else split_list(str(text.value))
            )
            if len(self._evidence) > 50_000:
                self._evidence.clear()
            parsed = self._evidence[raw] = Parsed(words, text.notes)
        return cast("tuple[str, ...]", parsed.value)

    def _code(self, raw: Raw, notes: Notes) -> str:
        parsed = parse_code(raw)
        notes.extend(("finding_code", note) for note in parsed.notes)
        return str(parsed.value or "")

    def _text(self, name: str, raw: Raw, notes: Notes) -> str:
        parsed = parse_text(raw)
        notes.extend((name, note) for note in parsed.notes)
        return str(parsed.value or "")
