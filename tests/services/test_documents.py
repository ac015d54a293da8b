"""A paper is withdrawn, superseded or voided, never edited; and a file can be asked what it is (文书更正与核验)."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import docx
import pikepdf
import pytest

from models import Document
from tests.services.world import ANSWERABLE, ORIGIN, World, leader, officer
from yisong.documents.claims import claim_of
from yisong.documents.errors import DocumentError
from yisong.domain.lifecycle import Refusal
from yisong.services import documents, outbox, seals
from yisong.store.files import file_of

LETTER = "YISONG"


def press_of(world: World) -> outbox.Press:
    return outbox.Press(settings=world.desk.settings, book=world.book, catalogue=world.desk.catalogue)


def let_out(world: World) -> outbox.Sent:
    sent = outbox.run(world.desk.transaction, press=press_of(world), at=lambda: world.at, only="letter")
    assert not sent.errors, sent.errors
    return sent


def printed(world: World, paper: Document, suffix: str = "pdf") -> bytes:
    digest = paper.pdf_sha256 if suffix == "pdf" else paper.docx_sha256
    return file_of(world.desk.settings.letters, digest, suffix=suffix).read_bytes()


def ask(world: World, content: bytes) -> documents.Verified:
    with world.read() as session:
        return documents.verify_file(
            session, content=content, book=world.book, settings=world.desk.settings, at=world.at
        )


@pytest.fixture
def sealed_world(small_world: World) -> World:
    seals.make_demonstration_seals(small_world.desk.settings.seals, book=small_world.book, valid_from=small_world.on)
    return small_world


@pytest.fixture
def letter(sealed_world: World) -> Document:
    """A transfer letter, sealed and issued."""
    case = sealed_world.delivered()
    let_out(sealed_world)
    return sealed_world.paper(case, LETTER)


def code_of(world: World, paper: Document) -> str:
    return world.matter(paper.matter_id).code


def test_an_issued_letter_bears_its_organs_seal_and_its_digest_is_of_the_sealed_file(
    sealed_world: World, letter: Document
) -> None:
    found = ask(sealed_world, printed(sealed_world, letter))
    assert found.verdict == documents.GENUINE and found.sha256 == letter.pdf_sha256
    assert found.seal is not None and found.seal.good and found.seal.demonstration
    assert found.seal.organ == sealed_world.book.organ(ORIGIN).name_on(sealed_world.on)
    assert letter.number in found.message and "已出具" in found.message and "样章" in found.seal.message
    assert ask(sealed_world, printed(sealed_world, letter, "docx")).verdict == documents.GENUINE


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="需要 poppler-utils（pdfsig）")
def test_an_independent_tool_reads_the_seal_of_an_issued_letter(
    sealed_world: World, letter: Document, tmp_path: Path
) -> None:
    (tmp_path / "letter.pdf").write_bytes(printed(sealed_world, letter))
    out = subprocess.run(["pdfsig", str(tmp_path / "letter.pdf")], check=False, capture_output=True, text=True).stdout
    assert "Signature is Valid" in out and "Total document signed" in out and out.count("Signature #") == 1


def test_a_letter_is_sealed_once(sealed_world: World, letter: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    def again(*_: object, **__: object) -> bytes:
        raise AssertionError("printed twice")

    monkeypatch.setattr(outbox, "print_letter", again)
    with sealed_world.write() as session:
        row = next(each for each in sealed_world.outbox("letter") if each.payload["document"] == letter.matter_id)
        row.state, row.settled_at, row.next_at = "pending", None, sealed_world.at
        session.merge(row)
    assert let_out(sealed_world).settled == 1
    assert sealed_world.paper(letter.subject_id, LETTER).pdf_sha256 == letter.pdf_sha256


def test_an_organ_without_a_certificate_sends_its_papers_unsealed(small_world: World) -> None:
    case = small_world.delivered()
    let_out(small_world)
    found = ask(small_world, printed(small_world, small_world.paper(case, LETTER)))
    assert found.genuine and found.seal is None


def test_certificates_that_cannot_be_used_hold_the_letter_back(sealed_world: World) -> None:
    folder = sealed_world.desk.settings.seals
    (folder / seals.PASSPHRASE).chmod(0o644)
    sealed_world.delivered()
    sent = outbox.run(
        sealed_world.desk.transaction, press=press_of(sealed_world), at=lambda: sealed_world.at, only="letter"
    )
    assert sent.retried and "chmod 600" in sent.errors[0][1]
    with pytest.raises(DocumentError) as caught:
        seals.make_demonstration_seals(folder, book=sealed_world.book, valid_from=sealed_world.on)
    assert caught.value.code == "seals-exist"


def test_an_altered_file_is_named_and_not_believed(sealed_world: World, letter: Document) -> None:
    content = printed(sealed_world, letter)
    longer = ask(sealed_world, content + b"\n% more\n")
    assert longer.verdict == documents.ALTERED and longer.document is not None and not longer.genuine
    assert letter.number in longer.message and "不一致" in longer.message
    with pikepdf.open(io.BytesIO(content)) as opened:
        saved = io.BytesIO()
        opened.save(saved)
    assert ask(sealed_world, saved.getvalue()).verdict == documents.ALTERED
    with pikepdf.open(io.BytesIO(content)) as opened:
        facts = opened.attachments["facts.json"].get_file().read_bytes()
        forged = facts.replace(letter.number.encode(), letter.number.replace("1号", "9号").encode())
        assert forged != facts
        opened.attachments["facts.json"] = pikepdf.AttachedFileSpec(opened, forged, filename="facts.json")
        saved = io.BytesIO()
        opened.save(saved)
    assert "事实数据也与出具时不同" in ask(sealed_world, saved.getvalue()).message


def test_a_word_file_that_was_saved_again_still_says_which_paper_it_was(sealed_world: World, letter: Document) -> None:
    opened = docx.Document(io.BytesIO(printed(sealed_world, letter, "docx")))
    opened.paragraphs[3].add_run("改")
    saved = io.BytesIO()
    opened.save(saved)
    found = ask(sealed_world, saved.getvalue())
    assert found.verdict == documents.ALTERED and found.document is not None
    assert found.document.matter_id == letter.matter_id


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"%PDF-1.7\n", b"PK\x03\x04", b"%PDF-1.7 /Root 1 0 R", b"\x00" * 99]
)
def test_any_other_file_is_unknown(small_world: World, content: bytes) -> None:
    found = ask(small_world, content)
    assert found.verdict == documents.UNKNOWN and "不能认定" in found.message
    assert claim_of(content).code == ""


def test_a_word_file_with_entities_claims_nothing() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "docProps/core.xml",
            '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x xmlns:dc="http://purl.org/dc/elements/1.1/">'
            "<dc:identifier>/verify/&a;</dc:identifier></x>",
        )
    assert claim_of(out.getvalue()).code == ""


def test_a_withdrawn_paper_is_unaltered_and_gone(sealed_world: World, letter: Document) -> None:
    code = code_of(sealed_world, letter)
    with sealed_world.write() as session:
        documents.withdraw(
            session, book=sealed_world.book, code=code, actor=leader(ORIGIN), reason="写错了单位", on=sealed_world.on, at=sealed_world.at
        )  # fmt: skip
    found = ask(sealed_world, printed(sealed_world, letter))
    assert found.verdict == documents.GONE and "已撤回" in found.message and not found.genuine


def test_only_a_leader_of_the_issuing_organ_withdraws(sealed_world: World, letter: Document) -> None:
    code = code_of(sealed_world, letter)
    for actor in (officer(ORIGIN), leader(ANSWERABLE)):
        with pytest.raises(Refusal), sealed_world.write() as session:
            documents.withdraw(
                session, book=sealed_world.book, code=code, actor=actor, reason="x", on=sealed_world.on, at=sealed_world.at
            )  # fmt: skip


def test_a_paper_gives_way_to_another_of_the_same_organ(sealed_world: World, letter: Document) -> None:
    newer = sealed_world.paper(sealed_world.delivered(unit=1), LETTER)
    code = code_of(sealed_world, letter)

    def supersede(replacement: str) -> None:
        with sealed_world.write() as session:
            documents.supersede(
                session, book=sealed_world.book, code=code, replacement=replacement, actor=leader(ORIGIN), reason="更正", on=sealed_world.on, at=sealed_world.at
            )  # fmt: skip

    for replacement, refusal in (("无此号", "replacement_unknown"), (letter.number, "replacement_itself"), (newer.number, "replacement_gone")):  # fmt: skip
        with pytest.raises(Refusal) as caught:
            supersede(replacement)
        assert caught.value.code == refusal
    let_out(sealed_world)
    supersede(newer.number)
    found = ask(sealed_world, printed(sealed_world, letter))
    assert found.verdict == documents.GONE and newer.number in found.message


def test_a_voided_number_is_never_printed(small_world: World) -> None:
    paper = small_world.paper(small_world.delivered(), LETTER)
    with small_world.write() as session:
        documents.void(
            session, book=small_world.book, code=code_of(small_world, paper), actor=leader(ORIGIN), reason="取错号", on=small_world.on, at=small_world.at
        )  # fmt: skip
    let_out(small_world)
    after = small_world.paper(paper.subject_id, LETTER)
    assert after.pdf_sha256 == "" and small_world.state(paper.matter_id) == "voided"
