"""Make ledgers for the tests, clean and ugly ones (测试台账)."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import xlsxwriter
import yaml

from yisong.intake.ledger import read_workbook
from yisong.intake.reference import Department, Item, Reference, Theme, Town, Unit
from yisong.intake.rows import Verification, VerifiedRow
from yisong.intake.verify import verify

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
DATA = ROOT / "tests" / "data" / "ledgers"
Cell = str | int | float | bool | dt.date | None
Region = tuple[int, int, int, int]

HEADERS = ("检查编号", "行政行为码", "检查主题", "被检查单位", "统一社会信用代码", "检查日期", "发起部门", "参与部门", "是否扫码",
           "问题编号", "检查事项", "发现问题", "处置方式", "责任部门", "证据材料")  # fmt: skip
STATION = ("云溪县示例一号加油站有限公司", "91339927MAXN000169")
HOTEL = ("云溪县样例海鲜大酒店有限公司", "91339927MAXN00040R")


@cache
def county() -> dict[str, Any]:
    """The demonstration county (演示县)."""
    loaded: dict[str, Any] = yaml.safe_load((SAMPLES / "yunxi.yaml").read_text(encoding="utf-8"))
    return loaded


def reference(**changes: Any) -> Reference:
    """What ledgers of the county are checked against (核对依据); `changes` replace parts of it."""
    found = county()
    parts: dict[str, Any] = {
        "departments": tuple(
            Department(
                d["code"],
                d["name"],
                d["short"],
                tuple(d.get("aka", ())) + tuple(h["name"] for h in d.get("history", ())),
            )
            for d in found["departments"]
        ),
        "items": tuple(
            Item(
                i["code"],
                i["name"],
                tuple(i["themes"]),
                i["finding"],
                i["severity"],
                i.get("criminal_hint", ""),
                i["exempt_candidate"],
            )
            for i in found["check_items"]
        ),
        "themes": tuple(Theme(t["code"], t["name"], t["initiator"]) for t in found["themes"]),
        "towns": tuple(
            Town(d["code"], d["short"], (d["name"],)) for d in found["departments"] if d["level"] == "township"
        ),
        "units": {
            e["uscc"]: Unit(e["uscc"], e["name"], e["status"], e.get("deregistered_on"), town=e["town"])
            for e in found["entities"]
        },
    }
    return Reference(**{**parts, **changes})


def row(**changes: Cell) -> list[Cell]:
    """A clean row in the order of HEADERS (一行标准数据); `changes` by header."""
    values: dict[str, Cell] = dict(
        zip(
            HEADERS,
            ("JC-1", "XZJC-1", "加油站“综合查一次”", *STATION, dt.date(2026, 9, 8), "应急局", "应急局、消防大队、市监局", "是",
             "W1", "GS-04", "2 具灭火器压力不足。", "移送", "消防大队", "现场检查笔录、照片"),
            strict=True,
        )
    )  # fmt: skip
    unknown = set(changes) - set(HEADERS)
    assert not unknown, f"no such columns: {unknown}"
    values.update(changes)
    return list(values.values())


def xlsx(
    sheets: Mapping[str, Sequence[Sequence[Cell]]] | Sequence[Sequence[Cell]],
    *,
    merges: Sequence[Region] = (),
    hidden: Sequence[str] = (),
    options: Mapping[str, object] | None = None,
) -> bytes:
    """Write a workbook (写 xlsx). `merges` (top, left, bottom, right) are made on the first sheet."""
    if not isinstance(sheets, Mapping):
        sheets = {"台账": sheets}
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"strings_to_formulas": False, "strings_to_urls": False, **(options or {})})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for place, (name, rows) in enumerate(sheets.items()):
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for top, left, bottom, right in merges if place == 0 else ():
            sheet.merge_range(top, left, bottom, right, "")
        for number, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(number, column, dt.datetime.combine(cell, dt.time.min), day)
                elif cell is not None and cell != "":
                    sheet.write(number, column, cell)
    book.close()
    return stream.getvalue()


def text(rows: Sequence[Sequence[Cell]], *, encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    """Write a CSV (写 csv)."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows(
        [["" if cell is None else cell for cell in cells] for cells in rows]
    )
    return stream.getvalue().encode(encoding)


def checked(data: bytes, **changes: object) -> Verification:
    """Check a ledger against the county (校验)."""
    return verify(read_workbook(data, name="台账.xlsx"), reference=reference(**changes), today=dt.date(2026, 11, 20))


def codes(verified: VerifiedRow) -> set[str]:
    """The codes of the messages of a row (提示代码)."""
    return {message.code for message in verified.messages}


def by_row(verification: Verification) -> dict[int, VerifiedRow]:
    """Rows by number (按行号)."""
    return {entry.row: entry for entry in verification.rows}
