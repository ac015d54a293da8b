"""From a settled dispute to a row of the lists, and what waits too long (路由反馈)."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.services.world import ANSWERABLE, World, coordinator, government, leader
from yisong import rulefiles
from yisong.domain.lifecycle import Refusal
from yisong.domain.routing import route
from yisong.domain.rulebook import RuleBook
from yisong.rulefiles.routing import write_routing
from yisong.services import routing_feedback as feedback
from yisong.services import routing_trial
from yisong.services.digests import digest_lines

SEPTEMBER = date(2026, 9, 7)
"""The county's lists are in force since August."""
RULES = Path(__file__).resolve().parents[2] / "rules"


@pytest.fixture(autouse=True)
def in_september(world: World) -> None:
    world.go(SEPTEMBER)


def proposals(world: World, book: RuleBook | None = None) -> list[feedback.Proposal]:
    with world.read() as session:
        return feedback.proposals(session, book=book or world.book, on=world.on)


def queued(world: World) -> int:
    found = world.finding("CY-05", department="")
    assert world.state(found) == "undecided"
    return found


def settle(world: World, finding: int, department: str = "YJJ") -> None:
    given: dict[str, Any] = {"department": department, "reason": "主管部门", "basis": "安全生产法第六十二条"}
    world.take(finding, "decide_department", coordinator(world.book), **given)


def act(world: World, how: str, key: str, actor: Any = None, **given: Any) -> Any:
    with world.write() as session:
        who = actor or coordinator(world.book)
        verb: Any = {"adopt": feedback.adopt, "drop": feedback.drop}[how]
        return verb(session, key, book=world.book, actor=who, on=world.on, at=world.at, **given)


def test_a_settled_dispute_proposes_a_row_and_its_adoption_changes_the_lists(world: World, tmp_path: Path) -> None:
    assert proposals(world) == []
    settle(world, queued(world))
    [found] = proposals(world)
    assert (found.item, found.department, found.status, found.how) == ("CY-05", "YJJ", "waiting", "确定责任部门")
    assert "安全生产法第六十二条" in found.basis and found.amendment.added[0].department == "YJJ"
    refusals: tuple[tuple[str, dict[str, Any]], ...] = (
        ("wrong_role", {"actor": leader(ANSWERABLE)}),
        ("date_in_past", {"valid_from": world.on - timedelta(days=1)}),
        ("unknown_proposal", {"key": "F9:9:CY-05"}),
    )
    for expected, given in refusals:
        with pytest.raises(Refusal) as error:
            act(world, "adopt", str(given.pop("key", found.key)), **given)
        assert error.value.code == expected
    start = world.on + timedelta(days=10)
    act(world, "adopt", found.key, valid_from=start)
    with pytest.raises(Refusal, match="已采纳"):
        act(world, "drop", found.key, reason="重复")
    with world.read() as session:
        [written], book = feedback.to_write(session, book=world.book, on=world.on)
    assert written.key == found.key
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    kept = write_routing(book, rules)
    assert kept.read_bytes() == (RULES / "routing.csv").read_bytes()
    changed = rulefiles.read(rules)
    for on, expected_organ in ((start, "YJJ"), (start - timedelta(days=1), None)):
        assert route("CY-05", place_town=None, found_on=on, book=changed).department == expected_organ
    with world.read() as session:
        assert feedback.to_write(session, book=changed, on=world.on) == ([], changed), (
            "what stands there is not written twice"
        )
    [still] = proposals(world, changed)
    assert still.status == "adopted" and still.amendment.holds


def test_a_dropped_proposal_stays_dropped_and_a_later_settlement_proposes_anew(world: World) -> None:
    settle(world, queued(world))
    [found] = proposals(world)
    with pytest.raises(Refusal, match="理由"):
        act(world, "drop", found.key, reason="  ")
    act(world, "drop", found.key, reason="个案情况特殊")
    assert [each.status for each in proposals(world)] == ["dropped"]
    settle(world, queued(world), "SWJ")
    assert [(each.status, each.department) for each in proposals(world)] == [("waiting", "SWJ"), ("dropped", "YJJ")]


def test_a_designation_cites_its_letter_and_a_whole_list_is_left_to_people(world: World) -> None:
    case = world.delivered("case", to="XFJ", item="GS-04")
    world.take(case, "return_jurisdiction", leader("XFJ"), reason="无职责", basis="清单", proposed_department="YJJ")
    world.take(case, "designate", government(world.book), department="YJJ", basis="行政处罚法第二十五条")
    found = proposals(world)
    assert found and all(each.department == "YJJ" and each.how == "指定管辖" for each in found)
    assert all("指定管辖通知书" in each.basis and "〔2026〕" in each.basis for each in found)


def test_what_waits_too_long_is_counted_in_working_days_and_told_to_the_guidance_office(world: World) -> None:
    found = queued(world)
    with world.read() as session:
        [waiting] = feedback.queue(session, book=world.book, on=world.on)
        since = waiting.since
        assert (
            waiting.matter.id == found
            and digest_lines(session, world.book, department=world.book.guidance_code, on=since) == []
        )
    due = world.book.calendar.add_workdays(since, feedback.PATIENCE)
    for day, late in ((due, False), (world.book.calendar.add_workdays(due, 1), True)):
        with world.read() as session:
            [waiting] = feedback.queue(session, book=world.book, on=day)
            assert (waiting.workdays, waiting.late) == (feedback.PATIENCE + late, late)
            lines = digest_lines(session, world.book, department=world.book.guidance_code, on=day)
            assert any("没有确定责任部门" in line for line in lines) == late
            assert not any("没有确定" in line for line in digest_lines(session, world.book, department="WJJ", on=day))


def test_other_lists_are_tried_on_what_was_found_and_nothing_is_written(world: World) -> None:
    first, second = queued(world), world.finding("GS-06")
    settle(world, first)
    [found] = proposals(world)
    act(world, "adopt", found.key)
    with world.read() as session:
        _, book = feedback.to_write(session, book=world.book, on=world.on)
        span: dict[str, Any] = {"first": world.on - timedelta(days=60), "last": world.on}
        same = routing_trial.try_lists(session, new=world.book, **span)
        other = routing_trial.try_lists(session, new=book, lists_on=world.on, **span)
    assert (same.findings, same.moved, same.old[""], same.new[""]) == (2, [], 1, 1)
    assert [(each.finding, each.old, each.new) for each in other.moved] == [(world.matter(first).code, "", "YJJ")]
    assert (other.old[""], other.new[""], other.new["YJJ"]) == (1, 0, other.old["YJJ"] + 1)
    assert world.matter(second).state == "recorded"
