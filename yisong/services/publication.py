"""What the public may see (公示): results of rectification, and units under key supervision; nobody's personal data, nothing that is over.

What is shown derives from the matters every time it is asked for. So a listing that has been removed, revoked or has run out, a sheet
that was withdrawn, a case that was reopened are gone the same moment, whether or not anybody has pressed 停止公示.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from models import Document, Matter, Unit
from yisong.store import publication as stored

MONTHS = 3
"""How long a result is shown here (系统默认, the shortest of the terms of 行政处罚信息公示规定). The statutory publication of penalties is
made by the organs on the State's credit platforms."""
SHEET = "GONGSHI"
STANDING = ("numbered", "issued")
PERSONS = frozenset({"自然人"})


@dataclass(frozen=True, slots=True)
class Listed:
    """A unit under key supervision (重点监管对象)."""

    code: str
    name: str
    uscc: str
    department: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Result:
    """A published result (处理结果)."""

    name: str
    uscc: str
    items: tuple[str, ...]
    outcome: str
    department: str
    published_on: date
    until: date


def listed(session: Session, *, on: date) -> list[Listed]:
    """The units under key supervision on a day, the latest first (重点监管对象名单)."""
    found = []
    for matter, unit in stored.listings(session):
        since = matter.details.get("effective_on")
        months = int(matter.details.get("months") or 0)
        if not since:
            continue
        begun = date.fromisoformat(str(since)[:10])
        until = months_after(begun, months) if months else None
        if begun <= on and (until is None or on < until):
            found.append(Listed(matter.code, shown_name(unit), unit.uscc, matter.responsible, begun, until))
    return sorted(found, key=lambda each: each.since, reverse=True)


def results(session: Session, *, on: date, text: str = "") -> list[Result]:
    """The results published on a day, the latest first (处理结果公示). `text`: only units whose name or credit code holds it."""
    found = []
    for document, matter, unit in stored.sheets(session, types=(SHEET,), states=STANDING):
        until = months_after(document.dated_on, MONTHS)
        if not document.dated_on <= on < until or not _stands(matter):
            continue
        made = _result(document, unit, until)
        if not text or text in made.name or text.upper() in made.uscc:
            found.append(made)
    return found


def _stands(matter: Matter) -> bool:
    """Whether what was published still holds (仍有效): a case that was reopened since has no result yet."""
    return matter.kind == "transfer" and matter.tallies.get("publish", 0) > matter.tallies.get("reopen", 0)


def _result(document: Document, unit: Unit | None, until: date) -> Result:
    facts = document.facts
    name = shown_name(unit) if unit is not None else ""
    return Result(
        name=name,
        uscc=unit.uscc if unit is not None else "",
        items=tuple(dict.fromkeys(str(each.get("item_name", "")) for each in facts.get("findings", ()))),
        outcome=str(facts.get("reason") or ""),
        department=document.issuer,
        published_on=document.dated_on,
        until=until,
    )


def shown_name(unit: Unit) -> str:
    """A unit's name as the public reads it (脱敏): of a natural person the family name only."""
    if unit.kind in PERSONS and unit.name:
        return unit.name[0] + "*" * (len(unit.name) - 1)
    return unit.name


def months_after(day: date, months: int) -> date:
    """The day so many months after, or the last of its month (满月日)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, min(day.day, (following - date(year, month, 1)).days))
