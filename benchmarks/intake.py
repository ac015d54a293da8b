"""Ledger rows per second (台账接收速度): read, checked and brought in, beside what one would write otherwise, on the same file.

The work: a ledger of findings of inspections (three each) in 18 columns, one wrong credit code in fifty inspections; read, columns proposed,
every row checked, batch by batch, against 5,010 items and 20,000 units. Then, against the shipped rule book, the whole way into an empty
database. The peers, each in a process of its own: openpyxl with a loop that strips texts, looks departments up and counts what is missing
(it knows no check digit, no duplicates, no messages); and `benchmarks.intake_peer`, which writes one object a row into one table of
the same database. CPU seconds are those of the process (not of the PostgreSQL server), and the machine may be shared; peak memory
is the resident set of the whole process.

    python -m benchmarks.intake --rows 100000 --confirm 100000
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import multiprocessing
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from benchmarks.usage import spent
from yisong.intake.identity import check_character
from yisong.intake.ledger import read_workbook
from yisong.intake.reference import Department, Item, Reference, Theme, Town, Unit
from yisong.intake.verify import Verifier, verify

ROWS, CONFIRMED = 20_000, 3_000
FINDINGS_OF_AN_INSPECTION = 3
ITEMS, DEPARTMENTS, KNOWN_UNITS = 5_010, 30, 20_000
WRONG_EVERY = 50
HEADERS = (
    "序号", "检查编号", "行政行为码", "检查主题", "被检查单位", "统一社会信用代码", "检查日期", "发起部门", "参与部门", "检查类型", "是否扫码", "检查地址",
    "问题编号", "检查事项", "发现问题", "处置方式", "责任部门", "证据材料",
)  # fmt: skip
CHARACTERS = "安宝昌成诚德东丰福富广海瀚和恒宏华辉汇吉佳建江金锦京景久君康科乐利联隆茂美铭南宁鹏平启荣瑞森尚盛顺泰天通万旺祥新鑫信兴旭亚阳永优裕源远云泽正志中洲卓"
TRADES = ("餐饮", "加油站", "化工", "机械", "包装", "建材", "商贸", "物流", "食品", "纺织")
DISPOSALS = ("移送", "当场改正", "自办", "限期整改", "移送处理")


def uscc_of(number: int) -> str:
    """A credit code that passes (信用代码)."""
    body = f"91330000{number:09d}"
    return body + check_character(body)


def name_of(number: int) -> str:
    """A name such as licences bear: 样本县 and four characters, a trade, a form (单位名称)."""
    chance = random.Random(number)
    word = "".join(chance.choice(CHARACTERS) for _ in range(4))
    return f"样本县{word}{TRADES[number % len(TRADES)]}有限公司"


def reference() -> Reference:
    """A county of a province's size (核对依据)."""
    departments = tuple(Department(f"D{n:02d}", f"样本县第{n}管理局", f"第{n}局") for n in range(DEPARTMENTS))
    items = tuple(
        Item(f"SX-{n:04d}", f"第{n}号检查事项的规范名称", ("T01",), exempt_candidate=n % 3 == 0) for n in range(ITEMS)
    )
    towns = tuple(Town(f"Z{n:02d}", f"第{n}示例镇") for n in range(20))
    units = {uscc_of(n): Unit(uscc_of(n), name_of(n)) for n in range(KNOWN_UNITS)}
    return Reference(departments, items, (Theme("T01", "加油站“综合查一次”", "D01"),), towns, units)


def made_up() -> tuple[list[str], list[tuple[str, str]]]:
    """Names of departments, and codes and names of items, of `reference()`."""
    return [f"第{n}局" for n in range(DEPARTMENTS)], [
        (f"SX-{n:04d}", f"第{n}号检查事项的规范名称") for n in range(ITEMS)
    ]


