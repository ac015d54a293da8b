"""Seal a letter and verify a sealed one (电子签章与验章): PAdES with an organ's certificate, the seal drawn over the date.

The key comes as PKCS#12 (the demonstration authority is in `seal_demo`) or stays in a PKCS#11 token (`seal_token`). A certified 电子签章
system (GB/T 38540, SM2) is reached by another `SealProvider`: no Python library signs with SM2 certificates today.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol, cast

from yisong.documents.errors import DocumentError
from yisong.documents.measures import SEAL_MM
from yisong.documents.pdf_finish import SEAL_KEY
from yisong.documents.seal_graphic import SIZE, seal_content

FIELD = "YisongSeal"
DEMONSTRATION_UNIT = "YISONG DEMO 样章"
CHINA = timezone(timedelta(hours=8))
_MARGIN = 3.0


@dataclass(frozen=True, slots=True)
class SealReport:
    """What the seal of a file says (验章结果). `intact`: not one byte changed since; `trusted`: the chain ends at a given root."""

    sealed: bool
    intact: bool
    trusted: bool
    demonstration: bool
    organ: str
    signed_at: datetime | None
    changed_after: bool
    message: str

    @property
    def good(self) -> bool:
        """Sealed, unaltered, and by a known authority."""
        return self.sealed and self.intact and self.trusted and not self.changed_after


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What a seal's certificate says of itself (证书内容); both ends of its term are instants with an offset."""

    organ: str
    serial: str
    valid_from: datetime
    valid_to: datetime
    demonstration: bool


class SealProvider(Protocol):
    """Whoever can seal a PDF in an organ's name (签章服务)."""

    def certificate(self) -> CertificateFacts:
        """The certificate that seals, read anew."""
        ...

    def seal(self, pdf: bytes, *, at: datetime, reason: str = "") -> bytes:
        """The sealed file; `at` carries an offset and is written into the signature."""
        ...


class CertificateSeal:
    """Seal with a PKCS#12 certificate (证书签章). The key is opened once; an EC P-256 key seals in about 30 ms."""

    def __init__(self, pkcs12: bytes, *, passphrase: str, organ: str) -> None:
        from pyhanko.sign.signers import SimpleSigner

        logging.getLogger("pyhanko.sign.signers").setLevel(logging.CRITICAL)  # a wrong passphrase is refused below
        try:
            signer = SimpleSigner.load_pkcs12_data(pkcs12, other_certs=[], passphrase=passphrase.encode())
        except (ValueError, TypeError):
            signer = None
        if signer is None:
            raise DocumentError("bad-certificate", f"“{organ}”的签章证书不能打开，请核对证书文件和口令。")
        self._signer = signer
        self.organ = organ

    def certificate(self) -> CertificateFacts:
        """What the certificate says of itself."""
        return facts_of(self._signer.signing_cert)

    def seal(self, pdf: bytes, *, at: datetime, reason: str = "") -> bytes:
        """Sign the PDF and draw the seal where the letter left room for it.

        Raises `DocumentError`: `no-seal-place` (the paper has no place for a seal), `bad-pdf`, `naive-time`, `certificate-expired`.
        """
        return sign(pdf, signer=self._signer, organ=self.organ, at=at, reason=reason)


def facts_of(certificate: Any) -> CertificateFacts:
    """Read a certificate as pyHanko holds it (证书内容)."""
    subject = certificate.subject.native
    return CertificateFacts(
        organ=str(subject.get("organization_name") or subject.get("common_name", "")),
        serial=f"{certificate.serial_number:x}",
        valid_from=certificate.not_valid_before,
        valid_to=certificate.not_valid_after,
        demonstration=DEMONSTRATION_UNIT in certificate.subject.human_friendly,
    )


