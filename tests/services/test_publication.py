"""What the public may see ends the moment its reason ends, whoever has forgotten to press what (公示)."""

from __future__ import annotations

from datetime import date, timedelta

from tests.services.scenes_of_orders import pass_order
from tests.services.world import ANSWERABLE, ORIGIN, World, leader, officer
from yisong.services import publication
from yisong.services.steps import take_step
from yisong.store import matters

HEAD = leader(ANSWERABLE)


def listed(world: World, on: date | None = None) -> list[str]:
    with world.read() as session:
        return [each.name for each in publication.listed(session, on=on or world.on)]


def results(world: World, on: date | None = None, text: str = "") -> list[publication.Result]:
    with world.read() as session:
        return publication.results(session, on=on or world.on, text=text)


def test_a_unit_stands_on_the_list_from_the_effective_day_to_the_end_of_its_term(world: World) -> None:
    matter = world.effective()
    name, since = world.unit().name, date.fromisoformat(world.matter(matter).details["effective_on"])
    assert listed(world) == [name] and listed(world, since) == [name]
    assert listed(world, since - timedelta(days=1)) == []
    end = publication.months_after(since, 36)
    assert listed(world, end - timedelta(days=1)) == [name]
    assert listed(world, end) == [], "no sweep has run, and nobody has pressed anything"


def test_a_revoked_listing_is_gone_before_anybody_withdraws_it(world: World) -> None:
    matter = world.effective()
    world.take(matter, "revoke", HEAD, reason="原决定有误")
    assert world.state(matter) == "revoked" and listed(world) == []


def test_a_natural_person_is_shown_by_the_family_name(world: World) -> None:
    world.effective()
    with world.write() as session:
        unit = matters.unit(session, world.units[0])
        assert unit is not None
        unit.kind, unit.name = "自然人", "欧阳演示"
    assert listed(world) == ["欧***"]


def published(world: World) -> int:
    case = world.accepted("own")
    pass_order(world, world.served_order(case))
    world.take(case, "publish", officer(ORIGIN), scope="已改正，复查合格")
    return case


def test_a_result_is_shown_for_its_term_and_found_by_its_unit(world: World) -> None:
    published(world)
    [shown] = results(world)
    assert (shown.name, shown.outcome, shown.published_on) == (world.unit().name, "已改正，复查合格", world.on)
    assert shown.items and shown.department == ORIGIN
    assert results(world, text=shown.uscc[:8]) == [shown] and results(world, text="没有这家") == []
    end = publication.months_after(world.on, publication.MONTHS)
    assert results(world, end - timedelta(days=1)) == [shown] and results(world, end) == []
    assert not {"phone", "legal_rep"} & set(publication.Result.__dataclass_fields__)


def test_a_withdrawn_sheet_and_a_reopened_case_are_gone(world: World) -> None:
    first, second = published(world), published(world)
    assert len(results(world)) == 2
    sheet = world.paper(first, "GONGSHI").matter_id
    with world.write() as session:
        take_step(session, book=world.book, matter_id=sheet, act=world.act("issue"))
    world.take(sheet, "withdraw", leader(ORIGIN), reason="依据撤销")
    assert [each.name for each in results(world)] == [world.unit().name]
    world.take(second, "close", leader(ORIGIN))
    world.take(second, "reopen", leader(ORIGIN), ground="review_fraud", reason="照片不实")
    assert results(world) == []


def test_months_end_on_the_last_day_where_the_month_is_shorter() -> None:
    assert publication.months_after(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert publication.months_after(date(2026, 1, 31), 12) == date(2027, 1, 31)
