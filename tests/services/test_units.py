"""Units through their lives: registered, renamed, ended, entered twice (单位登记)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models import Unit
from tests.services.world import ANSWERABLE, CREDIT_CODES, NAMES, World, coordinator, leader, officer
from yisong.domain.lifecycle import Refusal
from yisong.domain.roles import Actor, Role
from yisong.intake.identity import check_character
from yisong.services import audit, findings, registry, unit_changes, unit_doubles, unit_links, units
from yisong.services.ledger_check import reference_of
from yisong.store import matters
from yisong.store import units as stored

CLERK = officer(ANSWERABLE)
REASON = "营业执照副本，登记机关通知书"


def code(serial: int) -> str:
    body = f"91339927MA{serial:07d}"
    return body + check_character(body)


def register(world: World, name: str, **given: Any) -> Unit:
    with world.write() as session:
        return units.register(session, book=world.book, actor=CLERK, on=world.on, at=world.at, name=name, **given)


def held(world: World, found: str) -> Unit:
    with world.read() as session:
        unit = stored.unit(session, found)
        assert unit is not None
        return unit


def refused(world: World, expected: str, act: Any) -> Refusal:
    with pytest.raises(Refusal) as error, world.write() as session:
        act(session)
    assert error.value.code == expected
    return error.value


def test_a_code_is_held_to_its_standard_and_used_once(small_world: World) -> None:
    world = small_world
    wrong = code(1)[:-1] + ("0" if code(1)[-1] != "0" else "1")
    for uscc, kind, expected in (
        (wrong, "企业", "wrong_credit_code"),
        ("", "企业", "wrong_credit_code"),
        ("33992719800101001X", "企业", "wrong_credit_code"),
        (code(1), "自然人", "wrong_credit_code"),
        (code(1), "火星分公司", "kind_unknown"),
        (CREDIT_CODES[0], "企业", "unit_known"),
    ):
        with pytest.raises(Refusal) as error:
            register(world, "云溪县示例机械厂", uscc=uscc, kind=kind, confirmed=True)
        assert error.value.code == expected, (uscc, kind)
    police = Actor("x", "当事人", "unit:1", frozenset({Role.UNIT}))
    refused(
        world, "wrong_role",
        lambda s: units.register(s, book=world.book, actor=police, on=world.on, at=world.at, name="某", uscc=code(1)),
    )  # fmt: skip
    made = register(world, "云溪县示例 (机械) 厂", uscc=code(1), address="示例路9号")
    assert (made.name, made.code, made.status) == ("云溪县示例（机械）厂", code(1), "active")


def test_people_have_no_code_and_two_of_them_are_two(world: World) -> None:
    first = register(world, "张三", kind="自然人", phone="0570-1")
    second = register(world, "张三", kind="自然人", confirmed=True)
    assert (first.code, second.code) == ("ZRR-0001", "ZRR-0002") and first.uscc == second.uscc == ""
    with world.read() as session:
        assert matters.unit_by_code(session, "") is None and stored.unit(session, "ZRR-0002") is not None


def test_who_looks_alike_is_shown_before_a_second_entry_is_made(small_world: World) -> None:
    world = small_world
    register(world, "云溪县溪口镇宏发食品有限公司", uscc=code(2))
    register(world, "云溪县溪口镇宏发二号食品厂", uscc=code(3), confirmed=True)
    with pytest.raises(units.NearDoubles) as error:
        register(world, "云溪县宏发食品有限责任公司", uscc=code(4))
    assert [unit.uscc for unit in error.value.units] == [code(2)] and "宏发食品" in error.value.message
    assert register(world, "云溪县宏发食品有限责任公司", uscc=code(4), confirmed=True).uscc == code(4)
    assert register(world, "云溪县远山茶叶合作社", uscc=code(5), kind="农民专业合作社").name == "云溪县远山茶叶合作社"


def test_a_branch_belongs_to_a_head_office(small_world: World) -> None:
    world = small_world
    with pytest.raises(Refusal, match="总公司"):
        register(world, "示例银行云溪支行", uscc=code(6), kind="分支机构")
    register(world, "示例银行云溪支行", uscc=code(6), kind="分支机构", parent_code=CREDIT_CODES[0], confirmed=True)
    with world.read() as session:
        assert [unit.uscc for unit in stored.branches(session, "U1")] == [code(6)]


def test_a_renamed_unit_is_found_by_both_names(world: World) -> None:
    act: dict[str, Any] = {"actor": CLERK, "on": world.on, "at": world.at, "reason": REASON}
    renamed_on = world.on - timedelta(days=3)

    def rename(name: str, **more: Any) -> Any:
        return lambda s: units.rename(s, "U1", name=name, **{"renamed_on": renamed_on, **act, **more})

    refused(world, "name_same", rename(NAMES[0]))
    refused(world, "name_taken", rename(NAMES[1]))
    refused(world, "date_in_future", rename("新名称", renamed_on=world.on + timedelta(days=1)))
    refused(world, "reason_missing", rename("新名称", reason=" "))
    with world.write() as session:
        units.rename(session, "U1", name="云溪县新示例有限公司", renamed_on=renamed_on, **act)
    with world.read() as session:
        for text in (NAMES[0], "新示例"):
            found = stored.search(session, text, most=10)
            assert (found.total, found.units[0].code) == (1, "U1"), text
    assert held(world, "U1").former_names == [{"name": NAMES[0], "until": renamed_on.isoformat()}]


def test_a_unit_that_has_ended_stops_new_acts_and_names_its_successor(small_world: World) -> None:
    world = small_world
    case = world.case()
    act: dict[str, Any] = {"actor": CLERK, "on": world.on, "at": world.at, "ended_on": world.on, "reason": REASON}
    first = world.units[0]
    code_of = held(world, "U1").uscc
    for successor, expected in (("NOPE", "successor_unknown"), ("U1", "successor_itself")):
        refused(world, expected, lambda s, to=successor: units.deregister(s, "U1", successor=to, **act))
    with world.write() as session:
        standing = units.deregister(session, code_of, successor="U2", **act)
    assert world.matter(case).unit_id == first and [each.id for each in standing.cases] in ([], [case])
    assert held(world, "U1").successor_code == "U2"
    refused(world, "not_standing", lambda s: units.deregister(s, "U1", **act))
    back: dict[str, Any] = {"book": world.book, "on": world.on, "at": world.at, "reason": REASON}
    refused(world, "wrong_role", lambda s: units.restore(s, "U1", actor=leader(ANSWERABLE), **back))
    with world.write() as session:
        units.restore(session, "U1", actor=coordinator(world.book), **back)
    assert (held(world, "U1").status, held(world, "U1").successor_code) == ("active", "")


def test_two_entries_become_one_and_can_be_parted_again(world: World) -> None:
    case = world.case()
    act: dict[str, Any] = {"actor": coordinator(world.book), "on": world.on, "at": world.at, "reason": "同一营业执照"}
    with world.read() as session:
        before = {matter.id for matter in stored.matters_of(session, world.units[0])}
        visits = len(stored.inspections_of(session, world.units[0]))
    assert case in before and visits > 0
    refused(world, "merge_itself", lambda s: unit_doubles.merge(s, double="U1", into=CREDIT_CODES[0], **act))
    with world.write() as session:
        kept, moved = unit_doubles.merge(session, double="U1", into="U2", **act)
    assert (kept.code, moved) == ("U2", len(before))
    with world.read() as session:
        assert {matter.id for matter in stored.matters_of(session, world.units[1])} == before
        assert len(stored.inspections_of(session, world.units[1])) == visits
        assert stored.matters_of(session, world.units[0]) == [] and held(world, "U1").status == "merged"
        assert [event.action for event in matters.events(session, [case])][-1] == "unit_merged"
    refused(world, "not_standing", lambda s: unit_doubles.merge(s, double="U1", into="U2", **act))
    with world.write() as session:  # what begins after the merger is the remaining unit's own
        inspection = registry.keep_inspection(
            session, code="JC-later", unit=stored.unit(session, "U2") or Unit(code="", name=""), inspected_on=world.on,
            initiator="SJJ",
        )  # fmt: skip
        later = findings.register_finding(
            session, book=world.book, inspection=inspection, code="F-later", item_code="GS-06", facts="", disposal="transfer",
            act=world.act("register"),
        ).id  # fmt: skip
    with world.write() as session:
        gone, back = unit_doubles.unmerge(session, "U1", **act)
    assert (gone.status, back) == ("active", len(before))
    with world.read() as session:
        assert {matter.id for matter in stored.matters_of(session, world.units[0])} == before
        assert [matter.id for matter in stored.matters_of(session, world.units[1])] == [later]
    refused(world, "not_merged", lambda s: unit_doubles.unmerge(s, "U1", **act))
    assert audit.verify_all(world.desk.reading).faults == []


def test_every_change_stands_in_a_chain_that_shows_tampering(world: World) -> None:
    register(world, "云溪县链条厂", uscc=code(7), confirmed=True)
    with world.write() as session:
        units.correct(
            session, code(7), actor=CLERK, on=world.on, at=world.at, values={"phone": "0570-2", "name": "云溪县链条厂"}
        )
    with world.read() as session:
        unit = stored.unit(session, code(7))
        assert unit is not None
        assert [change.action for change in stored.changes(session, unit.id or 0)] == ["registered", "corrected"]
        assert stored.changes(session, unit.id or 0)[1].data == {"changed": {"phone": ["", "0570-2"]}}
        assert list(unit_changes.faults(session)) == []
    with world.write() as session:
        stored.changes(session, unit.id or 0)[1].actor_name = "别人"
    with world.read() as session:
        assert [(found.code, broken.position) for found, broken in unit_changes.faults(session)] == [(code(7), 2)]
    assert [(fault.matter, fault.position) for fault in audit.verify_all(world.desk.reading).faults] == [(code(7), 2)]


def test_an_organ_sees_the_units_of_its_cases(world: World) -> None:
    world.case()
    with world.read() as session:
        for department, expected in ((ANSWERABLE, True), ("WJJ", False)):
            assert stored.is_of_department(session, world.units[0], department=department) == expected
            assert stored.search(session, "", most=5, department=department).total == int(expected)


def test_a_link_opens_one_page_until_it_is_revoked_or_runs_out(world: World) -> None:
    with world.write() as session:
        link, token = unit_links.make(
            session, stored.unit(session, "U1") or Unit(code="", name=""), actor=CLERK, on=world.on, at=world.at
        )
        assert token not in link.digest and len(token) >= 43
    with world.read() as session:
        assert unit_links.opened_by(session, token, on=world.on)[1].code == "U1"
        assert unit_links.opened_by(session, token, on=link.expires_on)[1].code == "U1"
        for wrong, on in (
            (token[:-1] + "*", world.on),
            ("", world.on),
            (link.digest, world.on),
            (token, link.expires_on + timedelta(days=1)),
        ):
            with pytest.raises(Refusal, match="无效、已停用或者已过期"):
                unit_links.opened_by(session, wrong, on=on)
    with world.write() as session:
        unit = stored.unit(session, "U1") or Unit(code="", name="")
        unit_links.revoke(session, unit, link_id=link.id or 0, actor=CLERK, on=world.on, at=world.at)
    with world.read() as session, pytest.raises(Refusal, match="无效"):
        unit_links.opened_by(session, token, on=world.on)


def test_ledgers_are_held_to_what_has_become_of_a_unit(small_world: World) -> None:
    world = small_world
    act: dict[str, Any] = {"actor": CLERK, "on": world.on, "at": world.at, "reason": REASON}
    register(world, "李四", kind="自然人")
    with world.write() as session:
        units.rename(session, "U1", name="云溪县新示例有限公司", renamed_on=world.on, **act)
        units.deregister(session, "U2", ended_on=world.on, successor="U1", **act)
    with world.read() as session:
        reference = reference_of(session, book=world.book)
    assert [unit.uscc for unit in reference.units_named(NAMES[0])] == [CREDIT_CODES[0]], "known by its former name"
    ended = reference.units[CREDIT_CODES[1]]
    assert ended.status == "deregistered" and "云溪县新示例有限公司" in ended.successor
    assert "" not in reference.units, "who has no code cannot be looked up by it"
