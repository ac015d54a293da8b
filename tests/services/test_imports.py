"""A ledger comes in by the day, by several hands at once, and goes back whole (台账导入)."""

from __future__ import annotations

import csv
import threading
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col

from models import Event, Finding, ImportedInspection, ImportRun, Inspection, Matter, Unit
from tests.services.world import CREDIT_CODES, NAMES, World, leader, officer
from yisong.domain.lifecycle import Act, Refusal
from yisong.domain.roles import SYSTEM
from yisong.services import audit, imports, ledger_check, steps
from yisong.services.findings import open_case
from yisong.services.imports import Import, Imported
from yisong.services.ledger_check import Checked
from yisong.store import matters

HEAD = (
    "检查编号", "被检查单位", "统一社会信用代码", "检查日期", "发起部门", "参与部门", "问题编号", "检查事项", "发现问题", "处置方式", "责任部门", "证据材料",
    "带队领导", "检查人员",
)  # fmt: skip
DAYS = (date(2026, 3, 2), date(2026, 3, 4), date(2026, 3, 6))


def ledger(folder: Path, *, facts: str = "未建立台账", name: str = "ledger.csv", days: tuple[date, ...] = DAYS) -> Path:
    """Three inspections with two findings each; the first is settled on the spot, the second goes to YJJ."""
    file = folder / name
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEAD)
        for number, day in enumerate(days):
            for part, (disposal, department) in enumerate((("当场改正", ""), ("移送", "应急管理局")), start=1):
                writer.writerow(
                    [f"J{number}", NAMES[number], CREDIT_CODES[number], day, "县综合行政执法局", "应急管理局", f"N{number}{part}", "GS-06",
                     f"{facts}{part}", disposal, department, "现场检查笔录、现场照片", "某某", "张三（33990001）、李四（33990002）"]
                )  # fmt: skip
    return file


def check(world: World, file: Path) -> Checked:
    return ledger_check.check(world.desk.reading, book=world.book, path=file, today=world.on)


def confirm(world: World, file: Path, *, until: date | None = None) -> Imported:
    bringing = Import(book=world.book, checked=check(world, file), on=world.on, at=world.at)
    return imports.confirm(world.desk.transaction, bringing, until=until)


def counted(world: World) -> tuple[int, int, int]:
    return tuple(len(world.every(table)) for table in (Inspection, Finding, ImportedInspection))  # type: ignore[return-value]


def test_what_comes_in_stands_where_the_ledger_says(world: World, tmp_path: Path) -> None:
    done = confirm(world, ledger(tmp_path))
    assert (done.inspections, done.findings, done.units, done.refused) == (3, 6, 0, [])
    states = {matter.code: (matter.state, matter.responsible) for matter in world.every(Matter)}
    assert states["N01"][0] == "onsite_fixed" and states["N02"] == ("recorded", "YJJ")
    registered = next(event for event in world.every(Event) if event.action == "register" and event.given["row"] == 3)
    assert (registered.given["ledger"], registered.on, registered.offline) == ("ledger.csv", DAYS[0], True)
    kept = world.every(ImportedInspection)[0].rows
    assert [row["what"] for row in kept] == ["inspection", "finding", "finding"]
    assert kept[1]["extras"] == {"带队领导": "某某"}, "what nobody but the office knows is kept for the way back"


@pytest.mark.parametrize(("department", "registers"), [("ZFJ", "ZFJ-officer"), ("YJJ", "system")])
def test_only_who_belongs_to_the_organ_registers_in_their_own_name(
    small_world: World, tmp_path: Path, department: str, registers: str
) -> None:
    world, by = small_world, officer(department)
    imports.confirm(
        world.desk.transaction,
        Import(book=world.book, checked=check(world, ledger(tmp_path)), on=world.on, at=world.at, by=by),
    )
    events = [event for event in world.every(Event) if event.action == "register"]
    assert {event.actor_id for event in events} == {registers}
    assert {event.given["imported_by"] for event in events} == {by.id}


def imports_run(world: World) -> int:
    return max(int(run.id) for run in world.every(ImportRun))


def test_the_inbox_folder_is_read_day_by_day(world: World, tmp_path: Path) -> None:
    file = ledger(tmp_path)

    def bring(until: date) -> dict[str, int]:
        return imports.bring_in(
            world.desk.transaction, world.desk.reading, book=world.book, path=file, until=until, at=world.at
        )

    def codes(until: date) -> list[str]:
        return imports.inspection_codes(world.desk.reading, book=world.book, path=file, until=until)

    assert codes(date(2026, 3, 1)) == [] and codes(DAYS[1]) == ["J0", "J1"]
    assert bring(date(2026, 3, 1)) == {"inspections": 0, "findings": 0, "errors": 0}
    assert bring(DAYS[1]) == {"inspections": 2, "findings": 4, "errors": 0}
    assert world.every(ImportRun)[0].state == "verified"
    assert codes(DAYS[2]) == ["J2"]
    assert bring(DAYS[2]) == {"inspections": 1, "findings": 2, "errors": 0}
    assert bring(DAYS[2]) == {"inspections": 0, "findings": 0, "errors": 0}
    [run] = world.every(ImportRun)
    assert (run.state, run.summary) == ("confirmed", {"inspections": 3, "findings": 6, "units": 0})


