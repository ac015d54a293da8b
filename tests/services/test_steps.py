"""One door for every act (办理步骤): every row of every table taken by real steps, and what stands around them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from models import Clock, Document, Event, Finding, Matter, OutboxRow, ServiceRecord, Transfer
from tests.domain.tables import golden
from tests.services.all_scenes import SCENES
from tests.services.scenes import CLERK, HEAD, OUR_CLERK, OUR_HEAD, REASON, RETURN, Scene, lapse, unit_of
from tests.services.scenes_of_endings import suspected
from tests.services.scenes_of_orders import late_orders, order_in
from tests.services.world import (
    ANSWERABLE,
    MONDAY,
    OFFICERS,
    ORIGIN,
    World,
    coordinator,
    government,
    leader,
    officer,
    unit_itself,
)
from yisong.domain.lifecycle import Refusal
from yisong.domain.lifecycles import ALL
from yisong.domain.roles import SYSTEM
from yisong.services import audit, handling, steps
from yisong.services.rung_rows import CLIMB
from yisong.store import matters


def refused(world: World, matter_id: int, action: str, actor: Any = SYSTEM, **given: Any) -> str:
    """The name under which a step is refused; nothing at all has changed."""
    before = snapshot(world)
    with pytest.raises(Refusal) as caught:
        world.take(matter_id, action, actor, **given)
    assert snapshot(world) == before
    return caught.value.code


def snapshot(world: World) -> list[Any]:
    with world.read() as session:
        counts = [
            len(session.scalars(select(table)).all()) for table in (Event, Clock, Document, OutboxRow, ServiceRecord)
        ]
        heads = session.execute(select(col(Matter.id), col(Matter.state), col(Matter.seq), col(Matter.head))).all()
        return [*counts, *sorted(tuple(row) for row in heads)]


# — every row —


def test_the_scenes_take_every_edge_of_the_tables_by_real_steps(small_world: World) -> None:
    """What the tables promise, the services keep, state by state in a database: whole chains, letters that can be written."""
    world = small_world
    for scene in SCENES:
        try:
            scene(world)
        except Exception as error:
            error.add_note(f"in the scene {scene.__name__}")
            raise
        world.go(MONDAY)  # the scenes stand beside each other, not after each other
    assert audit.verify_all(world.desk.reading).faults == []
    kinds = {matter.id: matter.kind for matter in world.every(Matter, col(Matter.id))}
    events = [event for event in world.every(Event, col(Event.at)) if event.action != CLIMB]
    taken = {"-".join((kinds[event.matter_id], event.action, event.source, event.target)) for event in events}
    agreed = {"-".join(line[:4]) for line in golden()}
    assert agreed - taken == set(), "a row that no scene takes"
    assert taken - agreed == set(), "a step that no table has"
    for paper in world.documents():
        world.desk.catalogue.compose(paper.type_code.lower(), paper.facts, organ=paper.issuer)


BOTH = [scene for scene in SCENES if scene.__name__ in ("orders_together", "disputes", "listings")]


@pytest.mark.parametrize("scene", BOTH, ids=lambda scene: scene.__name__)
def test_the_scenes_play_on_both_databases(scene: Scene, world: World) -> None:
    scene(world)
    assert audit.verify_all(world.desk.reading).faults == []


# — a step is all or nothing —


def test_a_step_writes_state_facts_clocks_papers_notices_and_the_event_together(world: World) -> None:
    case = world.delivered()
    held = world.matter(case)
    assert held.state == "pending_acceptance" and held.seq == len(world.events(case)) == 4
    assert held.tallies == {"open": 1, "submit": 1, "approve": 1, "deliver": 1}
    assert held.actors["approve"] == OUR_HEAD.id and held.actors["deliver"] == SYSTEM.id
    (accept,) = world.clocks(case, "R-ACCEPT")
    assert (accept.status, accept.department, accept.start_on) == ("running", ANSWERABLE, world.on)
    assert [clock.status for clock in world.clocks(case, "R-TRANSFER")] == ["met"]
    letter = world.paper(case, "YISONG")
    approve = next(event for event in world.events(case) if event.action == "approve")
    assert {
        "paper": "YISONG",
        "document": letter.matter_id,
        "number": letter.number,
        "facts": letter.facts_sha256,
    } in approve.effects
    assert f"letter:{held.code}-YISONG-3" in {row.key for row in world.outbox("letter")}
    assert [row.payload["department"] for row in world.outbox("notice") if row.payload["notice"] == "task_arrived"] == [
        ANSWERABLE
    ]


def test_a_consequence_that_is_refused_takes_the_step_back_too(world: World) -> None:
    """The review of an order and what follows for its case stand or fall together."""
    case = world.accepted()
    order = order_in(world, case, "report_submitted")
    with world.write() as session:
        held = matters.matter(session, case)
        held.state, kept = "closed", held.state  # as if somebody had put it there
    with pytest.raises(Refusal) as caught:
        world.review(order, "pass")
    assert caught.value.code == "wrong_state"
    assert world.state(order) == "report_submitted" and world.kin(case, "review") == [] and kept == "rectifying"
    assert [world.state(finding) for finding in world.kin(case, "finding")] == ["to_transfer"]


def test_a_crash_inside_a_step_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = world.case()
    world.take(case, "submit", OUR_CLERK)
    before = snapshot(world)

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the lights went out")

    monkeypatch.setattr("yisong.services.outgoing.notify", broken)
    with pytest.raises(RuntimeError):
        world.take(case, "approve", OUR_HEAD)
    assert snapshot(world) == before


def test_who_acts_on_an_old_page_is_told_so(world: World) -> None:
    case = world.delivered()
    seen = world.matter(case).seq
    world.take(case, "sign_receipt", CLERK, seen=seen)
    with pytest.raises(Refusal) as caught:
        world.take(case, "accept", HEAD, seen=seen)
    assert caught.value.code == "lost_race" and "请刷新后再试" in caught.value.message
    world.take(case, "accept", HEAD, seen=seen + 1)


def test_nothing_happens_to_what_does_not_exist(world: World) -> None:
    with pytest.raises(Refusal) as caught:
        world.take(4711, "accept", HEAD)
    assert caught.value.code == "unknown_matter"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"department": "ABC"}, "unknown_department"),
        ({"department": ""}, "missing"),
        ({"department": ANSWERABLE}, "reroute_to_same"),
        ({"department": ORIGIN}, "reroute_to_origin"),
    ],
)
def test_a_case_is_sent_on_only_to_a_department_that_exists_and_is_another(
    world: World, given: dict[str, Any], code: str
) -> None:
    case = world.delivered()
    world.take(case, "return_jurisdiction", HEAD, **RETURN)
    assert refused(world, case, "reroute", OUR_HEAD, reason="认可", **given) == code


@pytest.mark.parametrize("unit", [4711, "不存在", -1])
def test_a_case_passes_only_to_a_unit_that_is_registered(world: World, unit: Any) -> None:
    case = world.accepted()
    assert refused(world, case, "change_unit", HEAD, unit=unit, reason="承受") == "unknown_unit"
    world.take(case, "change_unit", HEAD, unit=str(world.units[1]), reason="承受")
    assert world.matter(case).unit_id == world.units[1]


def test_a_city_branch_is_designated_only_with_its_citys_opinion(world: World) -> None:
    case = world.delivered("case")
    world.take(case, "return_jurisdiction", HEAD, **RETURN)
    by = government(world.book)
    assert refused(world, case, "designate", by, department="HBJ", basis="行政处罚法第二十五条") == "city_branch"
    world.take(case, "designate", by, department="HBJ", basis="行政处罚法第二十五条", city_opinion="虚环函〔2026〕1号")
    assert world.matter(case).responsible == "HBJ"
    assert refused(world, case, "return_jurisdiction", leader("HBJ"), **RETURN) == "designated_cannot_return"
    assert (
        refused(world, case, "return_groundless", leader("HBJ"), ground="duplicate", reason="重复", basis="第二十九条")
        == "designated_cannot_return"
    )


# — an order lives beside everything else —


@pytest.mark.parametrize("turn", ["file_case", "suspect_crime"])
@pytest.mark.parametrize("outcome", ["pass", "fail"])
def test_an_order_is_reviewed_although_its_case_has_taken_another_road(world: World, turn: str, outcome: str) -> None:
    case = world.accepted()
    order = order_in(world, case, "report_submitted")
    if turn == "file_case":
        world.take(case, "file_case", HEAD, cause="未制定预案")
    else:
        suspected(world, case)
    before = world.state(case)
    world.review(order, outcome)
    assert world.state(order) == f"{outcome}ed" and world.state(case) == before


def test_two_orders_may_fail_one_after_the_other(world: World) -> None:
    case = world.accepted()
    orders = late_orders(world, case, 2)
    assert [world.state(order) for order in orders] == ["failed", "failed"]
    assert world.state(case) == "review_failed"


def test_no_refusal_is_recorded_before_the_term_has_run_out(world: World) -> None:
    """A report that was found wanting early leaves the rest of the term."""
    order = order_in(world, world.accepted(), "failed")
    assert refused(world, order, "record_refusal", HEAD, **REASON) == "refusal_conditions"
    due = world.clock_of(order, "R-RECTIFY").due_on
    assert due is not None
    world.go(due)
    assert refused(world, order, "record_refusal", HEAD, **REASON) == "refusal_conditions"
    world.go(due + timedelta(days=1))
    world.take(order, "record_refusal", HEAD, **REASON)


def test_the_one_who_reported_for_the_unit_does_not_review(world: World) -> None:
    order = world.served_order(world.accepted())
    world.take(order, "report", CLERK, report="已整改")
    with pytest.raises(Refusal) as caught:
        world.review(order, "pass")
    assert caught.value.code == "reviewer_reported"


def test_a_conclusion_of_a_closed_case_falls_only_with_the_case(world: World) -> None:
    case = world.accepted()
    order_in(world, case, "passed")
    world.take(case, "feed_back", CLERK)
    world.take(case, "close", HEAD)
    (review,) = world.kin(case, "review")
    assert refused(world, review, "revoke", HEAD, **REASON) == "case_closed"
    world.take(case, "reopen", HEAD, ground="conclusion_revoked", **REASON)
    assert world.state(review) == "revoked"
    assert [world.state(finding) for finding in world.kin(case, "finding")] == ["to_transfer"]


def test_a_case_may_be_suspected_of_a_crime_again(world: World) -> None:
    case = world.accepted()
    for number in (1, 2):
        track = suspected(world, case)
        assert world.matter(track).code == world.matter(case).code + ("-ZX" if number == 1 else "-ZX2")
        world.take(track, "set_team", HEAD, officers=OFFICERS)
        world.take(track, "submit_report", CLERK, facts="无证储存", law="刑法第一百三十四条之一")
        world.take(track, "disapprove", HEAD, **REASON)
        world.take(track, "return_to_admin", HEAD, **REASON)
    assert world.state(case) == "accepted"


# — service —


def test_only_the_paper_that_a_matter_waits_for_moves_it(world: World) -> None:
    """The repair notice is served with the decision; served alone it lists nobody."""
    listed = world.listing()
    world.noticed(listed)
    world.decided(listed)
    world.service(listed, "XIUFU")
    world.service(listed, "LIERU_FH")
    assert world.state(listed) == "decided"
    world.service(listed, "LIERU_JD")
    assert world.state(listed) == "effective"


@pytest.mark.parametrize("paper", ["YANPI", "FUCHA", "CHEHUI"])
def test_papers_that_nothing_waits_for_can_be_served(world: World, paper: str) -> None:
    case = world.accepted()
    order = order_in(world, case, "extension_pending" if paper == "YANPI" else "report_submitted")
    about = order
    if paper == "YANPI":
        world.take(order, "deny_extension", HEAD, **REASON)
    elif paper == "CHEHUI":
        world.take(order, "withdraw", HEAD, **REASON)
    else:
        about = world.review(order, "pass")
    before = world.state(about)
    record = world.service(about, paper)
    assert world.state(record) == "served" and world.state(about) == before
    with pytest.raises(Refusal) as caught:
        world.service(about, paper)
    assert caught.value.code == "wrong_state"


def test_an_announcement_that_matures_after_the_order_is_gone_does_nothing(world: World) -> None:
    case = world.accepted()
    order = order_in(world, case, "announced")
    (clock,) = [clock for clock in world.every(Clock, col(Clock.id)) if clock.rule == "R-SERVE-ANNOUNCE"]
    world.take(order, "withdraw", HEAD, **REASON)
    lapse(world, clock.due_on)
    assert world.state(clock.matter_id) == "served" and world.state(order) == "withdrawn"


def test_the_first_effective_service_counts(world: World) -> None:
    order = order_in(world, world.accepted(), "announced")
    world.service(order, "ZEGAI")
    assert world.state(order) == "rectifying"
    served_on = world.matter(order).details["served_on"]
    (clock,) = [clock for clock in world.every(Clock, col(Clock.id)) if clock.rule == "R-SERVE-ANNOUNCE"]
    lapse(world, clock.due_on)
    assert world.matter(order).details["served_on"] == served_on
    assert len(world.clocks(order, "R-RECTIFY")) == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"served_on": "2026-03-30"}, "date_in_future"), ({"served_on": "2026-03-01"}, "served_before_issue"), ({"method": "electronic"}, "no_consent"),
        ({"method": "leaving"}, "leaving_without_record"), ({"method": "pigeon"}, "not_a_choice"), ({"served_on": "昨天"}, "not_a_date"), ({"method": ""}, "missing"),
    ],
)  # fmt: skip
def test_a_service_that_is_none_is_refused_and_leaves_no_record(world: World, given: dict[str, Any], code: str) -> None:
    order = world.issued_order(world.accepted())
    with pytest.raises(Refusal) as caught:
        world.service(order, "ZEGAI", **given)
    assert caught.value.code == code
    assert world.state(order) == "issued" and world.every(ServiceRecord, col(ServiceRecord.matter_id)) == []


def test_nobody_is_announced_before_another_way_was_tried(world: World) -> None:
    order = world.issued_order(world.accepted())
    with pytest.raises(Refusal) as caught:
        world.service(order, "ZEGAI", "announce")
    assert caught.value.code == "announce_without_attempt"


# — what is offered —


def test_what_the_page_offers_is_what_the_door_accepts(world: World) -> None:
    case = world.delivered()
    held = world.matter(case)
    with world.read() as session:
        offers = steps.offered(session, book=world.book, matter=held, actor=HEAD, on=world.on, at=world.at)
        mine = {offer.transition.action for offer in offers}
        theirs = {
            offer.transition.action
            for offer in steps.offered(
                session, book=world.book, matter=held, actor=officer("SJJ"), on=world.on, at=world.at
            )
        }
    assert {
        "accept",
        "sign_receipt",
        "request_supplement",
        "return_jurisdiction",
        "return_groundless",
        "terminate",
        "change_unit",
    } == mine
    assert theirs == set()


def test_what_may_be_begun_is_offered_on_what_it_is_about(world: World) -> None:
    case = world.accepted()

    def beginnings(kind: str, subject: int, actor: Any) -> set[str]:
        with world.read() as session:
            about = matters.matter(session, subject)
            found = steps.offered_openings(
                session, book=world.book, kind=kind, subject=about, actor=actor, on=world.on, at=world.at
            )
            return {offer.transition.action for offer in found if not offer.obstacle}

    assert beginnings("order", case, CLERK) == {"open"}
    order = world.issued_order(case)
    paper = world.paper(order, "ZEGAI").matter_id
    assert beginnings("service", paper, CLERK) == {"serve", "attempt_failed"}
    assert beginnings("service", paper, unit_itself(world.units[0])) == set()
    assert beginnings("review", order, CLERK) == set()
    world.service(order, "ZEGAI")
    assert beginnings("service", paper, CLERK) == set()
    world.take(order, "report", unit_of(world, order), report="已整改")
    assert beginnings("review", order, CLERK) == {"conclude_pass", "conclude_partial", "conclude_fail"}


def test_a_second_partial_rectification_is_a_failure(world: World) -> None:
    case = world.accepted()
    order = order_in(world, case, "report_submitted")
    world.review(order, "partial")
    child = world.served_order(case, parent=order)
    world.take(child, "report", unit_of(world, child), report="已整改")
    with pytest.raises(Refusal) as caught:
        world.review(child, "partial")
    assert caught.value.code == "second_partial"
    world.review(child, "fail")


# — entered afterwards —


def test_what_was_done_on_paper_is_entered_with_its_own_day_and_without_a_new_number(world: World) -> None:
    """线下移送、事后补录: the day for which it counts is kept apart from the instant of recording."""
    case = world.case()
    world.take(case, "submit", OUR_CLERK)
    earlier = world.on
    world.go(earlier + timedelta(days=3))
    world.take(case, "approve", OUR_HEAD, offline=True, on=earlier)
    letter = world.paper(case, "YISONG")
    assert letter.offline and letter.number == "" and letter.dated_on == earlier
    event = next(event for event in world.events(case) if event.action == "approve")
    assert (event.on, event.offline) == (earlier, True) and event.at > world.events(case)[0].at
    assert not [row for row in world.outbox("letter") if "YISONG" in row.key]
    assert world.clock_of(case, "R-ACCEPT").start_on == earlier


# — names that have been taken —


def test_a_code_is_given_once(world: World) -> None:
    case = world.case()
    with world.write() as session, pytest.raises(Refusal) as caught:
        act = world.act("open", CLERK)
        steps.open_matter(
            session,
            book=world.book,
            kind="listing",
            code=matters.matter(session, case).code,
            act=act,
            responsible=ANSWERABLE,
        )
    assert caught.value.code == "duplicate"


def test_a_draft_with_an_impossible_term_is_refused(world: World) -> None:
    case = world.accepted()
    for days in (-1, 4000):
        with pytest.raises(Refusal) as caught:
            world.drafted_order(case, days=days)
        assert caught.value.code == "days_unreasonable"
    assert world.kin(case, "order") == []


def test_orders_of_a_case_are_numbered_in_turn(world: World) -> None:
    case = world.accepted()
    first, second = world.drafted_order(case), world.drafted_order(case)
    code = world.matter(case).code
    assert [world.matter(order).code for order in (first, second)] == [f"{code}-ZG1", f"{code}-ZG2"]
    assert all(ALL["order"].states[world.state(order)] == "拟制中" for order in (first, second))


def test_a_child_of_a_case_knows_its_findings_and_its_law(world: World) -> None:
    """The order's paper names only what it demands; the transfer's letter every finding."""
    case = world.accepted(number=2)
    both = world.kin(case, "finding")
    with world.write() as session:
        order = handling.draft_order(
            session, book=world.book, case=matters.matter(session, case), act=world.act("open", CLERK), days=5, findings=both[:1],
        )  # fmt: skip
    world.take(order.id or 0, "issue", HEAD)
    assert len(world.paper(order.id or 0, "ZEGAI").facts["findings"]) == 1
    assert len(world.paper(case, "YISONG").facts["findings"]) == 2
    assert isinstance(world.every(Transfer, col(Transfer.matter_id))[0].found_on, date)
    assert {found.item_code for found in world.every(Finding, col(Finding.matter_id))} == {"GS-06"}


def test_the_guidance_office_as_origin_is_told_once(world: World) -> None:
    """One organ in two relations to a case hears of a step once, and the step is not refused for it."""
    assert coordinator(world.book).department == ORIGIN
    order = world.failed_order()
    world.take(order, "record_refusal", HEAD, **REASON)
    case = world.matter(order).case_id
    keys = [
        row.key for row in world.outbox("notice") if row.case_id == case and row.payload["action"] == "order_refused"
    ]
    assert len(keys) == 1


def test_rows_are_where_the_home_is(tmp_path: Path, sqlite_url: str) -> None:
    world = World(sqlite_url, tmp_path)
    assert world.desk.settings.letters == tmp_path / "var" / "letters"
    world.close()
