"""Evidence comes to a case, stays what it was, and is found out where it does not (证据)."""

from __future__ import annotations

import datetime as dt
import threading
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import col

from models import Evidence, Matter
from tests.intake.photographs import PDF, photograph, zipped
from tests.services.test_imports import check, confirm, ledger
from tests.services.world import ANSWERABLE, ORIGIN, World, leader, officer
from yisong.domain.lifecycle import Refusal
from yisong.domain.roles import SYSTEM, Actor
from yisong.intake.archive import Member
from yisong.services import audit, evidence, evidence_audit, evidence_packages, evidence_uploads, imports
from yisong.services.evidence import Bringing, Brought
from yisong.store import evidence as stored
from yisong.store import matters

CHINA = dt.timezone(dt.timedelta(hours=8))
SPOT = dt.datetime(2026, 3, 9, 10, 0, tzinfo=CHINA)


def bringing(world: World, by: Actor | None = None, *, entrusted: bool = False) -> Bringing:
    return Bringing(world.book, by or officer(ORIGIN), world.on, world.at, entrusted=entrusted)


def bring(world: World, case: int, files: dict[str, bytes], by: Actor | None = None) -> Brought:
    """Files brought to a case by a clerk, matched by the numbers in their names."""
    members = [Member(path, len(data), partial(bytes, data)) for path, data in files.items()]
    return evidence_uploads.bring_to_case(
        world.desk.transaction, world.desk.reading, vault=world.desk.vault, members=members, case=world.matter(case), bringing=bringing(world, by)
    )  # fmt: skip


def rows(world: World) -> list[Evidence]:
    return world.every(Evidence, col(Evidence.id))


def codes(row: Evidence) -> set[str]:
    return {note["code"] for note in row.notes}


def test_evidence_is_kept_with_what_it_says_of_itself_and_stands_in_the_journal(world: World) -> None:
    case = world.case(number=2)
    photo = photograph(taken=SPOT, place=(29.1, 120.6))
    done = bring(world, case, {"FX-001_灭火器.jpg": photo, "现场检查笔录.pdf": PDF})
    assert (len(done.added), len(done.already)) == (2, 0)
    picture, record = rows(world)
    finding = world.kin(case, "finding")[0]
    assert (picture.matter_id, picture.chain_id, record.matter_id) == (finding, case, case)
    assert (picture.kind, picture.media_type, picture.title) == ("audiovisual", "image/jpeg", "FX-001_灭火器")
    assert (picture.taken_at, picture.latitude, picture.longitude) == (SPOT, 29.1, 120.6)
    assert (record.kind, record.taken_at, record.brought_name) == ("record", None, officer(ORIGIN).name)
    assert world.desk.vault.get(picture.sha256) == photo and world.desk.vault.get(picture.thumbnail)[:2] == b"\xff\xd8"
    last = world.events(case)[-1]
    assert (last.action, last.source, last.target, last.given["count"]) == ("evidence_added", "draft", "draft", 2)
    assert {effect["sha256"] for effect in last.effects} == {picture.sha256, record.sha256}
    assert audit.verify_all(world.desk.reading).faults == []


def test_the_same_file_again_changes_nothing(world: World) -> None:
    case = world.case()
    bring(world, case, {"a.jpg": photograph()})
    before = len(world.events(case))
    again = bring(
        world, case, {"b.jpg": photograph(), "c.jpg": photograph(colour="red"), "d.jpg": photograph(colour="red")}
    )
    assert (len(again.added), len(again.already)) == (1, 2)
    assert len(rows(world)) == 2 and len(world.events(case)) == before + 1
    bring(world, case, {"a.jpg": photograph()})
    assert len(world.events(case)) == before + 1, "an act that brings nothing leaves no line"