def test_a_ledger_with_an_error_stays_where_it_lies(world: World, tmp_path: Path) -> None:
    file = ledger(tmp_path)
    file.write_text(
        file.read_text(encoding="utf-8").replace(CREDIT_CODES[1], CREDIT_CODES[1][:-1] + "0"), encoding="utf-8"
    )
    done = imports.bring_in(
        world.desk.transaction, world.desk.reading, book=world.book, path=file, until=DAYS[2], at=world.at
    )
    assert done["errors"] >= 1 and counted(world) == (0, 0, 0)


def test_a_new_finding_of_a_known_inspection_joins_it(world: World, tmp_path: Path) -> None:
    confirm(world, ledger(tmp_path))
    longer = ledger(tmp_path, name="later.csv")
    with longer.open("a", encoding="utf-8", newline="") as out:
        csv.writer(out).writerow(
            [
                "J0",
                NAMES[0],
                CREDIT_CODES[0],
                DAYS[0],
                "县综合行政执法局",
                "应急管理局",
                "N09",
                "GS-04",
                "通道堵塞",
                "移送",
                "",
                "照片",
                "",
            ]
        )
    done = confirm(world, longer)
    assert (done.inspections, done.findings, done.unchanged, done.corrections) == (0, 1, 6, [])
    assert counted(world) == (3, 7, 4)
    assert [run.state for run in world.every(ImportRun, col(ImportRun.id))] == ["confirmed", "confirmed"]


def test_what_reads_otherwise_is_proposed(world: World, tmp_path: Path) -> None:
    confirm(world, ledger(tmp_path))
    done = confirm(world, ledger(tmp_path, facts="台账不全"))
    assert [code for code, _, _ in done.corrections] == ["N01", "N02", "N11", "N12", "N21", "N22"]
    assert {row.facts for row in world.every(Finding)} == {"未建立台账1", "未建立台账2"}


def test_one_refused_inspection_does_not_keep_the_others_out(world: World, tmp_path: Path) -> None:
    file = ledger(tmp_path)
    sound = file.read_text(encoding="utf-8")
    file.write_text(sound.replace("N12,GS-06", "N12,哪份清单都没有的事项"), encoding="utf-8")
    done = confirm(world, file)
    assert [code for code, _ in done.refused] == ["J1"] and "第 4 行" in done.refused[0][1]
    assert counted(world) == (2, 4, 2), "its first finding could have been registered: nothing of it is there"
    assert world.every(ImportRun)[0].state == "verified"
    assert confirm(world, ledger(tmp_path, name="corrected.csv")).inspections == 1
    assert [run.state for run in world.every(ImportRun, col(ImportRun.id))] == ["verified", "confirmed"]


