"""Photographs stand in the dossier as pages with their captions, and every original lies in the package (证据入案卷)."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from tests.intake.photographs import PDF, photograph
from tests.services.test_documents import let_out
from tests.services.test_dossier import bound, words
from tests.services.test_evidence import SPOT, bring, rows
from tests.services.world import World
from yisong.documents.photo_pages import EvidencePage, render_photograph
from yisong.domain.lifecycle import Refusal

PHOTO = photograph(taken=SPOT, place=(29.1, 120.6), size=(800, 600))
TALL = photograph(colour="teal", size=(300, 900))


@pytest.fixture
def case(small_world: World) -> int:
    made = small_world.case()
    bring(small_world, made, {"FX-001 灭火器.jpg": PHOTO, "大门😀.jpg": TALL, "现场检查笔录.pdf": PDF})
    small_world.leave(made)
    let_out(small_world)
    return made


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="需要 poppler-utils（pdftotext）")
def test_photographs_are_pages_with_captions_in_catalogue_and_bookmarks(
    small_world: World, case: int, tmp_path: Path
) -> None:
    made = bound(small_world, case)
    titles = [item.paper.title for item in made.places]
    assert titles[-3:] == ["电子证据目录", "证据照片1：FX-001 灭火器", "证据照片2：大门□"]
    with pikepdf.open(io.BytesIO(made.bound)) as opened:
        with opened.open_outline() as outline:
            assert [entry.title for entry in outline.root] == ["封面和目录", *titles]
        pictures = [image for page in opened.pages for image in page.get_images().values()]
        sizes = sorted((int(image.Width), int(image.Height)) for image in pictures)
        assert (300, 900) in sizes and (800, 600) in sizes
    text = words(made.bound, tmp_path)
    picture, gate, record = rows(small_world)
    for told in (
        "2026-03-0910:00:00",
        "29.10000",
        "视听资料",
        "FX-001",
        picture.sha256,
        gate.sha256,
        record.sha256[:32],
        "现场检查笔录.pdf",
        "大门□",
    ):
        assert told in text, told
    assert bound(small_world, case) == made, "the same case on the same day gives the same bytes"


def test_every_original_lies_in_the_package_under_its_digest(small_world: World, case: int) -> None:
    made = bound(small_world, case)
    with zipfile.ZipFile(io.BytesIO(made.package)) as archive:
        told = json.loads(archive.read("manifest.json"))["evidence"]
        kept = {row["file"]: archive.read(row["file"]) for row in told}
    assert list(kept.values()) == [PHOTO, TALL, PDF]
    assert [row["sha256"] for row in told] == [hashlib.sha256(data).hexdigest() for data in (PHOTO, TALL, PDF)]
    assert all(file.startswith("证据材料/00") for file in kept)


def test_a_dossier_is_not_made_of_evidence_that_was_changed(small_world: World, case: int) -> None:
    row = rows(small_world)[0]
    Path(small_world.desk.settings.evidence, row.sha256[:2], row.sha256[2:4], row.sha256).write_bytes(b"other")
    with pytest.raises(Refusal) as caught:
        bound(small_world, case)
    assert caught.value.code == "evidence_unsound" and "灭火器" in caught.value.message


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="需要 poppler-utils（pdftoppm）")
def test_a_photograph_stands_upright_above_its_caption_on_one_page(tmp_path: Path) -> None:
    picture = Image.new("RGB", (400, 300), "blue")
    picture.paste((255, 0, 0), (0, 0, 400, 150))
    stream = io.BytesIO()
    picture.save(stream, "JPEG")
    told = {
        "title": "油烟净化器",
        "kind": "勘验笔录、现场笔录",
        "name": "F01 油烟净化器未开启的现场照片.jpg",
        "size": "3.1 MB",
        "sha256": "a" * 64,
    }
    full = EvidencePage(1, taken="2026-11-13 10:21:05", place="29.12，120.65（WGS 84）", brought="甲，2026-11-16", about="F01", remark="无", picture=stream.getvalue(), **told)  # fmt: skip
    pdf = tmp_path / "page.pdf"
    pdf.write_bytes(render_photograph(full, case="YX-2026-0001", created=date(2026, 11, 16)))
    with pikepdf.open(pdf) as opened:
        assert len(opened.pages) == 1
    subprocess.run(["pdftoppm", "-r", "36", "-png", "-singlefile", str(pdf), str(tmp_path / "page")], check=True)
    with Image.open(tmp_path / "page.png") as seen:
        column = [seen.convert("RGB").getpixel((seen.width // 2, y)) for y in range(seen.height)]
    red = [y for y, (r, g, b) in enumerate(column) if r > 200 and b < 60]
    blue = [y for y, (r, g, b) in enumerate(column) if b > 200 and r < 60]
    assert red and blue and max(red) < min(blue) and max(blue) < 0.57 * len(column), "the caption below is not covered"
