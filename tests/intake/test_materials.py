"""What must accompany a transfer, and the list of it (移送材料)."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.intake.photographs import NOON, PDF, photograph, taken_in
from yisong.intake.materials import Measure, Officer, TransferMaterials, list_of_materials, missing_materials


def materials(**changes: object) -> TransferMaterials:
    values: dict[str, object] = {
        "letter": True, "record": True, "signed": True, "evidence": taken_in({"W1.jpg": photograph()}).files, "identity_proof": True, "materials_list": True,
        "measures": (Measure("先行登记保存", dt.date(2026, 9, 17)),), "officers": (Officer("甲示例", "33992700101"), Officer("乙示例", "33992700102")),
        "behaviour_code": "XZJC-1", "plan_number": "JH-1", "legal_basis": "《消防法》第十六条",
    }  # fmt: skip
    return TransferMaterials(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"letter": False}, "LETTER"), ({"record": False}, "RECORD"), ({"signed": False}, "SIGNATURE"), ({"evidence": ()}, "EVIDENCE"), ({"identity_proof": False}, "IDENTITY"),
        ({"materials_list": False}, "LIST"), ({"measures": None}, "MEASURES"), ({"measures": (Measure("查封", None),)}, "MEASURE_EXPIRY"), ({"behaviour_code": ""}, "BEHAVIOUR_CODE"),
        ({"plan_number": ""}, "PLAN"), ({"legal_basis": "  "}, "BASIS"), ({"needs_test_report": True}, "TEST_REPORT"), ({"officers": (Officer("甲示例", "1"), Officer("乙示例"))}, "OFFICERS"),
    ],
)  # fmt: skip
def test_every_missing_material_stops_a_transfer_by_name(changes: dict[str, object], code: str) -> None:
    assert missing_materials(materials()) == ()
    missing = missing_materials(materials(**changes))
    assert [entry.code for entry in missing] == [code]
    assert "：" in missing[0].text


def test_a_refused_signature_and_an_emergency_may_be_explained() -> None:
    assert missing_materials(materials(signed=False, refusal_note="拒签，有录像")) == ()
    assert (
        missing_materials(materials(behaviour_code="", plan_number="", emergency_note="紧急检查，已于次日补办")) == ()
    )
    assert missing_materials(materials(measures=())) == ()


def test_the_list_of_materials_counts_photographs_and_names_the_rest() -> None:
    package = taken_in(
        {
            "W1_a.jpg": photograph(taken=NOON),
            "W1_b.jpg": photograph(taken=NOON, colour="red"),
            "W1_检定证书复印件.pdf": PDF,
            "JC-1现场检查笔录.pdf": PDF + b"1",
        }
    )
    lines = list_of_materials(package.files, papers=[("案件移送函", 2)])
    assert [(line.number, line.name, line.count, line.unit) for line in lines] == [
        (1, "案件移送函", 2, "页"), (2, "现场照片", 2, "张"), (3, "W1_检定证书复印件", 1, "份"), (4, "JC-1现场检查笔录", 1, "份"),
    ]  # fmt: skip
    assert lines[1].remark == "拍摄于 2026-09-08"
    assert len(lines[2].digest) == 16
