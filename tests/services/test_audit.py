"""Whoever changes the journal behind the programme's back is found, and where (流转记录核验): in raw SQL, on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from models import Matter
from tests.services.scenes import CLERK, HEAD, OUR_CLERK, OUR_HEAD
from tests.services.world import World
from yisong.domain.chain import GENESIS, event_hash
from yisong.services import audit
from yisong.services.audit import Fault
from yisong.services.journal import body_of

Tamper = Callable[["Intruder"], None]


class Intruder:
    """Somebody with the database's password, and no respect (篡改者)."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.case = world.delivered()
        world.take(self.case, "sign_receipt", CLERK)
        world.take(self.case, "accept", HEAD)
        world.take(self.case, "file_case", HEAD, cause="未制定预案")
        self.other = world.delivered()
        self.code = world.matter(self.case).code
        assert audit.verify_all(world.desk.reading).faults == []

    def run(self, statement: str, **values: Any) -> None:
        with self.world.desk.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql("SET session_replication_role = replica")
            touched = connection.execute(text(statement), {"case": self.case, "other": self.other, **values})
            assert touched.rowcount >= 1, "the tampering did not take place"
            connection.exec_driver_sql("COMMIT")
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")

    def faults(self) -> list[Fault]:
        return audit.verify_all(self.world.desk.reading).faults


def edit(column: str, value: Any, *, seq: int = 3) -> Tamper:
    def tamper(intruder: Intruder) -> None:
        intruder.run(f'UPDATE event SET "{column}" = :value WHERE matter_id = :case AND seq = {seq}', value=value)

    return tamper


