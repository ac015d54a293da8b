"""A transfer leaves when what the law asks for is there, and is told at once of everything that is not (移送材料核对)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from models import Inspection, Matter
from tests.intake.photographs import PDF, photograph
from tests.services.test_evidence import bring
from tests.services.world import ANSWERABLE, ORIGIN, World, leader, officer
from yisong.domain.lifecycle import Refusal
from yisong.domain.materials import DEFAULT_POINTS, Held, Proof, check_materials, missing
from yisong.domain.roles import Actor
from yisong.services import audit, evidence, findings, registry, steps, vouching
from yisong.services.material_list import checklist, for_letter
from yisong.store import evidence as stored
from yisong.store import matters


def bare(
    world: World, item: str = "GS-06", *, evidence: tuple[str, ...] = (), officers: int = 0, code: str = "B1"
) -> int:
    """A draft made of a ledger's row that says nothing but what was found."""
    with world.write() as session:
        unit = matters.unit(session, world.units[0])
        assert unit is not None
        people = [{"name": f"检查员{place}", "cert_no": f"3399000{place}"} for place in range(officers)]
        visit = registry.keep_inspection(
            session, code=f"JC-{code}", unit=unit, inspected_on=world.on, initiator=ORIGIN, officers=people
        )
        found = findings.register_finding(
            session, book=world.book, inspection=visit, code=code, item_code=item, facts="", disposal="transfer",
            act=world.act("register", officer(ORIGIN)), department=ANSWERABLE, evidence=evidence,
        )  # fmt: skip
        opened = findings.open_case(
            session,
            book=world.book,
            findings=[found],
            act=world.act("open", officer(ORIGIN)),
            kind="lead",
            responsible=ANSWERABLE,
        )
        return opened.id or 0


def lacking(world: World, case: int) -> set[str]:
    with world.read() as session:
        return {
            each.point.code
            for each in checklist(session, world.matter(case), book=world.book, on=world.on)
            if each.blocking
        }


def vouch(world: World, case: int, point: str, stated: str, by: Actor | None = None) -> None:
    with world.write() as session:
        vouching.vouch(
            session, matters.matter(session, case), book=world.book, point=point, stated=stated, by=by or officer(ORIGIN), on=world.on, at=world.at
        )  # fmt: skip


def refusal(world: World, case: int) -> Refusal:
    with pytest.raises(Refusal) as caught:
        world.take(case, "submit", officer(ORIGIN))
    return caught.value


def test_what_lacks_is_told_all_at_once_and_what_the_item_merely_asks_for_is_not_there(world: World) -> None:
    case = bare(world)
    told = refusal(world, case)
    assert told.code == "materials_incomplete" and world.state(case) == "draft"
    assert lacking(world, case) == {"RECORD", "EVIDENCE", "OFFICERS"}
    for words in ("还有 3 项", "缺现场检查笔录", "缺证据", "缺检查人员执法证信息"):
        assert words in told.message
    with world.read() as session:
        offers = steps.offered(
            session, book=world.book, matter=world.matter(case), actor=officer(ORIGIN), on=world.on, at=world.at
        )
    assert next(offer.obstacle for offer in offers if offer.transition.action == "submit") == told.message
    bring(world, case, {"现场检查笔录.pdf": PDF, "照片.jpg": photograph()})
    assert lacking(world, case) == {"OFFICERS"}
    vouch(world, case, "OFFICERS", "张三 33990001、李四 33990002")
    world.leave(case)
    assert world.state(case) == "pending_acceptance"


def test_names_of_a_ledger_and_its_officers_are_enough(world: World) -> None:
    case = bare(world, evidence=("现场检查（勘察）笔录", "照片"), officers=2)
    assert lacking(world, case) == set()
    world.leave(case)