def sign(pdf: bytes, *, signer: Any, organ: str, at: datetime, reason: str = "") -> bytes:
    """Draw the seal and sign with whatever pyHanko signer holds the key (签章). Raises as `CertificateSeal.seal` says."""
    from pyhanko.pdf_utils.content import RawContent
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.layout import BoxConstraints
    from pyhanko.pdf_utils.misc import PdfReadError
    from pyhanko.sign import fields, signers
    from pyhanko.sign.signers.pdf_signer import PdfSigner
    from pyhanko.stamp import StaticStampStyle

    if at.tzinfo is None:
        raise DocumentError("naive-time", "签章时间缺少时区。")
    certificate = facts_of(signer.signing_cert)
    if not certificate.valid_from <= at <= certificate.valid_to:
        term = (
            f"{certificate.valid_from.astimezone(CHINA):%Y-%m-%d} 至 {certificate.valid_to.astimezone(CHINA):%Y-%m-%d}"
        )
        raise DocumentError(
            "certificate-expired", f"“{organ}”的签章证书有效期为 {term}，签章时已不在有效期内。请换用有效的证书后重试。"
        )

    class SignerAt(PdfSigner):  # pyHanko reads the clock unless the session is told the time
        def init_signing_session(self, *arguments: Any, **named: Any) -> Any:
            session = super().init_signing_session(*arguments, **named)
            session.system_time = at
            return session

    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        page, box = seal_box(writer.prev.root)
        corners = cast(tuple[int, int, int, int], box)  # pyHanko says int and takes any number
    except (PdfReadError, ValueError, KeyError) as error:
        raise DocumentError("bad-pdf", f"不是可以签章的 PDF 文件（{error}）。") from None
    fields.append_signature_field(writer, fields.SigFieldSpec(FIELD, on_page=page, box=corners))
    drawing = RawContent(seal_content(organ, demonstration=certificate.demonstration), box=BoxConstraints(SIZE, SIZE))
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD, subfilter=fields.SigSeedSubFilter.PADES, certify=True, md_algorithm="sha256",
        docmdp_permissions=fields.MDPPerm.FILL_FORMS, name=organ, reason=reason or None,
    )  # fmt: skip
    style = StaticStampStyle(background=drawing, background_opacity=0.82, border_width=0)
    out = SignerAt(metadata, signer=signer, stamp_style=style).sign_pdf(writer)
    return bytes(out.getbuffer())


def seal_box(root: Any) -> tuple[int, tuple[float, float, float, float]]:
    """Page and box of the seal: centred on the date, a little above the line between name and date (7.3.5.1)."""
    found = root.get(f"/{SEAL_KEY}")
    if found is None:
        raise DocumentError("no-seal-place", "这份文书没有用印位置（没有本机关署名），不需要也不能签章。")
    page, left, _, right, top = (float(value) for value in found)
    half = SEAL_MM * 72 / 25.4 / 2
    middle, height = (left + right) / 2, top + _MARGIN
    return int(page), (middle - half, height - half, middle + half, height + half)


def verify(pdf: bytes, *, trusted: Sequence[bytes] = (), at: datetime | None = None) -> SealReport:
    """Read the seal of a file; `trusted` = root certificates, DER or PEM; `at` = the moment to judge certificates by, else now.

    Never fetches anything. A file that is no PDF, or not sealed, gives a report that says so.
    """
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko_certvalidator import ValidationContext

    logging.getLogger("pyhanko.sign.validation").setLevel(
        logging.CRITICAL
    )  # an unknown root is an answer here, not an event

    def bare(message: str, *, sealed: bool = False) -> SealReport:
        return SealReport(sealed, False, False, False, "", None, False, message)

    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        signatures = reader.embedded_signatures
    except (PdfError, ValueError, KeyError, RecursionError) as error:
        return bare(f"文件不能读取，可能已损坏（{type(error).__name__}）。")
    if not signatures:
        return bare("文件没有电子印章。")
    roots = [certificate for data in trusted for certificate in load_certs_from_pemder_data(data)]
    context = ValidationContext(trust_roots=roots, allow_fetching=False, moment=at)
    try:
        status = validate_pdf_signature(signatures[0], signer_validation_context=context)
    except (SignatureValidationError, PdfError, ValueError, KeyError) as error:
        return bare(f"印章已被破坏，不能验证（{type(error).__name__}）。", sealed=True)
    subject = status.signing_cert.subject.native
    unit = str(subject.get("organizational_unit_name", ""))
    intact = bool(status.intact and status.valid)
    changed = status.modification_level is not None and status.modification_level.name not in (
        "NONE",
        "LTA_UPDATES",
        "FORM_FILLING",
    )
    whole = status.coverage is not None and status.coverage.name == "ENTIRE_FILE"
    report = SealReport(
        sealed=True,
        intact=intact,
        trusted=bool(status.trusted),
        demonstration=DEMONSTRATION_UNIT in unit,
        organ=str(subject.get("organization_name", "")),
        signed_at=status.signer_reported_dt,
        changed_after=changed or not whole,
        message="",
    )
    return _worded(report)


def _worded(report: SealReport) -> SealReport:
    signed = report.signed_at.astimezone(CHINA) if report.signed_at else None
    when = f"于{signed.year}年{signed.month}月{signed.day}日{signed:%H:%M}" if signed else ""
    if not report.intact:
        message = "文件在签章后被改动过，印章无效。"
    elif report.changed_after:
        message = f"“{report.organ}”{when}签章，签章后又追加了内容，以签章时的内容为准。"
    elif not report.trusted:
        message = f"内容自签章后未改动，但签章证书（{report.organ}）不在受信任之列。"
    else:
        message = f"“{report.organ}”{when}签章，内容自签章后未改动。"
    if report.demonstration:
        message += "本章为样章，不具有法律效力。"
    return replace(report, message=message)
