"""What a transfer has of what it needs (移送材料): the points checked against files, names, registers and people's word.

Read only; `vouching.py` is where a person vouches. The rows of 移送材料清单 and of the letter are made here, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from models import Evidence, Finding, Inspection, Matter, Transfer, Vouching
from yisong.clock import local_date
from yisong.documents.photo_pages import printable
from yisong.domain.materials import Checked, Held, check_materials
from yisong.domain.rulebook import RuleBook, RuleBookError
from yisong.intake.evidence_kinds import EvidenceKind, propose_kind
from yisong.intake.materials import Listed, list_of_materials
from yisong.services.lettering_extras import held_things
from yisong.store import casefile, matters
from yisong.store import evidence as stored

MEASURED = re.compile(r"登记保存|查封|扣押|强制措施")
REPORT = re.compile(r"检测报告")
NONE_TAKEN = frozenset({"无", "没有", "未采取", "未采取措施"})
ON_PAPER = "纸质或实物"


def checklist(session: Session, case: Matter, *, book: RuleBook, on: date) -> tuple[Checked, ...]:
    """How every point of the list stands for a case on a day (移送材料核对)."""
    held = held_of(session, case, book=book)
    return check_materials(book.materials, held=held, on=on)


def held_of(session: Session, case: Matter, *, book: RuleBook) -> Held:
    """What has been put together for a case (已有材料)."""
    pairs = casefile.findings(session, case.case_id) if case.case_id is not None else []
    visits = stored.inspections_of(session, [matter.id or 0 for matter, _ in pairs])
    transfer = casefile.transfer(session, case.case_id)
    named = _named(transfer, [finding for _, finding in pairs])
    pieces = stored.of_case(session, case)
    vouched = stored.vouchings(session, case.case_id)
    unit = matters.unit(session, case.unit_id)
    told = " ".join((*named, *(piece.title for piece in pieces)))
    measures = [
        (str(entry.get("name", "")), _day(entry.get("until")))
        for entry in (transfer.measures_taken if transfer else [])
    ]
    measures += [(str(held["name"]), _day(held["until"])) for held in held_things(session, case_id=case.case_id)]
    return Held(
        files=tuple((piece.kind, piece.title) for piece in pieces),
        named=tuple((propose_kind(name).value, name) for name in named),
        vouched={entry.point: entry.stated for entry in vouched},
        registered=unit is not None and all(text.strip() for text in (unit.name, unit.uscc, unit.address, unit.legal_rep)),
        measures=tuple(measures),
        measured=bool(MEASURED.search(told)) or bool(case.case_id and matters.of_case(session, case.case_id, kind="seizure")),
        officers=_officers(visits),
        roster=_roster(session, visits),
        behaviour_code="、".join(visit.behaviour_code for visit in visits if visit.behaviour_code) if all(v.behaviour_code for v in visits) else "",
        law=bool(pairs) and all(_has_law(book, finding) for _, finding in pairs),
        report=any(_needs_report(book, finding) for _, finding in pairs),
    )  # fmt: skip


def for_letter(session: Session, case: Matter) -> list[dict[str, str]]:
    """The rows of the list that travels with the letter (移送材料清单行): files first, then what was named or vouched for.

    Where nobody has named anything yet, the names that the items ask for stand in, so that a draft can be read.
    """
    transfer = casefile.transfer(session, case.case_id)
    findings = [finding for _, finding in casefile.findings(session, case.case_id)] if case.case_id is not None else []
    pieces = stored.of_case(session, case)
    rows = [
        {"name": line.name, "form": line.form, "quantity": f"{line.count}{line.unit}", "keeper": "平台", "note": _note(line)}
        for line in list_of_materials([_listed(piece) for piece in pieces])
    ]  # fmt: skip
    known = {str(entry.get("name", "")): entry for entry in (transfer.materials if transfer else [])}
    for name in _named(transfer, findings):
        if not _covered(name, pieces):
            rows.append(
                {"form": "复印件", "quantity": "1份", "keeper": "", "note": "", **known.get(name, {}), "name": name}
            )
    for entry in stored.vouchings(session, case.case_id):
        rows += _vouched_rows(entry)
    rows = [{**row, "name": printable(row["name"])} for row in rows]
    return rows or [dict(entry) for entry in (transfer.materials if transfer else [])]


def _named(transfer: Transfer | None, findings: Iterable[Finding]) -> list[str]:
    """The materials that somebody has named as being there (已载明的材料), without what the items merely ask for."""
    proposed = {name for finding in findings if finding.evidence_proposed for name in finding.evidence}
    stated = {name for finding in findings if not finding.evidence_proposed for name in finding.evidence}
    names = [str(entry.get("name", "")) for entry in (transfer.materials if transfer else [])]
    return list(dict.fromkeys(name for name in names if name and (name not in proposed or name in stated)))


def _covered(name: str, pieces: Sequence[Evidence]) -> bool:
    """Whether a file is what a name speaks of (已有文件): of a record or photographs the kind tells, of other papers the title."""
    kind = propose_kind(name)
    if kind in (EvidenceKind.RECORD, EvidenceKind.AUDIOVISUAL):
        return any(piece.kind == kind for piece in pieces)
    return any(name in piece.title or piece.title in name for piece in pieces)


def _listed(piece: Evidence) -> Listed:
    day = local_date(piece.taken_at) if piece.taken_at else None
    return Listed(piece.title, EvidenceKind(piece.kind), piece.family, piece.sha256, day)


def _note(line: Any) -> str:
    return "；".join(part for part in (line.kind, line.remark, f"SHA-256 {line.digest}" if line.digest else "") if part)


def _vouched_rows(entry: Vouching) -> list[dict[str, str]]:
    if entry.stated.strip() in NONE_TAKEN or entry.measures or entry.point in ("OFFICERS", "BEHAVIOUR", "PLAN", "LAW"):
        return []
    names = [part.strip() for part in re.split(r"[\n；;]", entry.stated) if part.strip()]
    return [{"name": name, "form": ON_PAPER, "quantity": "1份", "keeper": entry.by_name, "note": ""} for name in names]


def _officers(visits: Sequence[Inspection]) -> tuple[tuple[str, str], ...]:
    """Who inspected, where every visit says so; of several visits the one with the fewest certificates (检查人员)."""
    told = [[(str(o.get("name", "")), str(o.get("cert_no", ""))) for o in visit.officers] for visit in visits]
    return tuple(min(told, key=lambda found: sum(1 for _, certificate in found if certificate))) if told else ()


def _roster(session: Session, visits: Sequence[Inspection]) -> tuple[tuple[str, str], ...]:
    organs = sorted({code for visit in visits for code in (visit.initiator, *visit.participants) if code})
    return tuple((person.name, person.cert_no) for code in organs for person in casefile.officers(session, code))


def _has_law(book: RuleBook, finding: Finding) -> bool:
    try:
        return bool(book.item(finding.item_code).version_on(finding.found_on).duty)
    except RuleBookError:
        return False


def _needs_report(book: RuleBook, finding: Finding) -> bool:
    return any(REPORT.search(name) for name in book.item(finding.item_code).evidence)


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
