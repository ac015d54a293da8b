"""`yisong evidence`: bring evidence, look at it, tick the list of materials, verify the files, send and receive packages (证据)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yisong.cli import terminal
from yisong.cli.speech import REFUSED, BadInput, Noun, complain

if TYPE_CHECKING:
    from yisong.desk import Desk
    from yisong.domain.roles import Actor
    from yisong.services.evidence import Bringing

app = Noun("证据：入卷、查看、作废，核对移送材料，核验文件，导出和导入标准包。")
Case = Annotated[str, typer.Argument(metavar="案件编号", help="如 YX-2026-0001；还没有立案的问题写问题编号。")]
Who = Annotated[str, typer.Option("--as", metavar="账号", help="以谁的名义办理。")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]


@app.command("add")
def add_command(
    code: Case,
    files: Annotated[
        list[Path], typer.Argument(metavar="文件...", help="照片、视频、PDF、Office 文档，或者 ZIP 压缩包、文件夹。")
    ],
    actor: Who,
    kind: Annotated[
        str, typer.Option("--kind", metavar="种类", help="证据种类，如 书证、视听资料；不写按文件名和内容判断。")
    ] = "",
    title: Annotated[str, typer.Option("--title", metavar="名称", help="证据名称；不写用文件名。")] = "",
    remark: Annotated[str, typer.Option("--remark", metavar="说明", help="例：当事人签“与原件一致”。")] = "",
    as_json: Json = False,
) -> None:
    """把文件交入案卷；有一个不能作为证据的，本次全部不入卷。同样的文件再交一次不会有变化。"""
    from yisong.cli.desks import opened
    from yisong.services import evidence_uploads
    from yisong.store import matters

    chosen = _kind(kind)
    with opened() as desk:
        bringing = _bringing(desk, actor)
        with desk.reading() as session:
            case = matters.matter_by_code(session, code)
            session.expunge_all()
        done = evidence_uploads.bring_to_case(
            desk.transaction, desk.reading, vault=desk.vault, members=_members(files), case=case, bringing=bringing, kind=chosen, title=title, remark=remark,
        )  # fmt: skip
        added = [_row(row) for row in done.added]
    if as_json:
        terminal.print_json({"case": code, "added": added, "already": len(done.already)})
        return
    terminal.say(f"{code}：入卷 {len(added)} 件" + (f"，{len(done.already)} 件已经在卷。" if done.already else "。"))
    for row in added:
        for note in row["notes"]:
            terminal.note(f"“{row['title']}”{note['message']}")


@app.command("list")
def list_command(
    code: Case,
    voided: Annotated[bool, typer.Option("--voided", help="连同已作废的。")] = False,
    as_json: Json = False,
) -> None:
    """列出本案证据，以及移送材料清单还缺什么。"""
    from yisong.cli.desks import opened
    from yisong.services.material_list import checklist
    from yisong.store import evidence as stored
    from yisong.store import matters

    with opened() as desk, desk.reading() as session:
        case = matters.matter_by_code(session, code)
        rows = [_row(row) for row in stored.of_case(session, case, voided=voided)]
        points = checklist(session, case, book=desk.book, on=desk.today) if case.kind == "transfer" else ()
    if as_json:
        listed = [
            {"point": each.point.code, "name": each.point.name, "hard": each.point.hard, "met": each.met, "by": each.by, "blocking": each.blocking}
            for each in points
        ]  # fmt: skip
        terminal.print_json({"case": code, "evidence": rows, "materials": listed})
        return
    terminal.table(
        f"{code} 的证据", ("编号", "种类", "名称", "大小", "拍摄时间", "SHA-256", "提交人", "状态"),
        [(row["id"], row["label"], row["title"], row["size"], row["taken_at"] or "", row["sha256"][:16], row["brought_name"], "已作废" if row["voided"] else "") for row in rows],
    )  # fmt: skip
    if points:
        marks = [
            (each.point.code, each.point.name, "已具备" if each.met else "缺" if each.blocking else "未提供", each.by or each.problem or each.point.remedy)
            for each in points
        ]  # fmt: skip
        terminal.table("移送材料清单", ("代码", "材料", "", "说明"), marks)


@app.command("void")
def void_command(
    number: Annotated[int, typer.Argument(metavar="编号", help="证据编号，见 yisong evidence list。")],
    actor: Who,
    reason: Annotated[str, typer.Option("--reason", metavar="理由", help="作废的理由。")],
) -> None:
    """作废一件证据；记录和文件都保留。"""
    from yisong.cli.desks import opened, person
    from yisong.services import evidence

    with opened() as desk, desk.transaction() as session:
        by = person(session, actor)
        row = evidence.void(session, number, book=desk.book, by=by, on=desk.today, at=desk.now, reason=reason)
        title = row.title
    terminal.say(f"已作废证据“{title}”。")


@app.command("tick")
def tick_command(
    code: Case,
    point: Annotated[str, typer.Argument(metavar="材料代码", help="如 RECORD、EVIDENCE，见 yisong evidence list。")],
    stated: Annotated[
        str, typer.Argument(metavar="[说明]", help="名称、原件或复印件、数量和存放处；措施写名称和到期日。")
    ] = "",
    actor: Annotated[str, typer.Option("--as", metavar="账号", help="由谁核对。")] = "",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="撤销原来的核对。")] = False,
) -> None:
    """核对一项纸质或实物材料，或者撤销核对。"""
    from yisong.cli.desks import opened, person
    from yisong.services import vouching
    from yisong.store import matters

    with opened() as desk, desk.transaction() as session:
        by, case = person(session, actor), matters.matter_by_code(session, code)
        if withdraw:
            vouching.withdraw(session, case, book=desk.book, point=point, by=by, on=desk.today, at=desk.now)
        else:
            vouching.vouch(session, case, book=desk.book, point=point, stated=stated, by=by, on=desk.today, at=desk.now)
    terminal.say(f"{code}：{point} {'已撤销核对' if withdraw else '已核对'}。")


@app.command("verify")
def verify_command(as_json: Json = False) -> None:
    """逐个核对证据文件的摘要；缺失或被改动的，指出是哪一件，退出码为 1。"""
    from yisong.cli.desks import opened
    from yisong.services.evidence_audit import verify_files
    from yisong.store import evidence as stored

    with opened() as desk:
        with desk.reading() as session:
            total = stored.count(session)
        with terminal.progress("核验证据", total=total) as tick:
            found = verify_files(desk.reading, vault=desk.vault, progress=tick)
    if as_json:
        faults = [
            {"evidence": f.evidence, "matter": f.matter, "title": f.title, "sha256": f.sha256, "state": f.state}
            for f in found.faults
        ]
        terminal.print_json(
            {"sound": not faults, "pieces": found.pieces, "files": found.files, "bytes": found.size, "faults": faults}
        )
    else:
        terminal.say(
            f"核验证据 {found.pieces} 件、文件 {found.files} 个："
            + (f"有 {len(found.faults)} 件异常。" if found.faults else "完好。")
        )
        if found.faults:
            complain("\n".join(fault.message for fault in found.faults))
    if found.faults:
        raise typer.Exit(REFUSED)


@app.command("export")
def export_command(
    code: Case,
    out: Annotated[Path, typer.Option("--out", metavar="文件", help="写到哪个 ZIP 文件。")],
    as_json: Json = False,
) -> None:
    """把本案证据导出为标准包（带清单和摘要），供另一套系统导入。"""
    from yisong.cli.desks import opened
    from yisong.services.evidence_parcels import export
    from yisong.store import matters

    with opened() as desk, desk.reading() as session:
        case = matters.matter_by_code(session, code)
        content = export(session, case, book=desk.book, vault=desk.vault)
    try:
        out.write_bytes(content)
    except OSError as error:
        raise BadInput("file_unwritable", f"文件“{out}”不能写入（{error.strerror}），请换一个位置。") from None
    if as_json:
        terminal.print_json({"case": code, "file": str(out), "bytes": len(content)})
    else:
        terminal.say(f"已导出 {code} 的证据：{out}（{len(content)} 字节）。")


@app.command("import")
def import_command(
    package: Annotated[Path, typer.Argument(metavar="标准包", help="另一套系统导出的 ZIP 文件。")],
    actor: Who,
    case: Annotated[str, typer.Option("--case", metavar="案件编号", help="归入哪个案件；不写为包内的案件编号。")] = "",
    as_json: Json = False,
) -> None:
    """导入标准包：先核对全部摘要，改动过、缺少或多出文件的整包拒收；重复导入不会有变化。"""
    from yisong.cli.desks import opened
    from yisong.services.evidence_parcels import bring_parcel

    with opened() as desk:
        bringing = _bringing(desk, actor, source=f"package:{package.name}")
        done = bring_parcel(
            desk.transaction, desk.reading, vault=desk.vault, source=package, case_code=case, bringing=bringing
        )
    if as_json:
        terminal.print_json({"added": len(done.added), "already": len(done.already)})
    else:
        terminal.say(f"入卷 {len(done.added)} 件，已经在卷 {len(done.already)} 件。")


def _bringing(desk: Desk, actor: str, *, source: str = "command") -> Bringing:
    from yisong.cli.desks import person
    from yisong.services.evidence import Bringing

    with desk.reading() as session:
        by: Actor = person(session, actor)
    return Bringing(desk.book, by, desk.today, desk.now, source)


def _kind(words: str) -> Any:
    from yisong.intake.evidence_kinds import EvidenceKind

    if not words:
        return None
    found = next((kind for kind in EvidenceKind if words in (kind.value, kind.label)), None)
    if found is None:
        raise BadInput(
            "kind_unknown", f"没有“{words}”这种证据，可用：{'、'.join(kind.label for kind in EvidenceKind)}。"
        )
    return found


def _members(files: list[Path]) -> list[Any]:
    """The files that were named; of a folder everything in it (所列文件). Raises BadInput `file_missing`."""
    from yisong.intake.archive import Member, open_package, safe_path

    members: list[Member] = []
    for file in files:
        if file.is_dir():
            members += open_package(file).members
        elif file.is_file():
            members.append(Member(safe_path(file.name) or file.name, file.stat().st_size, file.read_bytes))
        else:
            raise BadInput("file_missing", f"找不到文件“{file}”，请检查路径和文件名。")
    return members


def _row(row: Any) -> dict[str, Any]:
    from yisong.intake.evidence_kinds import EvidenceKind

    return {
        "id": row.id, "kind": row.kind, "label": EvidenceKind(row.kind).label, "title": row.title, "name": row.name, "type": row.media_type, "size": row.size,
        "sha256": row.sha256, "taken_at": row.taken_at.isoformat() if row.taken_at else None,
        "place": [row.latitude, row.longitude] if row.latitude is not None else None, "notes": list(row.notes), "brought_name": row.brought_name,
        "on": row.on, "voided": row.voided_at is not None, "void_reason": row.void_reason,
    }  # fmt: skip
