"""The evidence of a case as it goes into the dossier (证据入案卷): the list and the photographs as pages, every original enclosed."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from models import Evidence, Matter
from yisong.clock import SHANGHAI
from yisong.documents.dossier import Enclosure, Paper
from yisong.documents.photo_pages import EvidencePage, printable, render_list, render_photograph
from yisong.domain.lifecycle import Refusal
from yisong.intake.archive import safe_path
from yisong.intake.errors import PackageRefused
from yisong.intake.evidence_kinds import EvidenceKind
from yisong.intake.photo import PhotoUnreadable, thumbnail
from yisong.intake.vault import EvidenceVault
from yisong.store import evidence as stored
from yisong.store import matters

PRINTED_PIXELS = 1600
"""The longer side of a photograph on its page; the original is enclosed as it was brought."""
FOLDER = "证据材料"


def exhibits(session: Session, case: Matter, *, vault: EvidenceVault, on: date) -> tuple[list[Paper], list[Enclosure]]:
    """The pages and the files of what stands (证据页、证据文件). Nothing where there is no evidence.

    Raises `Refusal` evidence_unsound, naming the piece whose file is gone or was changed.
    """
    rows = stored.of_case(session, case)
    if not rows:
        return [], []
    names = {matter.id: matter.code for matter in matters.of_case(session, case.id or 0)}
    pages: list[EvidencePage] = []
    photographs: list[Paper] = []
    enclosures: list[Enclosure] = []
    for number, row in enumerate(rows, start=1):
        try:
            data = vault.get(row.sha256)
        except PackageRefused as refusal:
            raise Refusal("evidence_unsound", f"证据“{row.title}”不能入卷：{refusal.message}。") from None
        about = f"整次检查 {row.inspection}" if row.inspection else names.get(row.matter_id, "")
        page = _page(number, row, about="" if about == case.code else about, picture=_picture(row, data))
        pages.append(page)
        if page.picture:
            pdf = render_photograph(page, case=case.code, created=on)
            photographs.append(Paper(printable(f"证据照片{number}：{row.title}"[:60]), "", row.on, pdf))
        plain = (safe_path(row.name) or "文件").rpartition("/")[2]
        told = {"title": row.title, "kind": page.kind, "taken": page.taken, "brought": page.brought, "size": row.size}
        enclosures.append(Enclosure(f"{FOLDER}/{number:03d}_{plain}", data, told))
    return [Paper("电子证据目录", "", on, render_list(pages, case=case.code, created=on)), *photographs], enclosures


def _page(number: int, row: Evidence, *, about: str, picture: bytes) -> EvidencePage:
    taken = row.taken_at.astimezone(SHANGHAI) if row.taken_at else None
    place = (
        f"{row.latitude:.5f}，{row.longitude:.5f}（WGS 84）"
        if row.latitude is not None and row.longitude is not None
        else ""
    )
    return EvidencePage(
        number=number, title=row.title, kind=EvidenceKind(row.kind).label, name=row.name.rpartition("/")[2], size=_size(row.size), sha256=row.sha256,
        taken=f"{taken:%Y-%m-%d %H:%M:%S}" if taken else "", place=place, brought=f"{row.brought_name}，{row.on}", about=about, remark=row.remark, picture=picture,
    )  # fmt: skip


def _picture(row: Evidence, data: bytes) -> bytes:
    if row.family != "image" or not row.thumbnail:
        return b""
    try:
        return thumbnail(data, pixels=PRINTED_PIXELS)
    except PhotoUnreadable:
        return b""


def _size(size: int) -> str:
    if size < 1024:
        return f"{size} B"
    return f"{size / 1024:.0f} KB" if size < 1024**2 else f"{size / 1024**2:.1f} MB"
