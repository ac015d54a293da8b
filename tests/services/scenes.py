"""What several scenes have in common, and the scenes of arriving (流程场景：登记、移送、争议、文书、风险)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlmodel import col

from models import Inspection, Matter
from tests.services.world import (
    ANSWERABLE,
    ORIGIN,
    World,
    coordinator,
    government,
    leader,
    officer,
    supervisor,
    unit_itself,
)
from yisong.domain.roles import SYSTEM, Actor
from yisong.services import deadlines, findings, registry, risk
from yisong.store import matters

Scene = Callable[[World], None]
REASON: dict[str, Any] = {"reason": "如实说明理由"}
RETURN: dict[str, Any] = {"reason": "不属本部门职责", "basis": "权责清单第12项", "proposed_department": "XFJ"}
HEAD, CLERK = leader(ANSWERABLE), officer(ANSWERABLE)
OUR_HEAD, OUR_CLERK = leader(ORIGIN), officer(ORIGIN)
POLICE = officer("GAJ")


def lapse(world: World, due: date | None) -> None:
    """The midnight after a term has ended, and the office hours that follow."""
    assert due is not None
    world.go(max(due + timedelta(days=1), world.on))
    swept = deadlines.lapse_all(world.desk.transaction, book=world.book, day=world.on, at=world.at)
    assert not swept.skipped


def unit_of(world: World, order: int) -> Actor:
    return unit_itself(world.matter(order).unit_id)


def findings_of_all_kinds(world: World) -> None:
    book = world.book
    queued = world.finding()
    assert world.state(queued) == "undecided"
    world.take(queued, "decide_department", coordinator(book), department="XFJ", reason="清单列明", basis="清单第9项")
    assert world.matter(queued).responsible == "XFJ"
    for action, actor in (("void", OUR_HEAD), ("retract", SYSTEM)):
        for waiting in (False, True):
            found = world.finding(department="" if waiting else ANSWERABLE)
            assert world.state(found) == ("undecided" if waiting else "recorded")
            world.take(found, action, actor, **REASON)
    for kind in ("lead", "own"):
        for waiting in (False, True):
            answerable = ORIGIN if kind == "own" else ANSWERABLE
            found = world.finding("CY-07" if kind == "own" else "GS-06", department="" if waiting else answerable)
            with world.write() as session:
                findings.open_case(
                    session, book=book, findings=[matters.matter(session, found)], act=world.act("open", OUR_CLERK), kind=kind,
                    responsible=answerable,
                )  # fmt: skip
            if kind == "lead" and waiting:
                world.take(found, "retract", **REASON)
    fixed = world.finding(disposal="onsite")
    assert world.state(fixed) == "onsite_fixed"
    world.take(fixed, "retract", **REASON)


def arrivals(world: World) -> None:
    urgent = world.case(urgent=True)
    world.take(urgent, "submit", OUR_CLERK)
    world.take(urgent, "send_back", OUR_HEAD, **REASON)
    world.take(urgent, "void", OUR_HEAD, **REASON)
    waiting = world.case()
    world.take(waiting, "submit", OUR_CLERK)
    world.take(waiting, "void", OUR_HEAD, **REASON)
    case = world.delivered()
    world.take(case, "sign_receipt", CLERK)
    world.take(case, "request_supplement", CLERK, items=["主体证明"], reason="材料不全")
    world.take(case, "deliver_supplement", OUR_CLERK, materials=["营业执照"])
    world.take(case, "change_unit", HEAD, unit=world.units[1], reason="权利义务承受")
    world.take(case, "void", OUR_HEAD, **REASON)
    gone = world.delivered()
    world.take(gone, "terminate", HEAD, successor_checked=True, **REASON)
    world.take(gone, "feed_back", CLERK)
    late = world.delivered()
    world.take(late, "request_supplement", CLERK, items=["主体证明"], reason="材料不全")
    lapse(world, world.clock_of(late, "R-SUPPLEMENT").due_on)
    assert world.state(late) == "returned"
    world.take(late, "request_reconsideration", OUR_HEAD, reason="材料已备齐", materials=["营业执照"])
    world.take(
        late, "return_groundless", HEAD, ground="not_violation", reason="不构成违法", basis="行政处罚法第三十八条"
    )
    world.take(late, "void", OUR_HEAD, **REASON)


def disputes(world: World) -> None:
    case = world.delivered()
    world.take(case, "return_jurisdiction", HEAD, **RETURN)
    world.take(case, "reroute", OUR_HEAD, department="XFJ", reason="认可")
    world.take(case, "return_jurisdiction", leader("XFJ"), **{**RETURN, "proposed_department": ANSWERABLE})
    world.take(case, "settle", coordinator(world.book), department=ANSWERABLE, reason="协调一致")
    world.take(case, "accept", HEAD)
    other = world.delivered()
    world.take(other, "return_jurisdiction", HEAD, **RETURN)
    world.take(other, "insist", OUR_CLERK, opinion="属应急部门职责")
    world.take(other, "not_settled", coordinator(world.book), opinion="建议指定")
    world.take(other, "designate", government(world.book), department=ANSWERABLE, basis="行政处罚法第二十五条")
    third = world.delivered("case")
    world.take(third, "return_jurisdiction", HEAD, **RETURN)
    world.take(third, "designate", government(world.book), department="XFJ", basis="行政处罚法第二十五条")
    returned = world.delivered()
    world.take(returned, "return_jurisdiction", HEAD, **RETURN)
    world.take(returned, "void", OUR_HEAD, **REASON)


def papers(world: World) -> None:
    case = world.delivered()
    numbers = [world.paper(case, "YISONG").matter_id, world.paper(world.delivered(), "YISONG").matter_id]
    printed: dict[str, Any] = {"pdf_sha256": "0" * 64, "docx_sha256": "1" * 64, "template_digest": "2" * 64}
    for number in numbers:
        world.take(number, "issue", SYSTEM, **printed)
    world.take(numbers[0], "withdraw", OUR_HEAD, **REASON)
    world.take(numbers[1], "supersede", OUR_HEAD, replacement="云综执移〔2026〕9号", **REASON)
    world.take(world.paper(world.delivered(), "YISONG").matter_id, "void", OUR_HEAD, **REASON)


def risks(world: World) -> None:
    """Plans that conflict: the letter comes from whoever is not among those warned."""
    for unit, organs in (
        (0, ["YJJ", "SJJ"]),
        (1, [world.book.guidance_code, "SJJ"]),
        (2, [world.book.guidance_code, world.book.supervisor_code]),
    ):
        with world.write() as session:
            planned = matters.unit(session, world.units[unit])
            assert planned is not None
            for index, organ in enumerate(organs):
                day = world.on + timedelta(days=10 + index)
                registry.keep_plan(
                    session,
                    code=f"P-{unit}-{organ}",
                    department=organ,
                    unit=planned,
                    planned_on=day,
                    registered_on=world.on,
                )
    with world.write() as session:
        risk.scan(session, book=world.book, on=world.on, at=world.at)
    for hit in [each for each in world.every(Matter, col(Matter.id)) if each.kind == "risk"]:
        told = hit.details["departments"][0]
        for _ in range(2):
            world.take(hit.id or 0, "answer", officer(told), reply="合并为一次联合检查")
        if hit.variant != "supervisor":
            world.take(hit.id or 0, "settle", supervisor(world.book), reason="已合并")
    assert world.every(Inspection, col(Inspection.id)) is not None
