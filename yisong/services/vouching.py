"""Vouch for what is there on paper or as a thing (核对移送材料), where there is no file; and take one's word back.

Whoever vouches does so by name, in words that go into the list of materials, and in the case's journal.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from sqlmodel import Session

from models import Matter, Transfer, Vouching
from yisong.domain.lifecycle import Refusal
from yisong.domain.materials import FEWEST_OFFICERS, MaterialPoint, Proof
from yisong.domain.roles import Actor
from yisong.domain.rulebook import RuleBook
from yisong.services import remarks
from yisong.services.evidence import refuse_stranger
from yisong.services.material_list import NONE_TAKEN
from yisong.services.steps import hold
from yisong.store import casefile
from yisong.store import evidence as stored

LONGEST = 1000
_DATE = re.compile(r"(\d{4})\s*[-年./]\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})\s*日?")
_NUMBER = re.compile(r"[0-9A-Za-z]{4,}")
DRAFT = "draft"
ISSUED = frozenset({Proof.LETTER, Proof.LIST})


def vouch(
    session: Session, case: Matter, *, book: RuleBook, point: str, stated: str, by: Actor, on: date, at: datetime, offline: bool = False,
) -> Vouching:  # fmt: skip
    """Say what is there for one point of the list (核对确认): name, original or copy, how many, where it is kept.

    Measures are given one on a line with the day each ends, or 无; officers with the numbers of their certificates.
    A new word for the same point takes the place of the old one, which stays in the journal. `offline`: the case left on
    paper before it was entered (补录); numbers that nobody wrote down are not asked for.

    Raises `Refusal`: point_unknown, stated_missing, measures_undated, officers_too_few, not_a_draft, evidence_not_yours.
    """
    found = _point(book, point, on=on)
    words = stated.strip()
    if not words or len(words) > LONGEST:
        raise Refusal(
            "stated_missing", f"请写明“{found.name}”的名称、原件或复印件、数量和存放处（1 至 {LONGEST} 个字）。"
        )
    case = _open(session, case, book=book, by=by)
    measures = _measures(words) if found.proof is Proof.MEASURES else []
    if found.proof is Proof.OFFICERS and not offline:
        _refuse_few(words)
    for old in stored.vouchings(session, case.id):
        if old.point == point:
            old.withdrawn_at, old.withdrawn_by = at, by.id
            session.add(old)
            session.flush()
    row = Vouching(
        case_id=case.id or 0, point=point, stated=words, measures=measures, by_id=by.id, by_name=by.name, department=by.department, on=on, at=at,
    )  # fmt: skip
    session.add(row)
    if found.proof is Proof.MEASURES:
        _keep_measures(session, case, measures)
    given = {"point": point, "material": found.name, "stated": words, "words": f"{found.name}：{words}"}
    remarks.write(session, [remarks.Line(case, "material_vouched", by, on, given)], at=at)
    return row


def withdraw(session: Session, case: Matter, *, book: RuleBook, point: str, by: Actor, on: date, at: datetime) -> None:
    """Take one's word back (撤销核对). Raises `Refusal`: point_unknown, not_vouched, not_a_draft, evidence_not_yours."""
    found = _point(book, point, on=on)
    case = _open(session, case, book=book, by=by)
    row = next((row for row in stored.vouchings(session, case.id) if row.point == point), None)
    if row is None:
        raise Refusal("not_vouched", f"“{found.name}”没有核对记录，无需撤销。")
    row.withdrawn_at, row.withdrawn_by = at, by.id
    session.add(row)
    if found.proof is Proof.MEASURES:
        _keep_measures(session, case, [])
    given = {"point": point, "material": found.name, "words": found.name}
    remarks.write(session, [remarks.Line(case, "material_withdrawn", by, on, given)], at=at)


def _point(book: RuleBook, code: str, *, on: date) -> MaterialPoint:
    from yisong.domain.entries import in_force

    points = {each.code: each for each in book.materials if in_force(each.valid_from, each.valid_to, on=on)}
    found = points.get(code)
    if found is None or found.proof in ISSUED:
        usable = "、".join(f"{each.code} {each.name}" for each in points.values() if each.proof not in ISSUED)
        raise Refusal("point_unknown", f"材料清单中没有可以核对的“{code}”，可用：{usable}。")
    return found


def _open(session: Session, case: Matter, *, book: RuleBook, by: Actor) -> Matter:
    case = hold(session, case.id or 0)
    if case.kind != "transfer" or case.state != DRAFT:
        raise Refusal("not_a_draft", f"{case.code}不是待提交的移送案件，材料清单不再核对；审批中的请先由负责人退回。")
    refuse_stranger(session, case, book=book, actor=by)
    return case


def _measures(words: str) -> list[dict[str, str]]:
    if words in NONE_TAKEN:
        return []
    found = []
    for line in (line.strip() for line in re.split(r"[\n；;]", words) if line.strip()):
        match = _DATE.search(line)
        try:
            until = date(*(int(part) for part in match.groups())) if match else None
        except ValueError:
            until = None
        name = (line[: match.start()] + line[match.end() :]).strip(" ，,：:（）()至到期日") if match else line
        if until is None or not name:
            raise Refusal(
                "measures_undated",
                f"“{line}”没有写明到期日，请按“先行登记保存 2026-11-20”的样式一行写一项；没有采取措施的写“无”。",
            )
        found.append({"name": name, "until": until.isoformat(), "note": ""})
    return found


def _refuse_few(words: str) -> None:
    certified = [part for part in re.split(r"[\n、，,；;]", words) if _NUMBER.search(part)]
    if len(certified) < FEWEST_OFFICERS:
        text = f"请写明不少于 {FEWEST_OFFICERS} 名检查人员的姓名和执法证号，例如：张三 33990001、李四 33990002。"
        raise Refusal("officers_too_few", text)


def _keep_measures(session: Session, case: Matter, measures: list[dict[str, str]]) -> None:
    transfer: Transfer | None = casefile.transfer(session, case.id)
    if transfer is not None:
        transfer.measures_taken = [dict(entry) for entry in measures]
        session.add(transfer)
    session.flush()
