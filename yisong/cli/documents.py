"""`yisong documents`: are the templates sound, and is a file what it says it is (文书)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yisong.cli import terminal
from yisong.cli.speech import BAD_INPUT, REFUSED, BadInput, Noun, complain

if TYPE_CHECKING:
    from yisong.desk import Desk

app = Noun("文书：检查模板，核验文件真伪。")
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]


@app.command("check")
def check_command(
    code: Annotated[
        list[str] | None, typer.Argument(metavar="[文书代码]...", help="只检查这些文书，如 yisong、zegai；不写为全部。")
    ] = None,
    printing: Annotated[bool, typer.Option("--print/--no-print", help="是否连同试印两种格式；不试印约一秒。")] = True,
    as_json: Json = False,
) -> None:
    """用样例试作每一种文书，指出改过的模板错在哪里；有错的退出码为 2。"""
    from yisong.clock import SystemClock, local_date
    from yisong.documents import fonts
    from yisong.documents.catalogue import Catalogue
    from yisong.documents.check import check_templates
    from yisong.documents.environment import check_environment
    from yisong.settings import load_settings

    settings = load_settings()
    fonts.use(settings.fonts)
    catalogue = Catalogue.read(settings.templates / "documents")
    wanted = [name.lower() for name in code or catalogue.types]
    unknown = [name for name in wanted if name not in catalogue.types]
    if unknown:
        raise BadInput("document_unknown", f"没有文书 {'、'.join(unknown)}；可用：{'、'.join(catalogue.types)}。")
    clock = SystemClock()
    today = local_date(clock.now(), settings.timezone)
    problems = check_environment() if printing else []
    with terminal.progress("检查文书", total=len(wanted)) as tick:
        for done, name in enumerate(wanted, start=1):
            problems += check_templates(catalogue, codes=[name], created=today, printing=printing)
            tick(done)
    if as_json:
        rows = [{"code": problem.code, "message": problem.message} for problem in problems]
        terminal.print_json({"checked": wanted, "sound": not problems, "problems": rows})
    elif problems:
        complain("\n".join([f"有 {len(problems)} 处须改正：", *(f"  {problem.message}" for problem in problems)]))
    else:
        terminal.say(f"{len(wanted)} 种文书都可以出具。")
    if problems:
        raise typer.Exit(BAD_INPUT)


@app.command("verify")
def verify_command(
    file: Annotated[Path, typer.Argument(metavar="文件", help="收到的 PDF 或 DOCX 文件。")], as_json: Json = False
) -> None:
    """核验一份文件：由谁、何时出具，有没有改动过，有没有撤回；不能认定的退出码为 1。"""
    from yisong.cli.desks import opened

    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise BadInput("file_missing", f"找不到文件“{file}”，请检查路径和文件名。") from None
    except IsADirectoryError:
        raise BadInput("file_unreadable", f"“{file}”是一个目录，请写明其中哪一个 PDF 或 DOCX 文件。") from None
    except OSError as error:
        raise BadInput("file_unreadable", f"文件“{file}”无法读取（{error.strerror}）。") from None
    with opened() as desk:
        found = _verified(desk, content)
    if as_json:
        terminal.print_json(found)
    else:
        terminal.say(found["message"])
        if found["seal"]:
            terminal.say(f"电子印章：{found['seal']['message']}")
    if not found["genuine"]:
        raise typer.Exit(REFUSED)


def _verified(desk: Desk, content: bytes) -> dict[str, Any]:
    """What is known of a file, as plain data (核验结果)."""
    from yisong.services.documents import verify_file

    with desk.reading() as session:
        made = verify_file(session, content=content, book=desk.book, settings=desk.settings, at=desk.now)
        seal, document = made.seal, made.document
        found: dict[str, Any] = {
            "genuine": made.genuine,
            "verdict": made.verdict,
            "sha256": made.sha256,
            "message": made.message,
            "seal": None,
        }
        if seal is not None:
            names = ("intact", "trusted", "demonstration", "organ", "signed_at", "changed_after", "message")
            found["seal"] = {name: getattr(seal, name) for name in names}
        if document is not None and made.matter is not None:
            found |= {
                "code": made.matter.code, "type": document.type_code, "number": document.number, "issuer": document.issuer, "on": document.dated_on,
                "state": made.matter.state, "recipient": document.recipient,
            }  # fmt: skip
    return found