def make_ledger(
    path: Path, *, rows: int, departments: Sequence[str], items: Sequence[tuple[str, str]], wrong: bool = True
) -> None:
    """Write the ledger (生成台账); `wrong`: with a wrong credit code now and then."""
    chance = random.Random(20261120)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("台账")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, HEADERS)
    code, first, second, third = "", "", "", ""
    for number in range(rows):
        inspection, place = divmod(number, FINDINGS_OF_AN_INSPECTION)
        if place == 0:
            code = uscc_of(inspection)
            if wrong and inspection % WRONG_EVERY == 1:
                code = code[:-1] + ("0" if code[-1] != "0" else "1")
            first, second, third = chance.sample(departments, 3)
        item, title = chance.choice(items)
        cells: tuple[object, ...] = (
            number + 1, f"JC-{inspection:07d}", f"XZJC-{inspection:08d}", "加油站“综合查一次”", name_of(inspection), code, None,
            first, f"{first}、{second}、{third}", "联合检查", "是", f"样本县第{inspection % 20}示例镇{inspection}号", f"F{number:07d}",
            f"{item} {title}", f"第{number}处检查发现灭火器压力不足，未按规定更换。", DISPOSALS[number % 5], second,
            "现场检查笔录、照片",
        )  # fmt: skip
        sheet.write_row(number + 1, 0, cells)
        sheet.write_datetime(number + 1, 6, dt.datetime(2026, 1 + inspection % 9, 1 + inspection % 28), day)  # noqa: DTZ001
    book.close()


