"""Bring evidence to a case and withdraw it (证据入卷、作废).

The bytes go into the vault before the transaction begins, under their SHA-256; the rows and the line in the journal are
written in the caller's transaction, all or none. The same content for the same matter again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session

from models import Evidence, Matter
from yisong.domain.lifecycle import Refusal
from yisong.domain.roles import Actor, Party, Role, staff
from yisong.domain.rulebook import RuleBook
from yisong.intake.evidence import EvidenceFile
from yisong.intake.evidence_kinds import EvidenceKind
from yisong.intake.photo import PhotoUnreadable, thumbnail
from yisong.intake.places import compare_place
from yisong.intake.values import Note
from yisong.intake.vault import EvidenceVault
from yisong.services import remarks
from yisong.services.facts import parties
from yisong.services.steps import hold
from yisong.store import evidence as stored
from yisong.store import matters

STAFF = staff(Party.ORIGIN).roles
OVER = frozenset({"closed", "closed_refused", "terminated", "voided", "void"})
"""States in which the file of a case or finding is closed, and nothing is added to it."""
BEFORE_LEAVING = frozenset({"draft", "pending_approval", "recorded", "undecided", "onsite_fixed"})
"""States in which evidence has been shown to no other department."""
MOST_TITLES = 5
"""How many pieces a line of the journal names; its effects have them all."""
ADDED, VOIDED = "evidence_added", "evidence_voided"


@dataclass(frozen=True, slots=True)
class Bringing:
    """Who brings evidence, when, and by which door (入卷): `on` the day it counts for, `at` the instant (aware).

    `entrusted`: it comes beside a checked ledger or in a checked package, for whoever registers that: no right is asked.
    """

    book: RuleBook
    by: Actor
    on: date
    at: datetime
    source: str = "upload"
    entrusted: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One file that is kept in the vault, and what it is about (待入卷证据). `inspection` where it belongs to a whole visit."""

    file: EvidenceFile
    matter: Matter
    thumbnail: str = ""
    inspection: str = ""
    kind: EvidenceKind | None = None
    title: str = ""
    remark: str = ""


@dataclass(slots=True)
class Brought:
    """What came of it (入卷结果). `already`: files whose content stood there before; `closed`: their case is over."""

    added: list[Evidence] = field(default_factory=list)
    already: list[Piece] = field(default_factory=list)
    closed: list[Piece] = field(default_factory=list)


def keep(vault: EvidenceVault, file: EvidenceFile) -> str:
    """Put a file and its small picture into the vault (存入证据库); returns the digest of the small picture, "" = none.

    Raises PackageRefused where the vault cannot be written, or the file is no longer what was checked.
    """
    data = file.member.read()
    if vault.put(data) != file.sha256:
        raise Refusal("file_changed", f"文件“{file.path}”在接收过程中被改动，没有入卷：请重新提交。")
    if file.content.family != "image" or file.content.extension == "heic":
        return ""
    try:
        return vault.put(thumbnail(data))
    except PhotoUnreadable:
        return ""


def root_of(session: Session, matter: Matter) -> Matter:
    """The case of a matter, or the matter itself (所属案件)."""
    return matters.matter(session, matter.case_id) if matter.case_id is not None else matter


def refuse_stranger(session: Session, matter: Matter, *, book: RuleBook, actor: Actor) -> None:
    """Only the departments of a case bring evidence to it, the one answerable once it has arrived, while its file is open (入卷权限).

    Raises `Refusal`: evidence_not_yours, evidence_closed.
    """
    root = root_of(session, matter)
    found = parties(book, root)
    open_to = (Party.ORIGIN,) if root.state in BEFORE_LEAVING else (Party.ORIGIN, Party.RESPONSIBLE)
    mine = any(actor.department in found[party] for party in open_to)
    if Role.SYSTEM not in actor.roles and not (mine and actor.roles & STAFF):
        raise Refusal(
            "evidence_not_yours", "证据由本案的移送部门、责任部门经办人员提交，您无此权限。请转相应人员办理。"
        )
    if root.state in OVER:
        raise Refusal("evidence_closed", f"{root.code}已经办结或作废，案卷不再增减证据；确需补充的，请先重新启动案件。")


