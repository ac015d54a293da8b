"""`yisong import`: check a ledger, bring it in, take a run back (台账导入)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yisong.cli import terminal
from yisong.cli.speech import BAD_INPUT, REFUSED, BadInput, complain

if TYPE_CHECKING:
    from yisong.desk import Desk
    from yisong.domain.roles import Actor
    from yisong.services.imports import Imported
    from yisong.services.ledger_check import Checked

MOST_LINES = 100
RUN_STATES = {"verified": "未导完", "confirmed": "已导入", "undone": "已撤销"}


def import_command(
    ledger: Annotated[
        str,
        typer.Argument(
            metavar="台账", help="台账文件（.xlsx、.xls、.et、.csv）；写 list 列出导入批次，写 undo 撤销一个批次。"
        ),
    ],
    run: Annotated[int | None, typer.Argument(metavar="[批次]", help="undo 后面的批次号。")] = None,
    verify: Annotated[bool, typer.Option("--verify", help="只核对，不写入（不写 --confirm 时就是这样）。")] = False,
    confirm: Annotated[bool, typer.Option("--confirm", help="核对无误后导入；有错误的，一行都不写入。")] = False,
    skip_errors: Annotated[
        bool, typer.Option("--skip-errors", help="与 --confirm 同用：有错误的检查留下，其余的导入。")
    ] = False,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="文件", help="把核对结果写成同样的表格（.xlsx），错误标红。")
    ] = None,
    department: Annotated[
        str, typer.Option("--department", metavar="部门", help="哪个部门的台账：沿用它上次的列名对应，并记住这次的。")
    ] = "",
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="列名=标准列",
            help="更正列名对应，可多次写，如 --map 企业=被检查单位；等号后不写为原样保留。",
        ),
    ] = None,
    accept_columns: Annotated[
        bool, typer.Option("--accept-columns", help="与 --confirm、--department 同用：确认所列的列名对应并记住。")
    ] = False,
    actor: Annotated[
        str, typer.Option("--as", metavar="账号", help="以谁的名义导入或撤销；导入不写的，由系统登记。")
    ] = "",
    evidence: Annotated[
        Path | None, typer.Option("--evidence", metavar="证据包", help="台账旁的证据文件夹或 ZIP，按编号归到各行。")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="理由", help="撤销的理由。")] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="输出 JSON：列名对应，每一行的状态、规范化后的各列和提示。")
    ] = False,
) -> None:
    """核对一本台账，逐行指出错在哪张表、哪一行、哪一列、怎么改；--confirm 导入。重复导入同一台账不会有任何变化。"""
    from yisong.cli.desks import opened

    if verify and confirm:
        raise BadInput("verify_or_confirm", "--verify 与 --confirm 二者取一：先核对，确认无误后再导入。")
    if run is not None and ledger != "undo":
        raise BadInput("run_without_undo", f"多出了参数 {run}；撤销批次请写 yisong import undo {run}。")
    with opened() as desk:
        if ledger == "list":
            _print_runs(desk, as_json=as_json)
        elif ledger == "undo":
            _undo(desk, run=run, actor=actor, reason=reason, as_json=as_json)
        else:
            _import(
                desk,
                Path(ledger),
                confirming=confirm,
                skip_errors=skip_errors,
                report=report,
                department=department,
                maps=maps or [],
                accept_columns=accept_columns,
                actor=actor,
                as_json=as_json,
                evidence=evidence,
            )


def _import(
    desk: Desk,
    path: Path,
    *,
    confirming: bool,
    skip_errors: bool,
    report: Path | None,
    department: str,
    maps: list[str],
    accept_columns: bool,
    actor: str,
    as_json: bool,
    evidence: Path | None = None,
) -> None:
    from yisong.cli import columns, packages
    from yisong.intake.corrections import read_corrections
    from yisong.services import ledger_check

    if department:
        desk.book.organ(department)
    given = read_corrections(maps)
    checked = ledger_check.check(
        desk.reading, book=desk.book, path=path, today=desk.today, department=department, columns=given
    )
    asked = columns.Asked.of(desk, checked, department=department, given=given)
    if report is not None:
        _write_report(report, checked)
    wrong = ledger_check.errors_of(desk.reading, checked=checked)
    hopeless = bool(wrong) and (
        not skip_errors or any(problem.level == "error" for problem in checked.verification.problems)
    )
    result: Imported | None = None
    if confirming and not hopeless and checked.verification.inspections:
        if not accept_columns:
            asked.refuse_unconfirmed()
        result = _confirm(desk, checked, actor=actor, department=department)
        asked.remember(by=actor)
    packed = packages.handle(desk, checked, evidence, actor=actor, writing=result is not None) if evidence else None
    if as_json:
        terminal.print_json(
            {
                **checked.verification.to_json(),
                "questions": asked.to_json(),
                "conflicts": _conflicts(wrong, checked),
                "confirmed": _result_json(result),
                "evidence": packed.to_json() if packed is not None else None,
            }
        )
    else:
        _print(checked, wrong=wrong, result=result, confirming=confirming)
        packages.show(packed)
        if not (wrong or confirming):
            asked.say_next()
        if report is not None:
            terminal.note(f"核对结果已写入 {report}。")
    if wrong and not (confirming and skip_errors and not hopeless):
        raise typer.Exit(BAD_INPUT)
    if result is not None and result.refused:
        raise typer.Exit(REFUSED)


def _conflicts(wrong: list[str], checked: Checked) -> list[str]:
    """The errors that stand in no row's messages: numbers that were given to something else before."""
    told = set(checked.verification.lines(levels=("error",)))
    return [line for line in wrong if line not in told]


