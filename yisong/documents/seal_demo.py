"""A demonstration certificate authority (样章证书): certificates that seal in an organ's name and say that they are worth nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from yisong.documents.seal import CHINA, DEMONSTRATION_UNIT

ROOT_FILE = "demo-root.pem"
_LONGEST_NAME = 64  # of an organisation in X.509


def issue_demo_certificates(
    organs: Mapping[str, str], folder: Path, *, passphrase: str, valid_from: date, years: int = 5
) -> dict[str, Path]:
    """Write a root and one PKCS#12 file per organ (code → full name); returns the files by code.

    The root's key is not kept: who wants another organ issues all of them anew.
    """
    folder.mkdir(parents=True, exist_ok=True)
    start = datetime(valid_from.year, valid_from.month, valid_from.day, tzinfo=CHINA).astimezone(UTC)
    end = start + timedelta(days=365 * years + 2)
    root_key = ec.generate_private_key(ec.SECP256R1())
    root_name = _name("Yisong 演示根证书", "Yisong 演示根证书")
    root = (
        _builder(root_name, root_name, root_key.public_key(), start, end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signing=False), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    (folder / ROOT_FILE).write_bytes(root.public_bytes(Encoding.PEM))
    files: dict[str, Path] = {}
    for code, name in organs.items():
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(_name(name, f"{name[:20]}（样章）"), root_name, key.public_key(), start, end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signing=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
            .sign(root_key, hashes.SHA256())
        )
        bundle = pkcs12.serialize_key_and_certificates(
            code.encode(), key, certificate, [root], BestAvailableEncryption(passphrase.encode())
        )
        files[code] = folder / f"{code}.p12"
        files[code].write_bytes(bundle)
        files[code].chmod(0o600)
    return files


def _name(organisation: str, common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:_LONGEST_NAME]),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, DEMONSTRATION_UNIT),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )


def _usage(*, signing: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signing, content_commitment=signing, key_encipherment=False, data_encipherment=False, key_agreement=False,
        key_cert_sign=not signing, crl_sign=not signing, encipher_only=False, decipher_only=False,
    )  # fmt: skip
