"""Withdraw, supersede or void a paper, and say what a file is (文书撤回、取代、作废与核验).

A paper is never edited: its life cycle moves on, its files stay as they were issued.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from models import Document, Event, Matter
from yisong.documents.claims import Claim, claim_of
from yisong.documents.seal import SealReport, verify
from yisong.domain.chain import canonical
from yisong.domain.lifecycle import Act, Refusal
from yisong.domain.lifecycles.document import DOCUMENT
from yisong.domain.roles import Actor
from yisong.domain.rulebook import RuleBook
from yisong.services import seals
from yisong.services.steps import take_step
from yisong.settings import Settings
from yisong.store import documents as stored

STANDS = frozenset({"issued"})
GENUINE, GONE, ALTERED, UNKNOWN = "genuine", "gone", "altered", "unknown"


@dataclass(frozen=True, slots=True)
class Verified:
    """What is known of a file (核验结果).

    `verdict`: `genuine` = byte for byte as issued, and it stands; `gone` = as issued, but withdrawn or superseded since; `altered` = it names
    a paper of ours, but is not the file that was issued; `unknown` = nothing here knows it.
    """

    verdict: str
    sha256: str
    message: str
    seal: SealReport | None = None
    document: Document | None = None
    matter: Matter | None = None

    @property
    def genuine(self) -> bool:
        return self.verdict == GENUINE


def _paper(session: Session, code: str) -> tuple[Document, Matter]:
    found = stored.by_code(session, code)
    if found is None:
        raise Refusal("unknown_document", f"没有编号为“{code}”的文书，请核对编号。")
    return found


def _step(session: Session, *, book: RuleBook, code: str, act: Act) -> Event:
    document, _ = _paper(session, code)
    return take_step(session, book=book, matter_id=document.matter_id, act=act)


def withdraw(
    session: Session, *, book: RuleBook, code: str, actor: Actor, reason: str, on: date, at: datetime
) -> Event:
    """Withdraw an issued paper (撤回文书; 行政处罚法第四十八条). Raises `Refusal` as the life cycle says."""
    return _step(session, book=book, code=code, act=Act("withdraw", actor, on, at, {"reason": reason}))


def void(session: Session, *, book: RuleBook, code: str, actor: Actor, reason: str, on: date, at: datetime) -> Event:
    """Void a number whose paper has not been issued (文号作废): the number stays used, and is marked. Raises `Refusal`."""
    return _step(session, book=book, code=code, act=Act("void", actor, on, at, {"reason": reason}))


def supersede(
    session: Session, *, book: RuleBook, code: str, replacement: str, actor: Actor, reason: str, on: date, at: datetime
) -> Event:
    """Let another paper of the same organ take a paper's place (以新文书取代); `replacement` is its number.

    Raises `Refusal`: `replacement_unknown`, `replacement_itself`, `replacement_gone`, or as the life cycle says.
    """
    document, _ = _paper(session, code)
    found = stored.by_number(session, replacement.strip(), issuer=document.issuer)
    if not found:
        raise Refusal("replacement_unknown", f"本机关没有文号为“{replacement}”的文书，请先出具新文书，再取代旧文书。")
    newer, held = found[0]
    if newer.matter_id == document.matter_id:
        raise Refusal("replacement_itself", "文书不能取代自己，请填写新文书的文号。")
    if held.state != "issued":
        raise Refusal("replacement_gone", f"“{replacement}”{DOCUMENT.states[held.state]}，不能用它取代其他文书。")
    given = {"replacement": newer.number, "reason": reason}
    return _step(session, book=book, code=code, act=Act("supersede", actor, on, at, given))


def verify_file(session: Session, *, content: bytes, book: RuleBook, settings: Settings, at: datetime) -> Verified:
    """Say which paper a PDF or a word-processor file is, whether it was altered, and whether it stands (文书核验).

    Known by its SHA-256; failing that, by what it says of itself, which is not believed but compared. `at` = the instant by which the
    certificates of a seal are judged.
    """
    digest = hashlib.sha256(content).hexdigest()
    claim = claim_of(content)
    report = verify(content, trusted=seals.trusted(settings.seals), at=at) if claim.kind == "pdf" else None
    seal = report if report is not None and report.sealed else None
    found = stored.by_digest(session, digest)
    if found is not None:
        document, matter = found
        verdict = GENUINE if matter.state in STANDS else GONE
        message = f"{_named(document, book=book)}，内容未改动；现状态：{_state(session, matter)}。"
        return Verified(verdict, digest, message, seal, document, matter)
    claimed = stored.by_code(session, claim.code) if claim.code else None
    if claimed is None:
        if not claim.kind:
            message = "不能认定：这不是 PDF 或 DOCX 文件，请检查是否选错了文件；打印件请扫描上面的二维码核验。"
            return Verified(UNKNOWN, digest, message)
        advice = "" if seal else "；请向出具机关核对"
        return Verified(UNKNOWN, digest, f"不能认定：不是本系统出具的文件，或者出具后被改动过{advice}。", seal)
    document, matter = claimed
    return Verified(ALTERED, digest, _doubt(session, document, matter, claim, seal, book=book), seal, document, matter)


def _doubt(
    session: Session, document: Document, matter: Matter, claim: Claim, seal: SealReport | None, *, book: RuleBook
) -> str:
    """What can be said of a file that is not the one that was issued (不一致说明)."""
    if claim.facts and hashlib.sha256(canonical(claim.facts)).hexdigest() != document.facts_sha256:
        difference = "所附的事实数据也与出具时不同"
    elif seal is not None and seal.intact:
        difference = "签章时的内容完好，签章之后又追加了内容"
    else:
        difference = "可能被改动过，也可能是另存或者转换的副本"
    return (
        f"不能认定：文件自称是{_named(document, book=book)}，但与出具的文件不一致，{difference}。"
        f"该文书现状态：{_state(session, matter)}。请以核验页面和出具机关的存档为准。"
    )


def _named(document: Document, *, book: RuleBook) -> str:
    on = document.dated_on
    issuer, name = book.organ(document.issuer).name_on(on), book.numbering(document.type_code).name
    return f"{issuer}于 {on} 出具的《{name}》{document.number}"


def _state(session: Session, matter: Matter) -> str:
    words = DOCUMENT.states.get(matter.state, matter.state)
    if matter.state == "superseded":
        event = stored.last_act(session, matter.id or 0, action="supersede")
        words += f"（新文书：{event.given.get('replacement', '')}）" if event is not None else ""
    return words