def _confirm(desk: Desk, checked: Checked, *, actor: str, department: str) -> Imported:
    from yisong.domain.roles import SYSTEM
    from yisong.services import imports

    by = _person(desk, actor) if actor else SYSTEM
    bringing = imports.Import(book=desk.book, checked=checked, on=desk.today, at=desk.now, by=by, department=department)
    with terminal.progress("导入", total=len(checked.verification.inspections)) as tick:
        return imports.confirm(desk.transaction, bringing, progress=tick)


def _person(desk: Desk, account_id: str) -> Actor:
    from yisong.cli.desks import person

    with desk.reading() as session:
        return person(session, account_id)


def _result_json(result: Imported | None) -> dict[str, Any] | None:
    if result is None:
        return None
    return {
        "run": result.run_id, "inspections": result.inspections, "findings": result.findings, "units": result.units, "unchanged": result.unchanged,
        "blocked": result.blocked, "corrections": [{"finding": code, "sheet": sheet, "row": row} for code, sheet, row in result.corrections],
        "refused": [{"inspection": code, "message": why} for code, why in result.refused],
    }  # fmt: skip


def _print(checked: Checked, *, wrong: list[str], result: Imported | None, confirming: bool) -> None:
    from yisong.intake.fields import label_of

    verification = checked.verification
    counts = verification.counts
    for sheet in verification.mapping.sheets:
        taken = [
            f"{column.letter} {column.header}→{label_of(column.field)}" for column in sheet.columns if column.field
        ]
        left = [f"{column.letter} {column.header}" for column in sheet.columns if not column.field]
        terminal.say(
            f"工作表“{sheet.sheet}”的列：{'；'.join(taken)}" + (f"。原样保留：{'；'.join(left)}" if left else "")
        )
    for problem in verification.problems:
        complain(f"“{verification.file}”：{problem.text}")
    for line in _conflicts(wrong, checked):
        if not any(line.endswith(problem.text) for problem in verification.problems):
            complain(line)
    rows = [
        (row.sheet, row.row, f"{message.column} {label_of(message.field)}".strip() if message.field else "", {"error": "错误", "warning": "请核对"}[message.level], message.text)
        for row in verification.rows for message in row.messages if message.level in ("error", "warning")
    ]  # fmt: skip
    if rows:
        terminal.table(f"“{verification.file}”须处理的问题", ("工作表", "行", "列", "", "怎么改"), rows[:MOST_LINES])
    if len(rows) > MOST_LINES:
        terminal.note(f"还有 {len(rows) - MOST_LINES} 处未列出；用 --report 文件.xlsx 写出全部。")
    findings = sum(len(inspection.findings) for inspection in verification.inspections)
    terminal.say(
        f"检查 {len(verification.inspections)} 次，问题 {findings} 项；通过 {counts['ok']} 行，请核对 {counts['warning']} 行，"
        f"有错误 {counts['error']} 行，跳过 {counts['skip']} 行。"
    )
    if result is not None:
        _print_result(result)
    elif confirming:
        complain("未导入：请先改正上面的错误（或加 --skip-errors 只导入没有错误的检查）。")


