"""Who the ledger says was inspected is checked against the register of units (被检查单位核对)."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.intake.ledgers import HEADERS, HOTEL, STATION, codes, county, reference, row, xlsx
from yisong.intake.identity import check_character
from yisong.intake.ledger import read_workbook
from yisong.intake.reference import Item, Reference, Unit
from yisong.intake.rows import VerifiedRow
from yisong.intake.verify import verify


def only_row(known: Reference | None = None, **changes: str | dt.date | None) -> VerifiedRow:
    data = xlsx([list(HEADERS), row(**changes)])
    return verify(read_workbook(data), reference=known or reference()).rows[0]


def a_code(number: int) -> str:
    body = f"91339927{number:09d}"
    return body + check_character(body)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("云溪县样例海鲜酒店有限公司", HOTEL[0]), ("云溪县样例海鲜大酒楼有限公司", HOTEL[0]), ("云溪样例海鲜大酒店", HOTEL[0]), ("云溪县示例一号加油站", STATION[0]),
        ("云溪县示例二号加油站有限公司", None), ("云溪县完全另外的一家食品厂", None), ("云溪县样例海鲜大酒店有限公司城东分公司", HOTEL[0]),
    ],
)  # fmt: skip
def test_a_new_unit_with_a_name_like_a_known_one_is_pointed_out(name: str, near: str | None) -> None:
    found = only_row(被检查单位=name, 统一社会信用代码=a_code(77))
    if near is None:
        assert "NEAR_DUPLICATE" not in codes(found)
        assert "NEW_UNIT" in codes(found)
    else:
        assert found.status == "warning"
        assert near in next(m.text for m in found.messages if m.code == "NEAR_DUPLICATE")


def test_near_duplicates_are_found_among_twenty_thousand() -> None:
    trades = "餐饮加油站化工机械包装"
    units = {
        a_code(n): Unit(
            a_code(n),
            f"云溪县{chr(0x4E00 + n % 997)}{chr(0x5000 + n % 1009)}{chr(0x6000 + n % 1013)}{trades[n % 9 : n % 9 + 2]}有限公司",
        )
        for n in range(20_000)
    }
    known = Reference(units=units)
    wanted = units[a_code(12_345)]
    changed = wanted.name.replace("云溪县", "云溪县新").replace("有限公司", "有限责任公司")
    assert wanted in known.near_duplicates(changed)
    assert known.near_duplicates("云溪县鱻靐龘商店") == ()


def test_a_unit_that_no_longer_stands_cannot_be_inspected_and_the_heir_is_named() -> None:
    gone = next(entry for entry in county()["entities"] if entry["status"] == "deregistered")
    name, code = gone["name"], gone["uscc"]
    before = only_row(被检查单位=name, 统一社会信用代码=code, 检查日期=gone["deregistered_on"] - dt.timedelta(days=1))
    after = only_row(被检查单位=name, 统一社会信用代码=code, 检查日期=gone["deregistered_on"] + dt.timedelta(days=1))
    assert (before.status, "DEREGISTERED_SINCE" in codes(before)) == ("warning", True)
    assert (after.status, "DEREGISTERED" in codes(after)) == ("error", True)
    assert "经营者" in next(m.text for m in after.messages if m.code == "DEREGISTERED")
    heir = reference(units={code: Unit(code, name, "deregistered", None, successor="经营者施某")})
    assert "经营者施某" in next(
        m.text for m in only_row(heir, 被检查单位=name, 统一社会信用代码=code).messages if m.code == "DEREGISTERED"
    )


@pytest.mark.parametrize(
    ("name", "code", "message", "status"),
    [
        ("云溪县示例一号加油站", STATION[1], "NAME_DIFFERS", "warning"), (HOTEL[0], STATION[1], "NAME_CODE_MISMATCH", "error"), ("毫不相干的厂", STATION[1], "NAME_CODE_MISMATCH", "error"),
        (None, STATION[1], "NAME_FROM_REGISTER", "warning"), (STATION[0], None, "MISSING_VALUE", "error"), (STATION[0], a_code(5), "UNIT_CODE_DIFFERS", "error"),
        (f"{STATION[0]}（{STATION[1]}）", None, "USCC_IN_NAME", "warning"), ("云溪县示例一号加油站有限公司 ", STATION[1], "", "ok"),
    ],
)  # fmt: skip
def test_name_and_code_must_fit(name: str | None, code: str | None, message: str, status: str) -> None:
    found = only_row(被检查单位=name, 统一社会信用代码=code)
    assert found.status == status, found.messages
    assert not message or message in codes(found)
    if status != "error":
        assert (found.inspection["unit_name"], found.inspection["uscc"]) == STATION


def test_a_former_name_is_taken_for_the_present_one() -> None:
    units = dict(reference().units)
    units[STATION[1]] = Unit(STATION[1], STATION[0], aka=("云溪县老加油站",))
    found = only_row(reference(units=units), 被检查单位="云溪县老加油站")
    assert "FORMER_NAME" in codes(found)
    assert found.inspection["unit_name"] == STATION[0]


def test_suggestions_among_five_thousand_items_are_found_without_comparing_with_each() -> None:
    items = tuple(
        Item(f"SX-{n:04d}", f"{chr(0x4E00 + n)}{chr(0x5E00 + n % 997)}经营场所管理制度落实情况") for n in range(5_010)
    )
    known = reference(items=items)
    wanted = items[4_321].name
    assert wanted in known.find_item(wanted.replace("落实", "执行")).suggestions
    assert known.find_item("鱻靐龘").suggestions == ()
    assert known.find_item(wanted * 20).suggestions == ()
