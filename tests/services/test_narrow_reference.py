"""A small submission is checked against what its numbers name, and is told just what the whole register would tell (按需核对)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from models import Unit
from tests.services.world import CREDIT_CODES, NAMES, World
from yisong.domain.roles import Actor
from yisong.intake.submitted import Sent, read_submission
from yisong.intake.verify import verify
from yisong.services import ledger_check, submissions
from yisong.services.narrow_reference import reference_for
from yisong.services.submissions import Call
from yisong.services.tokens import Holder

FINDING = {"finding_code": "N1", "item": "GS-06", "facts": "未建立台账", "disposal": "移送", "department": "应急管理局"}
VISIT: dict[str, Any] = {
    "inspection_code": "J1", "behaviour_code": "XW1", "unit_name": NAMES[0], "uscc": CREDIT_CODES[0], "inspected_on": "2026-03-02", "initiator": "ZFJ",
    "findings": [FINDING],
}  # fmt: skip
NEW = "91339927MAXN00080A"


def read(*visits: dict[str, Any]) -> Sent:
    return read_submission(json.dumps({"inspections": visits}).encode(), sender="接口报送")


def send(world: World, *visits: dict[str, Any]) -> None:
    holder = Holder("t", "系统：甲", "", Actor("系统：甲", "系统：甲", "", frozenset()))
    call = Call(holder=holder, sent=read(*visits), book=world.book, on=world.on, at=world.at, key=str(len(visits)))
    answer = submissions.submit(world.desk.transaction, world.desk.reading, call=call)
    assert answer.status == 201, answer.content.decode()


def rows(world: World, sent: Sent, *, whole: bool) -> list[dict[str, object]]:
    with world.desk.reading() as session:
        reference = (
            ledger_check.reference_of(session, book=world.book)
            if whole
            else reference_for(session, sent, book=world.book)
        )
    return [
        row.to_json() for row in verify(sent.workbook, reference=reference, mapping=sent.mapping, today=world.on).rows
    ]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, "ALREADY_IMPORTED"),
        ({"findings": [FINDING | {"facts": "又有一处"}]}, "CORRECTION"),
        ({"inspection_code": "J9", "behaviour_code": "XW9"}, "ALREADY_IMPORTED"),
        (
            {
                "inspection_code": "J9",
                "behaviour_code": "XW9",
                "findings": [FINDING | {"facts": "别的", "finding_code": "n１"}],
            },
            "CORRECTION",
        ),
        ({"unit_name": None, "uscc": None, "inspected_on": None, "initiator": None}, "KNOWN_INSPECTION"),
        ({"inspection_code": None}, "KNOWN_INSPECTION"),
        ({"inspection_code": None, "behaviour_code": None}, ""),
        ({"unit_name": "别的名称商贸有限公司"}, "NAME_CODE_MISMATCH"),
        ({"unit_name": NAMES[1]}, "NAME_CODE_MISMATCH"),
        ({"uscc": None}, "MISSING_VALUE"),
        ({"uscc": CREDIT_CODES[3], "unit_name": NAMES[3]}, "DEREGISTERED_SINCE"),
        ({"uscc": NEW, "unit_name": NAMES[0]}, ""),
        ({"uscc": NEW, "unit_name": NAMES[0] + "分公司"}, ""),
        ({"uscc": "9.1E+17"}, "9.1E+17"),
        ({"findings": [FINDING | {"finding_code": None}]}, ""),
    ],
)
def test_it_tells_what_the_whole_register_tells(small_world: World, changed: dict[str, Any], told: str) -> None:
    world = small_world
    with world.desk.transaction() as session:
        gone = session.get(Unit, world.units[3])
        assert gone is not None
        gone.status, gone.deregistered_on = "deregistered", date(2026, 3, 5)
    send(
        world,
        VISIT,
        VISIT | {"inspection_code": "J2", "behaviour_code": "XW2", "findings": [FINDING | {"finding_code": "N2"}]},
    )
    sent = read(VISIT | changed)
    narrow = rows(world, sent, whole=False)
    assert narrow == rows(world, sent, whole=True)
    assert told in json.dumps(narrow, ensure_ascii=False)