def _print_result(result: Imported) -> None:
    if result.inspections or result.findings:
        left = f"；有错误的检查 {result.blocked} 次留下未导" if result.blocked else ""
        terminal.say(
            f"已导入（批次 {result.run_id}）：检查 {result.inspections} 次，问题 {result.findings} 项，新登记单位 {result.units} 家{left}。"
        )
        if result.units:
            terminal.note("新单位的法定代表人等台账里没有，出具文书前须补录：用 yisong units list --incomplete 查看。")
    else:
        terminal.say("没有新的内容，数据没有变化。")
    for code, sheet, row in result.corrections:
        terminal.note(
            f"工作表“{sheet}”第 {row} 行：问题“{code}”以前已导入，这次内容不同，未改动；确需更正的请在系统中办理。"
        )
    for _, why in result.refused:
        complain(f"未导入：{why}")


def _write_report(place: Path, checked: Checked) -> None:
    """The ledger with the outcome beside every row (核对报告); written whole or not at all."""
    import tempfile

    from yisong.intake.report import annotate

    if place.suffix.lower() != ".xlsx":
        raise BadInput("report_suffix", f"核对报告“{place}”应以 .xlsx 结尾。")
    if not place.parent.is_dir():
        raise BadInput("folder_missing", f"目录 {place.parent} 不存在，请写一个已有的目录。")
    content = annotate(checked.workbook, verification=checked.verification)
    handle, draft = tempfile.mkstemp(dir=place.parent, prefix=".report-")
    with os.fdopen(handle, "wb") as out:
        out.write(content)
    os.replace(draft, place)


def _undo(desk: Desk, *, run: int | None, actor: str, reason: str, as_json: bool) -> None:
    from yisong.cli.desks import person
    from yisong.services import imports

    lacking = [name for name, value in (("批次号", run), ("--as 账号", actor), ("--reason 理由", reason)) if not value]
    if lacking or run is None:
        raise BadInput(
            "undo_incomplete",
            f"撤销导入须写明{'、'.join(lacking)}，例如：yisong import undo 3 --as U01 --reason 台账有误。",
        )
    with desk.transaction() as session:
        by = person(session, actor)
        undone = imports.undo(session, run, book=desk.book, by=by, on=desk.today, at=desk.now, reason=reason)
        findings = sum(len(entry["findings"]) for entry in undone.summary["undone"])
    if as_json:
        terminal.print_json({"run": run, "state": undone.state, "findings": findings})
    else:
        terminal.say(f"已撤销第 {run} 号导入批次：问题 {findings} 项退出登记；改正后的台账可以重新导入。")


def _print_runs(desk: Desk, *, as_json: bool) -> None:
    from yisong.store import imports as stored

    with desk.reading() as session:
        rows = [
            {
                "run": run.id, "name": run.name, "state": run.state, "department": run.department, "by": run.created_by,
                "at": run.created_at.astimezone(desk.settings.timezone), "inspections": run.summary.get("inspections", 0),
                "findings": run.summary.get("findings", 0), "sha256": run.sha256,
            }
            for run in stored.runs(session)
        ]  # fmt: skip
    if as_json:
        terminal.print_json(rows)
        return
    terminal.table(
        "导入批次", ("批次", "台账", "部门", "由谁", "时间", "检查", "问题", "状态"),
        [(row["run"], row["name"], row["department"], row["by"], f"{row['at']:%Y-%m-%d %H:%M}", row["inspections"], row["findings"],
          RUN_STATES.get(row["state"], row["state"])) for row in rows],
    )  # fmt: skip
