"""Make the dossier of a case (立卷): cover and catalogue, every paper in order, each proof of service behind the paper it is about."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from models import Document, Matter, ServiceRecord
from yisong.clock import local_date
from yisong.documents.dossier import Paper, Place, bind, pack, place
from yisong.documents.pdf import render_pdf
from yisong.documents.walk_pages import render_walks
from yisong.domain.lifecycle import Refusal
from yisong.domain.lifecycles import ALL
from yisong.domain.lifecycles.service import METHODS
from yisong.domain.rulebook import RuleBook
from yisong.intake.vault import EvidenceVault
from yisong.services.exhibits import exhibits
from yisong.services.explaining import walks_of
from yisong.services.lettering import case_facts, organ_facts
from yisong.services.lettering_extras import people
from yisong.settings import Settings
from yisong.store import documents as stored
from yisong.store import matters
from yisong.store.files import file_of

if TYPE_CHECKING:
    from yisong.documents.catalogue import Catalogue

COVER, PROOF = "juannei", "huizheng"
GONE = {"withdrawn": "（已撤回）", "superseded": "（已被取代）"}
NOBODY = [{"name": "（签名）", "cert_no": "（执法证号）"}]
UNRECORDED = "（未记载）"


@dataclass(frozen=True, slots=True)
class Dossier:
    """A bound dossier (案卷): `bound` is one PDF, `package` a ZIP with the papers as issued and a manifest."""

    code: str
    places: tuple[Place, ...]
    missing: tuple[str, ...]
    bound: bytes
    package: bytes


def make_dossier(
    session: Session, *, book: RuleBook, settings: Settings, catalogue: Catalogue, code: str, keeper: str = "", on: date,
    vault: EvidenceVault | None = None, walks: bool = False,
) -> Dossier:  # fmt: skip
    """Bind a case (立卷). `keeper` = who files it, by default the responsible organ's liaison; `on` = the day of filing; `walks` = with
    how each due date was reckoned, day by day.

    `vault` = where evidence is kept, by default that of the settings. Papers made outside the system and voided numbers have no file here: they are named in `missing` and in the manifest.
    Raises `Refusal`: `not_a_case`, `papers_waiting`, `no_papers`, `file_missing`, `file_changed`; `DocumentError` where a form cannot be printed.
    """
    case = matters.matter_by_code(session, code)
    if case.kind != "transfer" or case.id is None:
        raise Refusal("not_a_case", f"“{code}”不是案件，不能立卷。请填写案件编号，如 YX-2026-0001。")
    held = stored.of_case(session, case.id)
    waiting = [document for document, matter in held if matter.state == "numbered" and not document.offline]
    if waiting:
        raise Refusal("papers_waiting", f"本案有 {len(waiting)} 份文书正在出具，请稍后（待发箱办结后）再立卷。")
    services = _services(session, held)
    papers: list[Paper] = []
    missing: list[str] = []
    for document, matter in held:
        title = book.numbering(document.type_code).name + GONE.get(matter.state, "")
        if document.pdf_sha256:
            papers.append(Paper(title, document.number, document.dated_on, _file(settings, document, title=title)))
        else:
            missing.append(f"{title} {document.number} {document.dated_on}".replace("  ", " "))
        for record in services.get(document.matter_id, []):
            pdf = proof_of_service(session, book=book, catalogue=catalogue, document=document, record=record)
            papers.append(Paper("送达回证", document.number, record.attempted_on, pdf))
    if papers:
        shown, enclosures = exhibits(session, case, vault=vault or EvidenceVault(settings.evidence), on=on)
        papers += shown
        explained = walks_of(session, book=book, case=case, on=on, zone=settings.timezone) if walks else []
        if explained:
            papers.append(Paper("期限推算说明", "", on, render_walks(explained, case=code, created=on)))
    else:
        raise Refusal("no_papers", f"案件{code}还没有出具过文书，不能立卷。")
    places = place(papers)
    facts = _cover(session, book=book, case=case, places=places, keeper=keeper, on=on)
    front = render_pdf(catalogue.compose(COVER, facts, organ=case.responsible), created=on)
    title = f"{facts['unit']['name']}{facts['case']['title']}案卷"
    bound = bind(places, front=front, title=title, created=on)
    extra = {"case": code, "title": title, "responsible": facts["issuer"]["name"], "not_enclosed": missing}
    return Dossier(
        code, places, tuple(missing), bound, pack(places, bound=bound, extra=extra, created=on, enclosures=enclosures)
    )


def proof_of_service(
    session: Session, *, book: RuleBook, catalogue: Catalogue, document: Document, record: ServiceRecord
) -> bytes:
    """The 送达回证 of one attempt at service, as PDF (民事诉讼法第八十七条). Printed on demand; the record is what counts."""
    on = record.attempted_on
    facts: dict[str, Any] = {
        "number": "",
        "issued_on": on,
        "issuer": organ_facts(session, book=book, code=document.issuer, on=on),
        "recipient": {"name": document.recipient},
        "copies": [],
        "reason": "",
        "service": {
            "document_number": document.number or UNRECORDED,
            "document_title": book.numbering(document.type_code).name,
            "method": dict(METHODS).get(record.method, record.method),
            "place": record.place or UNRECORDED,
            "on": on,
            "effective_on": record.effective_on,
            "receiver": record.receiver,
            "relation": "",
            "servers": people(record.servers) or NOBODY,
            "witness": record.witness,
            "recording": record.recording,
            "refusal": record.reason,
        },
    }
    letter = catalogue.compose(PROOF, _plain(facts), organ=document.issuer)
    return render_pdf(letter, created=on)


def _services(session: Session, held: list[tuple[Document, Matter]]) -> dict[int, list[ServiceRecord]]:
    found: dict[int, list[ServiceRecord]] = {}
    for record, _ in stored.services(session, [document.matter_id for document, _ in held]):
        found.setdefault(record.document_id, []).append(record)
    return found


def _file(settings: Settings, document: Document, *, title: str) -> bytes:
    place_of = file_of(settings.letters, document.pdf_sha256, suffix="pdf")
    named = f"“{title}{document.number}”"
    try:
        content = place_of.read_bytes()
    except OSError:
        raise Refusal("file_missing", f"{named}的文件不在存放目录中，请联系系统管理员从备份恢复。") from None
    if hashlib.sha256(content).hexdigest() != document.pdf_sha256:
        raise Refusal("file_changed", f"{named}的文件与出具时不一致，可能被改动过，请联系系统管理员从备份恢复。")
    return content


def _cover(
    session: Session, *, book: RuleBook, case: Matter, places: tuple[Place, ...], keeper: str, on: date
) -> dict[str, Any]:
    organ = organ_facts(session, book=book, code=case.responsible or case.origin, on=on)
    table = ALL["transfer"]
    closed = case.state in table.final
    facts = case_facts(session, book=book, matter=case, department=organ["code"]) | {
        "number": "",
        "issued_on": on,
        "issuer": organ,
        "recipient": {"name": organ["name"]},
        "copies": [],
        "reason": table.states.get(case.state, case.state),
        "dossier": {
            "opened_on": case.opened_on,
            "closed_on": max(case.opened_on, local_date(case.changed_at)) if closed else None,
            "keeper": keeper or organ["contact"],
            "pages": places[-1].last,
            "papers": [item.row() for item in places],
        },
    }
    return _plain(facts)


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as a letter takes them: plain data, as the journal keeps them."""
    from yisong.domain.chain import json_value

    made = json_value(facts)
    assert isinstance(made, dict)
    return made