def test_four_hands_bring_the_same_ledger_in_once(world: World, tmp_path: Path) -> None:
    days = tuple(date(2026, 3, 2 + number) for number in range(4))
    bringing = Import(book=world.book, checked=check(world, ledger(tmp_path, days=days)), on=world.on, at=world.at)
    results: list[Imported | BaseException] = []
    gate = threading.Barrier(4)

    def bring() -> None:
        gate.wait()
        try:
            results.append(imports.confirm(world.desk.transaction, bringing))
        except BaseException as error:  # told below
            results.append(error)

    hands = [threading.Thread(target=bring) for _ in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    done = [result for result in results if isinstance(result, Imported)]
    assert len(done) == 4, results
    assert not [refused for result in done for refused in result.refused]
    assert (sum(result.inspections for result in done), sum(result.findings for result in done)) == (4, 8)
    assert counted(world) == (4, 8, 4)
    [run] = world.every(ImportRun)
    assert (run.state, run.summary["inspections"], run.summary["findings"]) == ("confirmed", 4, 8)
    assert audit.verify_all(world.desk.reading).faults == []


def test_a_run_goes_back_whole_and_its_numbers_are_free(world: World, tmp_path: Path) -> None:
    confirm(world, ledger(tmp_path))
    with world.write() as session:
        run = imports.undo(
            session, imports_run(world), book=world.book, by=leader("ZFJ"), on=world.on, at=world.at, reason="整本有误"
        )
        assert run.state == "undone"
    assert counted(world) == (0, 0, 0)
    assert {matter.state for matter in world.every(Matter)} == {"void"}
    assert {matter.code for matter in world.every(Matter)} == {"N01~1", "N02~1", "N11~1", "N12~1", "N21~1", "N22~1"}
    [kept] = world.every(ImportRun)
    assert sum(len(entry["findings"]) for entry in kept.summary["undone"]) == 6 and kept.summary["reason"] == "整本有误"
    assert len(world.every(Unit)) == len(NAMES)
    assert audit.verify_all(world.desk.reading).faults == []
    assert confirm(world, ledger(tmp_path)).findings == 6
    with world.write() as session:
        imports.undo(
            session, imports_run(world), book=world.book, by=leader("ZFJ"), on=world.on, at=world.at, reason="又有误"
        )
    assert "N01~2" in {matter.code for matter in world.every(Matter)}


def test_an_inspection_that_others_have_added_to_stays(world: World, tmp_path: Path) -> None:
    confirm(world, ledger(tmp_path))
    first = imports_run(world)
    longer = ledger(tmp_path, name="later.csv")
    with longer.open("a", encoding="utf-8", newline="") as out:
        csv.writer(out).writerow(
            [
                "J0",
                NAMES[0],
                CREDIT_CODES[0],
                DAYS[0],
                "县综合行政执法局",
                "应急管理局",
                "N09",
                "GS-04",
                "通道堵塞",
                "移送",
                "",
                "照片",
                "",
            ]
        )
    confirm(world, longer)
    with world.write() as session:
        imports.undo(session, first, book=world.book, by=leader("ZFJ"), on=world.on, at=world.at, reason="有误")
    assert [visit.code for visit in world.every(Inspection)] == ["J0"]
    assert len(world.every(Finding)) == 1


def case_of(world: World, *codes: str) -> int:
    with world.write() as session:
        found = [matters.matter_by_code(session, code) for code in codes]
        case = open_case(
            session,
            book=world.book,
            findings=found,
            act=world.act("open", officer("ZFJ")),
            kind="lead",
            responsible="YJJ",
        )
        opened = case.id or 0
    world.complete(opened)
    return opened


def test_a_draft_goes_back_with_the_run_but_only_by_its_leader(world: World, tmp_path: Path) -> None:
    confirm(world, ledger(tmp_path))
    case = case_of(world, "N02")
    world.take(case, "submit", officer("ZFJ"))
    before = [(matter.code, matter.state, matter.seq) for matter in world.every(Matter, col(Matter.id))]
    with pytest.raises(Refusal) as refused, world.write() as session:
        imports.undo(
            session, imports_run(world), book=world.book, by=officer("ZFJ"), on=world.on, at=world.at, reason="有误"
        )
    assert refused.value.code == "wrong_role"
    assert [(matter.code, matter.state, matter.seq) for matter in world.every(Matter, col(Matter.id))] == before
    with world.write() as session:
        imports.undo(
            session, imports_run(world), book=world.book, by=leader("ZFJ"), on=world.on, at=world.at, reason="有误"
        )
    assert world.state(case) == "voided" and counted(world) == (0, 0, 0)


def test_nothing_goes_back_once_a_case_has_gone_out(world: World, tmp_path: Path) -> None:
    confirm(world, ledger(tmp_path))
    case = case_of(world, "N02")
    world.take(case, "submit", officer("ZFJ"))
    world.take(case, "approve", leader("ZFJ"))
    with pytest.raises(Refusal) as refused, world.write() as session:
        imports.undo(
            session, imports_run(world), book=world.book, by=leader("ZFJ"), on=world.on, at=world.at, reason="有误"
        )
    assert refused.value.code == "already_delivered" and world.matter(case).code in refused.value.message
    assert counted(world) == (3, 6, 3)


def test_a_person_cannot_retract_and_the_system_only_what_has_not_been_cleared(
    small_world: World, tmp_path: Path
) -> None:
    world = small_world
    confirm(world, ledger(tmp_path))
    with world.read() as session:
        finding = matters.matter_by_code(session, "N02").id or 0
    with pytest.raises(Refusal) as refused:
        world.take(finding, "retract", leader("ZFJ"), reason="有误")
    assert refused.value.code == "wrong_role"
    with pytest.raises(Refusal) as refused, world.write() as session:
        steps.take_step(session, book=world.book, matter_id=finding, act=Act("retract", SYSTEM, world.on, world.at))
    assert refused.value.code == "missing"


def test_runs_that_there_are_not(small_world: World) -> None:
    world = small_world
    with pytest.raises(Refusal) as refused, world.write() as session:
        imports.undo(session, 77, book=world.book, by=leader("ZFJ"), on=world.on, at=world.at, reason="有误")
    assert refused.value.code == "unknown_run"


def test_a_row_without_number_and_day_is_an_error_and_no_crash(small_world: World, tmp_path: Path) -> None:
    file = tmp_path / "无日期.csv"
    line = (NAMES[0], CREDIT_CODES[0], "", "县综合行政执法局", "GS-06", "未建立台账", "移送")
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(
            [("被检查单位", "统一社会信用代码", "检查日期", "发起部门", "检查事项", "发现问题", "处置方式"), line]
        )
    errors = ledger_check.errors_of(small_world.desk.reading, checked=check(small_world, file))
    assert len(errors) == 1 and "没有填写检查日期" in errors[0]
