"""The papers of a case as a reader sees them (文书视图), and where their files lie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models import Document, Matter, ServiceRecord
from yisong.documents.errors import DocumentError
from yisong.domain import lifecycles
from yisong.domain.entries import RuleBookError
from yisong.domain.lifecycles.service import METHODS
from yisong.store import case_page, matters
from yisong.store.files import file_of
from yisong.web.visit import Hall, Visit

FORMATS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True, slots=True)
class PaperView:
    """One paper with its words (文书)."""

    document: Document
    matter: Matter
    name: str
    state: str
    served_on: date | None
    attempts: tuple[tuple[ServiceRecord, str], ...]

    @property
    def ready(self) -> bool:
        """Whether its files can be downloaded (可下载)."""
        return bool(self.document.pdf_sha256)

    @property
    def unserved(self) -> bool:
        return self.document.for_service and self.served_on is None and self.matter.state in ("numbered", "issued")


def paper_name(hall: Hall, code: str) -> str:
    """What a type of paper is called (文书名称)."""
    try:
        return hall.desk.book.numbering(code).name
    except RuleBookError:
        pass
    try:
        return hall.desk.catalogue.type_for(code.lower()).name
    except DocumentError:
        return code


def views(visit: Visit, family: list[Matter]) -> list[PaperView]:
    """All papers of a case, the latest first (文书一览)."""
    held = {matter.id or 0: matter for matter in family if matter.kind == "document"}
    found = case_page.papers(visit.session, list(held))
    records: dict[int, list[ServiceRecord]] = {}
    for record in matters.service_records(visit.session, list(held)):
        records.setdefault(record.document_id, []).append(record)
    return [
        _view(visit.hall, document, held[document.matter_id], records.get(document.matter_id, []))
        for document in reversed(found)
    ]


def _view(hall: Hall, document: Document, matter: Matter, records: list[ServiceRecord]) -> PaperView:
    methods = dict(METHODS)
    return PaperView(
        document=document,
        matter=matter,
        name=paper_name(hall, document.type_code),
        state=lifecycles.ALL["document"].states.get(matter.state, matter.state),
        served_on=next((record.effective_on for record in records if record.effective_on), None),
        attempts=tuple((record, methods.get(record.method, record.method)) for record in records),
    )


def path_of(hall: Hall, document: Document, suffix: str) -> Path | None:
    """Where the file of a paper lies; None where it has not been printed yet (文件位置)."""
    digest = document.pdf_sha256 if suffix == "pdf" else document.docx_sha256
    place = file_of(hall.desk.settings.letters, digest, suffix=suffix) if digest else None
    return place if place is not None and place.is_file() else None


def file_name(hall: Hall, document: Document, suffix: str) -> str:
    """What the file is called on a clerk's disk (下载文件名)."""
    number = document.number.replace("/", "／") or document.dated_on.isoformat()
    return f"{paper_name(hall, document.type_code)} {number}.{suffix}"
