"""Over-inspection (涉企检查风险): a hit writes one letter, once, from whoever is not among those warned."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col

from models import Matter, RiskHit
from tests.services.world import World, leader, officer, supervisor
from yisong.domain.lifecycle import Refusal
from yisong.services import audit, registry, risk
from yisong.store import matters

DAY = date(2026, 3, 9)


def scan(world: World, on: date | None = None) -> list[Matter]:
    if on is not None:
        world.go(on)
    with world.write() as session:
        return risk.scan(session, book=world.book, on=world.on, at=world.at)


def visit(
    world: World,
    code: str,
    on: date,
    initiator: str,
    *,
    unit: int = 0,
    theme: str = "T01",
    kind: str = "routine",
    also: tuple[str, ...] = (),
) -> None:
    with world.write() as session:
        held = matters.unit(session, world.units[unit])
        assert held is not None
        registry.keep_inspection(
            session, code=code, unit=held, inspected_on=on, initiator=initiator, participants=[initiator, *also], theme=theme, kind=kind, behaviour_code=f"XW-{code}",
        )  # fmt: skip


def plan(
    world: World, code: str, on: date, department: str, *, unit: int = 0, kind: str = "routine", known: date = DAY
) -> None:
    with world.write() as session:
        held = matters.unit(session, world.units[unit])
        assert held is not None
        registry.keep_plan(
            session, code=code, department=department, unit=held, planned_on=on, registered_on=known, kind=kind
        )


def letters(world: World) -> list[tuple[str, str, str]]:
    return [(paper.issuer, paper.number, paper.recipient) for paper in world.documents("FENGXIAN")]


def over_the_cap(world: World) -> None:
    """T01 allows one visit a year: the second is one too many, for each organ that came twice."""
    visit(world, "A-1", DAY - timedelta(days=40), "YJJ", also=("SJJ",))
    visit(world, "A-2", DAY - timedelta(days=1), "YJJ")


def crowded(world: World) -> None:
    """Visits of two departments within sixty days, three times over, of a unit whose themes have no such cap."""
    for number, (day, organ) in enumerate([(4, "SJJ"), (20, "XFJ"), (40, "SJJ"), (55, "WJJ")]):
        visit(world, f"B-{number}", date(2026, 1, 2) + timedelta(days=day), organ, theme="")


def conflicting(world: World) -> None:
    plan(world, "C-1", DAY + timedelta(days=10), "SJJ")
    plan(world, "C-2", DAY + timedelta(days=25), "XFJ")


HITS = {"RK-01": over_the_cap, "RK-02": crowded, "RK-03": conflicting}


@pytest.mark.parametrize("rule", HITS)
def test_a_hit_writes_one_letter_to_those_concerned_once(world: World, rule: str) -> None:
    HITS[rule](world)
    (written,) = scan(world)
    assert (written.kind, written.state, written.unit_id) == ("risk", "sent", world.units[0])
    (hit,) = world.every(RiskHit, col(RiskHit.key))
    assert (hit.rule, hit.matter_id, hit.on) == (rule, written.id, world.on)
    ((issuer, number, recipient),) = letters(world)
    assert issuer == world.book.guidance_code and number == "云综执提〔2026〕1号"
    told = {"RK-01": ["YJJ"], "RK-02": ["SJJ", "WJJ", "XFJ"], "RK-03": ["SJJ", "XFJ"]}[rule]
    assert sorted(written.details["departments"]) == told
    assert recipient == "、".join(world.book.organ(code).name for code in told)
    assert sorted(row.payload["department"] for row in world.outbox("notice")) == told
    world.desk.catalogue.compose("fengxian", world.documents("FENGXIAN")[0].facts, organ=issuer)
    assert scan(world) == [] and scan(world, world.on + timedelta(days=1)) == []
    assert len(letters(world)) == 1 and audit.verify_all(world.desk.reading).faults == []


@pytest.mark.parametrize("rule", HITS)
def test_less_is_no_hit(world: World, rule: str) -> None:
    if rule == "RK-01":
        visit(world, "A-1", DAY - timedelta(days=40), "YJJ")
        visit(world, "A-2", DAY - timedelta(days=1), "YJJ", kind="complaint")
        visit(world, "A-3", DAY - timedelta(days=400), "YJJ")
    elif rule == "RK-02":
        for number, (day, organ) in enumerate([(4, "SJJ"), (20, "XFJ"), (40, "SJJ")]):
            visit(world, f"B-{number}", date(2026, 1, 2) + timedelta(days=day), organ, theme="")
    else:
        plan(world, "C-1", DAY + timedelta(days=10), "SJJ")
        plan(world, "C-2", DAY + timedelta(days=41), "XFJ")
        plan(world, "C-3", DAY + timedelta(days=12), "XFJ", kind="joint")
        plan(world, "C-4", DAY + timedelta(days=14), "XFJ", unit=1)
    assert scan(world) == [] and letters(world) == []


def test_the_same_plans_are_one_hit_however_often_and_however_late_one_looks(world: World) -> None:
    """Forty evenings, while the first of three plans becomes past: still the same three, and one letter."""
    conflicting(world)
    plan(world, "C-3", DAY + timedelta(days=38), "WJJ")
    written = [matter.code for offset in range(45) for matter in scan(world, DAY + timedelta(days=offset))]
    assert len(written) == 1 and len(letters(world)) == 1


def test_a_new_fact_is_a_new_hit(world: World) -> None:
    over_the_cap(world)
    assert len(scan(world)) == 1
    visit(world, "A-3", DAY + timedelta(days=3), "YJJ")
    assert len(scan(world, DAY + timedelta(days=3))) == 1
    assert [number for _, number, _ in letters(world)] == ["云综执提〔2026〕1号", "云综执提〔2026〕2号"]


def test_a_plan_that_was_not_yet_registered_warns_nobody(world: World) -> None:
    plan(world, "C-1", DAY + timedelta(days=10), "SJJ")
    plan(world, "C-2", DAY + timedelta(days=12), "XFJ", known=DAY + timedelta(days=5))
    assert scan(world) == []
    assert len(scan(world, DAY + timedelta(days=5))) == 1


@pytest.mark.parametrize(
    ("others", "issuer", "variant"), [((), "ZFJ", "guidance"), (("ZFJ",), "SFJ", "supervisor"), (("ZFJ", "SFJ"), "XZF", "government")], ids=["guidance", "justice", "government"],
)  # fmt: skip
def test_nobody_warns_itself(world: World, others: tuple[str, ...], issuer: str, variant: str) -> None:
    for number, organ in enumerate(("SJJ", *others)):
        plan(world, f"C-{number}", DAY + timedelta(days=10 + number), organ)
    plan(world, "C-9", DAY + timedelta(days=15), "XFJ")
    (written,) = scan(world)
    assert (written.variant, written.origin) == (variant, issuer)
    ((wrote, _, recipient),) = letters(world)
    assert wrote == issuer and world.book.organ(issuer).name not in recipient
    assert issuer not in written.details["departments"] and set(others) <= set(written.details["departments"])


def test_a_hit_about_which_nobody_can_write_is_named_and_the_others_are_written(world: World) -> None:
    for number, organ in enumerate(("ZFJ", "SFJ", "XZF")):
        plan(world, f"C-{number}", DAY + timedelta(days=10 + number), organ)
    plan(world, "D-1", DAY + timedelta(days=10), "SJJ", unit=1)
    plan(world, "D-2", DAY + timedelta(days=11), "XFJ", unit=1)
    skipped: list[tuple[str, str]] = []
    with world.write() as session:
        written = risk.scan(session, book=world.book, on=world.on, at=world.at, skipped=skipped)
    assert [matter.unit_id for matter in written] == [world.units[1]]
    ((key, why),) = skipped
    assert key.startswith("RK-03:") and "收函部门" in why
    assert len(letters(world)) == 1


def test_those_warned_answer_and_the_guidance_office_settles(world: World) -> None:
    conflicting(world)
    (written,) = scan(world)
    number = written.id or 0
    with pytest.raises(Refusal) as caught:
        world.take(number, "answer", officer("MZJ"), reply="合并")
    assert caught.value.code == "wrong_role"
    with pytest.raises(Refusal) as caught:
        world.take(number, "settle", supervisor(world.book), reason="已合并")
    assert caught.value.code == "wrong_state"
    for organ in ("SJJ", "XFJ"):
        world.take(number, "answer", leader(organ), reply="合并为一次联合检查")
    world.take(number, "settle", supervisor(world.book), reason="已合并")
    assert world.state(number) == "settled"
    assert [event.department for event in world.events(number)] == ["", "SJJ", "XFJ", world.book.supervisor_code]


def test_a_letter_says_what_is_planned_and_what_was_done(world: World) -> None:
    visit(world, "A-1", DAY - timedelta(days=20), "YJJ")
    conflicting(world)
    (written,) = scan(world)
    facts: dict[str, Any] = world.documents("FENGXIAN")[0].facts
    assert [(item["dept"], item["planned_on"]) for item in facts["risk"]["items"]] == [
        ("云溪县市场监督管理局", (DAY + timedelta(days=10)).isoformat()), ("云溪县消防救援大队", (DAY + timedelta(days=25)).isoformat()),
    ]  # fmt: skip
    assert (
        facts["risk"]["rule"] == "RK-03"
        and facts["risk"]["reply_by"] == world.book.calendar.add_workdays(DAY, 3).isoformat()
    )
    assert "2月17日" in facts["reason"] and written.details["reason"] == facts["reason"]


def test_a_joint_visit_is_one_visit(world: World) -> None:
    """What the rules want never looks like a crowd."""
    for number, day in enumerate((4, 20, 40, 55)):
        visit(
            world,
            f"J-{number}",
            date(2026, 1, 2) + timedelta(days=day),
            "ZFJ",
            theme="",
            kind="joint",
            also=("SJJ", "XFJ", "WJJ"),
        )
    assert scan(world) == []
