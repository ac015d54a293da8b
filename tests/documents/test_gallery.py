"""docs/documents.md lists the types as they are, with a picture of each."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.documents.conftest import sample_pdf, shipped
from yisong.documents import gallery


def test_the_page_is_current() -> None:
    assert gallery.main(["--check"]) == 0, "请运行 python -m yisong.documents.gallery"


def test_every_type_is_named_with_its_picture_and_all_is_small() -> None:
    text = gallery.page(shipped())
    assert all(f"images/documents/{code}.png" in text and kind.name in text for code, kind in shipped().types.items())
    assert sum(path.stat().st_size for path in (gallery.ROOT / gallery.PICTURES).glob("*.png")) < 3_000_000


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="需要 poppler-utils（pdftoppm）")
def test_a_picture_is_an_upright_page_with_ink(tmp_path: Path) -> None:
    from PIL import Image

    (tmp_path / "x.png").write_bytes(gallery.first_page_picture(sample_pdf("guapai")))
    picture = Image.open(tmp_path / "x.png").convert("RGB")
    assert abs(picture.height / picture.width - 297 / 210) < 0.01
    colours = picture.getcolors(100_000)
    assert colours is not None
    reds = sum(count for count, (red, green, blue) in colours if red > 180 and green < 90 and blue < 90)
    assert reds > 200
