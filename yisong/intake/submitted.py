"""Findings as another system sends them (接口报送): declared once, for the check and for the published JSON Schema.

What was sent becomes the rows of a ledger, and goes through the same verification as an office's own: the same rules, the
same words. The names of the fields are those of the canonical columns.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from yisong.intake.columns import Column, Mapping, SheetMapping
from yisong.intake.errors import IntakeError
from yisong.intake.export import NOTHING_FOUND
from yisong.intake.fields import label_of
from yisong.intake.ledger import Sheet, Workbook
from yisong.intake.values import Raw, halfwidth, is_blank

MOST_FINDINGS = 10_000
"""Findings in one call (系统默认); an inspection that found nothing counts as one."""
MOST_PROBLEMS = 200
SHEET = "报送"
INSPECTION = (
    "inspection_code", "behaviour_code", "theme", "unit_name", "uscc", "inspected_on", "initiator", "participants", "kind", "scanned_in", "town",
    "place", "officers", "inspection_note",
)  # fmt: skip
FINDING = ("finding_code", "item", "facts", "disposal", "department", "evidence", "remark")


class SubmissionRefused(IntakeError):
    """What was sent is not of the published form (报送格式不符); `problems` says where, and what to write."""

    def __init__(self, code: str, message: str, problems: tuple[dict[str, str], ...] = ()) -> None:
        super().__init__(code, message)
        self.problems = problems


class TooMany(ValueError):
    """More findings than one call may bring (超出条数)."""


def _header(text: str) -> str:
    """The name of an own column, such as a spreadsheet could have (自有列名)."""
    found = halfwidth(text)
    if not found or len(found) > 60:
        raise ValueError("自有列的列名须为 1 至 60 个字符")
    return found


Code = Annotated[str | None, Field(max_length=100)]
Line = Annotated[str | None, Field(max_length=500)]
Words = Annotated[str | None, Field(max_length=10_000)]
Names = Annotated[list[Annotated[str, Field(max_length=300)]] | None, Field(max_length=100)]
Own = Annotated[
    dict[Annotated[str, AfterValidator(_header)], Annotated[str | None, Field(max_length=5_000)]] | None,
    Field(max_length=50),
]


def _said(name: str, description: str = "") -> Any:
    return Field(default=None, title=label_of(name), description=description or None)


class _Sent(BaseModel):
    """Nothing is guessed: a name nobody knows is refused, and so is a number where words belong."""

    model_config = ConfigDict(extra="forbid", strict=True)


class SubmittedFinding(_Sent):
    """检查发现的一个问题。"""

    finding_code: Code = _said("finding_code", "本系统内不重复的问题编号；建议填写，重复报送和更正靠它认出同一个问题。")
    item: Line = _said("item", "事项清单里的编码或名称。")
    facts: Words = _said("facts", "检查发现的事实：时间、部位、数量、行为。")
    disposal: Line = _said("disposal", "移送、紧急移送、涉嫌犯罪移送、自办、当场改正；也可写 transfer、own、onsite。")
    department: Line = _said("department", "责任部门的代码、全称或简称；不填由权责清单确定。")
    evidence: Names = _said("evidence", "证据材料名称，一项一个。")
    remark: Words = _said("remark")
    extras: Own = Field(
        default=None, title="自有列", description="本单位自己的列：列名 → 文字。原样保存，导出台账时一并带回。"
    )


class SubmittedInspection(_Sent):
    """一次检查及其发现的问题。"""

    inspection_code: Code = _said(
        "inspection_code", "检查编号；没有的填行政行为码，两者都没有的按单位、日期、发起部门归集。"
    )
    behaviour_code: Code = _said("behaviour_code", "行政行为码。")
    theme: Line = _said("theme", "综合查一次主题的编码或名称。")
    unit_name: Line = _said("unit_name", "营业执照上的单位全称。")
    uscc: Code = _said("uscc", "18 位统一社会信用代码，按文字填写。")
    inspected_on: Code = _said("inspected_on", "检查日期，如 2026-03-11；可带时刻，如 2026-03-11 09:30。")
    initiator: Line = _said("initiator", "发起部门的代码、全称或简称。")
    participants: Names = _said("participants", "参与部门，一个部门一项。")
    kind: Line = _said("kind", "联合检查、有因检查、日常检查、专项检查、复查。")
    scanned_in: bool | None = _said("scanned_in", "是否扫码入企。")
    town: Line = _said("town", "属地镇街的代码或名称。")
    place: Line = _said("place")
    officers: Names = _said("officers", "检查人员，一人一项，可带证号：张三（33990001）。")
    inspection_note: Words = _said("inspection_note")
    findings: list[SubmittedFinding] = Field(
        default=[], title="发现的问题", description="没有发现问题的，写空列表。", max_length=MOST_FINDINGS
    )

    @model_validator(mode="after")
    def _is_about_something(self) -> Self:
        if all(is_blank(value) for value in (self.inspection_code, self.behaviour_code, self.uscc, self.unit_name)):
            raise ValueError("检查编号、行政行为码、信用代码、被检查单位至少填写一项")
        return self


class Submission(_Sent):
    """一次报送：一个或多个检查，问题合计不超过一万条。"""

    inspections: list[SubmittedInspection] = Field(title="检查", min_length=1, max_length=MOST_FINDINGS)

    @model_validator(mode="after")
    def _is_not_too_much(self) -> Self:
        if sum(max(1, len(inspection.findings)) for inspection in self.inspections) > MOST_FINDINGS:
            raise TooMany(f"一次最多报送 {MOST_FINDINGS} 条问题，请分批报送")
        return self


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent, as a ledger (报送内容). `places[i]` says where row i + 1 stands in the JSON, as a JSON pointer."""

    workbook: Workbook
    mapping: Mapping
    places: tuple[str, ...]
    sha256: str


