"""The sample ledgers in the repository say what the demonstration county says (示例台账与演示县一致)."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

from tests.intake.ledgers import ROOT, SAMPLES, county, reference
from yisong.intake.columns import propose
from yisong.intake.ledger import read_workbook
from yisong.intake.verify import verify


def test_the_sample_ledger_holds_exactly_the_inspections_and_findings_of_the_county() -> None:
    verification = verify(read_workbook(SAMPLES / "ledger.xlsx"), reference=reference())
    assert verification.importable, verification.lines()
    units = {entry["code"]: entry for entry in county()["entities"]}
    items = {entry["code"]: entry for entry in county()["check_items"]}
    expected = [
        (i["code"], i["behaviour_code"], i["theme"], units[i["entity"]]["uscc"], units[i["entity"]]["name"], i["date"], i["initiator"],
         tuple(i["participants"]), i["kind"], i["scanned_in"], units[i["entity"]]["town"], i.get("note", ""))
        for i in county()["inspections"]
    ]  # fmt: skip
    assert [
        (
            i.code,
            i.behaviour_code,
            i.theme,
            i.uscc,
            i.unit_name,
            i.inspected_on,
            i.initiator,
            i.participants,
            i.kind,
            i.scanned_in,
            i.town,
            i.note,
        )
        for i in verification.inspections
    ] == expected
    found = {finding.code: (i.code, finding) for i in verification.inspections for finding in i.findings}
    assert len(verification.inspections) == 16
    assert len(found) == 28
    for wanted in county()["findings"]:
        inspection, finding = found[wanted["code"]]
        item = items[wanted["item"]]
        assert (inspection, finding.item, finding.disposal) == (
            wanted["inspection"],
            wanted["item"],
            wanted["disposal"],
        )
        assert finding.facts == wanted.get("facts", item["finding"])
        assert finding.department == item["dept"]
        assert finding.evidence == tuple(item["evidence"])


def test_the_samples_are_what_the_tool_makes(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_samples", ROOT / "tools" / "make_samples.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    tool.main([str(SAMPLES / "yunxi.yaml"), "--into", str(tmp_path)])
    for name in ("ledger.xlsx", "problem_ledger.xlsx"):
        assert (tmp_path / name).read_bytes() == (SAMPLES / name).read_bytes(), (
            f"run tools/make_samples.py: {name} is out of date"
        )


def test_every_mistake_of_the_problem_ledger_is_named() -> None:
    verification = verify(read_workbook(SAMPLES / "problem_ledger.xlsx"), reference=reference())
    named = {entry.row: {m.code for m in entry.messages if m.level == "error"} for entry in verification.rows}
    assert {number: wanted for number, wanted in EXPECTED_MISTAKES.items() if not wanted <= named[number]} == {}
    assert "SPLIT" in {m.code for entry in verification.rows if entry.row == 9 for m in entry.messages}
    assert not verification.importable
    for line in verification.lines(levels=("error",)):
        assert line.startswith("“problem_ledger.xlsx”工作表“问题台账”第 ")
        assert "列“" in line


EXPECTED_MISTAKES = {
    3: {"USCC_CHECK"}, 4: {"USCC_AS_NUMBER"}, 5: {"DATE_TWO_DIGIT_YEAR"}, 6: {"DATE_IS_NONE"}, 7: {"UNKNOWN_DEPARTMENT"}, 8: {"UNKNOWN_DEPARTMENT"},
    10: {"UNKNOWN_ITEM"}, 11: {"DISPOSAL_UNKNOWN"}, 12: {"MISSING_VALUE"}, 13: {"USCC_CHARACTER"}, 14: {"DUPLICATE_CODE"},
}  # fmt: skip


def test_the_machine_readable_answer_is_json_with_mapping_and_rows() -> None:
    verification = verify(read_workbook(SAMPLES / "ledger.xlsx"), reference=reference())
    answer = json.loads(json.dumps(verification.to_json(), ensure_ascii=False))
    assert answer["summary"] == {"ok": 26, "warning": 2, "error": 0, "skip": 3, "inspections": 16, "findings": 28}
    assert answer["mapping"]["sheets"][0]["header_rows"] == [3]
    first = answer["rows"][0]
    assert set(first) == {"sheet", "row", "part", "status", "fields", "extras", "messages"}
    assert first["fields"]["inspected_on"] == "2026-03-17"
    assert first["fields"]["participants"] == ["YJJ", "HBJ", "SJJ"]


def test_a_confirmed_mapping_is_remembered_for_the_next_ledger() -> None:
    workbook = read_workbook(SAMPLES / "problem_ledger.xlsx")
    remembered = propose(workbook).remember()
    remembered["责任部门"] = ""
    again = propose(workbook, remembered=remembered)
    columns = {column.header: column for column in again.sheets[0].columns}
    assert columns["责任部门"].field is None
    assert columns["企业名称"].reason == "沿用上次确认的对应"
    rows = verify(workbook, reference=reference(), mapping=remembered).rows
    assert all("责任部门" in entry.extras for entry in rows if entry.status != "skip" and entry.part < 2)
