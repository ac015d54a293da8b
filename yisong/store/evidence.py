"""Reads of evidence (证据读取): of a case, of a chain, by content; and what people vouch for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import and_, func, or_, select
from sqlmodel import Session, col

from models import Evidence, Finding, Inspection, Matter, Vouching

_STANDS = col(Evidence.voided_at).is_(None)


def piece(session: Session, evidence_id: int, *, lock: bool = False) -> Evidence | None:
    """One piece of evidence (证据); `lock` holds its row until the transaction ends."""
    return session.get(Evidence, evidence_id, with_for_update=lock or None, populate_existing=lock)


def inspections_of(session: Session, matter_ids: Collection[int]) -> list[Inspection]:
    """The inspections that made these findings, oldest first (所涉检查)."""
    ids = select(col(Finding.inspection_id)).where(col(Finding.matter_id).in_(matter_ids))
    return list(session.scalars(select(Inspection).where(col(Inspection.id).in_(ids)).order_by(col(Inspection.id))))


def of_matters(
    session: Session, matter_ids: Collection[int], *, inspections: Collection[str] = (), voided: bool = False
) -> list[Evidence]:
    """The evidence of these matters, and what belongs to these inspections as a whole (证据), in the order it was brought."""
    mine = or_(col(Evidence.matter_id).in_(matter_ids), col(Evidence.inspection).in_(inspections))
    query = select(Evidence).where(mine if voided else and_(mine, _STANDS)).order_by(col(Evidence.id))
    return list(session.scalars(query))


def of_case(session: Session, case: Matter, *, voided: bool = False) -> list[Evidence]:
    """Everything that belongs to a case or to a finding without one (本案证据): its own, its findings', its inspections'."""
    ids = [case.id or 0]
    if case.case_id is not None:
        ids = list(session.scalars(select(col(Matter.id)).where(col(Matter.case_id) == case.case_id)))
    codes = [inspection.code for inspection in inspections_of(session, ids)]
    return of_matters(session, ids, inspections=codes, voided=voided)


def standing_digests(session: Session, matter_ids: Collection[int]) -> dict[tuple[int, str], Evidence]:
    """What stands for these matters, by matter and content (已有证据)."""
    query = select(Evidence).where(col(Evidence.matter_id).in_(matter_ids), _STANDS)
    return {(found.matter_id, found.sha256): found for found in session.scalars(query)}


def same_content(session: Session, digests: Collection[str]) -> dict[str, list[tuple[Evidence, Matter]]]:
    """Who else has evidence of the same content (内容相同的证据), by digest, oldest first."""
    found: dict[str, list[tuple[Evidence, Matter]]] = {}
    query = select(Evidence, Matter).join(Matter, col(Matter.id) == col(Evidence.matter_id))
    query = query.where(col(Evidence.sha256).in_(digests), _STANDS).order_by(col(Evidence.id))
    for evidence, matter in session.execute(query):
        found.setdefault(evidence.sha256, []).append((evidence, matter))
    return found


def by_chain(session: Session, matter_ids: Sequence[int]) -> dict[int, list[Evidence]]:
    """The evidence whose bringing stands in these matters' journals (按流转记录取证据)."""
    found: dict[int, list[Evidence]] = {}
    query = select(Evidence).where(col(Evidence.chain_id).in_(matter_ids)).order_by(col(Evidence.id))
    for evidence in session.scalars(query):
        found.setdefault(evidence.chain_id, []).append(evidence)
    return found


def page(session: Session, *, after: int, most: int) -> list[tuple[Evidence, str]]:
    """The next pieces by id, voided ones too, each with the code of its matter (逐页取证据)."""
    query = select(Evidence, col(Matter.code)).join(Matter, col(Matter.id) == col(Evidence.matter_id))
    query = query.where(col(Evidence.id) > after).order_by(col(Evidence.id)).limit(most)
    return [(evidence, code) for evidence, code in session.execute(query)]


def count(session: Session) -> int:
    """How many pieces there are, voided ones too (证据件数)."""
    return int(session.scalar(select(func.count()).select_from(Evidence)) or 0)


def vouchings(session: Session, case_id: int | None) -> list[Vouching]:
    """What stands vouched for in a case (已核对材料)."""
    query = select(Vouching).where(col(Vouching.case_id) == case_id, col(Vouching.withdrawn_at).is_(None))
    return list(session.scalars(query.order_by(col(Vouching.id))))


def findings_by_code(session: Session, codes: Iterable[str]) -> dict[str, tuple[Matter, Finding]]:
    """Findings by their codes (按编号取发现)."""
    query = select(Matter, Finding).join(Finding, col(Finding.matter_id) == col(Matter.id))
    return {
        matter.code: (matter, finding)
        for matter, finding in session.execute(query.where(col(Matter.code).in_(list(codes))))
    }


def findings_of_inspections(session: Session, codes: Collection[str]) -> dict[str, list[tuple[Matter, Finding]]]:
    """The findings of these inspections, by the inspection's code, oldest first (各次检查的发现)."""
    found: dict[str, list[tuple[Matter, Finding]]] = {}
    query = select(col(Inspection.code), Matter, Finding).join(
        Finding, col(Finding.inspection_id) == col(Inspection.id)
    )
    query = query.join(Matter, col(Matter.id) == col(Finding.matter_id)).where(col(Inspection.code).in_(codes))
    for code, matter, finding in session.execute(query.order_by(col(Matter.id))):
        found.setdefault(code, []).append((matter, finding))
    return found