def bring(session: Session, pieces: Sequence[Piece], *, bringing: Bringing) -> Brought:
    """Write evidence that lies in the vault (证据入卷), in the caller's transaction: all of it, or nothing.

    Raises `Refusal` as `refuse_stranger` does.
    """
    done = Brought()
    held = {matter_id: hold(session, matter_id) for matter_id in sorted({piece.matter.id or 0 for piece in pieces})}
    for matter in held.values():
        if not bringing.entrusted:
            refuse_stranger(session, matter, book=bringing.book, actor=bringing.by)
    closed = {matter_id for matter_id, matter in held.items() if root_of(session, matter).state in OVER}
    standing = set(stored.standing_digests(session, list(held)))
    elsewhere = stored.same_content(session, {piece.file.sha256 for piece in pieces})
    fresh: list[Piece] = []
    for piece in pieces:
        key = (piece.matter.id or 0, piece.file.sha256)
        if key in standing:
            done.already.append(piece)
        elif key[0] in closed:
            done.closed.append(piece)
        else:
            standing.add(key)
            fresh.append(piece)
    points = {matter_id: _points(session, matter, fresh) for matter_id, matter in held.items()}
    for piece in fresh:
        matter = held[piece.matter.id or 0]
        row = _row(piece, matter, bringing)
        mine = (piece.file.taken.latitude, piece.file.taken.longitude)
        around = [point for path, point in points[row.matter_id] if path != piece.file.path]
        notes = [*piece.file.notes, *_repeated(elsewhere.get(row.sha256, []), matter)]
        if mine[0] is not None and mine[1] is not None:
            notes += compare_place((mine[0], mine[1]), others=around)
        row.notes = [{"level": note.level, "code": note.code, "message": note.text} for note in notes]
        session.add(row)
        done.added.append(row)
    session.flush()
    _journal(session, done.added, action=ADDED, by=bringing.by, on=bringing.on, at=bringing.at)
    return done


def void(
    session: Session, evidence_id: int, *, book: RuleBook, by: Actor, on: date, at: datetime, reason: str
) -> Evidence:
    """Void a piece of evidence (证据作废): it stays, marked, with the reason; it leaves every list that is made from now on.

    Whoever may bring evidence may void that of their own department until the case has left it; afterwards the head of
    the department does. Raises `Refusal`: unknown_evidence, already_voided, reason_missing, evidence_not_yours,
    evidence_closed, evidence_under_approval.
    """
    row = stored.piece(session, evidence_id)
    if row is None:
        raise Refusal("unknown_evidence", f"没有编号为 {evidence_id} 的证据，请从案件页重新打开。")
    matter = hold(session, row.matter_id)
    if row.chain_id != matter.id:
        hold(session, row.chain_id)
    row = stored.piece(session, evidence_id, lock=True) or row
    if row.voided_at is not None:
        raise Refusal("already_voided", f"证据“{row.title}”已由{row.voided_name}作废，无需重复办理。")
    if not reason.strip():
        raise Refusal("reason_missing", "作废证据须写明理由。")
    refuse_stranger(session, matter, book=book, actor=by)
    root = root_of(session, matter)
    if root.state == "pending_approval":
        raise Refusal("evidence_under_approval", f"{root.code}正在审批，请先由负责人退回，再作废证据。")
    trusted = Role.SYSTEM in by.roles or Role.LEADER in by.roles
    if not trusted and (row.department not in ("", by.department) or root.state not in BEFORE_LEAVING):
        raise Refusal("evidence_not_yours", "案件已送出，或者该证据由其他部门提交：作废须由部门负责人办理。")
    _void(session, [row], by=by, on=on, at=at, reason=reason.strip())
    return row


