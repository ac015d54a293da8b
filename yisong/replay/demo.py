"""`yisong demo` (演示): a county's year from its Excel ledger, through the real flows, in an embedded database."""

from __future__ import annotations

import os
import secrets
import shutil
from datetime import date, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from yisong.countyfile import County, HistoryEvent
from yisong.replay import run as running
from yisong.replay.county import first_instant, instant_of, read_county, sample_county
from yisong.replay.report import report
from yisong.replay.stage import Stage
from yisong.replay.summary import print_summary
from yisong.replay.through_flows import ThroughFlows, embedded
from yisong.services.accounts import seed_people
from yisong.services.seals import make_demonstration_seals
from yisong.settings import SOURCE_ROOT, load_settings
from yisong.store import outcome
from yisong.store.files import file_of

AS_OF = "2026-11-20T18:00+08:00"
LEDGER = SOURCE_ROOT / "samples" / "ledger.xlsx"


class FromLedger:
    """Inspections come from the ledger in the intake folder, by the intake flow (检查来自台账)."""

    def __init__(self, machinery: ThroughFlows, folder: Path) -> None:
        self._machinery = machinery
        self._folder = folder

    def __call__(self, stage: Stage, day: date) -> None:
        if any(visit.on == day for visit in stage.county.inspections):
            self._machinery.intake(folder=self._folder, until=day, at=stage.clock.now())
            missing = [
                visit.code
                for visit in stage.county.inspections
                if visit.on == day and not self._known(stage, visit.code)
            ]
            for code in missing:
                stage.trouble(
                    code,
                    HistoryEvent(on=day, event="inspection_imported"),
                    "not_in_ledger",
                    f"台账中没有检查“{code}”，请核对台账。",
                )

    @staticmethod
    def _known(stage: Stage, code: str) -> bool:
        from yisong.store import inspections

        with stage.desk.reading() as session:
            return inspections.inspection_by_code(session, code) is not None


def empty_home(home: Path) -> None:
    """A clean start (清空演示目录). Only a folder that a demo has made is emptied: it bears the demo's mark.

    Raises `FileExistsError` for a folder of somebody else.
    """
    mark = home / ".yisong-demo"
    if home.exists() and any(home.iterdir()) and not mark.exists():
        raise FileExistsError(f"目录 {home} 不是演示目录且不为空，不予清空。请换一个目录，或自行移走其中的文件。")
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    mark.write_text("yisong demo\n", encoding="utf-8")


def hand_out_letters(stage: Stage, folder: Path) -> int:
    """Every letter under its number, as PDF and DOCX (文书按文号存放)."""
    folder.mkdir(parents=True, exist_ok=True)
    with stage.desk.reading() as session:
        papers = outcome.all_papers(session)
    for document, held in papers:
        name = (
            stage.book.numbering(document.type_code).name
            if document.number
            else f"{stage.book.numbering(document.type_code).name} {held.code}"
        )
        title = f"{document.number} {name}".strip() if document.number else name
        title = title.replace("/", "、")
        for suffix, digest in (("pdf", document.pdf_sha256), ("docx", document.docx_sha256)):
            shutil.copyfile(file_of(stage.desk.settings.letters, digest, suffix=suffix), folder / f"{title}.{suffix}")
    return len(papers)


def seed_accounts(stage: Stage, home: Path) -> tuple[str, Path]:
    """Accounts for everyone, with one password that only this demo knows (演示账户)."""
    password = secrets.token_urlsafe(9)
    with stage.transaction() as session:
        made = seed_people(session, book=stage.book, users=stage.county.users, password=password)
    place = home / "accounts.txt"
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"口令（全部演示账户相同）：{password}\n\n账户\t姓名\t部门\t岗位\n")
        file.writelines(f"{entry.id}\t{entry.name}\t{entry.department}\t{entry.role}\n" for entry in made)
    return password, place


def _play(stage: Stage, *, as_of: datetime, folder: Path, console: Console) -> None:
    machinery = ThroughFlows(letters=True)
    days = len(
        {moment.on for moment in running.moments(stage.county, as_of=as_of)}
        | {visit.on for visit in stage.county.inspections}
    )
    columns = (
        TextColumn("[progress.description]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with embedded(stage.desk.settings), Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("启动 Prefect（内嵌）", total=days)
        for day in running.run(stage, as_of=as_of, machinery=machinery, visits=FromLedger(machinery, folder)):
            progress.update(task, advance=1, description=f"模拟至 {day}")
    console.print(
        f"共运行 Prefect 流程 {machinery.runs} 次（台账导入、期限届满、期限巡查、拒改计数、风险扫描、文书与消息）。"
    )


def demo_command(*, home: Path | None = None, county: Path | None = None) -> int:
    """Play the demonstration (演示). A second run starts clean. Returns the exit code."""
    console = Console()
    place = home or Path.cwd() / "var" / "demo"
    empty_home(place)
    as_of = instant_of(AS_OF)
    read: County = read_county(county or sample_county())
    console.print(
        f"演示目录 {place}；县数据 {len(read.inspections)} 次检查、{len(read.findings)} 项发现、{len(read.cases)} 个案件；台账 {LEDGER.name}"
    )
    settings = load_settings({"YISONG_HOME": str(place)}, home=place)
    stage = running.prepare(read, home=place, settings=settings, at=first_instant(read, as_of=as_of))
    make_demonstration_seals(stage.desk.settings.seals, book=read.book, valid_from=stage.desk.today)
    folder = stage.desk.settings.var / "intake"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(LEDGER, folder / LEDGER.name)
    password, accounts = seed_accounts(stage, place)
    _play(stage, as_of=as_of, folder=folder, console=console)
    found = report(stage, as_of=as_of)
    letters = hand_out_letters(stage, place / "letters")
    print_summary(found, book=read.book, console=console)
    stage.desk.close()
    shown = place.relative_to(Path.cwd()) if place.is_relative_to(Path.cwd()) else place
    console.print(f"\n文书 {letters} 份（PDF 与 DOCX，盖样章）：{shown}/letters/    账户清单：{shown / accounts.name}")
    console.print(f"打开收件箱：[bold]YISONG_HOME={shown} .venv/bin/yisong serve[/bold]")
    console.print(
        f"然后在浏览器打开 http://127.0.0.1:8000 ，例如用 U07（应急局联络员）或 U01（指导办）登录，口令 [bold]{password}[/bold]"
    )
    return 1 if found["refused"] else 0
