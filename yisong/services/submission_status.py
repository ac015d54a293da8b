"""What became of what was sent (报送状态): every finding of a submission, and the case it is in, as of a day."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from datetime import date, tzinfo
from typing import Any

from sqlmodel import Session

from yisong.domain.lifecycle import Refusal
from yisong.domain.rulebook import RuleBook
from yisong.services.explaining import explained
from yisong.services.standings import Standing, standings
from yisong.services.tokens import Holder
from yisong.store import ledger as stored
from yisong.store import matters, tokens


def submission_status(session: Session, number: int, *, holder: Holder, book: RuleBook, on: date) -> dict[str, Any]:
    """A submission, its findings and the cases born of it (报送状态).

    Raises Refusal `unknown_submission`: there is none, or it is none of the holder's business.
    """
    found = tokens.submission(session, number)
    if found is None or (holder.department and found.department != holder.department):
        raise Refusal("unknown_submission", f"没有编号为 {number} 的报送，请核对报送时返回的 submission。")
    told = json.loads(zlib.decompress(found.answer)) if found.answer is not None else {"rows": [], "confirmed": None}
    codes = list(dict.fromkeys(row["finding"] for row in told["rows"] if row["finding"]))
    return {
        "submission": found.id,
        "key": found.key,
        "state": "answered" if found.answer is not None else "working",
        "received_at": found.claimed_at.isoformat(),
        "confirmed": told["confirmed"],
        "findings": _findings(session, codes, book=book, on=on),
    }


def finding_status(session: Session, code: str, *, holder: Holder, book: RuleBook, on: date) -> dict[str, Any]:
    """One finding and its case (问题状态), for the organs that called, took part in or answer for it.

    Raises Refusal `unknown_finding`.
    """
    found = stored.findings_of_codes(session, [code]).get(code)
    if found is not None and holder.department:
        inspection, matter = found
        case = stored.cases(session, [matter.case_id] if matter.case_id else []).get(matter.case_id or 0)
        organs = {inspection.initiator, *inspection.participants, matter.responsible, case.responsible if case else ""}
        found = found if holder.department in organs else None
    if found is None:
        raise Refusal("unknown_finding", f"没有编号为“{code}”的问题，或者不属于令牌的范围，请核对编号。")
    return _findings(session, [code], book=book, on=on)[0]


def clocks_told(
    session: Session, code: str, *, rule: str, holder: Holder, book: RuleBook, on: date, zone: tzinfo
) -> list[dict[str, Any]]:
    """The clocks of a case, each with its walk day by day (期限逐日说明), for the organs of the case. `rule`: only this one.

    Raises Refusal `unknown_case`.
    """
    unknown = Refusal("unknown_case", f"没有编号为“{code}”的案件，或者不属于令牌的范围，请核对编号。")
    try:
        case = matters.matter_by_code(session, code)
    except Refusal:
        raise unknown from None
    if case.kind != "transfer" or (holder.department and holder.department not in (case.origin, case.responsible)):
        raise unknown
    return explained(session, book=book, code=code, rule=rule, today=on, zone=zone)


def _findings(session: Session, codes: Iterable[str], *, book: RuleBook, on: date) -> list[dict[str, Any]]:
    wanted = list(codes)
    found = stored.findings_of_codes(session, wanted)
    where = standings(session, [matter for _, matter in found.values()], book=book, on=on)
    return [_told(code, where[found[code][1].id or 0] if code in found else None) for code in wanted]


def _told(code: str, standing: Standing | None) -> dict[str, Any]:
    if standing is None:  # refused by the registers, or taken back with its run
        return {"finding": code, "state": "absent", "label": "未登记或已撤销", "case": None}
    case = None
    if standing.case_code:
        case = {"code": standing.case_code, "state": standing.case_state, "label": standing.case_label}
    return {
        "finding": code, "state": standing.state, "label": standing.label, "responsible": standing.owner, "case": case,
        "due_on": standing.due_on.isoformat() if standing.due_on else None, "workdays_late": standing.workdays_late, "days_late": standing.days_late,
        "documents": list(standing.documents), "closed_on": standing.closed_on.isoformat() if standing.closed_on else None,
    }  # fmt: skip