def test_a_person_vouches_by_name_for_what_is_on_paper(world: World) -> None:
    case = bare(world, officers=2)
    vouch(world, case, "RECORD", "现场检查笔录原件1份3页，存执法档案室")
    vouch(world, case, "EVIDENCE", "物证：不合格灭火器2具，存证据室；照片原件6张")
    assert lacking(world, case) == set()
    line = world.events(case)[-1]
    assert (line.action, line.actor_name, line.given["point"]) == ("material_vouched", officer(ORIGIN).name, "EVIDENCE")
    with world.write() as session:
        held = matters.matter(session, case)
        vouching.withdraw(session, held, book=world.book, point="RECORD", by=officer(ORIGIN), on=world.on, at=world.at)
    assert lacking(world, case) == {"RECORD"}
    vouch(world, case, "RECORD", "现场检查笔录复印件1份")
    vouch(world, case, "RECORD", "现场检查笔录原件1份")
    with world.read() as session:
        assert [entry.stated for entry in stored.vouchings(session, case) if entry.point == "RECORD"] == [
            "现场检查笔录原件1份"
        ]
    assert audit.verify_all(world.desk.reading).faults == []
    world.leave(case)
    names = [row["name"] for row in world.paper(case, "YSQD").facts["materials"]]
    assert names == ["物证：不合格灭火器2具，存证据室", "照片原件6张", "现场检查笔录原件1份"]


def test_files_are_listed_before_names_and_what_a_file_covers_is_listed_once(small_world: World) -> None:
    world = small_world
    case = bare(world, evidence=("现场检查笔录", "照片", "许可查询结果"), officers=2)
    bring(
        world,
        case,
        {
            "1.jpg": photograph(),
            "2.jpg": photograph(colour="red"),
            "现场检查笔录.pdf": PDF,
            "B1询问笔录.pdf": PDF + b"1",
        },
    )
    with world.read() as session:
        rows = for_letter(session, world.matter(case))
    assert [(row["name"], row["quantity"], row["form"]) for row in rows] == [
        ("现场照片", "2张", "电子原件"), ("B1询问笔录", "1份", "电子件"), ("现场检查笔录", "1份", "电子件"), ("许可查询结果", "1份", "复印件"),
    ]  # fmt: skip
    assert "SHA-256" in rows[1]["note"] and "当事人的陈述" in rows[1]["note"]
    world.leave(case)
    frozen = world.paper(case, "YSQD").facts["materials"]
    assert frozen == rows and world.paper(case, "YISONG").facts["materials"] == rows
    with world.write() as session:
        piece = stored.of_case(session, matters.matter(session, case))[0]
        evidence.void(
            session, piece.id or 0, book=world.book, by=leader(ORIGIN), on=world.on, at=world.at, reason="重复"
        )
    assert world.paper(case, "YSQD").facts["materials"] == frozen, "a list that has been issued stays as it was"


def test_a_measure_that_something_tells_of_must_say_when_it_ends(small_world: World) -> None:
    world = small_world
    case = bare(world, evidence=("现场笔录", "实施行政强制措施/登记保存清单"), officers=2)
    assert lacking(world, case) == {"MEASURES"}
    for words, code in (
        ("先行登记保存灭火器2具", "measures_undated"),
        ("登记保存 2026-13-40", "measures_undated"),
        ("", "stated_missing"),
    ):
        with pytest.raises(Refusal) as caught:
            vouch(world, case, "MEASURES", words)
        assert caught.value.code == code
    vouch(world, case, "MEASURES", "先行登记保存灭火器2具，至2026年3月18日\n查封仓库 2026-04-08")
    assert lacking(world, case) == set()
    world.leave(case)
    facts = world.paper(case, "YISONG").facts
    assert [(entry["name"], entry["until"]) for entry in facts["measures_taken"]] == [
        ("先行登记保存灭火器2具", "2026-03-18"),
        ("查封仓库", "2026-04-08"),
    ]


def test_that_none_were_taken_is_an_answer_too(small_world: World) -> None:
    case = bare(small_world, evidence=("现场笔录", "查封决定书"), officers=2)
    vouch(small_world, case, "MEASURES", "无")
    small_world.leave(case)


@pytest.mark.parametrize(
    ("point", "stated", "by", "code"),
    [
        ("LETTER", "x", None, "point_unknown"), ("XX", "x", None, "point_unknown"), ("RECORD", " ", None, "stated_missing"), ("RECORD", "字" * 1001, None, "stated_missing"),
        ("OFFICERS", "张三、李四", None, "officers_too_few"), ("OFFICERS", "张三 33990001", None, "officers_too_few"),
        ("RECORD", "原件1份", officer(ANSWERABLE), "evidence_not_yours"), ("RECORD", "原件1份", officer("XFJ"), "evidence_not_yours"),
    ],
)  # fmt: skip
def test_a_word_that_says_nothing_or_comes_from_nobody_is_refused(
    small_world: World, point: str, stated: str, by: Actor | None, code: str
) -> None:
    case = bare(small_world)
    with pytest.raises(Refusal) as caught:
        vouch(small_world, case, point, stated, by)
    assert caught.value.code == code and len(small_world.events(case)) == 1


