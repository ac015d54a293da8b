"""Who may see a case (查阅权限): its parties, those who oversee, and nobody else."""

from __future__ import annotations

from sqlmodel import Session

from models import Matter
from yisong.domain.lifecycle import Refusal
from yisong.domain.rulebook import RuleBookError
from yisong.store import matters
from yisong.web.turns import governs, oversees
from yisong.web.visit import Hidden, Visit

__all__ = ["may_see", "root_of", "shown"]


def root_of(session: Session, matter: Matter) -> Matter:
    """The matter whose page shows this one: its case, what its subject belongs to, or itself (所属案卷)."""
    seen: set[int] = set()
    while matter.case_id not in (None, matter.id) or (matter.case_id is None and matter.subject_id is not None):
        if matter.id in seen:
            break
        seen.add(matter.id or 0)
        matter = matters.matter(session, matter.case_id or matter.subject_id or 0)
    return matter


def may_see(visit: Visit, root: Matter) -> bool:
    """Whether this person's organ is a party to the case, or their post oversees it (是否可查阅)."""
    actor = visit.actor
    if oversees(actor, book=visit.book) or governs(actor, book=visit.book):
        return True
    organs = {root.origin, root.responsible, *(root.details.get("departments") or [])}
    if actor.department in organs - {""}:
        return True
    return _is_police(visit) and _referred(visit.session, root)


def _is_police(visit: Visit) -> bool:
    try:
        return visit.actor.department == visit.book.police_code
    except RuleBookError:
        return False


def _referred(session: Session, root: Matter) -> bool:
    if root.case_id is None:
        return False
    tracks = matters.of_case(session, root.case_id, kind="criminal")
    return any(track.tallies.get("deliver") for track in tracks)


def shown(visit: Visit, code: str) -> tuple[Matter, Matter]:
    """A matter by its code and the root of its page (按编号查阅).

    Raises:
        Hidden: there is none of that code, or it is none of this person's business.
    """
    try:
        matter = matters.matter_by_code(visit.session, code)
    except Refusal:
        raise Hidden from None
    root = root_of(visit.session, matter)
    if not may_see(visit, root):
        raise Hidden
    return matter, root
