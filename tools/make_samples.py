"""Make the sample ledgers from the demonstration county (生成示例台账).

    python tools/make_samples.py [COUNTY.yaml] [--into samples]

`ledger.xlsx` holds the inspections and findings of the county as an office keeps them: a title row, one row for each
finding, the data of an inspection merged over its rows, totals and a signature line below. `problem_ledger.xlsx` holds
typical mistakes, each of which an import must name. The files are the same byte for byte on every run.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
import yaml

HEADERS = (
    "序号", "检查编号", "行政行为码", "检查主题", "被检查单位", "统一社会信用代码", "检查日期", "发起部门", "参与部门",
    "检查类型", "是否扫码", "属地镇街", "检查地址", "检查备注", "问题编号", "检查事项", "发现问题", "处置方式", "责任部门", "证据材料", "备注",
)  # fmt: skip
WIDTHS = (6, 14, 28, 24, 30, 22, 12, 12, 30, 10, 8, 12, 30, 20, 10, 30, 50, 10, 14, 36, 16)
OF_INSPECTION = range(1, 14)
KINDS = {"joint": "联合检查", "complaint": "有因检查", "routine": "日常检查", "special": "专项检查", "review": "复查"}
DISPOSALS = {"transfer": "移送", "onsite": "当场改正", "own": "自办"}
CREATED = dt.datetime(2026, 11, 20, 18, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
Cell = str | dt.date


def rows_of(county: dict[str, Any]) -> list[list[list[Cell]]]:
    """Give the rows of the ledger, one list for each inspection (按检查分组的台账行)."""
    short = {entry["code"]: entry["short"] for entry in county["departments"]}
    themes = {entry["code"]: entry["name"] for entry in county["themes"]}
    items = {entry["code"]: entry for entry in county["check_items"]}
    units = {entry["code"]: entry for entry in county["entities"]}
    groups = []
    for inspection in county["inspections"]:
        unit = units[inspection["entity"]]
        head: list[Cell] = [
            inspection["code"],
            inspection.get("behaviour_code") or "",
            themes.get(inspection.get("theme"), ""),
            unit["name"],
            unit["uscc"],
            _date(inspection["date"]),
            short[inspection["initiator"]],
            "、".join(short[code] for code in inspection["participants"]),
            KINDS[inspection["kind"]],
            "是" if inspection["scanned_in"] else "否",
            short.get(unit["town"], ""),
            unit["address"],
            inspection.get("note", ""),
        ]
        found = [finding for finding in county["findings"] if finding["inspection"] == inspection["code"]]
        groups.append(
            [[*head, *_finding(finding, items, short)] for finding in found]
            or [[*head, "", "", "未发现问题", "", "", "", ""]]
        )
    return groups


def _finding(finding: dict[str, Any], items: dict[str, Any], short: dict[str, str]) -> list[Cell]:
    item = items[finding["item"]]
    return [
        finding["code"],
        f"{item['code']} {item['name']}",
        finding.get("facts") or item["finding"],
        DISPOSALS[finding["disposal"]],
        short[item["dept"]],
        "、".join(item.get("evidence", [])),
        finding.get("note", ""),
    ]


def _date(value: object) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))


def write_ledger(path: Path, county: dict[str, Any]) -> None:
    """Write the clean ledger (写出示例台账)."""
    groups = rows_of(county)
    year = min(_date(inspection["date"]) for inspection in county["inspections"]).year
    name = county["county"]["name"]
    with _workbook(path) as book:
        sheet = book.add_worksheet("检查问题台账")
        style = _styles(book)
        last = len(HEADERS) - 1
        sheet.merge_range(0, 0, 0, last, f"{name}“综合查一次”检查问题台账（{year}年）", style["title"])
        sheet.merge_range(
            1,
            0,
            1,
            last,
            f"填报单位：{name}综合行政执法指导办公室　　　填报日期：{CREATED:%Y年%m月%d日}",
            style["note"],
        )
        for column, (header, width) in enumerate(zip(HEADERS, WIDTHS, strict=True)):
            sheet.write_string(2, column, header, style["header"])
            sheet.set_column(column, column, width)
        row = 3
        for serial, group in enumerate(groups, start=1):
            _merged(sheet, row, 0, len(group), str(serial), style)
            for column in OF_INSPECTION:
                _merged(sheet, row, column, len(group), group[0][column - 1], style)
            for offset, cells in enumerate(group):
                for column in range(OF_INSPECTION.stop, len(HEADERS)):
                    _merged(sheet, row + offset, column, 1, cells[column - 1], style)
            row += len(group)
        findings = len(county["findings"])
        sheet.merge_range(row, 0, row, last, f"合计：检查 {len(groups)} 次，发现问题 {findings} 个", style["note"])
        sheet.merge_range(
            row + 2, 0, row + 2, last, "填表人：甲示例　　　审核人：乙示例　　　联系电话：0000-8800001", style["note"]
        )
        sheet.freeze_panes(3, 5)
        sheet.set_landscape()
        sheet.set_paper(8)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
        guide = book.add_worksheet("填表说明")
        guide.write_string(0, 0, "一行写一个问题；同一次检查的信息可以合并单元格。统一社会信用代码按文本填写。")
        guide.set_column(0, 0, 80)


def problem_rows(county: dict[str, Any]) -> list[list[Cell | float]]:
    """Give rows with the mistakes that offices make, taken from the clean ones (常见错误示例)."""
    groups = rows_of(county)
    rows: list[list[Cell | float]] = [list(group[0]) for group in groups[:12]]
    uscc, date, facts, item, disposal, department, code, initiator = 4, 5, 15, 14, 16, 17, 13, 6
    rows[0][uscc] = str(rows[0][uscc])[:-1] + ("0" if str(rows[0][uscc])[-1] != "0" else "1")
    rows[1][uscc] = float(str(rows[1][uscc]).translate(str.maketrans("ABCDEFGHJKLMNPQRTUWXY", "0" * 21)))
    rows[2][date] = "26.9.8"
    rows[3][date] = "2026年2月30日"
    rows[4][initiator] = "市场监管所（不存在）"
    rows[5][department] = "某某执法大队"
    rows[6][facts] = "1.危险废物未设识别标志；2.台账不完整；3.未按规定储存"
    rows[7][item] = "ZZ-99"
    rows[8][disposal] = "再说"
    rows[9][uscc] = ""
    rows[10][uscc] = str(rows[10][uscc]).replace("0", "O", 1)
    rows[11][code] = rows[10][code]
    return rows


def write_problems(path: Path, county: dict[str, Any]) -> None:
    """Write the ledger with mistakes (写出问题台账)."""
    with _workbook(path) as book:
        style = _styles(book)
        sheet = book.add_worksheet("问题台账")
        sheet.merge_range(0, 0, 0, 5, "检查问题台账（含常见错误，供练习核对）", style["title"])
        headers = [*HEADERS[1:]]
        headers[3], headers[6], headers[15] = "企业名称", "牵头单位", "存在问题"
        for column, header in enumerate(headers):
            sheet.write_string(1, column, header, style["header"])
            sheet.set_column(column, column, WIDTHS[column + 1])
        for row, cells in enumerate(problem_rows(county), start=2):
            for column, cell in enumerate(cells):
                if isinstance(cell, float):
                    sheet.write_number(row, column, cell)
                else:
                    _merged(sheet, row, column, 1, cell, style)
        hidden = book.add_worksheet("旧台账")
        hidden.write_string(0, 0, "隐藏的旧数据")
        hidden.hide()


def _workbook(path: Path) -> Any:
    book = xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": "综合查一次检查问题台账", "created": CREATED.replace(tzinfo=None)})
    return book


def _styles(book: Any) -> dict[str, Any]:
    border = {"border": 1, "valign": "vcenter", "text_wrap": True, "font_size": 10}
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
        "note": book.add_format({"font_size": 10, "valign": "vcenter"}),
        "header": book.add_format({**border, "bold": True, "align": "center", "bg_color": "#D9E2EC"}),
        "text": book.add_format({**border, "num_format": "@"}),
        "date": book.add_format({**border, "num_format": "yyyy-mm-dd", "align": "center"}),
    }


def _merged(sheet: Any, row: int, column: int, height: int, value: Cell, style: dict[str, Any]) -> None:
    kind = style["date"] if isinstance(value, dt.date) else style["text"]
    if height > 1:
        sheet.merge_range(row, column, row + height - 1, column, "", kind)
    if isinstance(value, dt.date):
        sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time.min), kind)
    elif value:
        sheet.write_string(row, column, value, kind)
    else:
        sheet.write_blank(row, column, None, kind)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write both ledgers (生成)."""
    parser = argparse.ArgumentParser(description="make the sample ledgers")
    parser.add_argument("county", nargs="?", default="samples/yunxi.yaml", type=Path)
    parser.add_argument("--into", default="samples", type=Path)
    given = parser.parse_args(arguments)
    county = yaml.safe_load(given.county.read_text(encoding="utf-8"))
    given.into.mkdir(parents=True, exist_ok=True)
    write_ledger(given.into / "ledger.xlsx", county)
    write_problems(given.into / "problem_ledger.xlsx", county)


if __name__ == "__main__":
    main()