def json_schema(*, single: bool = False) -> dict[str, Any]:
    """The JSON Schema of what may be sent (报送格式), made of the very declaration that checks it."""
    found = (SubmittedInspection if single else Submission).model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


def read_submission(body: bytes, *, sender: str, single: bool = False) -> Sent:
    """Read what was sent (读取报送内容): one inspection, or many.

    `sender` is what messages and the journal call it. Raises SubmissionRefused: not_json, bad_form, too_many_findings.
    """
    try:
        if single:
            submission = Submission.model_construct(inspections=[SubmittedInspection.model_validate_json(body)])
        else:
            submission = Submission.model_validate_json(body)
    except ValidationError as error:
        raise _refused(error) from None
    rows, places, headers = _rows(submission.inspections)
    if single:
        places = [place.removeprefix("/inspections/0") or "/" for place in places]
    names = (*INSPECTION, *FINDING)
    columns = [Column(index, name, name, 1.0, "接口字段") for index, name in enumerate(names)]
    columns += [Column(index, header, None, 1.0, "自有列") for index, header in enumerate(headers, start=len(names))]
    mapping = Mapping((SheetMapping(SHEET, (), (0,), tuple(columns)),))
    canonical = json.dumps(submission.model_dump(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    workbook = Workbook(sender, "json", (Sheet(SHEET, lambda: (list(row) for row in rows)),))
    return Sent(workbook, mapping, tuple(places), hashlib.sha256(canonical.encode()).hexdigest())


def _rows(inspections: list[SubmittedInspection]) -> tuple[list[list[Raw]], list[str], list[str]]:
    findings = (finding for inspection in inspections for finding in inspection.findings)
    headers = list(dict.fromkeys(header for finding in findings for header in finding.extras or ()))
    rows: list[list[Raw]] = []
    places: list[str] = []
    for number, inspection in enumerate(inspections):
        head = [_cell(getattr(inspection, name)) for name in INSPECTION]
        for place, finding in enumerate(inspection.findings):
            extras = finding.extras or {}
            own = [extras.get(header) or "" for header in headers]
            rows.append([*head, *(_cell(getattr(finding, name)) for name in FINDING), *own])
            places.append(f"/inspections/{number}/findings/{place}")
        if not inspection.findings:
            nothing = [NOTHING_FOUND if name == "facts" else "" for name in FINDING]
            rows.append([*head, *nothing, *("" for _ in headers)])
            places.append(f"/inspections/{number}")
    return rows, places, headers


def _cell(value: object) -> Raw:
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(str(entry) for entry in value)
    return value if isinstance(value, bool) else str(value)


_KINDS = {
    "missing": "缺少这一项，请补上",
    "extra_forbidden": "没有这个字段：请核对拼写；本单位自己的列请放进 extras",
    "string_type": "应为文字（用引号括起来）",
    "bool_type": "应为 true 或 false",
    "list_type": "应为列表（方括号）",
    "dict_type": "应为对象（花括号）",
    "model_type": "应为对象（花括号）",
    "model_attributes_type": "应为对象（花括号）",
    "json_invalid": "不是合法的 JSON",
    "string_unicode": "含有无法识别的字符",
}


def _refused(error: ValidationError) -> SubmissionRefused:
    entries = error.errors(include_url=False, include_input=False)
    if any(entry["type"] == "json_invalid" for entry in entries):
        detail = str(entries[0].get("ctx", {}).get("error", ""))
        return SubmissionRefused("not_json", f"报送内容不是合法的 JSON（{detail}）：请检查引号、逗号和 UTF-8 编码。")
    if any(_is_too_many(entry) for entry in entries):
        return SubmissionRefused("too_many_findings", f"一次最多报送 {MOST_FINDINGS} 条问题，请分批报送。")
    problems = tuple(_problems(entries[:MOST_PROBLEMS]))
    shown = "；".join(f"{problem['at']} {problem['message']}" for problem in problems[:3])
    more = f"等 {len(entries)} 处" if len(entries) > 3 else ""
    return SubmissionRefused("bad_form", f"报送内容的格式不符：{shown}{more}。", problems)


def _is_too_many(entry: Any) -> bool:
    named = {part for part in entry["loc"] if isinstance(part, str)}
    long_list = entry["type"] == "too_long" and named <= {"inspections", "findings"}
    return long_list or isinstance(entry.get("ctx", {}).get("error"), TooMany)


def _problems(entries: list[Any]) -> Iterator[dict[str, str]]:
    for entry in entries:
        context = entry.get("ctx", {})
        words = _KINDS.get(entry["type"], "")
        if entry["type"] in ("string_too_long", "too_long"):
            words = f"过长，最多 {context.get('max_length')} {'个字符' if entry['type'].startswith('string') else '项'}"
        elif entry["type"] == "too_short":
            words = f"至少要有 {context.get('min_length')} 项"
        elif entry["type"] == "value_error":
            words = str(context.get("error"))
        place = "/" + "/".join(str(part) for part in entry["loc"])
        yield {"at": place, "code": str(entry["type"]), "message": words or str(entry["msg"])}
