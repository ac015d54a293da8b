"""The evidence package beside a ledger, as `yisong import --evidence` brings it in (台账旁的证据包)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from yisong.cli import terminal
from yisong.cli.speech import complain

if TYPE_CHECKING:
    from yisong.desk import Desk
    from yisong.services.evidence_packages import Packed
    from yisong.services.ledger_check import Checked

MOST_LINES = 100


def handle(desk: Desk, checked: Checked, package: Path, *, actor: str, writing: bool) -> Packed:
    """Bring the package in, or, where the ledger was only checked, tell what would come of it (证据包入卷或核对)."""
    from yisong.cli.desks import person
    from yisong.domain.roles import SYSTEM
    from yisong.services import evidence_packages
    from yisong.services.evidence import Bringing

    inspections = checked.verification.inspections
    if not writing:
        return evidence_packages.look_at(package, name=package.name, inspections=inspections, on=desk.today)
    by = SYSTEM
    if actor:
        with desk.reading() as session:
            by = person(session, actor)
    bringing = Bringing(desk.book, by, desk.today, desk.now, source=f"ledger:{checked.workbook.name}", entrusted=True)
    return evidence_packages.bring_package(
        desk.transaction, desk.reading, vault=desk.vault, source=package, name=package.name, inspections=inspections, bringing=bringing
    )  # fmt: skip


def show(packed: Packed | None) -> None:
    """What came of the package, and what somebody has to look at (证据包结果)."""
    if packed is None:
        return
    if packed.looked_only:
        terminal.say(f"证据包：{packed.matched} 个文件能归到台账的行；未写入。")
    else:
        terminal.say(f"证据入卷 {packed.added} 件，已经在卷 {packed.already} 件。")
    problems = packed.lines()
    for line in problems[:MOST_LINES]:
        complain(line)
    if len(problems) > MOST_LINES:
        terminal.note(f"还有 {len(problems) - MOST_LINES} 处未列出；用 --json 写出全部。")
