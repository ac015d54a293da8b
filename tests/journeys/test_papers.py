"""Every paper of the county's year is printed in both formats, without a fault, and every case can be bound (全年文书)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import docx
import pikepdf
import pytest
from lxml import etree
from sqlmodel import col, select

from models import Document, Matter, OutboxRow
from tests.documents.pages import multiset, needs_poppler, plain_text
from tests.journeys.replays import FIRST, Played, played_county
from yisong import rulefiles
from yisong.documents.lint import lint
from yisong.documents.seal import verify
from yisong.replay.run import Directly
from yisong.services import seals
from yisong.services.dossier import make_dossier
from yisong.settings import Settings
from yisong.store.files import file_of

pytestmark = pytest.mark.slow
NO_SEAL = {"YSQD", "LIAN"}
"""The list of materials and the form for internal approval bear no seal of their own."""


@contextmanager
def sealing(settings: Settings) -> Iterator[None]:
    """Specimen seals for every organ, before anything is printed."""
    seals.make_demonstration_seals(settings.seals, book=rulefiles.read(settings.rules), valid_from=date(2025, 1, 1))
    yield


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """The county's year with every letter printed and sealed."""
    home = tmp_path_factory.mktemp("papers")
    played = played_county(
        FIRST, url=f"sqlite:///{home}/county.db", home=home, machinery=Directly(letters=True),
        surrounding=sealing,
    )  # fmt: skip
    yield played
    played.close()


def papers(year: Played) -> list[Document]:
    with year.stage.desk.reading() as session:
        found = list(session.scalars(select(Document).order_by(col(Document.matter_id))))
        session.expunge_all()
    return [paper for paper in found if not paper.offline]


def printed(year: Played, paper: Document, suffix: str) -> bytes:
    digest = paper.pdf_sha256 if suffix == "pdf" else paper.docx_sha256
    return file_of(year.stage.desk.settings.letters, digest, suffix=suffix).read_bytes()


def test_nothing_failed_and_nothing_was_tried_twice(year: Played) -> None:
    with year.stage.desk.reading() as session:
        letters = list(session.scalars(select(OutboxRow).where(col(OutboxRow.kind) == "letter")))
        assert len(letters) == len(papers(year)) > 90
        assert {(row.state, row.attempts, row.last_error) for row in letters} == {("settled", 1, "")}


def test_every_paper_is_a_pdf_and_a_word_file_that_say_the_same(year: Played) -> None:
    for paper in papers(year):
        with pikepdf.open(io.BytesIO(printed(year, paper, "pdf"))) as opened:
            assert len(opened.pages) >= 1
        assert docx.Document(io.BytesIO(printed(year, paper, "docx"))).paragraphs


@needs_poppler
def test_the_two_formats_of_each_type_have_the_same_words(year: Played) -> None:
    seen = {}
    for paper in papers(year):
        seen.setdefault(paper.type_code, paper)
    assert len(seen) >= 20
    for paper in seen.values():
        with zipfile.ZipFile(io.BytesIO(printed(year, paper, "docx"))) as archive:
            body = etree.fromstring(archive.read("word/document.xml"))
        run = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"
        expected = multiset("".join(node.text or "" for node in body.iter(run)))
        assert not expected - multiset(plain_text(printed(year, paper, "pdf"))), (paper.type_code, paper.number)


def test_no_letter_has_a_fault_that_official_papers_commonly_have(year: Played) -> None:
    catalogue = year.stage.desk.catalogue
    faults = {
        (paper.number or paper.type_code, fault.code, fault.excerpt)
        for paper in papers(year)
        for fault in lint(catalogue.compose(paper.type_code.lower(), paper.facts, organ=paper.issuer))
    }
    assert not faults, sorted(faults)


def test_every_paper_with_a_place_for_it_bears_its_organs_seal(year: Played) -> None:
    roots = seals.trusted(year.stage.desk.settings.seals)
    for paper in papers(year):
        report = verify(printed(year, paper, "pdf"), trusted=roots, at=year.stage.desk.now)
        assert report.good == (paper.type_code not in NO_SEAL), (paper.type_code, paper.number, report.message)


def test_every_case_that_has_papers_can_be_bound(year: Played) -> None:
    desk = year.stage.desk
    with desk.reading() as session:
        cases = list(session.scalars(select(Matter).where(col(Matter.kind) == "transfer").order_by(col(Matter.id))))
        written = {matter.case_id for matter in session.scalars(select(Matter).where(col(Matter.kind) == "document"))}
        bound = 0
        for case in cases:
            if case.id in written:
                made = make_dossier(
                    session, book=desk.book, settings=desk.settings, catalogue=desk.catalogue, code=case.code, on=desk.today
                )  # fmt: skip
                bound += 1
                assert made.places[-1].last >= len(made.places)
        assert bound >= 15
