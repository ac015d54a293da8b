"""Edge case 10 (移送时附查封物品): what is held keeps its own 30 and 7 days, whoever has the case, until it is dealt with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col

from models import Clock, Rung
from tests.services.world import ANSWERABLE, OFFICERS, ORIGIN, World, leader, officer
from yisong.domain.deadlines import explain
from yisong.domain.lifecycle import Refusal
from yisong.services import clocks, deadlines, seizures
from yisong.store import matters

ITEMS = ["非法添加剂12桶", "封存设备1台"]


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    made = World(sqlite_url, tmp_path)
    yield made
    made.close()


def hold(world: World, case: int, how: str = "seize", *, by: str = ORIGIN, **given: Any) -> int:
    usual = {
        "items": ITEMS,
        "decision_number": "云综执扣〔2026〕1号",
        "seized_on": world.on.isoformat(),
        "keeper": "县公物仓1号库",
    }
    with world.write() as session:
        act = world.act(how, officer(by), **{**usual, **given})
        return seizures.take_hold(session, book=world.book, case=matters.matter(session, case), act=act).id or 0


def term(world: World, held: int, rule: str = "R-SEIZE") -> Clock:
    return world.clock_of(held, rule)


def sweep_until(world: World, last: date) -> None:
    day = world.on
    while day <= last:
        world.go(day, 0, 10)
        deadlines.lapse_all(world.desk.transaction, book=world.book, day=day, at=world.at)
        world.go(day, 8, 30)
        list(deadlines.sweep(world.desk.transaction, book=world.book, until=day, at=world.at))
        day += timedelta(days=1)


def rungs(world: World, clock: Clock) -> list[tuple[str, date]]:
    return [(rung.key, rung.on) for rung in world.every(Rung, col(Rung.on)) if rung.clock_id == clock.id]


def refused(world: World, held: int, action: str, actor: Any, **given: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        world.take(held, action, actor, **given)
    return refusal.value.code


def test_10_a_seizure_runs_on_through_transfer_return_and_handover(world: World) -> None:
    case = world.case()
    held = hold(world, case)
    begun = term(world, held)
    assert (begun.unit, begun.amount, begun.due_on, begun.department) == ("cd", 30, date(2026, 4, 8), ORIGIN)
    world.take(case, "submit", officer(ORIGIN))
    world.take(case, "approve", leader(ORIGIN))
    letter = world.paper(case, "YISONG")
    (told,) = letter.facts["measures_taken"]
    assert told["name"] == "查封、扣押" + "、".join(ITEMS) and told["until"] == "2026-04-08"
    assert (
        refused(world, held, "hand_over", officer(ORIGIN), department=ANSWERABLE, receipt="1号") == "case_not_accepted"
    )
    world.take(case, "accept", leader(ANSWERABLE))
    assert refused(world, held, "hand_over", officer(ORIGIN), department="XFJ", receipt="1号") == "not_case_department"
    world.go(date(2026, 3, 16))
    world.take(held, "hand_over", officer(ORIGIN), department=ANSWERABLE, receipt="移交清单1号 王某")
    after = term(world, held)
    assert (after.id, after.start_on, after.due_on, after.department) == (
        begun.id,
        begun.start_on,
        begun.due_on,
        ANSWERABLE,
    )
    assert (
        refused(world, held, "dispose", leader(ORIGIN), disposal="return", decision_number="1号", reason="退还")
        == "wrong_role"
    )
    world.take(
        held,
        "dispose",
        leader(ANSWERABLE),
        disposal="confiscate",
        decision_number="云应急处〔2026〕1号",
        reason="依法没收",
    )
    ended = term(world, held)
    assert ended.status == "met" and ended.look_on is None and world.state(held) == "disposed"


def test_10_both_sides_are_reminded_five_working_days_before_and_supervision_comes_by_itself(world: World) -> None:
    case = world.accepted()
    held = hold(world, case, by=ORIGIN)
    clock = term(world, held)
    assert clock.due_on == date(2026, 4, 8)
    sweep_until(world, date(2026, 4, 10))
    assert rungs(world, clock) == [("0@-5", date(2026, 3, 31)), ("3@-1", date(2026, 4, 7)), ("4@+1", date(2026, 4, 9))]
    reminded = [
        row.payload
        for row in world.outbox("notice")
        if row.payload.get("clock") == clock.id and row.payload["notice"] == "due_soon"
    ]
    assert sorted(each["department"] for each in reminded) == sorted([ORIGIN, ANSWERABLE])
    (supervised,) = [paper for paper in world.documents("DUBAN") if paper.subject_id == held]
    assert supervised.facts["clock"]["days_late"] == 0 and supervised.facts["clock"]["due_on"] == "2026-04-08"
    assert set(supervised.facts["copies"]) == {world.book.organ(code).name for code in ("SFJ", ANSWERABLE)} - {
        supervised.facts["issuer"]["name"]
    }
    assert world.state(held) == "expired", "the term is over: what is held has to be given back"
    given: dict[str, Any] = {"disposal": "confiscate", "decision_number": "1号", "reason": "没收"}
    assert refused(world, held, "dispose", leader(ORIGIN), **given) == "term_over"
    world.take(held, "release", leader(ORIGIN), decision_number="解1号", receiver="李某", reason="期限届满")
    assert world.state(held) == "released" and term(world, held).status == "met"
    before = rungs(world, clock)
    sweep_until(world.go(date(2026, 4, 13)), date(2026, 4, 20))
    assert rungs(world, clock) == before, "nothing more climbs"


def test_10_it_is_extended_once_by_thirty_days_at_most_and_in_time(world: World) -> None:
    held = hold(world, world.accepted(), by=ANSWERABLE)
    given: dict[str, Any] = {"notice_number": "延1号", "reason": "案情复杂"}
    assert refused(world, held, "extend", leader(ANSWERABLE), new_due="2026-05-09", **given) == "extension_too_long"
    assert refused(world, held, "extend", leader(ANSWERABLE), new_due="2026-04-08", **given) == "extension_too_long"
    assert refused(world, held, "extend", officer(ANSWERABLE), new_due="2026-05-08", **given) == "wrong_role"
    world.take(held, "extend", leader(ANSWERABLE), new_due="2026-05-08", **given)
    assert term(world, held).due_on == date(2026, 5, 8)
    assert refused(world, held, "extend", leader(ANSWERABLE), new_due="2026-05-20", **given) == "extend_once"
    other = hold(world, world.accepted(unit=1), by=ANSWERABLE)
    world.go(date(2026, 4, 9))
    assert refused(world, other, "extend", leader(ANSWERABLE), new_due="2026-05-08", **given) == "extension_late"


def test_10_an_inspection_by_experts_is_not_counted_and_explained(world: World) -> None:
    held = hold(world, world.accepted(), by=ANSWERABLE)
    world.go(date(2026, 3, 16))
    world.take(
        held, "inspect", officer(ANSWERABLE), evidence="委托书1号", inspection_until="2026-03-26", reason="成分检验"
    )
    assert term(world, held).due_on is None
    sweep_until(world, date(2026, 3, 25))
    assert rungs(world, term(world, held)) == []
    world.go(date(2026, 3, 26))
    world.take(held, "finish_inspection", officer(ANSWERABLE), result="报告1号")
    clock = term(world, held)
    assert clock.due_on == date(2026, 4, 18), "a Saturday: a term against property does not move off it"
    with world.read() as session:
        days = explain(
            clocks.ledger_of(session, clock), calendar=clocks.calendar_of(session, book=world.book, clock=clock)
        )
    assert days[-1].day == clock.due_on and days[-1].number == 30
    assert sum(not each.counted for each in days if date(2026, 3, 16) < each.day <= date(2026, 3, 26)) == 10
    sweep_until(world, date(2026, 4, 20))
    assert rungs(world, clock) == [
        ("0@-5", date(2026, 4, 13)),
        ("3@-1", date(2026, 4, 17)),
        ("4@+1", date(2026, 4, 20)),
    ]


def test_10_what_is_kept_as_evidence_has_seven_working_days(world: World) -> None:
    world.go(date(2026, 4, 30))
    case = world.accepted()
    kept = hold(world, case, "register", by=ANSWERABLE)
    clock = term(world, kept, "R-REGISTER")
    assert (clock.unit, clock.amount, clock.due_on) == ("wd", 7, date(2026, 5, 13)), (
        "the 9th is a Saturday that is worked"
    )
    given: dict[str, Any] = {"decision_number": "扣2号", "reason": "需要继续查封"}
    assert (
        refused(world, kept, "extend", leader(ANSWERABLE), new_due="2026-06-01", notice_number="1", reason="复杂")
        == "wrong_state"
    )
    world.go(date(2026, 5, 8))
    world.take(kept, "convert", leader(ANSWERABLE), seized_on="2026-05-08", **given)
    assert term(world, kept, "R-REGISTER").status == "met" and term(world, kept).due_on == date(2026, 6, 7)
    late = hold(world, case, "register", by=ANSWERABLE)
    sweep_until(world, date(2026, 5, 20))
    assert world.state(late) == "expired"
    assert refused(world, late, "convert", leader(ANSWERABLE), seized_on="2026-05-20", **given) == "wrong_state"


def test_10_no_case_is_closed_while_something_is_held_and_the_police_get_it_with_the_case(world: World) -> None:
    from yisong.services import findings

    case = world.accepted()
    held = hold(world, case, by=ANSWERABLE)
    given: dict[str, Any] = {"reason": "主体终止", "successor_checked": True}
    assert refused(world, case, "terminate", leader(ANSWERABLE), **given) == "seizures_open"
    world.take(case, "suspect_crime", officer(ANSWERABLE), reason="达到追诉标准")
    with world.write() as session:
        act = world.act("open", officer(ANSWERABLE))
        track = findings.open_criminal(session, book=world.book, case=matters.matter(session, case), act=act).id or 0
    world.take(track, "set_team", leader(ANSWERABLE), officers=OFFICERS)
    world.take(track, "submit_report", officer(ANSWERABLE), facts="事实", law="刑法")
    world.take(track, "approve", leader(ANSWERABLE))
    world.take(track, "deliver", officer(ANSWERABLE), materials=["卷宗"])
    assert term(world, held).due_on == date(2026, 4, 8), "a referral does not stop it"
    (told,) = world.paper(track, "ZUIYI").facts["measures_taken"]
    assert told["until"] == "2026-04-08"
    world.take(track, "file", officer(ANSWERABLE), notice="立字1号")
    world.take(track, "hand_over", officer(ANSWERABLE), materials=["物品清单"])
    assert world.state(held) == "handed_over" and term(world, held).status == "met"


def test_10_a_day_that_is_not_yet_is_refused_and_nothing_is_kept(world: World) -> None:
    case = world.accepted()
    with pytest.raises(Refusal) as refusal:
        hold(world, case, by=ANSWERABLE, seized_on="2026-03-10")
    assert refusal.value.code == "taken_in_future"
    with pytest.raises(Refusal) as refusal:
        hold(world, case, by=ANSWERABLE, items=[" "])
    assert refusal.value.code == "missing"
    with pytest.raises(Refusal) as refusal:
        hold(world, case, by="XFJ")
    assert refusal.value.code == "wrong_role" and world.kin(case, "seizure") == []
