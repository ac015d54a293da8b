"""Numbers come with the act that needs them (取号): without gaps or doubles, and what is voided stays on record."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from models import Document, Matter, NumberSeries
from tests.services.crowd import at_once, refusals
from tests.services.scenes import HEAD, OUR_CLERK, OUR_HEAD, REASON
from tests.services.scenes_of_orders import late_orders
from tests.services.world import ANSWERABLE, ORIGIN, World, leader
from yisong.domain.lifecycle import Refusal
from yisong.services import deadlines, papers, steps


def gapless(world: World) -> None:
    """In every series the numbers run from one without a gap, none is there twice, and the counter stands at the last."""
    given: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for paper in world.documents():
        if paper.sequence is not None:
            given[paper.issuer, paper.series, paper.year or 0].append(paper.sequence)
    assert given
    for key, numbers in given.items():
        assert sorted(numbers) == list(range(1, len(numbers) + 1)), key
    counters = {
        (row.issuer, row.series, row.year): row.last
        for row in world.every(NumberSeries, col(NumberSeries.series))
        if row.issuer
    }
    assert counters == {key: len(numbers) for key, numbers in given.items()}


def submitted(world: World) -> int:
    case = world.case()
    world.take(case, "submit", OUR_CLERK)
    return case


def numbers_of(world: World, type_code: str = "YISONG") -> list[str]:
    return [paper.number for paper in world.documents(type_code)]


def test_a_number_names_organ_type_and_year(world: World) -> None:
    for _ in range(3):
        world.delivered()
    assert numbers_of(world) == ["云综执移〔2026〕1号", "云综执移〔2026〕2号", "云综执移〔2026〕3号"]
    gapless(world)


def test_every_organ_every_type_and_every_year_begins_at_one(world: World) -> None:
    first = world.accepted()
    world.served_order(first)
    second = world.accepted(to="SJJ")
    world.issued_order(second)
    world.go(date(2027, 1, 4))
    third = world.case()
    world.take(third, "submit", OUR_CLERK)
    world.take(third, "approve", OUR_HEAD)
    assert numbers_of(world, "ZEGAI") == ["云应急责改〔2026〕1号", "云市监责改〔2026〕1号"]
    assert numbers_of(world) == ["云综执移〔2026〕1号", "云综执移〔2026〕2号", "云综执移〔2027〕1号"]
    gapless(world)


def test_an_organ_that_was_renamed_begins_anew_with_its_new_prefix(world: World) -> None:
    """文广旅体局 signed with 云文旅 until 30 June 2026: the old numbers stay, the new series begins at one."""
    for day in (date(2026, 6, 29), date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 2)):
        world.go(day)
        world.issued_order(world.accepted(to="WLJ", item="GW-02"))
    assert numbers_of(world, "ZEGAI") == [
        "云文旅责改〔2026〕1号",
        "云文旅责改〔2026〕2号",
        "云文广旅体责改〔2026〕1号",
        "云文广旅体责改〔2026〕2号",
    ]
    gapless(world)


def test_a_ministrys_own_form_has_its_own_series(world: World) -> None:
    plain, special = world.drafted_order(world.accepted()), world.drafted_order(world.accepted())
    world.take(plain, "issue", HEAD)
    world.take(special, "issue", HEAD, number_word="监察")
    assert numbers_of(world, "ZEGAI") == ["云应急责改〔2026〕1号", "云应急监察〔2026〕1号"]
    gapless(world)


def test_forty_simultaneous_acts_of_one_organ_take_forty_numbers_in_a_row(world: World) -> None:
    """The very first of a series included, where there is no counter to lock yet."""
    cases = [submitted(world) for _ in range(40)]
    acts = [(case, world.act("approve", OUR_HEAD)) for case in cases]
    outcomes = at_once(
        world,
        [
            lambda session, case=case, act=act: steps.take_step(session, book=world.book, matter_id=case, act=act)  # type: ignore[misc]
            for case, act in acts
        ],
    )
    assert refusals(outcomes) == []
    assert sorted(numbers_of(world)) == sorted(f"云综执移〔2026〕{number}号" for number in range(1, 41))
    gapless(world)


def test_those_that_are_refused_in_a_crowd_use_no_number(world: World) -> None:
    cases = [submitted(world) for _ in range(10)]
    act, unfit = world.act("approve", OUR_HEAD), world.act("approve", leader("XFJ"))
    deeds = [
        lambda session, case=case, chosen=chosen: steps.take_step(session, book=world.book, matter_id=case, act=chosen)
        for case in cases
        for chosen in (act, unfit, act)
    ]
    outcomes = at_once(world, deeds)
    assert sorted(set(refusals(outcomes))) in (["wrong_role", "wrong_state"], ["wrong_state"])
    assert len(numbers_of(world)) == 10
    gapless(world)


@pytest.mark.parametrize(
    "where", ["yisong.services.papers.keep", "yisong.services.outgoing.queue", "yisong.services.journal.event_hash"]
)
def test_a_crash_inside_the_act_leaves_no_number_used(
    world: World, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    first, second = submitted(world), submitted(world)

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the lights went out")

    with monkeypatch.context() as patch:
        patch.setattr(where, broken)
        with pytest.raises(RuntimeError):
            world.take(first, "approve", OUR_HEAD)
    assert world.documents() == [] and world.state(first) == "pending_approval"
    world.take(second, "approve", OUR_HEAD)
    world.take(first, "approve", OUR_HEAD)
    assert numbers_of(world) == ["云综执移〔2026〕1号", "云综执移〔2026〕2号"]
    gapless(world)


def test_an_act_that_is_dropped_after_it_was_done_leaves_no_number_used(world: World) -> None:
    """Whatever the caller does after the act in the same transaction: if it fails, the number goes back."""
    case = submitted(world)
    with pytest.raises(ZeroDivisionError), world.write() as session:
        steps.take_step(session, book=world.book, matter_id=case, act=world.act("approve", OUR_HEAD))
        assert (
            session.scalars(select(col(Document.number)).where(col(Document.type_code) == "YISONG")).one()
            == "云综执移〔2026〕1号"
        )
        _ = 1 / 0
    assert world.documents() == []
    world.take(case, "approve", OUR_HEAD)
    gapless(world)


def test_a_voided_number_stays_on_record_and_is_not_given_again(world: World) -> None:
    first = world.delivered()
    letter = world.paper(first, "YISONG")
    world.take(letter.matter_id, "void", OUR_HEAD, **REASON)
    world.delivered()
    assert numbers_of(world) == ["云综执移〔2026〕1号", "云综执移〔2026〕2号"]
    voided = world.matter(letter.matter_id)
    assert voided.state == "voided" and world.events(letter.matter_id)[-1].given == REASON
    with pytest.raises(Refusal) as caught:
        world.take(letter.matter_id, "issue", pdf_sha256="0" * 64)
    assert caught.value.code == "wrong_state"
    gapless(world)


def test_a_withdrawn_act_keeps_its_number(world: World) -> None:
    order = world.issued_order(world.accepted())
    world.take(order, "withdraw", HEAD, **REASON)
    world.issued_order(world.accepted())
    assert numbers_of(world, "ZEGAI") == ["云应急责改〔2026〕1号", "云应急责改〔2026〕2号"]
    assert [number.rpartition("〕")[2] for number in numbers_of(world, "CHEHUI")] == ["1号"]
    gapless(world)


def test_what_was_entered_afterwards_takes_no_number(world: World) -> None:
    case = submitted(world)
    world.take(case, "approve", OUR_HEAD, offline=True)
    world.delivered()
    assert numbers_of(world) == ["", "云综执移〔2026〕1号"]
    gapless(world)


def test_a_sweep_numbers_its_letters_in_the_same_series(world: World) -> None:
    cases = [world.delivered() for _ in range(5)]
    due = world.clock_of(cases[0], "R-ACCEPT").due_on
    assert due is not None
    day = world.book.calendar.add_workdays(due, 3)
    world.go(day)
    for _ in deadlines.sweep(world.desk.transaction, book=world.book, until=day, at=world.at):
        pass
    assert len(numbers_of(world, "CUIBAN")) == 5 and len(numbers_of(world, "DUBAN")) == 5
    gapless(world)


def test_the_database_itself_refuses_a_number_twice(world: World) -> None:
    from sqlalchemy.exc import IntegrityError

    world.delivered()
    letter = world.documents("YISONG")[0]
    with pytest.raises(IntegrityError), world.write() as session:
        held = Matter(kind="document", code="forged", state="numbered", opened_on=world.on, changed_at=world.at)
        session.add(held)
        session.flush()
        again = {name: getattr(letter, name) for name in Document.model_fields if name != "matter_id"}
        session.add(Document(matter_id=held.id or 0, **again))


def test_a_number_is_taken_in_the_transaction_that_uses_it(world: World) -> None:
    """Two numbers in one transaction follow each other, and the next transaction goes on after them."""

    def two(session: Session) -> list[int]:
        return [papers.next_number(session, issuer=ORIGIN, series="云综执试", year=2026) for _ in range(2)]

    with world.write() as session:
        assert two(session) == [1, 2]
    with pytest.raises(ZeroDivisionError), world.write() as session:
        assert two(session) == [3, 4]
        _ = 1 / 0
    with world.write() as session:
        assert two(session) == [3, 4]


def test_a_case_is_numbered_after_whatever_was_brought_in(world: World) -> None:
    """Codes brought in from elsewhere are passed over, and the ten-thousandth case of a year is no obstacle."""
    from tests.services.world import officer
    from yisong.services import findings
    from yisong.store import matters

    def opened(code: str = "") -> str:
        found = world.finding(department=ANSWERABLE)
        with world.write() as session:
            case = findings.open_case(
                session, book=world.book, findings=[matters.matter(session, found)], act=world.act("open", officer(ORIGIN)), kind="lead",
                responsible=ANSWERABLE, code=code,
            )  # fmt: skip
            return case.code

    assert opened("YX-2026-9998") == "YX-2026-9998"
    assert [opened() for _ in range(3)] == ["YX-2026-9999", "YX-2026-10000", "YX-2026-10001"]
    opened("YX-2026-10002")
    assert opened() == "YX-2026-10003"
    world.go(date(2027, 1, 4))
    assert opened() == "YX-2027-0001"


def test_letters_of_one_act_bear_the_day_on_which_they_are_made(world: World) -> None:
    """Entered on the Monday for the Friday before: the number is this Monday's."""
    order = late_orders(world, world.accepted(), 1)[0]
    world.take(order, "record_refusal", HEAD, **REASON)
    case = submitted(world)
    world.go(world.on + timedelta(days=3))
    world.take(case, "approve", OUR_HEAD, on=world.on - timedelta(days=3))
    assert world.paper(case, "YISONG").dated_on == world.on
    assert world.clock_of(case, "R-ACCEPT").start_on == world.on - timedelta(days=3)
