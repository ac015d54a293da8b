"""What a notice says, and where it goes besides the inbox (消息内容与去向)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session

from models import Account, OutboxRow
from yisong.domain.rulebook import RuleBook, RuleBookError
from yisong.notify import channels
from yisong.services.outgoing import queue
from yisong.settings import Settings
from yisong.store import casefile, deadlines, matters
from yisong.store import outbox as stored


def _name(book: RuleBook, code: str) -> str:
    try:
        return book.organ(code).name
    except RuleBookError:
        return code


def notice_facts(session: Session, *, book: RuleBook, settings: Settings, row: OutboxRow) -> dict[str, Any]:
    """The facts of one notice (消息事实)."""
    matter = matters.matter(session, row.matter_id) if row.matter_id else None
    case = matters.matter(session, row.case_id) if row.case_id else matter
    transfer = casefile.transfer(session, row.case_id)
    clock = deadlines.clock(session, int(row.payload["clock"])) if row.payload.get("clock") else None
    if clock is None and matter is not None:
        clock = next((entry for entry in deadlines.live(session, matter.id) if entry.due_on is not None), None)
    receiver = str(row.payload.get("department") or "")
    unit = (
        matters.unit(session, int(row.payload["unit"]))
        if row.payload.get("unit")
        else matters.unit(session, matter.unit_id)
        if matter
        else None
    )
    number = str(row.payload.get("number") or "")
    if not number and matter is not None:
        papers = matters.documents_of(session, matter.id or 0)
        number = papers[-1].number if papers else ""
    late = 0
    if clock is not None and clock.due_on is not None:
        late = max(book.calendar.count_workdays(clock.due_on, row.created_at.astimezone(settings.timezone).date()), 0)
    code = case.code if case else ""
    return {
        "platform": book.county.platform_name, "case": {"code": code, "title": transfer.title if transfer else (unit.name if unit else code)},
        "department": _name(book, receiver) if receiver else (unit.name if unit else ""), "unit": unit.name if unit else "",
        "due_on": clock.due_on.isoformat() if clock and clock.due_on else "", "days_late": late, "number": number,
        "url": settings.public_url + str(row.payload.get("path") or f"/cases/{code}"), "lines": list(row.payload.get("lines", ())),
    }  # fmt: skip


def channels_of(settings: Settings, account: Account) -> list[str]:
    """A person's own channel addresses (个人渠道); a bare mail address goes through the house's mail server, where there is one."""
    found = []
    for address in account.channels:
        if "@" not in address or "://" in address:
            found.append(address)
        elif settings.mail_url:
            found.append(channels.mail_address(settings.mail_url, recipient=address))
    return found


def addresses(session: Session, *, settings: Settings, department: str, urgent: bool = True) -> list[str]:
    """Channel addresses besides the inbox (其他渠道): those that hear everything, and each person's own for what is urgent.

    What is not urgent reaches a person once a day, in the digest.
    """
    found = list(settings.notify_urls)
    for account in stored.people_of(session, department) if department and urgent else []:
        found += channels_of(settings, account)
    return list(dict.fromkeys(found))


def tell_of_failure(session: Session, *, book: RuleBook, row: OutboxRow, at: datetime) -> None:
    """Tell the guidance office of something that could not leave (发送失败告知); of a failure to tell of a failure, nobody."""
    if row.key.startswith("failed:"):
        return
    what = {"letter": "文书", "notice": "站内消息", "channel": "外部通知"}.get(row.kind, row.kind)
    payload = {
        "notice": "outbox_failed", "department": book.guidance_code, "urgent": True, "action": "outbox_failed", "number": "",
        "lines": [f"第{row.id}条（{what}）试发{row.attempts}次未成功：{row.last_error[:200]}", f"处理后重发：yisong outbox retry {row.id}"],
    }  # fmt: skip
    queue(
        session,
        key=f"failed:{row.id}:{stored.tried(session, row.id or 0)}",
        kind="notice",
        at=at,
        payload=payload,
        matter_id=row.matter_id,
        case_id=row.case_id,
    )
