"""The seals of the organs (机关印章): one certificate per organ in a folder, its passphrase beside it.

`<organ code>.p12` (PKCS#12), `passphrase.txt` readable by its owner only, and the roots that a seal is trusted by as `*.pem`. An organ
without a certificate sends its papers out unsealed. Where a certified 电子签章 system is at hand, another `SealProvider` takes its place.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from yisong.documents.errors import DocumentError
from yisong.documents.seal import CertificateSeal, SealProvider
from yisong.domain.rulebook import RuleBook

PASSPHRASE = "passphrase.txt"


def passphrase_of(folder: Path) -> str:
    """The passphrase of a folder's certificates. Raises `DocumentError`: `no-passphrase`, `open-passphrase` (others may read it)."""
    place = folder / PASSPHRASE
    try:
        open_to_others = place.stat().st_mode & 0o077
        words = place.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise DocumentError(
            "no-passphrase", f"签章口令文件 {place} 不能读取（{error.strerror}）。请把口令写入该文件，权限设为 0600。"
        ) from None
    if open_to_others:
        raise DocumentError("open-passphrase", f"签章口令文件 {place} 其他用户也能读取。请执行 chmod 600 后再试。")
    return words


@lru_cache(maxsize=256)
def _opened(place: Path, changed: int, name: str) -> SealProvider:
    return CertificateSeal(place.read_bytes(), passphrase=passphrase_of(place.parent), organ=name)


def seal_of(folder: Path, *, code: str, name: str) -> SealProvider | None:
    """The seal of an organ under its name of that day, or None where it has no certificate (机关印章).

    Raises `DocumentError` where there is one that cannot be used: a paper does not go out unsealed by mistake.
    """
    place = folder / f"{code}.p12"
    try:
        changed = place.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DocumentError(
            "bad-certificate", f"签章证书 {place} 不能读取（{error.strerror}）。请检查文件权限。"
        ) from None
    return _opened(place, changed, name)


def sealed(pdf: bytes, *, folder: Path, code: str, name: str, at: datetime) -> bytes:
    """The PDF with its organ's seal; as it is where the organ has none, or the paper has no place for one (盖章)."""
    seal = seal_of(folder, code=code, name=name)
    if seal is None:
        return pdf
    try:
        return seal.seal(pdf, at=at)
    except DocumentError as refused:
        if refused.code == "no-seal-place":
            return pdf
        raise


def trusted(folder: Path) -> list[bytes]:
    """The root certificates that seals are trusted by (受信任的根证书)."""
    return [place.read_bytes() for place in sorted(folder.glob("*.pem"))] if folder.is_dir() else []


def make_demonstration_seals(folder: Path, *, book: RuleBook, valid_from: date) -> dict[str, Path]:
    """Certificates for all organs that say of themselves that they are worth nothing (样章证书); returns them by organ code.

    Raises `DocumentError` `seals-exist` rather than touch certificates that are there.
    """
    from yisong.documents.seal_demo import issue_demo_certificates

    if folder.exists() and any(folder.glob("*.p12")):
        raise DocumentError(
            "seals-exist", f"目录 {folder} 中已有签章证书，不予覆盖。请换一个目录，或自行移走其中的证书。"
        )
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    words = secrets.token_urlsafe(18)
    place = folder / PASSPHRASE
    place.touch(mode=0o600, exist_ok=True)
    place.chmod(0o600)
    place.write_text(words + "\n", encoding="utf-8")
    organs = {organ.code: organ.name_on(valid_from) for organ in book.organs}
    return issue_demo_certificates(organs, folder, passphrase=words, valid_from=valid_from)
