"""Sealed by us, verified by us and by an independent tool; one changed byte is noticed."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pikepdf
import pytest

from tests.documents.conftest import sample_letter, sample_pdf
from yisong.documents.errors import DocumentError
from yisong.documents.seal import CertificateSeal, SealProvider, verify
from yisong.documents.seal_demo import ROOT_FILE, issue_demo_certificates
from yisong.documents.seal_graphic import seal_content

AT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
PASSPHRASE = "演示口令"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("authority")
    issuer = sample_letter("yisong").issuer
    issue_demo_certificates({"YJ": issuer}, folder, passphrase=PASSPHRASE, valid_from=date(2026, 1, 1))
    return folder


@pytest.fixture(scope="module")
def seal(authority: Path) -> CertificateSeal:
    return CertificateSeal(
        (authority / "YJ.p12").read_bytes(), passphrase=PASSPHRASE, organ=sample_letter("yisong").issuer
    )


@pytest.fixture(scope="module")
def sealed(seal: CertificateSeal) -> bytes:
    provider: SealProvider = seal
    return provider.seal(sample_pdf("yisong"), at=AT)


def roots(authority: Path) -> list[bytes]:
    return [(authority / ROOT_FILE).read_bytes()]


def test_a_seal_verifies_and_says_it_is_a_specimen(sealed: bytes, authority: Path) -> None:
    report = verify(sealed, trusted=roots(authority), at=AT)
    assert report.good and report.demonstration and report.signed_at == AT
    assert report.organ == sample_letter("yisong").issuer
    assert "2026年11月20日09:30" in report.message and "样章" in report.message


def test_an_unknown_root_is_intact_but_not_trusted(sealed: bytes) -> None:
    report = verify(sealed, at=AT)
    assert report.intact and not report.trusted and not report.good and "不在受信任之列" in report.message


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_one_changed_byte_is_noticed(sealed: bytes, authority: Path, share: float) -> None:
    data = bytearray(sealed)
    place = int(len(sample_pdf("yisong")) * share)
    data[place] ^= 1
    assert not verify(bytes(data), trusted=roots(authority), at=AT).good


def test_pages_added_after_the_seal_are_noticed(sealed: bytes, authority: Path) -> None:
    report = verify(sealed + b"\n1 0 obj\n<< >>\nendobj\n", trusted=roots(authority), at=AT)
    assert not report.good


def test_what_is_not_sealed_or_no_pdf_says_so() -> None:
    assert verify(sample_pdf("yisong")).message == "文件没有电子印章。"
    assert not verify(b"hello").sealed and "不能读取" in verify(b"hello").message
    assert not verify(b"").sealed


def test_a_paper_without_an_own_signature_cannot_be_sealed(seal: CertificateSeal) -> None:
    with pytest.raises(DocumentError) as caught:
        seal.seal(sample_pdf("yansq"), at=AT)
    assert caught.value.code == "no-seal-place"


def test_wrong_passphrase_and_naive_time_are_refused(authority: Path, seal: CertificateSeal) -> None:
    with pytest.raises(DocumentError) as caught:
        CertificateSeal((authority / "YJ.p12").read_bytes(), passphrase="x", organ="某局")
    assert caught.value.code == "bad-certificate"
    with pytest.raises(DocumentError) as caught:
        seal.seal(sample_pdf("yisong"), at=AT.replace(tzinfo=None))
    assert caught.value.code == "naive-time"


def test_the_sealed_file_stays_archival_and_keeps_its_text(sealed: bytes) -> None:
    with pikepdf.open(io.BytesIO(sealed)) as opened:
        with opened.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "3"
        fonts = [o for o in opened.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"]
        assert fonts and all("/FontFile2" in font or "/FontFile3" in font for font in fonts)
        widgets = [a for page in opened.pages for a in page.get("/Annots", []) if a.get("/Subtype") == "/Widget"]
        assert len(widgets) == 1 and "/AP" in widgets[0] and int(widgets[0].F) & 4


def test_seal_text_is_paths_and_long_names_fit() -> None:
    for organ in ("云溪县人民政府", "虚州市生态环境局云溪分局综合行政执法队第一中队"):
        content = seal_content(organ, demonstration=True)
        assert b"Tj" not in content and b"BT" not in content and content.count(b" f") >= len(organ) + 3


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="需要 poppler-utils（pdfsig）")
def test_an_independent_tool_agrees(sealed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sealed)
    out = subprocess.run(["pdfsig", str(path)], check=False, capture_output=True, text=True).stdout
    assert "Signature is Valid" in out and "Total document signed" in out and "ETSI.CAdES.detached" in out
    data = bytearray(sealed)
    data[len(sample_pdf("yisong")) // 2] ^= 1
    path.write_bytes(data)
    out = subprocess.run(["pdfsig", str(path)], check=False, capture_output=True, text=True).stdout
    assert "Signature is Valid" not in out