EDITS: dict[str, Tamper] = {
    "the action": edit("action", "void"),
    "the state before": edit("source", "draft"),
    "the state after": edit("target", "closed"),
    "who did it": edit("actor_id", "somebody-else"),
    "the name of who did it": edit("actor_name", "某人"),
    "for which organ": edit("department", "SJJ"),
    "the day it counts for": edit("on", "2026-03-01"),
    "the instant of recording": edit("at", "2026-03-01 01:00:00.000000"),
    "whether it was entered afterwards": edit("offline", True),
    "what was given": edit("given", '{"reason":"另一个理由"}'),
    "what it brought about": edit("effects", "[]"),
    "its own hash": edit("hash", "0" * 64),
    "the first event": edit("given", '{"found_on":"2020-01-01"}', seq=1),
    "the last event": edit("given", '{"cause":"另一案由"}', seq=7),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edited_line_is_found_where_it_stands(world: World, name: str) -> None:
    intruder = Intruder(world)
    EDITS[name](intruder)
    faults = intruder.faults()
    place = {"the first event": 1, "the last event": 7}.get(name, 3)
    assert (intruder.code, place, "edited") in {(fault.matter, fault.position, fault.kind) for fault in faults}
    assert {fault.matter for fault in faults} == {intruder.code}, "the other case is whole"
    assert all(fault.message for fault in faults)


@pytest.mark.parametrize("seq", [1, 3, 7], ids=["first", "middle", "last"])
def test_a_dropped_line_is_found_where_it_stood(world: World, seq: int) -> None:
    intruder = Intruder(world)
    intruder.run(f"DELETE FROM event WHERE matter_id = :case AND seq = {seq}")
    found = {(fault.position, fault.kind) for fault in intruder.faults() if fault.matter == intruder.code}
    assert (seq, "dropped") in found


def test_a_whole_tail_cut_off_is_found(world: World) -> None:
    intruder = Intruder(world)
    intruder.run("DELETE FROM event WHERE matter_id = :case AND seq > 4")
    intruder.run("UPDATE matter SET state = 'pending_acceptance', seq = 4 WHERE id = :case")
    assert (5, "dropped") in {(fault.position, fault.kind) for fault in intruder.faults()}


def test_a_history_wiped_out_is_found(world: World) -> None:
    intruder = Intruder(world)
    intruder.run("DELETE FROM event WHERE matter_id = :case")
    intruder.run(f"UPDATE matter SET head = '{GENESIS}', seq = 0, tallies = '{{}}', actors = '{{}}' WHERE id = :case")
    faults = [fault for fault in intruder.faults() if fault.matter == intruder.code]
    assert ("forged", "事项现状态为“case_filed”，却没有任何流转记录。") in {
        (fault.kind, fault.message) for fault in faults
    }


def test_two_lines_that_changed_places_are_found(world: World) -> None:
    intruder = Intruder(world)
    for before, after in ((3, 99), (4, 3), (99, 4)):
        intruder.run(f"UPDATE event SET seq = {after} WHERE matter_id = :case AND seq = {before}")
    found = {(fault.position, fault.kind) for fault in intruder.faults() if fault.matter == intruder.code}
    assert {place for place, kind in found if kind in ("swapped", "edited")} >= {3, 4}


def test_two_lines_whose_contents_changed_places_are_found(world: World) -> None:
    intruder = Intruder(world)
    third, fourth = world.events(intruder.case)[2:4]
    for event, place in ((third, 4), (fourth, 3)):
        intruder.run(
            'UPDATE event SET action = :action, source = :source, target = :target, actor_id = :who, actor_name = :name, department = :organ, '
            f"given = :given, effects = :effects, at = :at WHERE matter_id = :case AND seq = {place}",
            action=event.action, source=event.source, target=event.target, who=event.actor_id, name=event.actor_name, organ=event.department,
            given=json.dumps(event.given, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
            effects=json.dumps(event.effects, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
            at=event.at if world.desk.engine.dialect.name == "postgresql" else event.at.replace(tzinfo=None).isoformat(" ", "microseconds"),
        )  # fmt: skip
    assert {fault.position for fault in intruder.faults()} >= {3, 4}


def test_a_line_moved_to_another_matter_is_found_in_both(world: World) -> None:
    intruder = Intruder(world)
    intruder.run("UPDATE event SET matter_id = :other, seq = 5 WHERE matter_id = :case AND seq = 7")
    assert {fault.matter for fault in intruder.faults()} == {intruder.code, world.matter(intruder.other).code}


def test_a_forged_line_at_the_end_is_found_even_with_a_hash_of_its_own(world: World) -> None:
    """Who knows the recipe and writes a line that fits still has to forge the head, the count, the tallies and the people."""
    intruder = Intruder(world)
    last = world.events(intruder.case)[-1]
    forged = {name: getattr(last, name) for name in type(last).model_fields} | {
        "seq": 8, "action": "close", "source": "case_filed", "target": "closed", "previous": last.hash, "given": {}, "effects": [],
    }  # fmt: skip
    event = type(last)(**forged)
    event.hash = event_hash(last.hash, body_of(event))
    with world.write() as session:
        session.add(event)
    assert {fault.matter for fault in intruder.faults()} == {intruder.code}
    intruder.run("UPDATE matter SET state = 'closed', head = :head, seq = 8 WHERE id = :case", head=event.hash)
    assert {fault.message for fault in intruder.faults()} == {
        "事项登记的各步骤次数与流转记录不符。", "事项登记的各步骤经办人与流转记录不符。",
    }  # fmt: skip


def test_a_line_that_belongs_to_nothing_is_found(world: World) -> None:
    intruder = Intruder(world)
    intruder.run("UPDATE event SET matter_id = 999999 WHERE matter_id = :case AND seq = 7")
    assert ("#999999", 7, "forged") in {(fault.matter, fault.position, fault.kind) for fault in intruder.faults()}


def test_a_matter_that_nobody_began_is_found(world: World) -> None:
    with world.write() as session:
        session.add(
            Matter(
                kind="listing",
                code="ZD-2026-666",
                state="effective",
                opened_on=world.on,
                changed_at=world.at,
                head=GENESIS,
            )
        )
    (fault,) = audit.verify_all(world.desk.reading).faults
    assert (fault.matter, fault.kind) == ("ZD-2026-666", "forged")


BESIDE: dict[str, tuple[str, str]] = {
    "the state": (
        "UPDATE matter SET state = 'closed' WHERE id = :case",
        "事项现状态“closed”与最后一条流转记录“case_filed”不符。",
    ),
    "the number of lines": (
        "UPDATE matter SET seq = 12 WHERE id = :case",
        "事项登记的记录条数 12 与流转记录 7 条不符。",
    ),
    "how often something was done": (
        "UPDATE matter SET tallies = '{\"open\": 1}' WHERE id = :case",
        "事项登记的各步骤次数与流转记录不符。",
    ),
    "who did something": ("UPDATE matter SET actors = '{}' WHERE id = :case", "事项登记的各步骤经办人与流转记录不符。"),
    "the head": (f"UPDATE matter SET head = '{'1' * 64}' WHERE id = :case", "链尾与登记的末条摘要不符"),
}


@pytest.mark.parametrize("what", BESIDE)
def test_what_a_matter_says_of_itself_must_follow_from_its_lines(world: World, what: str) -> None:
    intruder = Intruder(world)
    statement, message = BESIDE[what]
    intruder.run(statement)
    faults = intruder.faults()
    assert {fault.matter for fault in faults} == {intruder.code}
    assert any(message in fault.message for fault in faults)


PAPERS: dict[str, tuple[str, str]] = {
    "its number": ("UPDATE document SET number = '云应急立〔2026〕99号' WHERE subject_id = :case AND type_code = 'LIAN'", "类型或者文号与出具时不符"),
    "its type": ("UPDATE document SET type_code = 'ZEGAI' WHERE subject_id = :case AND type_code = 'LIAN'", "类型或者文号与出具时不符"),
    "its facts": ("UPDATE document SET facts = '{}' WHERE subject_id = :case AND type_code = 'LIAN'", "内容与出具时不符"),
    "its digest": (f"UPDATE document SET facts_sha256 = '{'2' * 64}' WHERE subject_id = :case AND type_code = 'LIAN'", "内容与出具时不符"),
    "itself": ("DELETE FROM document WHERE subject_id = :case AND type_code = 'LIAN'", "已不在册"),
    "its case": ("UPDATE document SET subject_id = :other WHERE subject_id = :case AND type_code = 'LIAN'", "没有任何流转记录出具过"),
}  # fmt: skip


@pytest.mark.parametrize("what", PAPERS)
def test_a_paper_that_is_not_as_it_was_issued_is_found_at_the_step_that_issued_it(world: World, what: str) -> None:
    intruder = Intruder(world)
    statement, message = PAPERS[what]
    intruder.run(statement)
    faults = intruder.faults()
    assert any(message in fault.message for fault in faults)
    if what != "its case":
        assert {(fault.matter, fault.position) for fault in faults} == {(intruder.code, 7)}


def test_everything_that_is_wrong_is_told_not_only_the_first(world: World) -> None:
    intruder = Intruder(world)
    edit("actor_name", "某人", seq=2)(intruder)
    edit("department", "XFJ", seq=6)(intruder)
    intruder.run("DELETE FROM event WHERE matter_id = :other AND seq = 2")
    found = {(fault.matter, fault.position) for fault in intruder.faults()}
    assert found >= {(intruder.code, 2), (intruder.code, 6), (world.matter(intruder.other).code, 2)}


def test_the_audit_looks_at_every_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PAGE", 3)
    cases = [world.delivered() for _ in range(4)]
    seen: list[int] = []
    result = audit.verify_all(world.desk.reading, progress=seen.append)
    everything = len(world.every(Matter, Matter.id))
    assert result.matters == everything == seen[-1] and seen == sorted(seen) and len(seen) > 3
    assert result.events == sum(len(world.events(matter.id or 0)) for matter in world.every(Matter, Matter.id))
    with world.desk.engine.connect() as connection:
        connection.execute(text("UPDATE matter SET state = 'closed' WHERE id = :case"), {"case": cases[-1]})
        connection.commit()
    assert [fault.matter for fault in audit.verify_all(world.desk.reading).faults] == [world.matter(cases[-1]).code]


def test_an_empty_database_is_whole(world: World) -> None:
    result = audit.verify_all(world.desk.reading)
    assert (result.matters, result.events, result.faults) == (0, 0, [])


def test_papers_that_were_printed_or_put_aside_are_whole(world: World) -> None:
    case = world.delivered()
    letter = world.paper(case, "YISONG").matter_id
    printed: dict[str, Any] = {"pdf_sha256": "0" * 64, "docx_sha256": "1" * 64, "template_digest": "2" * 64}
    from yisong.domain.roles import SYSTEM

    world.take(letter, "issue", SYSTEM, **printed)
    world.take(letter, "withdraw", OUR_HEAD, reason="有误")
    assert world.matter(case).tallies["submit"] == 1 and OUR_CLERK.id == world.matter(case).actors["submit"]
    assert audit.verify_all(world.desk.reading).faults == []
