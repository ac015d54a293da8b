"""A word processor shows the same pages as the PDF (LibreOffice)."""

from __future__ import annotations

import difflib
import io
from pathlib import Path

import pikepdf
import pytest

from tests.documents import office
from tests.documents.conftest import DAY, sample_docx, sample_pdf, shipped
from tests.documents.pages import Word, needs_poppler, squeezed, words
from tests.documents.test_parity import long_letter, long_list
from yisong.documents.docx import render_docx
from yisong.documents.pdf import render_pdf

pytestmark = [
    pytest.mark.slow,
    needs_poppler,
    pytest.mark.skipif(office.soffice() is None, reason="没有 LibreOffice（libreoffice-writer），不能核对 DOCX 版面"),
]
CODES = tuple(shipped().types)
LONG = {"long letter": long_letter, "long list": long_list}
LINE = 28.99
HANGING = {"hegui": 2}
"""A full stop that LibreOffice hangs into the margin saves a line there, and a heading with it comes back over the page's end."""


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every sample's DOCX, turned into PDF in one run."""
    folder = tmp_path_factory.mktemp("office")
    files = []
    for code in (*CODES, *LONG):
        files.append(folder / f"{code}.docx")
        files[-1].write_bytes(render_docx(LONG[code](), created=DAY) if code in LONG else sample_docx(code))
    out = folder / "out"
    office.convert(files, out, configuration=office.prepare(folder / "setup"))
    return {code: Path(out / f"{code}.pdf").read_bytes() for code in (*CODES, *LONG)}


@pytest.mark.parametrize("code", CODES)
def test_same_number_of_pages(converted: dict[str, bytes], code: str) -> None:
    with pikepdf.open(io.BytesIO(converted[code])) as office_pdf, pikepdf.open(io.BytesIO(sample_pdf(code))) as ours:
        assert len(office_pdf.pages) == len(ours.pages)


@pytest.mark.parametrize("name", LONG)
def test_long_papers_do_not_drift_apart(converted: dict[str, bytes], name: str) -> None:
    ours = render_pdf(LONG[name](), created=DAY)
    with pikepdf.open(io.BytesIO(converted[name])) as office_pdf, pikepdf.open(io.BytesIO(ours)) as opened:
        assert len(office_pdf.pages) == len(opened.pages) > 4


def printed(pdf: bytes) -> list[tuple[str, int, float]]:
    """Every character in reading order, with its page and how far down it stands."""
    found: list[tuple[str, int, float]] = []
    line: list[Word] = []
    for word in sorted(words(pdf), key=lambda word: (word.page, round(word.middle), word.left)):
        if line and (line[0].page != word.page or abs(line[0].middle - word.middle) > 5):
            found += characters(line)
            line = []
        line.append(word)
    return found + characters(line)


def characters(line: list[Word]) -> list[tuple[str, int, float]]:
    text = squeezed("".join(word.text for word in sorted(line, key=lambda word: word.left)))
    middle = sum(word.middle for word in line) / max(len(line), 1)
    return [(character, line[0].page, middle) for character in text]


@pytest.mark.parametrize("code", CODES)
def test_every_character_stands_within_a_line_of_its_place(converted: dict[str, bytes], code: str) -> None:
    ours, theirs = printed(sample_pdf(code)), printed(converted[code])
    matcher = difflib.SequenceMatcher(None, [each[0] for each in ours], [each[0] for each in theirs], autojunk=False)
    pairs = [
        (ours[block.a + index], theirs[block.b + index])
        for block in matcher.get_matching_blocks()
        for index in range(block.size)
    ]
    assert len(pairs) > 0.95 * len(ours)  # a cell that breaks elsewhere changes the order of what stands beside it
    apart = [there[2] - here[2] for here, there in pairs if here[1] == there[1]]
    assert len(apart) > 0.94 * len(pairs)
    assert max(map(abs, apart)) < LINE * HANGING.get(code, 1) + 5