def test_while_a_case_waits_for_approval_nothing_is_taken_from_its_list(small_world: World) -> None:
    world = small_world
    case = bare(world, officers=2)
    bring(world, case, {"现场检查笔录.pdf": PDF, "照片.jpg": photograph()})
    world.take(case, "submit", officer(ORIGIN))
    with pytest.raises(Refusal) as caught:
        vouch(world, case, "RECORD", "x")
    assert caught.value.code == "not_a_draft"
    with world.read() as session:
        piece = stored.of_case(session, world.matter(case))[0].id or 0
    with pytest.raises(Refusal) as caught, world.write() as session:
        evidence.void(session, piece, book=world.book, by=leader(ORIGIN), on=world.on, at=world.at, reason="x")
    assert caught.value.code == "evidence_under_approval"


DAY = date(2026, 9, 8)
COMPLETE: dict[str, Any] = {
    "files": (("record", "现场检查笔录"), ("audiovisual", "照片")), "registered": True, "officers": (("甲", "33990001"), ("乙", "33990002")), "law": True,
    "behaviour_code": "XZJC-1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"files": (("audiovisual", "照片"),)}, "RECORD"), ({"files": (("record", "笔录"),)}, "EVIDENCE"), ({"registered": False}, "IDENTITY"), ({"law": False}, "LAW"),
        ({"measured": True}, "MEASURES"), ({"measures": (("查封", None),)}, "MEASURES"), ({"officers": (("甲", "33990001"), ("乙", ""))}, "OFFICERS"),
        ({"officers": (), "roster": (("甲", "33990001"),)}, "OFFICERS"),
    ],
)  # fmt: skip
def test_every_hard_point_stops_a_transfer_by_name_unless_a_person_vouches(changes: dict[str, Any], code: str) -> None:
    def found(**more: Any) -> list[str]:
        held = Held(**{**COMPLETE, **changes, **more})
        return [each.point.code for each in check_materials(DEFAULT_POINTS, held=held, on=DAY) if each.blocking]

    assert missing(check_materials(DEFAULT_POINTS, held=Held(**COMPLETE), on=DAY)) == ()
    assert found() == [code]
    undated = changes.get("measures")
    assert found(vouched={code: "已核对"}) == ([code] if undated else [])


def test_what_the_law_does_not_ask_for_is_a_hint_until_the_county_makes_it_hard() -> None:
    held = Held(**{**COMPLETE, "behaviour_code": "", "report": True})
    checked = {each.point.code: each for each in check_materials(DEFAULT_POINTS, held=held, on=DAY)}
    hints = {code for code, each in checked.items() if each.asked and not each.met}
    assert hints == {"BEHAVIOUR", "PLAN", "TEST_REPORT"} and not any(each.blocking for each in checked.values())
    assert not any(checked[code].point.hard for code in hints)
    stricter = [replace(point, hard=True) for point in DEFAULT_POINTS]
    assert {each.point.code for each in check_materials(stricter, held=held, on=DAY) if each.blocking} == hints
    assert all(point.basis.startswith("系统默认") == (point.source.value == "default") for point in DEFAULT_POINTS)
    later = [replace(point, valid_from=DAY.replace(year=DAY.year + 1)) for point in DEFAULT_POINTS]
    assert check_materials(later, held=Held(), on=DAY) == ()


def test_a_roster_of_certified_officers_stands_in_where_the_ledger_names_none() -> None:
    held = Held(**{**COMPLETE, "officers": (), "roster": (("甲", "33990001"), ("乙", "33990002"))})
    (officers,) = [
        each for each in check_materials(DEFAULT_POINTS, held=held, on=DAY) if each.point.proof is Proof.OFFICERS
    ]
    assert officers.met and "登记在册" in officers.by


def test_registering_tells_names_that_were_stated_from_names_that_were_proposed(small_world: World) -> None:
    bare(small_world, code="B2")
    bare(small_world, code="B3", evidence=("照片",))
    from models import Finding

    found = {row.matter_id: row for row in small_world.every(Finding)}
    by_code = {matter.code: found[matter.id] for matter in small_world.every(Matter) if matter.kind == "finding"}
    assert by_code["B2"].evidence_proposed and by_code["B2"].evidence and not by_code["B3"].evidence_proposed
    assert len(small_world.every(Inspection)) == 2
