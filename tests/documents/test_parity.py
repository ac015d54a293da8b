"""One wording, two formats: the same characters in PDF and DOCX, for every type and for long cases."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from datetime import date

import docx
import pytest
from lxml import etree

from tests.documents.conftest import DAY, sample_docx, sample_letter, sample_pdf, shipped
from tests.documents.pages import multiset, needs_poppler, plain_text
from yisong.documents.docx import render_docx
from yisong.documents.letter import Letter, Table
from yisong.documents.pdf import render_pdf

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
CODES = tuple(shipped().types)


def docx_text(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
    return "".join(node.text or "" for node in body.iter(f"{W}t"))


def long_letter() -> Letter:
    facts = shipped().sample("yisong")
    facts["findings"] = [
        {**facts["findings"][0], "facts": f"第{index}处，" + facts["findings"][0]["facts"] * 6}
        for index in range(1, 21)
    ]
    return shipped().compose("yisong", facts)


def long_list() -> Letter:
    facts = shipped().sample("ysqd")
    facts["materials"] = [{**facts["materials"][0], "name": f"证据材料之{index}"} for index in range(1, 161)]
    return shipped().compose("ysqd", facts)


@needs_poppler
@pytest.mark.parametrize("code", CODES)
def test_pdf_and_docx_say_the_same_as_the_letter(code: str) -> None:
    expected = multiset("".join(sample_letter(code).texts()))
    assert multiset(docx_text(sample_docx(code))) == expected
    printed = multiset(plain_text(sample_pdf(code)))
    assert not expected - printed
    headers = repeated_headers(sample_letter(code))
    assert not [c for c, count in (printed - expected).items() if count > headers[c] * 3]


def repeated_headers(letter: Letter) -> Counter[str]:
    """What a list's header may print again on a further page."""
    blocks = [*letter.blocks, *(block for part in letter.attachments for block in part.blocks)]
    return multiset("".join(cell.text for block in blocks if isinstance(block, Table) for cell in block.header))


@needs_poppler
@pytest.mark.parametrize("make", [long_letter, long_list])
def test_long_papers_lose_nothing(make: object) -> None:
    letter: Letter = make()  # type: ignore[operator]
    expected = multiset("".join(letter.texts()))
    assert multiset(docx_text(render_docx(letter, created=DAY))) == expected
    printed = multiset(plain_text(render_pdf(letter, created=DAY)))
    assert not expected - printed  # a repeated table header may print more, never less


@pytest.mark.parametrize("code", CODES)
def test_a_clerk_can_go_on_editing(code: str) -> None:
    letter = sample_letter(code)
    document = docx.Document(io.BytesIO(sample_docx(code)))
    styles = {paragraph.style.name for paragraph in document.paragraphs if paragraph.style is not None}
    assert ({"Title", "发文字号"} if letter.layout in ("letter", "gongwen") else {"文书标题"}) <= styles
    assert document.core_properties.title == "".join(letter.title)
    assert document.core_properties.created is not None and document.core_properties.created.date() == date(
        2026, 11, 20
    )
    xml = sample_docx(code)
    with zipfile.ZipFile(io.BytesIO(xml)) as archive:
        body = archive.read("word/document.xml").decode()
        footers = "".join(archive.read(name).decode() for name in archive.namelist() if "footer" in name)
    assert "w:txbxContent" not in body and "v:textbox" not in body
    assert "w:docGrid" in body and 'w:hint="eastAsia"' in body
    assert " PAGE " in footers and (" NUMPAGES " in footers) == (letter.layout in ("form", "internal"))
    section = document.sections[0]
    assert section.page_width is not None and abs(section.page_width.mm - 210) < 0.1
    if letter.layout == "gongwen":
        margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
        assert [round(margin.mm) for margin in margins if margin is not None] == [37, 35, 28, 26]
