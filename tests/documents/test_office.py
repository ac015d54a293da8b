"""A word processor shows the same pages as the PDF (LibreOffice)."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest

from tests.documents import office
from tests.documents.conftest import sample_docx, sample_pdf, shipped
from tests.documents.pages import Word, needs_poppler, words

pytestmark = [
    pytest.mark.slow,
    needs_poppler,
    pytest.mark.skipif(office.soffice() is None, reason="没有 LibreOffice（libreoffice-writer），不能核对 DOCX 版面"),
]
CODES = tuple(shipped().types)
LINE = 28.99
MM = 72 / 25.4


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every sample's DOCX, turned into PDF in one run."""
    folder = tmp_path_factory.mktemp("office")
    files = []
    for code in CODES:
        files.append(folder / f"{code}.docx")
        files[-1].write_bytes(sample_docx(code))
    out = folder / "out"
    office.convert(files, out, configuration=office.prepare(folder / "setup"))
    return {code: Path(out / f"{code}.pdf").read_bytes() for code in CODES}


@pytest.mark.parametrize("code", CODES)
def test_same_number_of_pages(converted: dict[str, bytes], code: str) -> None:
    with pikepdf.open(io.BytesIO(converted[code])) as office_pdf, pikepdf.open(io.BytesIO(sample_pdf(code))) as ours:
        assert len(office_pdf.pages) == len(ours.pages)


def flow(code: str, word: Word) -> float:
    """How far down the text a word stands, as if the type areas of all pages were one long strip, in points."""
    top, height = (37, 225) if shipped().types[code].layout in ("letter", "gongwen") else (27, 245)
    return (word.page - 1) * height * MM + word.middle - top * MM


@pytest.mark.parametrize("code", CODES)
def test_the_same_words_stand_within_a_line_of_each_other(converted: dict[str, bytes], code: str) -> None:
    theirs: dict[str, list[float]] = {}
    for word in words(converted[code]):
        theirs.setdefault(word.text, []).append(flow(code, word))
    ours = [word for word in words(sample_pdf(code)) if len(word.text) >= 6 and word.text in theirs]
    assert len(ours) >= 3
    apart = {word.text: min((place - flow(code, word) for place in theirs[word.text]), key=abs) for word in ours}
    near = [text for text, gap in apart.items() if abs(gap) < LINE + 5]
    assert len(near) >= 0.6 * len(apart), {text: round(gap) for text, gap in apart.items() if text not in near}
