"""`yisong ledger`: the ledger as it goes back to the offices, and what is remembered of their columns (台账)."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from yisong.cli import terminal
from yisong.cli.speech import BadInput, Noun

app = Noun("台账：导出检查问题台账，查看各部门记住的列名对应。")


@app.command("export")
def export_command(
    department: Annotated[
        str, typer.Option("--department", metavar="部门", help="只导出这一部门发起或承办的，部门代码；不写为全县。")
    ] = "",
    year: Annotated[
        int | None, typer.Option("--year", metavar="年份", min=2000, max=2100, help="只导出这一年的检查；不写为全部。")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="文件", help="写到哪个 .xlsx 文件；写 - 输出到标准输出。不写为当前目录，自动取名。"
        ),
    ] = None,
) -> None:
    """把检查问题导出成台账：原来的各列、自有列和备注，加上办理状态、期限、文号。改动后可以原样再导入。"""
    from yisong.cli.desks import opened
    from yisong.services import ledger

    if out is not None and str(out) != "-":
        if out.suffix.lower() != ".xlsx":
            raise BadInput("ledger_suffix", f"导出的台账“{out}”应以 .xlsx 结尾。")
        if not out.parent.is_dir():
            raise BadInput("folder_missing", f"目录 {out.parent} 不存在，请写一个已有的目录。")
    with opened() as desk:
        if department:
            desk.book.organ(department)
        with desk.reading() as session:
            made = ledger.write_ledger(session, book=desk.book, department=department, year=year, on=desk.today)
    if out is not None and str(out) == "-":
        sys.stdout.buffer.write(made.content)
        sys.stdout.buffer.flush()
        return
    place = out or Path(made.name)
    _keep(place, made.content)
    terminal.say(f"已导出 {made.rows} 行（逾期 {made.late} 行）：{place}")


def _keep(place: Path, content: bytes) -> None:
    """Written whole or not at all (整存)."""
    handle, draft = tempfile.mkstemp(dir=place.parent, prefix=".ledger-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.replace(draft, place)


@app.command("columns")
def columns_command(
    department: Annotated[str, typer.Argument(metavar="部门", help="部门代码。")],
    forget: Annotated[bool, typer.Option("--forget", help="忘掉记住的对应，下次导入重新确认。")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """查看（或忘掉）一个部门上次确认的列名对应。"""
    from yisong.cli.desks import opened
    from yisong.intake.fields import label_of
    from yisong.intake.headers import header_key
    from yisong.services import ledger_columns

    with opened() as desk:
        desk.book.organ(department)
        if forget:
            with desk.transaction() as session:
                ledger_columns.forget(session, department)
            terminal.say(f"已忘掉 {department} 的列名对应，下次导入重新确认。")
            return
        with desk.reading() as session:
            kept = ledger_columns.remembered(session, department)
    headers, columns, by = (kept.headers, kept.columns, kept.confirmed_by) if kept else ([], {}, "")
    rows: list[dict[str, Any]] = [
        {"header": header, "field": columns.get(header_key(header), "")} for header in headers
    ]
    if as_json:
        terminal.print_json({"department": department, "confirmed_by": by, "columns": rows})
        return
    terminal.table(
        f"{department} 的列名对应", ("台账列名", "标准列"),
        [(row["header"], label_of(row["field"]) if row["field"] else "（原样保留）") for row in rows],
    )  # fmt: skip