def test_two_who_bring_the_same_at_once_bring_it_once(world: World) -> None:
    case = world.case()
    failures: list[BaseException] = []

    def act() -> None:
        try:
            bring(world, case, {"a.jpg": photograph()})
        except BaseException as failure:
            failures.append(failure)

    hands = [threading.Thread(target=act) for _ in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert failures == [] and len(rows(world)) == 1
    assert audit.verify_all(world.desk.reading).faults == []


@pytest.mark.parametrize(("data", "words"), [(b"MZ\x90\x00", "程序"), (b"", "空文件"), (b"PK\x03\x04x", "无法识别"), (zipped({"病毒.jpg": b"MZ"}), "病毒.jpg"), (zipped({"包.zip": zipped({"a": b"a"})}), "压缩包")])  # fmt: skip
def test_what_is_no_evidence_is_refused_before_anything_is_kept(small_world: World, data: bytes, words: str) -> None:
    case = small_world.case()
    with pytest.raises(Refusal) as caught:
        bring(small_world, case, {"好.jpg": photograph(), "照片.jpg": data})
    assert caught.value.code == "evidence_refused" and words in caught.value.message and rows(small_world) == []
    assert not Path(small_world.desk.settings.evidence).exists()


def test_only_the_departments_of_the_case_bring_evidence_and_only_while_it_is_open(small_world: World) -> None:
    world = small_world
    case = world.case()
    for stranger in (officer("XFJ"), officer(ANSWERABLE)):
        with pytest.raises(Refusal) as caught:
            bring(world, case, {"a.jpg": photograph()}, stranger)
        assert caught.value.code == "evidence_not_yours"
    delivered = world.delivered(unit=1)
    bring(world, delivered, {"theirs.jpg": photograph(colour="teal")}, officer(ANSWERABLE))
    world.take(case, "void", leader(ORIGIN), reason="登记错误")
    with pytest.raises(Refusal) as caught:
        bring(world, case, {"b.jpg": photograph(colour="red")})
    assert caught.value.code == "evidence_closed" and len(rows(world)) == 1


def test_voided_evidence_stays_with_its_reason_and_leaves_the_lists(world: World) -> None:
    case = world.case()
    bring(world, case, {"a.jpg": photograph()})
    (row,) = rows(world)

    def void(by: Actor, reason: str = "传错了") -> None:
        with world.write() as session:
            evidence.void(session, row.id or 0, book=world.book, by=by, on=world.on, at=world.at, reason=reason)

    for by, reason, code in (
        (officer(ORIGIN), " ", "reason_missing"), (officer("XFJ"), "x", "evidence_not_yours"), (officer(ANSWERABLE), "x", "evidence_not_yours"),
    ):  # fmt: skip
        with pytest.raises(Refusal) as caught:
            void(by, reason)
        assert caught.value.code == code
    void(officer(ORIGIN))
    with pytest.raises(Refusal) as caught:
        void(officer(ORIGIN))
    assert caught.value.code == "already_voided"
    (kept,) = rows(world)
    assert (kept.void_reason, kept.voided_name) == ("传错了", officer(ORIGIN).name)
    with world.read() as session:
        assert stored.of_case(session, matters.matter(session, case)) == []
        assert len(stored.of_case(session, matters.matter(session, case), voided=True)) == 1
    bring(world, case, {"a.jpg": photograph()})
    assert len(rows(world)) == 2, "what was voided by mistake is brought anew, as a row of its own"
    assert audit.verify_all(world.desk.reading).faults == []


def test_after_the_case_has_left_only_the_head_of_a_department_voids(small_world: World) -> None:
    world = small_world
    case = world.case()
    bring(world, case, {"现场检查笔录.pdf": PDF})
    world.leave(case)
    (row,) = rows(world)
    with pytest.raises(Refusal), world.write() as session:
        evidence.void(session, row.id or 0, book=world.book, by=officer(ORIGIN), on=world.on, at=world.at, reason="x")
    with world.write() as session:
        evidence.void(session, row.id or 0, book=world.book, by=leader(ORIGIN), on=world.on, at=world.at, reason="x")


def test_time_place_and_reuse_are_compared(small_world: World) -> None:
    world = small_world
    case, other = world.case(), world.case(unit=1)
    here, there = (29.1, 120.6), (29.4, 120.6)
    bring(
        world,
        case,
        {"1.jpg": photograph(taken=SPOT, place=here), "2.jpg": photograph(taken=SPOT, place=here, colour="red")},
    )
    bring(
        world,
        case,
        {"3.jpg": photograph(taken=SPOT, place=there), "FX-001.jpg": photograph(taken=SPOT - dt.timedelta(days=9))},
    )
    bring(world, other, {"旧.jpg": photograph(taken=SPOT, place=here), "海外.jpg": photograph(place=(48.8, 2.3))})
    notes = {row.name: codes(row) for row in rows(world)}
    assert notes["1.jpg"] == notes["2.jpg"] == set()
    assert "PLACE_FAR" in notes["3.jpg"] and "TAKEN_BEFORE" in notes["FX-001.jpg"]
    assert "SAME_CONTENT" in notes["旧.jpg"] and "PLACE_ABROAD" in notes["海外.jpg"]
    repeated = next(note["message"] for row in rows(world) for note in row.notes if note["code"] == "SAME_CONTENT")
    assert world.matter(case).code in repeated


def package(world: World, file: Path, files: dict[str, bytes]) -> evidence_packages.Packed:
    """A package brought in beside a ledger."""
    return evidence_packages.bring_package(
        world.desk.transaction, world.desk.reading, vault=world.desk.vault, source=zipped(files), name="证据.zip",
        inspections=check(world, file).verification.inspections, bringing=bringing(world, SYSTEM, entrusted=True),
    )  # fmt: skip


FILES = {"N02/照片.jpg": photograph(), "J0现场检查笔录.pdf": PDF, "大门.jpg": photograph(colour="red"), "N12.jpg": photograph(colour="teal"), "病毒.exe": b"MZ"}  # fmt: skip


def test_a_package_beside_a_ledger_finds_its_rows_and_names_the_rest(world: World, tmp_path: Path) -> None:
    file = ledger(tmp_path)
    early = package(world, file, FILES)
    assert early.added == 0 and {path for path, _ in early.waiting} == {"N02/照片.jpg", "J0现场检查笔录.pdf", "N12.jpg"}
    confirm(world, file)
    done = package(world, file, FILES)
    assert (done.added, done.already, done.waiting) == (3, 0, [])
    assert [path for path, _ in done.orphans] == ["大门.jpg"] and [code for _, code, _ in done.left_out] == ["PROGRAM"]
    by_name = {row.name: row for row in rows(world)}
    found = {matter.id: matter.code for matter in world.every(Matter)}
    assert found[by_name["N02/照片.jpg"].matter_id] == "N02" and found[by_name["N12.jpg"].matter_id] == "N12"
    assert by_name["J0现场检查笔录.pdf"].inspection == "J0"
    gaps = {(gap.inspection, gap.finding, gap.code) for gap in done.gaps}
    assert {(inspection, code) for inspection, _, code in gaps} == {
        ("J1", "NO_RECORD"),
        ("J2", "NO_RECORD"),
        ("J2", "NO_EVIDENCE"),
    }
    again = package(world, file, FILES)
    assert (again.added, again.already) == (0, 3) and len(rows(world)) == 3
    later = package(world, file, {"J1笔录/现场检查笔录.pdf": PDF + b"1", "N22.jpg": photograph(colour="gray")})
    assert {(gap.inspection, gap.code) for gap in later.gaps} == {("J2", "NO_RECORD")}, (
        "what an earlier package brought is no gap"
    )
    assert audit.verify_all(world.desk.reading).faults == []


def test_the_record_of_a_visit_belongs_to_every_case_that_came_of_it(small_world: World, tmp_path: Path) -> None:
    world = small_world
    file = ledger(tmp_path)
    confirm(world, file)
    package(world, file, FILES)
    with world.read() as session:
        settled = matters.matter_by_code(session, "N01")
        open_one = matters.matter_by_code(session, "N02")
        assert {row.name for row in stored.of_case(session, settled)} == {"J0现场检查笔录.pdf"}
        assert {row.name for row in stored.of_case(session, open_one)} == {"J0现场检查笔录.pdf", "N02/照片.jpg"}


def test_a_package_that_fails_on_the_way_leaves_no_row(
    small_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = small_world
    file = ledger(tmp_path)
    confirm(world, file)
    before = len(world.every(Matter)), sum(matter.seq for matter in world.every(Matter))

    def burst(*_: object, **__: object) -> None:
        raise RuntimeError("the lights went out")

    monkeypatch.setattr(evidence.remarks, "write", burst)
    with pytest.raises(RuntimeError):
        package(world, file, FILES)
    monkeypatch.undo()
    assert rows(world) == [] and before == (len(world.every(Matter)), sum(matter.seq for matter in world.every(Matter)))
    assert package(world, file, FILES).added == 3


def test_an_undone_ledger_takes_its_evidence_with_it(small_world: World, tmp_path: Path) -> None:
    world = small_world
    file = ledger(tmp_path)
    run = confirm(world, file).run_id or 0
    package(world, file, FILES)
    with world.write() as session:
        imports.undo(session, run, book=world.book, by=officer(ORIGIN), on=world.on, at=world.at, reason="台账有误")
    assert {row.void_reason for row in rows(world)} == {"台账有误"} and audit.verify_all(
        world.desk.reading
    ).faults == []
    confirm(world, file)
    assert package(world, file, FILES).added == 3


def test_a_changed_or_missing_file_is_named_and_so_is_a_row_that_was_tampered_with(world: World) -> None:
    case = world.case()
    bring(world, case, {f"{colour}.jpg": photograph(colour=colour) for colour in ("red", "green", "blue")})
    assert evidence_audit.verify_files(world.desk.reading, vault=world.desk.vault).faults == []
    red, green, _ = rows(world)
    place = lambda row: Path(world.desk.settings.evidence, row.sha256[:2], row.sha256[2:4], row.sha256)  # noqa: E731
    place(red).write_bytes(b"other")
    place(green).unlink()
    found = evidence_audit.verify_files(world.desk.reading, vault=world.desk.vault)
    assert [(fault.evidence, fault.state) for fault in found.faults] == [(red.id, "changed"), (green.id, "lost")]
    assert all(fault.title in fault.message and world.matter(case).code in fault.message for fault in found.faults)
    bring(world, world.case(unit=1), {"green.jpg": photograph(colour="green")})
    assert [
        fault.evidence for fault in evidence_audit.verify_files(world.desk.reading, vault=world.desk.vault).faults
    ] == [red.id]
    with world.write() as session:
        held = stored.piece(session, red.id or 0)
        assert held is not None
        held.kind = "witness"
        gone = stored.piece(session, green.id or 0)
        session.delete(gone)
        forged = Evidence(**{**rows(world)[2].model_dump(), "id": None, "sha256": "0" * 64})
        session.add(forged)
    kinds = {(fault.matter, fault.kind) for fault in audit.verify_all(world.desk.reading).faults}
    assert kinds == {(world.matter(case).code, kind) for kind in ("edited", "dropped", "forged")}
