"""What a file says of itself is read with care: a file may have been made to harm whoever asks."""

from __future__ import annotations

import io
import tracemalloc

import pikepdf
import pytest

from tests.documents.conftest import sample_docx, sample_pdf, shipped
from yisong.documents.claims import Claim, claim_of
from yisong.documents.pdf import FACTS_NAME


def with_facts(content: bytes) -> bytes:
    """A PDF whose attached facts are something else."""
    with pikepdf.new() as made:
        made.add_blank_page()
        made.attachments[FACTS_NAME] = pikepdf.AttachedFileSpec(made, content, mime_type="application/json")  # type: ignore[call-arg]
        out = io.BytesIO()
        made.save(out)
    return out.getvalue()


def test_our_own_papers_say_which_they_are() -> None:
    facts = claim_of(sample_pdf("zegai")).facts
    assert facts["number"] == shipped().sample("zegai")["number"]
    assert claim_of(with_facts(b'{"verify_url": "https://a.example/verify/YX-1"}')).code == "YX-1"
    assert claim_of(sample_docx("zegai")).kind == "docx"


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"[" * 50_000, b"\xff\xfe", b'{"verify_url": 7}', b"null"])
def test_strange_facts_claim_nothing(content: bytes) -> None:
    assert claim_of(with_facts(content)).code == ""


def test_facts_that_would_unpack_to_a_flood_are_left_packed() -> None:
    bomb = with_facts(b" " * 60_000_000 + b"{}")
    assert len(bomb) < 1_000_000
    tracemalloc.start()
    assert claim_of(bomb) == Claim("pdf")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000
