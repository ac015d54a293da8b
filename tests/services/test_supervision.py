"""What people do about rungs (督办办理): receipts, approvals, proposals that wait, and the closing of listed supervision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from models import Matter, Rung, RungAct, RungProposal
from tests.services.world import ANSWERABLE, World, coordinator, government, leader, officer, unit_itself
from yisong.domain.lifecycle import Refusal
from yisong.services import audit, deadlines, proposals, supervision


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    made = World(database_url, tmp_path)
    yield made
    made.close()


def sweep_until(world: World, day: date) -> None:
    world.go(day)
    list(deadlines.sweep(world.desk.transaction, book=world.book, until=day, at=world.at))


def late_by(world: World, clock: Any, workdays: int) -> None:
    sweep_until(world, world.book.calendar.add_workdays(clock.due_on, workdays))


def propose(world: World) -> proposals.Proposed:
    with world.write() as session:
        return proposals.propose(session, book=world.book, on=world.on, at=world.at)


def refusal_of(world: World, verb: Any, **given: Any) -> str:
    with pytest.raises(Refusal) as refused, world.write() as session:
        verb(session, **given)
    return refused.value.code


def composed(world: World, type_code: str) -> list[Any]:
    """Every paper of a type, composed for print: what it says has all that its type asks for."""
    return [
        world.desk.catalogue.compose(type_code.lower(), paper.facts, organ=paper.issuer)
        for paper in world.documents(type_code)
    ]


def held(world: World) -> None:
    assert audit.verify_all(world.desk.reading).faults == []


def test_a_department_acknowledges_a_reminder_once_and_replies_once(world: World) -> None:
    clock = world.clock_of(world.delivered(), "R-ACCEPT")
    late_by(world, clock, 1)
    given = {"clock_id": clock.id, "key": "2@+1", "on": world.on, "at": world.at}
    assert refusal_of(world, supervision.acknowledge, actor=officer("XFJ"), **given) == "not_your_paper"
    with world.write() as session:
        supervision.acknowledge(session, actor=officer(ANSWERABLE), **given)
    assert refusal_of(world, supervision.acknowledge, actor=officer(ANSWERABLE), **given) == "already_done"
    with world.write() as session:
        supervision.acknowledge(session, actor=officer(ANSWERABLE), reply="三日内办结", **given)
    assert [(act.kind, act.text) for act in world.every(RungAct, "at", "kind")] == [
        ("received", ""),
        ("replied", "三日内办结"),
    ]
    actions = [event.action for event in world.events(clock.matter_id)]
    assert actions[-2:] == ["rung_received", "rung_replied"]
    held(world)


def test_a_circular_is_issued_only_when_the_government_approves(world: World) -> None:
    clock = world.clock_of(world.delivered(), "R-ACCEPT")
    for workdays in range(1, 11):
        late_by(world, clock, workdays)
    (rung,) = [rung for rung in world.rungs() if rung.clock_id == clock.id and rung.level == 5]
    assert rung.status == "proposed" and not world.documents("TONGBAO")
    given = {"book": world.book, "clock_id": clock.id, "key": rung.key, "on": world.on, "at": world.at}
    assert refusal_of(world, supervision.approve_rung, actor=coordinator(world.book), **given) == "not_your_post"
    with world.write() as session:
        issued = supervision.approve_rung(session, actor=government(world.book), **given)
        assert [paper.type_code for paper in issued] == ["TONGBAO", "YUETAN"] and all(paper.number for paper in issued)
    assert refusal_of(world, supervision.approve_rung, actor=government(world.book), **given) == "nothing_waits"
    assert len(composed(world, "TONGBAO")) == len(composed(world, "YUETAN")) == 1
    assert {
        row.payload["department"] for row in world.outbox("notice") if row.payload["action"] == "rung_approved"
    } >= {ANSWERABLE}
    assert next(rung for rung in world.rungs() if rung.level == 5).status == "approved"
    held(world)


def test_a_rung_that_is_dropped_says_why_and_never_comes_back(world: World) -> None:
    clock = world.clock_of(world.delivered(), "R-ACCEPT")
    for workdays in range(1, 11):
        late_by(world, clock, workdays)
    given = {
        "book": world.book,
        "clock_id": clock.id,
        "key": "5@+10",
        "actor": government(world.book),
        "on": world.on,
        "at": world.at,
    }
    assert refusal_of(world, supervision.drop_rung, reason=" ", **given) == "reason_missing"
    with world.write() as session:
        supervision.drop_rung(session, reason="已约定办结时间", **given)
    late_by(world, clock, 12)
    assert next(rung for rung in world.rungs() if rung.level == 5).status == "dropped"
    assert not world.documents("TONGBAO") and not world.documents("YUETAN")
    held(world)


def test_a_critical_hazard_is_proposed_once_and_climbed_by_nobody_but_a_person(world: World) -> None:
    case = world.accepted(item="GS-07", to=world.book.item("GS-07").department)
    assert propose(world).hazards == 1 and propose(world).hazards == 0
    (asked,) = world.every(RungProposal)
    assert asked.status == "waiting" and "重大隐患" in asked.reason and not world.documents("GUAPAI")
    given = {"book": world.book, "clock_id": asked.clock_id, "key": asked.key, "on": world.on, "at": world.at}
    with world.write() as session:
        supervision.approve_rung(session, actor=government(world.book), **given)
    (paper,) = world.documents("GUAPAI")
    assert paper.issuer == world.book.government_code and paper.number and composed(world, "GUAPAI")
    assert world.every(Rung)[0].status == "approved" and world.matter(case).seq == world.events(case)[-1].seq
    held(world)


def test_listed_supervision_is_closed_by_its_own_notice_when_the_matter_is_done(world: World) -> None:
    department = world.book.item("GS-07").department
    case = world.accepted(item="GS-07", to=department)
    propose(world)
    (asked,) = world.every(RungProposal)
    given = {"book": world.book, "clock_id": asked.clock_id, "key": asked.key, "on": world.on, "at": world.at}
    with world.write() as session:
        supervision.approve_rung(session, actor=government(world.book), **given)
    assert (
        refusal_of(world, supervision.close_rung, actor=government(world.book), conclusion="验收合格", **given)
        == "clock_running"
    )
    order = world.served_order(case)
    world.take(order, "report", unit_itself(world.units[0]), report="已按要求整改")
    world.review(order, "pass")
    clock = next(clock for clock in world.clocks(case) + world.clocks(order) if clock.id == asked.clock_id)
    if clock.status in ("running", "paused"):
        world.take(case, "terminate", leader(department), reason="已整改", successor_checked=True)
    assert propose(world).closings == 1 and propose(world).closings == 0
    given |= {"on": world.on, "at": world.at}
    assert refusal_of(world, supervision.close_rung, actor=leader(department), **given) == "not_your_post"
    with world.write() as session:
        supervision.close_rung(session, actor=government(world.book), **given)
    assert refusal_of(world, supervision.close_rung, actor=government(world.book), **given) == "already_done"
    (paper,) = world.documents("GUAXIAO")
    assert paper.facts["ladder"]["number"] == world.documents("GUAPAI")[0].number and composed(world, "GUAXIAO")
    assert {row.status for row in world.every(RungProposal)} == {"approved"}
    held(world)


def test_three_supervisions_in_a_quarter_are_put_before_a_person_once(world: World) -> None:
    clocks = [world.clock_of(world.delivered(), "R-ACCEPT") for _ in range(3)]
    for workdays in (1, 2):
        late_by(world, clocks[0], workdays)
        assert propose(world).quarters == 0
    late_by(world, clocks[0], 3)
    assert propose(world).quarters == 1 and propose(world).quarters == 0
    (asked,) = world.every(RungProposal)
    assert asked.level == 5 and "3件" in asked.reason and asked.department == ANSWERABLE
    assert not world.documents("YUETAN")
    held(world)


def test_a_proposal_about_a_matter_that_is_done_is_asked_no_more(world: World) -> None:
    department = world.book.item("GS-07").department
    case = world.delivered(item="GS-07", to=department)
    propose(world)
    world.take(case, "accept", leader(department))
    assert propose(world).overtaken == 1
    assert {row.status for row in world.every(RungProposal) if row.level == 4} >= {"overtaken"}
    assert world.every(Matter)
