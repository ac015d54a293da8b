"""Evidence as the page of a case shows it (证据材料视图): every piece with what is odd about it, and the list with its ticks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models import Evidence, Matter
from yisong.domain.lifecycle import Refusal
from yisong.domain.materials import Checked, Proof
from yisong.domain.roles import Role
from yisong.intake.evidence_kinds import EvidenceKind
from yisong.services import evidence, vouching
from yisong.services.material_list import checklist
from yisong.store import evidence as stored
from yisong.web.visit import Visit

KINDS = tuple((kind.value, kind.label) for kind in EvidenceKind)
SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp"})
"""What a browser shows by itself, and cannot run."""


@dataclass(frozen=True, slots=True)
class PieceView:
    """One piece of evidence (证据)."""

    row: Evidence
    kind: str
    about: str
    size: str
    warnings: tuple[str, ...]
    hints: tuple[str, ...]

    @property
    def picture(self) -> bool:
        """Whether it opens in the browser (可直接查看)."""
        return self.row.media_type in SHOWN


@dataclass(frozen=True, slots=True)
class PointView:
    """One point of the list of materials (材料项)."""

    checked: Checked
    vouched: str
    may_vouch: bool
    hint: str
    typed: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceRoom:
    """Everything about evidence on one page (证据材料)."""

    pieces: tuple[PieceView, ...]
    voided: tuple[PieceView, ...]
    points: tuple[PointView, ...]
    may_bring: bool
    may_void: bool
    trouble: str = ""

    @property
    def lacking(self) -> int:
        """How many points stand in the way (缺项数)."""
        return sum(1 for point in self.points if point.checked.blocking)


def may_open(visit: Visit) -> bool:
    """Whether this post opens evidence at all (可以查阅证据): nobody of the inspected unit does."""
    return Role.UNIT not in visit.actor.roles


def room_of(
    visit: Visit, root: Matter, *, family: Sequence[Matter], trouble: str = "", point: str = "", typed: str = ""
) -> EvidenceRoom | None:
    """The evidence of a case or of a finding without one (本案证据材料); None where a page has none."""
    if root.kind not in ("transfer", "finding") or not may_open(visit):
        return None
    names = {matter.id: matter.code for matter in family}
    views = [_piece(row, names, root) for row in stored.of_case(visit.session, root, voided=True)]
    mine = _may_bring(visit, root)
    return EvidenceRoom(
        pieces=tuple(view for view in views if view.row.voided_at is None), voided=tuple(view for view in views if view.row.voided_at is not None),
        points=_points(visit, root, mine=mine, point=point, typed=typed), may_bring=mine, may_void=mine and root.state != "pending_approval",
        trouble=trouble,
    )  # fmt: skip


def _may_bring(visit: Visit, root: Matter) -> bool:
    try:
        evidence.refuse_stranger(visit.session, root, book=visit.book, actor=visit.actor)
    except Refusal:
        return False
    return True


def _points(visit: Visit, root: Matter, *, mine: bool, point: str, typed: str) -> tuple[PointView, ...]:
    if (
        root.kind != "transfer"
        or root.state not in (vouching.DRAFT, "pending_approval")
        or root.variant not in ("lead", "case")
    ):
        return ()
    words = {
        entry.point: f"{entry.stated}（{entry.by_name}核对）" for entry in stored.vouchings(visit.session, root.case_id)
    }
    open_to = mine and root.state == vouching.DRAFT
    return tuple(
        PointView(
            each, words.get(each.point.code, ""), open_to and each.point.proof not in vouching.ISSUED, _HINTS.get(each.point.proof, _HINT),
            typed if each.point.code == point else "",
        )
        for each in checklist(visit.session, root, book=visit.book, on=visit.on)
        if each.asked or each.point.hard
    )  # fmt: skip


_HINT = "例：原件1份3页，存执法档案室"
_HINTS = {
    Proof.MEASURES: "例：先行登记保存 2026-11-20；没有采取的写“无”",
    Proof.OFFICERS: "例：张三 33990001、李四 33990002",
    Proof.BEHAVIOUR: "例：紧急检查，已于次日补办，编码××",
    Proof.PLAN: "例：有因检查，无需备案",
}


def _piece(row: Evidence, names: dict[int | None, str], root: Matter) -> PieceView:
    about = f"整次检查 {row.inspection}" if row.inspection else names.get(row.matter_id, "")
    return PieceView(
        row, EvidenceKind(row.kind).label, "" if about == root.code else about, readable(row.size),
        tuple(note["message"] for note in row.notes if note["level"] == "warning"),
        tuple(note["message"] for note in row.notes if note["level"] == "info"),
    )  # fmt: skip


def readable(size: int) -> str:
    """A size as people say it (大小): 812 B, 37 KB, 4.2 MB."""
    if size < 1024:
        return f"{size} B"
    return f"{size / 1024:.0f} KB" if size < 1024**2 else f"{size / 1024**2:.1f} MB"
