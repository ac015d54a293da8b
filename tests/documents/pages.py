"""Read words and their places out of a PDF (版面读取), with poppler's pdftotext."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="需要 poppler-utils（pdftotext）")
_WORD = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>')
_PAGE_NUMBER = re.compile(r"— ?\d+ ?—|第\d+页\s*共\d+页")


@dataclass(frozen=True)
class Word:
    page: int
    left: float
    top: float
    right: float
    bottom: float
    text: str

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def words(pdf: bytes) -> list[Word]:
    """All words with their boxes in points, pages from 1."""
    found: list[Word] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.pdf"
        path.write_bytes(pdf)
        out = subprocess.run(["pdftotext", "-bbox", str(path), "-"], check=True, capture_output=True, text=True).stdout
    page = 0
    for line in out.splitlines():
        page += "<page " in line
        if match := _WORD.search(line):
            left, top, right, bottom = (float(number) for number in match.groups()[:4])
            found.append(Word(page, left, top, right, bottom, html.unescape(match[5])))
    return found


def plain_text(pdf: bytes) -> str:
    """Text without white space and page numbers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.pdf"
        path.write_bytes(pdf)
        raw = subprocess.run(["pdftotext", "-raw", str(path), "-"], check=True, capture_output=True, text=True).stdout
    return squeezed(_PAGE_NUMBER.sub("", raw))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text.replace("　", ""))


def multiset(text: str) -> Counter[str]:
    return Counter(squeezed(text))
