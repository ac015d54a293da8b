"""A case is bound into one file with everything in it, or says why it cannot be yet (立卷)."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pikepdf
import pytest

from tests.services.test_documents import let_out
from tests.services.world import ORIGIN, World, leader
from yisong.documents.seal import verify
from yisong.domain.lifecycle import Refusal
from yisong.services import documents, seals
from yisong.services.dossier import Dossier, make_dossier
from yisong.store.files import file_of


def bound(world: World, case: int) -> Dossier:
    with world.read() as session:
        return make_dossier(
            session, book=world.book, settings=world.desk.settings, catalogue=world.desk.catalogue, code=world.matter(case).code, on=world.on
        )  # fmt: skip


@pytest.fixture
def case(small_world: World) -> int:
    """An order served by hand after a letter came back: two proofs of service."""
    case = small_world.accepted()
    order = small_world.issued_order(case)
    small_world.service(order, "ZEGAI", "attempt_failed")
    small_world.service(order, "ZEGAI", place="示例路1号", receiver="王五")
    let_out(small_world)
    return case


def words(pdf: bytes, folder: Path) -> str:
    (folder / "x.pdf").write_bytes(pdf)
    out = subprocess.run(["pdftotext", "-raw", str(folder / "x.pdf"), "-"], check=True, capture_output=True, text=True)
    return "".join(out.stdout.split())


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="需要 poppler-utils（pdftotext）")
def test_a_dossier_has_every_paper_in_order_and_each_proof_of_service(
    small_world: World, case: int, tmp_path: Path
) -> None:
    made = bound(small_world, case)
    titles = [item.paper.title for item in made.places]
    assert titles[0] == "案件（线索）移送函" and titles.count("送达回证") == 2 and made.missing == ()
    assert titles[titles.index("责令改正通知书") :][:3] == ["责令改正通知书", "送达回证", "送达回证"]
    assert [item.first for item in made.places] == [1, *(item.last + 1 for item in made.places[:-1])]
    text = words(made.bound, tmp_path)
    assert (
        "卷内目录" in text
        and "王五" in text
        and "■邮寄送达" in text
        and "原址查无此单位" in text
        and "■直接送达" in text
    )
    for item in made.places:
        assert item.pages in text and item.paper.number in text
    with pikepdf.open(io.BytesIO(made.bound)) as opened, opened.open_outline() as outline:
        assert [entry.title for entry in outline.root] == ["封面和目录", *titles]
    assert bound(small_world, case) == made, "the same case on the same day gives the same bytes"


def test_the_package_has_the_papers_as_issued_and_their_digests(small_world: World, case: int) -> None:
    made = bound(small_world, case)
    with zipfile.ZipFile(io.BytesIO(made.package)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert manifest["case"] == made.code and archive.read("案卷.pdf") == made.bound
        digests = {hashlib.sha256(archive.read(row["file"])).hexdigest() for row in manifest["papers"]}
    assert {paper.pdf_sha256 for paper in small_world.documents() if paper.pdf_sha256} <= digests


def test_sealed_papers_stay_sealed_in_the_package(small_world: World) -> None:
    seals.make_demonstration_seals(small_world.desk.settings.seals, book=small_world.book, valid_from=small_world.on)
    case = small_world.delivered()
    let_out(small_world)
    made = bound(small_world, case)
    with zipfile.ZipFile(io.BytesIO(made.package)) as archive:
        letter = archive.read(next(name for name in archive.namelist() if "移送函" in name))
    assert verify(letter, trusted=seals.trusted(small_world.desk.settings.seals), at=small_world.at).good


def test_a_case_whose_papers_are_still_being_printed_waits(small_world: World) -> None:
    case = small_world.delivered()
    with pytest.raises(Refusal) as caught:
        bound(small_world, case)
    assert caught.value.code == "papers_waiting"


def test_a_case_without_papers_or_no_case_at_all_is_refused(small_world: World) -> None:
    case = small_world.case()
    with pytest.raises(Refusal) as caught:
        bound(small_world, case)
    assert caught.value.code == "no_papers"
    with pytest.raises(Refusal) as caught:
        bound(small_world, small_world.finding())
    assert caught.value.code == "not_a_case"


def test_withdrawn_papers_are_kept_and_marked_and_voided_numbers_named(small_world: World) -> None:
    case = small_world.delivered()
    letter, materials = small_world.paper(case, "YISONG"), small_world.paper(case, "YSQD")
    with small_world.write() as session:
        code = small_world.matter(materials.matter_id).code
        documents.void(session, book=small_world.book, code=code, actor=leader(ORIGIN), reason="多打一份", on=small_world.on, at=small_world.at)  # fmt: skip
    let_out(small_world)
    with small_world.write() as session:
        code = small_world.matter(letter.matter_id).code
        documents.withdraw(session, book=small_world.book, code=code, actor=leader(ORIGIN), reason="写错", on=small_world.on, at=small_world.at)  # fmt: skip
    made = bound(small_world, case)
    assert [item.paper.title for item in made.places] == ["案件（线索）移送函（已撤回）"]
    assert len(made.missing) == 1 and made.missing[0].startswith("移送材料清单")


@pytest.mark.parametrize(("damage", "code"), [(b"", "file_missing"), (b"%PDF-other", "file_changed")])
def test_a_stored_file_that_is_gone_or_changed_is_named(small_world: World, damage: bytes, code: str) -> None:
    case = small_world.delivered()
    let_out(small_world)
    paper = small_world.paper(case, "YISONG")
    place = file_of(small_world.desk.settings.letters, paper.pdf_sha256, suffix="pdf")
    if damage:
        place.write_bytes(damage)
    else:
        place.unlink()
    with pytest.raises(Refusal) as caught:
        bound(small_world, case)
    assert caught.value.code == code and paper.number in caught.value.message
