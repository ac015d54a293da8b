"""Turn DOCX into PDF with LibreOffice, our faces standing in under the names an office has (办公软件转换)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from fontTools.ttLib import TTFont

from yisong.documents.docx_styles import FONTS
from yisong.documents.fonts import SHIPPED_FONTS

_FACES = {"body": "YisongFang", "kai": "YisongKai", "hei": "YisongHei", "title": "YisongBiaosong", "song": "YisongSong"}


def soffice() -> str | None:
    """The program, if this machine has it."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def prepare(folder: Path) -> Path:
    """Renamed copies of our faces and a fontconfig file that knows only them."""
    faces = folder / "faces"
    faces.mkdir(parents=True)
    for role, name in FONTS.items():
        font = TTFont(SHIPPED_FONTS / f"{_FACES[role]}.ttf", lazy=True)
        font["name"].names = [record for record in font["name"].names if record.platformID == 3]
        for record in font["name"].names:
            if record.nameID in (1, 4, 16):
                record.string = name
            elif record.nameID == 6:
                record.string = f"Office{role}"
        font.save(faces / f"{role}.ttf")
    shutil.copy(SHIPPED_FONTS / "YisongRare.ttf", faces)
    configuration = folder / "fonts.conf"
    configuration.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{faces}</dir><cachedir>{folder / 'cache'}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    return configuration


def convert(files: list[Path], out: Path, *, configuration: Path, seconds: float = 180) -> None:
    """All files in one run of LibreOffice, with a profile of its own."""
    program = soffice()
    assert program is not None
    profile = configuration.parent / "profile"
    subprocess.run(
        [program, f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "pdf", "--outdir", str(out), *map(str, files)],
        check=True, capture_output=True, timeout=seconds,
        env={**os.environ, "FONTCONFIG_FILE": str(configuration), "HOME": str(configuration.parent)},
    )  # fmt: skip
