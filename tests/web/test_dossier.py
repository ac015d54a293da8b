"""The dossier goes to the parties of its case; the code printed on a letter leads to the page that says how it stands (案卷、核验)."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import pikepdf
import pytest

from models import Document
from tests.web.office import Office, register
from tests.web.test_papers import CASE, LETTER, print_letters
from yisong.documents.qr import qr_rows
from yisong.domain.roles import Actor, Role
from yisong.services import documents
from yisong.store import matters
from yisong.store.files import file_of


@pytest.fixture
def case(office: Office) -> Office:
    """A case whose transfer letter has been approved."""
    register(office, "CY-07")
    office.at("U05").act("/matters/F1/assign", kind="lead", department="ZFJ")
    office.at("U05").act(f"/matters/{CASE}/submit")
    office.at("U06").act(f"/matters/{CASE}/approve")
    return office


def letter_file(office: Office) -> Path:
    with office.desk.reading() as session:
        matter = matters.matter_by_code(session, LETTER)
        document = session.get_one(Document, matter.id)
        return file_of(office.desk.settings.letters, document.pdf_sha256, suffix="pdf")


def test_the_parties_take_the_whole_case_as_one_file_or_as_a_package(case: Office) -> None:
    waiting = case.at("U05").get(f"/cases/{CASE}/dossier.pdf")
    assert waiting.status_code == 409 and "正在出具" in waiting.text
    print_letters(case)
    assert f"/cases/{CASE}/dossier.pdf" in case.at("U05").get(f"/cases/{CASE}").text
    for person in ("U05", "U03"):
        answer = case.at(person).get(f"/cases/{CASE}/dossier.pdf")
        assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf"
        with pikepdf.open(io.BytesIO(answer.content)) as opened, opened.open_outline() as outline:
            assert [entry.title for entry in outline.root][:2] == ["封面和目录", "案件（线索）移送函"]
    package = case.at("U05").get(f"/cases/{CASE}/dossier.zip")
    with zipfile.ZipFile(io.BytesIO(package.content)) as archive:
        assert letter_file(case).read_bytes() in [archive.read(name) for name in archive.namelist()]
    assert case.at("U05").get(f"/cases/{CASE}/dossier.exe").status_code == 404


def test_how_the_due_dates_were_reckoned_comes_along_when_asked_for(case: Office) -> None:
    print_letters(case)
    plain = case.at("U05").get(f"/cases/{CASE}/dossier.pdf")
    explained = case.at("U05").get(f"/cases/{CASE}/dossier.pdf?walks=true")
    assert explained.status_code == 200
    with pikepdf.open(io.BytesIO(explained.content)) as opened, opened.open_outline() as outline:
        assert [entry.title for entry in outline.root][-1] == "期限推算说明"
    words = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=explained.content, capture_output=True, check=True
    ).stdout.decode()
    for expected in ("移送→受理/退回决定", "起算日不计入", "第3个工作日，期限届满"):
        assert expected in words, expected
    assert (
        b"%PDF" in plain.content
        and "期限推算说明"
        not in subprocess.run(
            ["pdftotext", "-", "-"], input=plain.content, capture_output=True, check=True
        ).stdout.decode()
    )


def test_the_dossier_is_nobody_elses_business(case: Office) -> None:
    print_letters(case)
    assert case.at("U09").get(f"/cases/{CASE}/dossier.pdf").status_code == 404
    answer = case.stranger().get(f"/cases/{CASE}/dossier.pdf")
    assert answer.status_code == 303 and "/login" in answer.headers["location"]


def squares_of(address: str) -> list[tuple[int, int]]:
    """The runs of dark modules of a code: how many in a row of it, and how long they are together."""
    found = []
    for row in qr_rows(address):
        starts = sum(1 for left, right in zip(b"\0" + row, row, strict=False) if right and not left)
        found.append((starts, sum(row)))
    return found


def squares_on(pdf: Path) -> list[tuple[int, int]]:
    """The same, read back from the rectangles that are painted on the page."""
    with pikepdf.open(pdf) as opened:
        streams = [
            stream.read_bytes()
            for page in opened.pages
            for stream in (page.Contents if isinstance(page.Contents, pikepdf.Array) else [page.Contents])
        ]
    [drawn] = [
        content for content in streams if content.startswith(b"/Artifact BMC q 0 g") and content.count(b" re") > 100
    ]
    boxes = [[float(number) for number in line.split()[:4]] for line in drawn.splitlines() if line.endswith(b" re")]
    side = min(box[3] for box in boxes)
    rows: dict[float, list[float]] = {}
    for _, bottom, width, _ in boxes:
        rows.setdefault(bottom, []).append(width)
    return [(len(widths), round(sum(widths) / side)) for _, widths in sorted(rows.items(), reverse=True)]


def address_on(pdf: Path, folder: Path, *, expected: str) -> str:
    """What a telephone reads off the page; where none of its software is here, whether the squares are those of the expected address."""
    subprocess.run(["pdftoppm", "-r", "200", "-f", "1", "-l", "9", "-png", str(pdf), str(folder / "page")], check=True)
    from PIL import Image

    pages = [Image.open(path) for path in sorted(folder.glob("page*.png"))]
    try:
        reader = import_module("pyzbar.pyzbar")
    except ImportError:
        return expected if squares_on(pdf) == squares_of(expected) else ""
    found = {code.data.decode() for page in pages for code in reader.decode(page)}
    assert len(found) == 1
    return found.pop()


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="需要 poppler-utils（pdftoppm）")
def test_the_code_on_a_letter_leads_to_the_page_that_says_how_it_stands(case: Office, tmp_path: Path) -> None:
    print_letters(case)
    expected = f"{case.desk.settings.public_url}/verify/{LETTER}"
    address = address_on(letter_file(case), tmp_path, expected=expected)
    assert address == expected and squares_on(letter_file(case)) == squares_of(expected)
    page = urlsplit(address).path
    assert "现行有效" in case.stranger().get(page).text
    with case.desk.transaction() as session:
        document = session.get_one(Document, matters.matter_by_code(session, LETTER).id)
        boss = Actor("boss", "负责人", document.issuer, frozenset({Role.LEADER}))
        documents.withdraw(
            session, book=case.desk.book, code=LETTER, actor=boss, reason="写错单位", on=case.desk.today, at=case.desk.now
        )  # fmt: skip
    after = case.stranger().get(page).text
    assert "已撤回" in after and "不再有效" in after and "现行有效" not in after
