"""A dossier holds every paper in order, numbered, with bookmarks; its ZIP says what is in it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import date

import pikepdf
import pytest

from tests.documents.conftest import DAY, sample_pdf, shipped
from tests.documents.pages import needs_poppler, plain_text
from yisong.documents.dossier import Paper, bind, pack, place
from yisong.documents.errors import DocumentError
from yisong.documents.pdf import render_pdf

CODES = ("xcbl", "yisong", "huizhi", "zegai", "fucha")


def papers() -> list[Paper]:
    return [
        Paper(shipped().types[code].name, f"云〔2026〕{index}号", DAY, sample_pdf(code))
        for index, code in enumerate(CODES, start=1)
    ]


def front(rows: list[dict[str, str]], pages: int) -> bytes:
    facts = shipped().sample("juannei")
    facts["dossier"] |= {"papers": rows, "pages": pages}
    return render_pdf(shipped().compose("juannei", facts), created=DAY)


def test_every_paper_is_there_in_order_with_its_pages() -> None:
    places = place(papers())
    assert [item.first for item in places] == [1, *(item.last + 1 for item in places[:-1])]
    cover = front([item.row() for item in places], places[-1].last)
    data = bind(places, front=cover, title="案卷", created=DAY)
    with pikepdf.open(io.BytesIO(data)) as opened, pikepdf.open(io.BytesIO(cover)) as covers:
        before = len(covers.pages)
        assert len(opened.pages) == before + places[-1].last
        with opened.open_outline() as outline:
            assert [item.title for item in outline.root] == ["封面和目录", *(paper.title for paper in papers())]
        with opened.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "3" and metadata["dc:title"] == "案卷"
        assert "/OutputIntents" in opened.Root
    assert data == bind(places, front=cover, title="案卷", created=DAY)


@needs_poppler
def test_the_catalogue_prints_the_pages() -> None:
    places = place(papers())
    text = plain_text(front([item.row() for item in places], places[-1].last))
    assert all(item.pages in text for item in places)


def test_the_package_names_every_file_and_its_digest() -> None:
    places = place([*papers(), Paper("照片/证据: 一?", "", None, sample_pdf("cuiban"))])
    data = pack(places, bound=b"%PDF-bound", extra={"case": "YX-2026-0001"}, created=date(2026, 11, 20))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert manifest["case"] == "YX-2026-0001" and len(manifest["papers"]) == len(CODES) + 1
        for row in manifest["papers"]:
            assert hashlib.sha256(archive.read(row["file"])).hexdigest() == row["sha256"]
            assert not set(row["file"].removeprefix("卷内文书/")) & set('\\/:*?"<>| ')
        assert manifest["papers"][-1]["date"] == "" and archive.testzip() is None
    assert data == pack(places, bound=b"%PDF-bound", extra={"case": "YX-2026-0001"}, created=date(2026, 11, 20))


def test_a_file_that_is_no_pdf_is_named() -> None:
    with pytest.raises(DocumentError) as caught:
        place([Paper("检测报告", "", None, b"not a pdf")])
    assert caught.value.code == "bad-pdf" and "检测报告" in caught.value.message