def void_all(session: Session, found: Iterable[Matter], *, by: Actor, on: date, at: datetime, reason: str) -> int:
    """Void what stands for matters that are taken back themselves (随事项作废); the matters' rows are held by the caller."""
    rows = stored.of_matters(session, [matter.id or 0 for matter in found])
    _void(session, rows, by=by, on=on, at=at, reason=reason)
    return len(rows)


def _void(session: Session, rows: Sequence[Evidence], *, by: Actor, on: date, at: datetime, reason: str) -> None:
    for row in rows:
        row.voided_at, row.voided_by, row.voided_name, row.void_reason = at, by.id, by.name, reason
        session.add(row)
    session.flush()
    _journal(session, rows, action=VOIDED, by=by, on=on, at=at, reason=reason)


def _row(piece: Piece, matter: Matter, bringing: Bringing) -> Evidence:
    file = piece.file
    stem = file.member.name.rpartition(".")[0] or file.member.name
    return Evidence(
        matter_id=matter.id or 0, chain_id=matter.case_id or matter.id or 0, inspection=piece.inspection,
        kind=(piece.kind or file.kind).value, title=(piece.title or stem)[:200], name=file.path, media_type=file.content.mime,
        family=file.content.family, size=file.member.size, sha256=file.sha256, thumbnail=piece.thumbnail, taken_at=file.taken.at,
        zone_assumed=file.taken.zone_assumed, latitude=file.taken.latitude, longitude=file.taken.longitude, camera=file.taken.camera[:100],
        remark=piece.remark, source=bringing.source, brought_by=bringing.by.id, brought_name=bringing.by.name,
        department=bringing.by.department, on=bringing.on, at=bringing.at,
    )  # fmt: skip


def _points(session: Session, matter: Matter, fresh: Sequence[Piece]) -> list[tuple[str, tuple[float, float]]]:
    """Where the photographs of one matter were taken, those that stand and those that come (拍摄地点)."""
    old = [(row.name, row.latitude, row.longitude) for row in stored.of_matters(session, [matter.id or 0])]
    new = [(each.file.path, each.file.taken.latitude, each.file.taken.longitude) for each in fresh if each.matter.id == matter.id]  # fmt: skip
    return [(path, (south, west)) for path, south, west in (*old, *new) if south is not None and west is not None]


def _repeated(found: Sequence[tuple[Evidence, Matter]], matter: Matter) -> list[Note]:
    """A picture that was used before, for another matter (重复使用的证据): old photographs of a review are found so."""
    others = list(dict.fromkeys(other.code for _, other in found if other.id != matter.id))
    if not others:
        return []
    named = "、".join(others[:3]) + ("等" if len(others) > 3 else "")
    return [Note("warning", "SAME_CONTENT", f"与{named}的证据内容完全相同：请核对是否放错，或者重复使用了旧照片")]


def _journal(
    session: Session, rows: Sequence[Evidence], *, action: str, by: Actor, on: date, at: datetime, reason: str = ""
) -> None:
    chains: dict[int, list[Evidence]] = {}
    for row in rows:
        chains.setdefault(row.chain_id, []).append(row)
    lines = []
    for chain_id, found in sorted(chains.items()):
        titles = "、".join(row.title for row in found[:MOST_TITLES]) + ("等" if len(found) > MOST_TITLES else "")
        given: dict[str, object] = {"count": len(found), "words": f"{len(found)} 件：{titles}"}
        if reason:
            given["reason"] = reason
        effects = [
            {"evidence": row.id, "sha256": row.sha256, "size": row.size, "kind": row.kind, "title": row.title} for row in found
        ]  # fmt: skip
        matter = hold(session, chain_id)
        lines.append(remarks.Line(matter, action, by, on, given, effects))
    remarks.write(session, lines, at=at)
