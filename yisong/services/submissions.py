"""Findings that another system sends (接口报送): the ledger's own verification, one effect for each key, one answer for each call.

The key is claimed before anything is written, in a transaction of its own. Who comes second with the same body waits for the
answer of the first and gets it word for word; with another body, they are refused. A claim that was cut off may be taken over
after `LEASE`; nothing comes in twice even then, because the import itself goes by the numbers of inspections and findings.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from time import sleep
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from models import Submission
from yisong.domain.lifecycle import Refusal
from yisong.domain.rulebook import RuleBook
from yisong.intake.rows import VerifiedRow
from yisong.intake.submitted import Sent
from yisong.intake.verify import verify
from yisong.services import imports, ledger_check
from yisong.services.imports import Import, Imported
from yisong.services.ledger_check import Checked, Reading
from yisong.services.ledger_scope import confine
from yisong.services.narrow_reference import reference_for
from yisong.services.tokens import Holder
from yisong.store import tokens as stored

LEASE = timedelta(minutes=5)
"""After so long without an answer a claim counts as cut off (系统默认)."""
PATIENCE, PAUSE = 30.0, 0.1
"""Seconds that a second call waits for the first one's answer, and between two looks (系统默认)."""
TAKEN, NOTHING_NEW, PARTLY, WRONG = 201, 200, 207, 422
"""Statuses of HTTP: something came in; everything was there already; only a part of it; nothing, for its content."""
Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller gets (应答): a status of HTTP, JSON, and whether it was given before."""

    status: int
    content: bytes
    replayed: bool = False
    submission_id: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a system (一次报送): who sends what, under which key, and when."""

    holder: Holder
    sent: Sent
    book: RuleBook
    on: date
    at: datetime
    key: str = ""
    skip_errors: bool = False

    @property
    def sha256(self) -> str:
        """What the body, and the manner of taking it, are known by (内容摘要)."""
        return self.sent.sha256 + ("+skip" if self.skip_errors else "")


def check(reading: Reading, call: Call) -> tuple[Checked, list[str]]:
    """Verify what was sent as if it stood in a ledger (核对报送); nothing is written. Answers with the numbers in conflict, too."""
    with reading() as session:
        reference = reference_for(session, call.sent, book=call.book)
        verification = verify(call.sent.workbook, reference=reference, mapping=call.sent.mapping, today=call.on)
        checked = Checked(call.sent.workbook, call.sent.sha256, verification)
        checked = confine(session, checked, department=call.holder.department, book=call.book)
    return checked, ledger_check.conflicts(reading, checked.verification)


def verify_only(reading: Reading, call: Call) -> Answer:
    """Say of every row whether it could be taken (试核对), and write nothing."""
    checked, conflicts = check(reading, call)
    return Answer(200, _json(_told(call, checked, conflicts=conflicts, result=None, number=None)))


def submit(transaction: Transaction, reading: Reading, *, call: Call) -> Answer:
    """Bring in what was sent, once (报送): all of it, or with `skip_errors` the inspections that stand without an error.

    Nothing is kept of a call that is refused for its content: corrected, it may use the same key.

    Raises:
        Refusal: `idempotency_key_reused`, `submission_in_progress`.
    """
    earlier = _earlier(reading, call)
    if earlier is not None:
        return earlier
    checked, conflicts = check(reading, call)
    if (conflicts or not checked.verification.importable) and not (call.skip_errors and _some(checked, conflicts)):
        return Answer(WRONG, _json(_told(call, checked, conflicts=conflicts, result=None, number=None)))
    number = _claim(transaction, call)
    if number is None:
        return _earlier(reading, call, waiting=True) or submit(transaction, reading, call=call)
    bringing = Import(
        book=call.book, checked=checked, on=call.on, at=call.at, by=call.holder.actor, department=call.holder.department
    )
    try:
        result = imports.confirm(transaction, bringing)
        told = _told(call, checked, conflicts=conflicts, result=result, number=number)
        answer = Answer(_status(result), _json(told), submission_id=number)
        with transaction() as session:
            held = _held(session, number)
            held.status, held.answer, held.answered_at = answer.status, zlib.compress(answer.content), call.at
            held.run_id = result.run_id
            session.add(held)
    except BaseException:
        _released(transaction, number)
        raise
    return answer


