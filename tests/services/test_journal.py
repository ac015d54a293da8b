"""The journal (流转记录): written once, in order, linked, and by nobody else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from models import Event, Matter
from tests.services.scenes import CLERK, HEAD, OUR_CLERK, OUR_HEAD
from tests.services.scenes_of_orders import order_in
from tests.services.world import ANSWERABLE, World, unit_itself
from yisong.domain.chain import GENESIS, event_hash
from yisong.domain.lifecycle import Act, Facts, Refusal, decide
from yisong.domain.lifecycles import ALL
from yisong.domain.roles import Party
from yisong.services import journal, steps
from yisong.services.facts import facts_of
from yisong.services.journal import body_of
from yisong.store import matters


def test_every_step_is_one_line_that_follows_the_one_before(world: World) -> None:
    case = world.accepted()
    events = world.events(case)
    assert [event.action for event in events] == ["open", "submit", "approve", "deliver", "accept"]
    assert [event.seq for event in events] == [1, 2, 3, 4, 5]
    before = GENESIS
    state = ""
    for event in events:
        assert event.previous == before and event.source == state
        assert event.hash == event_hash(event.previous, body_of(event))
        before, state = event.hash, event.target
    held = world.matter(case)
    assert (held.head, held.state, held.seq) == (before, state, 5)


def test_a_line_says_who_did_what_when_for_which_day_with_what(world: World) -> None:
    case = world.delivered()
    earlier = world.on - timedelta(days=3)
    world.take(case, "request_supplement", CLERK, on=earlier, offline=True, items=["营业执照"], reason="材料不全")
    line = world.events(case)[-1]
    assert (line.actor_id, line.actor_name, line.department) == (CLERK.id, CLERK.name, ANSWERABLE)
    assert (line.on, line.at, line.offline) == (earlier, world.at, True)
    assert line.given == {"items": ["营业执照"], "reason": "材料不全"}
    assert {"verb": "pause", "rule": "R-ACCEPT"}.items() <= line.effects[0].items()


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-5))], ids=str)
def test_the_same_instant_is_hashed_alike_whatever_zone_it_was_said_in(world: World, zone: timezone) -> None:
    case = world.delivered()
    at = datetime(2026, 3, 9, 3, 0, 0, 123456, tzinfo=UTC).astimezone(zone)
    with world.write() as session:
        steps.take_step(session, book=world.book, matter_id=case, act=Act("sign_receipt", CLERK, world.on, at))
    line = world.events(case)[-1]
    assert line.at == at and line.at.utcoffset() == timedelta(0)
    assert line.hash == event_hash(line.previous, body_of(line))


def test_an_instant_without_a_zone_is_refused(world: World) -> None:
    case = world.delivered()
    with pytest.raises(Exception, match=r"zone|时区"), world.write() as session:
        steps.take_step(
            session,
            book=world.book,
            matter_id=case,
            act=Act("sign_receipt", CLERK, world.on, world.at.replace(tzinfo=None)),
        )
    assert world.matter(case).seq == 4


def test_what_was_given_survives_as_plain_data(world: World) -> None:
    """Dates, enumerations and tuples are kept as the text that was hashed; reading them back gives the same hash."""
    case = world.delivered()
    world.take(
        case,
        "request_supplement",
        CLERK,
        items=("一", "二"),
        reason="材料不全",
        until=date(2026, 3, 12),
        party=Party.ORIGIN,
        deep={"a": (1, 2)},
    )
    line = world.events(case)[-1]
    assert line.given == {
        "items": ["一", "二"],
        "reason": "材料不全",
        "until": "2026-03-12",
        "party": "origin",
        "deep": {"a": [1, 2]},
    }
    assert line.hash == event_hash(line.previous, body_of(line))


def test_the_database_refuses_a_second_line_in_the_same_place(world: World) -> None:
    case = world.delivered()
    line = world.events(case)[-1]
    again = {name: getattr(line, name) for name in Event.model_fields}
    with pytest.raises(IntegrityError), world.write() as session:
        session.add(Event(**again | {"action": "forged"}))
    assert [event.action for event in world.events(case)].count("forged") == 0


def test_the_place_in_the_chain_is_the_key_of_a_line(world: World) -> None:
    keys = inspect(world.desk.engine).get_pk_constraint("event")["constrained_columns"]
    assert keys == ["matter_id", "seq"]


def test_a_line_belongs_to_a_matter(world: World) -> None:
    with pytest.raises(IntegrityError), world.write() as session:
        session.add(
            Event(
                matter_id=4711, seq=1, action="open", source="", target="draft", actor_id="x", actor_name="x", department="", on=world.on, at=world.at,
                previous=GENESIS, hash="x",
            )
        )  # fmt: skip
        session.flush()


def test_later_steps_leave_earlier_lines_as_they_were(world: World) -> None:
    case = world.accepted()
    order = order_in(world, case, "report_submitted")
    before = {matter: [event.model_dump() for event in world.events(matter)] for matter in (case, order)}
    world.review(order, "pass")
    world.take(case, "feed_back", CLERK)
    world.take(case, "close", HEAD)
    for matter, lines in before.items():
        now = [event.model_dump() for event in world.events(matter)]
        assert now[: len(lines)] == lines and len(now) > len(lines)


def test_no_statement_of_a_step_updates_or_deletes_a_line(world: World) -> None:
    """Append-only is no habit: nothing that the services send touches a written line."""
    from sqlalchemy import event as listening

    touched: list[str] = []

    def watch(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        head = statement.lstrip().lower()
        if head.startswith(("update event", 'update "event"', "delete from event", 'delete from "event"')):
            touched.append(statement)

    listening.listen(world.desk.engine, "before_cursor_execute", watch)
    order = world.failed_order()
    world.take(order, "record_refusal", HEAD, reason="期满仍未改正")
    assert touched == []
    with world.desk.engine.connect() as connection:
        connection.execute(text("UPDATE event SET action = action"))
        connection.rollback()
    assert len(touched) == 1, "the watcher sees such a statement"


def test_recording_a_step_that_was_decided_on_another_state_is_refused(world: World) -> None:
    """Who decided before another was quicker does not write."""
    case = world.delivered()
    act = world.act("sign_receipt", CLERK)
    with world.read() as session:
        stale = matters.matter(session, case)
        known: Facts = facts_of(session, book=world.book, matter=stale, on=world.on)
    step = decide(ALL["transfer"], facts=known, act=act)
    world.take(case, "accept", HEAD)
    with pytest.raises(Refusal) as caught, world.write() as session:
        journal.record(
            session, book=world.book, matter=matters.matter(session, case, lock=True), step=step, act=act, facts=known
        )
    assert caught.value.code == "lost_race"
    assert world.events(case)[-1].action == "accept"


def test_a_consequence_is_a_line_of_its_own_in_its_own_chain_by_the_system(world: World) -> None:
    case = world.accepted()
    order = order_in(world, case, "report_submitted")
    review = world.review(order, "pass")
    assert [(event.action, event.actor_id) for event in world.events(review)] == [("conclude_pass", CLERK.id)]
    assert (world.events(order)[-1].action, world.events(order)[-1].actor_id) == ("pass", "system")
    assert (world.events(case)[-1].action, world.events(case)[-1].actor_id) == ("order_passed", "system")
    (finding,) = world.kin(case, "finding")
    assert world.events(finding)[-1].action == "clear"
    instants = {world.events(matter)[-1].at for matter in (review, order, case, finding)}
    assert len(instants) == 1, "one act, one instant"


def test_a_matter_keeps_what_its_steps_have_set(world: World) -> None:
    case = world.delivered()
    world.take(case, "change_unit", HEAD, unit=world.units[1], reason="承受")
    order = world.issued_order(world.accepted())
    world.service(order, "ZEGAI", served_on=world.on.isoformat())
    assert world.matter(case).unit_id == world.units[1]
    assert world.matter(order).details["served_on"] == world.on.isoformat()
    world.take(order, "object", unit_itself(world.units[0]), claim="异议")
    assert world.matter(order).actors["object"] == f"unit:{world.units[0]}"


def test_an_event_carries_what_it_brought_about(world: World) -> None:
    """Clocks with their due days, papers with number and digest, and who was told: all of it is under the hash."""
    case = world.case()
    world.take(case, "submit", OUR_CLERK)
    world.take(case, "approve", OUR_HEAD)
    approve, deliver = world.events(case)[-2:]
    papers = [effect for effect in approve.effects if "paper" in effect]
    assert [(effect["paper"], effect["number"]) for effect in papers] == [
        ("YISONG", "云综执移〔2026〕1号"),
        ("YSQD", ""),
    ]
    (started,) = [effect for effect in deliver.effects if effect.get("verb") == "start"]
    clock = world.clock_of(case, "R-ACCEPT")
    assert (started["clock"], started["due"], started["unit"], started["amount"]) == (
        clock.id,
        str(clock.due_on),
        "wd",
        3,
    )
    assert {"tell": ANSWERABLE, "notice": "task_arrived"} in deliver.effects


def test_chains_of_different_matters_do_not_touch(world: World) -> None:
    first, second = world.delivered(), world.delivered()
    heads = [world.matter(case).head for case in (first, second)]
    world.take(first, "sign_receipt", CLERK)
    assert world.matter(second).head == heads[1] and world.matter(first).head != heads[0]
    hashes = [event.hash for event in world.every(Event, col(Event.matter_id))]
    assert len(set(hashes)) == len(hashes)
    assert all(matter.head in hashes or matter.seq == 0 for matter in world.every(Matter, col(Matter.id)))