def ours(path: str, rows: int) -> dict[str, float]:
    """Read and check batch by batch (本系统)."""
    county = reference()
    before, floor = spent()
    workbook = read_workbook(path)
    opened, _ = spent()
    found = {"ok": 0, "warning": 0, "error": 0, "skip": 0}
    for batch in Verifier(workbook, reference=county, today=dt.date(2026, 11, 20)).batches():
        for row in batch:
            found[row.status] += 1
    done, peak = spent()
    wrong = sum(1 for inspection in range(-(-rows // FINDINGS_OF_AN_INSPECTION)) if inspection % WRONG_EVERY == 1)
    if sum(found.values()) != rows or not 0 < found["error"] <= wrong * FINDINGS_OF_AN_INSPECTION:
        raise AssertionError(f"{rows} rows gave {found}")
    return {
        "read": opened - before,
        "verify": done - opened,
        "total": done - before,
        "megabytes": peak,
        "megabytes before": floor,
    }


def ours_whole(path: str, rows: int) -> dict[str, float]:
    """Read and check with every row kept, as the command line does (本系统，整本)."""
    county = reference()
    before, floor = spent()
    verification = verify(read_workbook(path), reference=county, today=dt.date(2026, 11, 20))
    done, peak = spent()
    if len(verification.rows) != rows:
        raise AssertionError(f"{rows} rows gave {len(verification.rows)}")
    return {"total": done - before, "megabytes": peak, "megabytes before": floor}


def _plain_loop(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[str]]:
    names = {f"第{n}局": f"D{n:02d}" for n in range(DEPARTMENTS)}
    for row in rows:
        cells = [str(cell).strip() if cell is not None else "" for cell in row]
        if not all(cells[place] for place in (1, 4, 5, 6, 14)) or len(cells[5]) != 18:
            continue
        cells[7] = names.get(cells[7], "")
        cells[8] = ",".join(names.get(name, "") for name in cells[8].split("、"))
        cells[16] = names.get(cells[16], "")
        yield cells


def _openpyxl(path: str, rows: int, *, streaming: bool) -> dict[str, float]:
    import openpyxl

    before, floor = spent()
    book = openpyxl.load_workbook(path, read_only=streaming)
    amount = sum(1 for _ in _plain_loop(book.worksheets[0].iter_rows(min_row=2, values_only=True)))
    done, peak = spent()
    if amount != rows:
        raise AssertionError(f"{rows} rows gave {amount}")
    return {"total": done - before, "megabytes": peak, "megabytes before": floor}


def openpyxl_streaming(path: str, rows: int) -> dict[str, float]:
    """openpyxl in its streaming mode and a loop (流式)."""
    return _openpyxl(path, rows, streaming=True)


def openpyxl_plain(path: str, rows: int) -> dict[str, float]:
    """openpyxl as most scripts call it, and a loop (常规)."""
    return _openpyxl(path, rows, streaming=False)


def apart(work: Callable[..., dict[str, float]], *given: Any) -> dict[str, float]:
    """Run something in a fresh process, so that memory is its own (独立进程)."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        return pool.apply(work, given)


def _reading(rows: int, folder: Path) -> dict[str, Any]:
    path = str(folder / "ledger.xlsx")
    departments, items = made_up()
    make_ledger(Path(path), rows=rows, departments=departments, items=items)
    found = {work.__name__: apart(work, path, rows) for work in (ours, ours_whole, openpyxl_streaming, openpyxl_plain)}
    mine = found["ours"]
    return {
        "rows": rows,
        "CPU seconds": {name: {key: round(value, 2) for key, value in entry.items() if "mega" not in key} for name, entry in found.items()},
        "rows per second": {"read": round(rows / mine["read"]), "verify": round(rows / mine["verify"]), "read and verify": round(rows / mine["total"])},
        "peak megabytes": {name: round(entry["megabytes"]) for name, entry in found.items()},
        "megabytes before the file": {name: round(entry["megabytes before"]) for name, entry in found.items()},
        "times as fast as": {name: round(entry["total"] / mine["total"], 1) for name, entry in found.items() if name.startswith("openpyxl")},
    }  # fmt: skip


def _bringing_in(rows: int, folder: Path) -> dict[str, Any]:
    """The whole way into a database: ours, and a script that writes one object a row, committed one by one or all at the end."""
    from benchmarks import intake_peer
    from benchmarks.crowd import engines, shipped_book

    book = shipped_book()
    path = folder / "whole.xlsx"
    departments = [organ.short or organ.name for organ in book.organs][:20]
    make_ledger(
        path, rows=rows, departments=departments, items=[(item.code, item.name) for item in book.items], wrong=False
    )
    answers: dict[str, Any] = {"rows": rows}
    with engines() as opened:
        for name, engine in opened.items():
            url = engine.url.render_as_string(hide_password=False)
            mine = apart(intake_peer.whole_way, str(path), rows, url)
            peers = {
                "a commit each": apart(intake_peer.one_by_one, str(path), rows, url),
                "one commit": apart(intake_peer.kinder, str(path), rows, url),
            }
            answers[name] = {
                "CPU seconds": {key: round(mine[key], 2) for key in ("read and verify", "confirm", "total")},
                "seconds": {key: round(mine[f"{key}, by the clock"], 2) for key in ("confirm", "total")},
                "findings per second": {
                    "confirm, CPU": round(rows / mine["confirm"]),
                    "confirm, by the clock": round(rows / mine["confirm, by the clock"]),
                    "read, verify and confirm, CPU": round(rows / mine["total"]),
                },
                "peak megabytes": round(mine["megabytes"]),
                "table rows written a finding": round(mine["rows written"] / rows, 1),
            } | {
                f"openpyxl and one object a row, {key}": {
                    "CPU seconds": round(peer["total"], 2),
                    "seconds": round(peer["total, by the clock"], 2),
                    "peak megabytes": round(peer["megabytes"]),
                    "times its CPU to ours, read and verify": round(peer["total"] / mine["read and verify"], 1),
                    "times its CPU to ours, all": round(peer["total"] / mine["total"], 1),
                    "times its clock to ours, all": round(peer["total, by the clock"] / mine["total, by the clock"], 1),
                }
                for key, peer in peers.items()
            }  # fmt: skip
    return answers


def run(*, rows: int = ROWS, confirm: int = CONFIRMED) -> dict[str, Any]:
    """Measure (测量)."""
    with tempfile.TemporaryDirectory() as folder:
        found = {"read and verify": _reading(rows, Path(folder))} if rows else {}
        return found | ({"into a database": _bringing_in(confirm, Path(folder))} if confirm else {})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="measure the intake of ledgers")
    parser.add_argument("--rows", type=int, default=ROWS, help="rows that are read and verified; 0 leaves that out")
    parser.add_argument("--confirm", type=int, default=CONFIRMED, help="rows that go into databases; 0 leaves that out")
    asked = parser.parse_args()
    print(json.dumps(run(rows=asked.rows, confirm=asked.confirm), ensure_ascii=False, indent=2))