def _status(result: Imported) -> int:
    if result.refused or result.blocked:
        return PARTLY
    return TAKEN if result.inspections or result.findings else NOTHING_NEW


def _some(checked: Checked, conflicts: list[str]) -> bool:
    return not conflicts and any(not inspection.blocked for inspection in checked.verification.inspections)


def _released(transaction: Transaction, number: int) -> None:
    """Give a claim back that came to nothing (释放幂等键): the same call may be made again at once."""
    with transaction() as session:
        session.delete(_held(session, number))


def _held(session: Session, number: int) -> Submission:
    found = stored.submission(session, number)
    if found is None:
        raise Refusal("submission_lost", "这次报送已由另一次相同的报送接替，请用同一幂等键重新发送以取得结果。")
    return found


def _earlier(reading: Reading, call: Call, *, waiting: bool = False) -> Answer | None:
    """The answer that was given under this key, or None where there is none yet (已有应答)."""
    for _ in range(int(PATIENCE / PAUSE)):
        with reading() as session:
            found = stored.submission_of_key(session, call.holder.name, key=call.key)
        if found is None:
            return None
        if found.body_sha256 != call.sha256:
            raise Refusal(
                "idempotency_key_reused",
                f"幂等键“{call.key}”已用于内容不同的报送（{found.claimed_at:%Y-%m-%d}），请为新的内容换一个键。",
            )
        if found.answer is not None:
            return Answer(found.status, zlib.decompress(found.answer), replayed=True, submission_id=found.id)
        if call.at >= found.claimed_at + LEASE and not waiting:
            return None
        sleep(PAUSE)
    raise Refusal("submission_in_progress", "同一报送正在处理，请稍后用同一幂等键重试，取得处理结果。")


def _claim(transaction: Transaction, call: Call) -> int | None:
    """Claim the key (占用幂等键); None where somebody else has it. A claim that was cut off is taken over."""
    try:
        with transaction() as session:
            held = stored.submission_of_key(session, call.holder.name, key=call.key, lock=True)
            if held is None:
                held = Submission(
                    holder=call.holder.name, key=call.key, department=call.holder.department, body_sha256=call.sha256, claimed_at=call.at
                )  # fmt: skip
            elif held.answer is not None or call.at < held.claimed_at + LEASE or held.body_sha256 != call.sha256:
                return None
            held.claimed_at = call.at
            session.add(held)
            session.flush()
            return held.id
    except IntegrityError:
        return None


def _told(
    call: Call, checked: Checked, *, conflicts: list[str], result: Imported | None, number: int | None
) -> dict[str, Any]:
    verification = checked.verification
    codes = {
        (finding.row, finding.part): ledger_check.finding_code_of(inspection, finding)
        for inspection in verification.inspections
        for finding in inspection.findings
    }
    return {
        "submission": number,
        "importable": verification.importable and not conflicts,
        "summary": {
            **verification.counts,
            "inspections": len(verification.inspections),
            "findings": sum(len(inspection.findings) for inspection in verification.inspections),
        },
        "conflicts": conflicts,
        "rows": [_row(call.sent, row, code=codes.get((row.row, row.part), "")) for row in verification.rows],
        "confirmed": _result(result),
    }


def _row(sent: Sent, row: VerifiedRow, *, code: str) -> dict[str, Any]:
    """One row of the answer (逐行应答): `at` is where it stands in the JSON, `finding` the number it is registered under."""
    told = row.to_json()
    messages = [{name: text for name, text in message.items() if name != "column"} for message in told["messages"]]  # type: ignore[attr-defined]
    place = sent.places[row.row - 1] if 0 < row.row <= len(sent.places) else ""
    return {"at": place, "finding": code, **told, "messages": messages}


def _result(result: Imported | None) -> dict[str, Any] | None:
    if result is None:
        return None
    return {
        "run": result.run_id, "inspections": result.inspections, "findings": result.findings, "units": result.units, "unchanged": result.unchanged,
        "blocked": result.blocked, "corrections": [code for code, _, _ in result.corrections],
        "refused": [{"inspection": code, "message": why} for code, why in result.refused],
    }  # fmt: skip


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
