"""What the tests of the documents room share."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from yisong.documents.catalogue import Catalogue
from yisong.documents.docx import render_docx
from yisong.documents.letter import Letter
from yisong.documents.pdf import render_pdf

ROOT = Path(__file__).parents[2] / "templates" / "documents"
DAY = date(2026, 11, 20)


@cache
def shipped() -> Catalogue:
    return Catalogue.read(ROOT)


@cache
def sample_letter(code: str) -> Letter:
    return shipped().compose(code, shipped().sample(code))


@cache
def sample_pdf(code: str) -> bytes:
    facts = json.dumps(shipped().sample(code), ensure_ascii=False, default=str).encode()
    return render_pdf(sample_letter(code), facts_json=facts, created=DAY)


@cache
def sample_docx(code: str) -> bytes:
    return render_docx(sample_letter(code), created=DAY)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return shipped()


@pytest.fixture(scope="session")
def codes() -> tuple[str, ...]:
    return tuple(shipped().types)
