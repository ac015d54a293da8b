"""The seals of the organs (机关印章): in a folder, one certificate with its key per organ, or the place of a key in a token.

`<organ code>.p12` (PKCS#12) with the passphrase of all in `passphrase.txt`, or `<organ code>.toml` (a PKCS#11 token: `token_of` says what it
holds), and the roots that a seal is trusted by as `*.pem`. An organ with neither sends its papers out unsealed. Where a certified 电子签章
system is at hand, another `SealProvider` takes its place.
"""

from __future__ import annotations

import os
import secrets
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from yisong.documents.errors import DocumentError
from yisong.documents.seal import CertificateFacts, CertificateSeal, SealProvider
from yisong.documents.seal_token import Token, TokenSeal
from yisong.domain.rulebook import RuleBook

PASSPHRASE = "passphrase.txt"


TOKEN_KEYS = {
    "module": str,
    "token": str,
    "slot": int,
    "key": str,
    "certificate": str,
    "pin_file": str,
    "pin_variable": str,
}


@dataclass(frozen=True, slots=True)
class Held:
    """How an organ seals (签章方式): `kind` is `file`, `token` or `none`; `problem` says why it cannot, where it cannot."""

    code: str
    name: str
    kind: str
    facts: CertificateFacts | None = None
    problem: DocumentError | None = None


def _secret(place: Path, *, called: str) -> str:
    """The words in a file that only its owner may read. Raises `DocumentError`: `no-passphrase`, `open-passphrase`."""
    try:
        open_to_others = place.stat().st_mode & 0o077
        words = place.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "不是文本文件"
        raise DocumentError(
            "no-passphrase", f"{called}文件 {place} 不能读取（{reason}）。请把{called}写入该文件，权限设为 0600。"
        ) from None
    if open_to_others:
        raise DocumentError("open-passphrase", f"{called}文件 {place} 其他用户也能读取。请执行 chmod 600 后再试。")
    return words


@lru_cache(maxsize=256)
def _opened(place: Path, changed: int, name: str) -> SealProvider:
    words = _secret(place.parent / PASSPHRASE, called="签章口令")
    return CertificateSeal(place.read_bytes(), passphrase=words, organ=name)


def token_of(place: Path, *, name: str) -> Token:
    """Read where an organ's key is (令牌配置). The PIN stands in a file of its own or in an environment variable, never here.

        module = "/usr/lib/…/driver.so"   # the PKCS#11 module of the token's maker
        token = "云溪县应急管理局"            # the token's label, or slot = 3
        key = "seal-2026"                  # label of the private key, and of the certificate
        certificate = "YJ.cer"             # a file in this folder, where the token holds none; the authorities in between may follow
        pin_file = "YJ.pin"                # mode 0600; or pin_variable = "YISONG_PIN_YJ"

    Raises `DocumentError`: `token-config`, `no-passphrase`, `open-passphrase`.
    """

    def refused(problem: str) -> DocumentError:
        return DocumentError("token-config", f"“{name}”的令牌配置 {place}：{problem}。")

    try:
        given: dict[str, Any] = tomllib.loads(place.read_text(encoding="utf-8"))
    except OSError as error:
        raise refused(f"不能读取（{error.strerror}），请检查文件权限") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise refused(f'写法有误（{error}），每行应为：名称 = "内容"') from None
    if "pin" in {key.lower() for key in given}:
        raise refused('不要把 PIN 写在这里；请另存为权限 0600 的文件，写 pin_file = "文件名"，并更换已写出的 PIN')
    for key, value in given.items():
        if key not in TOKEN_KEYS:
            raise refused(f"不认识“{key}”，可以写 {'、'.join(TOKEN_KEYS)}")
        if type(value) is not TOKEN_KEYS[key] or value == "":
            raise refused(f"“{key}”应为{'数字' if TOKEN_KEYS[key] is int else '引号中的文字'}")
    lacking = [key for key in ("module", "key") if key not in given]
    if lacking:
        raise refused(f"缺少 {'、'.join(lacking)}")
    if ("token" in given) == ("slot" in given):
        raise refused("token（令牌标签）和 slot（插槽号）应当写且只写一项")
    if ("pin_file" in given) == ("pin_variable" in given):
        raise refused("pin_file（PIN 文件）和 pin_variable（环境变量名）应当写且只写一项")
    if "pin_file" in given:
        pin = _secret(place.parent / given["pin_file"], called="令牌 PIN ")
    else:
        pin = os.environ.get(given["pin_variable"], "")
    if not pin:
        raise refused(f"PIN 是空的：{given.get('pin_file') or '环境变量 ' + given['pin_variable']}")
    chain = b""
    if "certificate" in given:
        try:
            chain = (place.parent / given["certificate"]).read_bytes()
        except OSError as error:
            raise refused(f"证书文件 {given['certificate']} 不能读取（{error.strerror}）") from None
    return Token(Path(given["module"]), given["key"], given.get("token", ""), given.get("slot"), chain, pin)


def seal_of(folder: Path, *, code: str, name: str) -> SealProvider | None:
    """The seal of an organ under its name of that day, or None where it has none (机关印章).

    Raises `DocumentError` where there is one that cannot be used: a paper does not go out unsealed by mistake.
    """
    place, token = folder / f"{code}.p12", folder / f"{code}.toml"
    try:
        changed = place.stat().st_mtime_ns if place.exists() else None
        if token.exists():
            if changed is not None:
                raise DocumentError(
                    "two-seals", f"“{name}”既有证书文件 {place.name}，又有令牌配置 {token.name}。请移走不用的一个。"
                )
            return TokenSeal(token_of(token, name=name), organ=name)
    except OSError as error:
        raise DocumentError(
            "bad-certificate", f"签章证书 {place} 不能读取（{error.strerror}）。请检查文件权限。"
        ) from None
    return None if changed is None else _opened(place, changed, name)


def survey(folder: Path, *, book: RuleBook, on: date) -> list[Held]:
    """How each organ seals its papers, every key tried (印章检查). A token's PIN is used, and never a second time after a wrong one."""
    found = []
    for organ in book.organs:
        name, code = organ.name_on(on), organ.code
        kind = next(
            (kind for kind, end in (("token", "toml"), ("file", "p12")) if (folder / f"{code}.{end}").exists()), "none"
        )
        try:
            seal = seal_of(folder, code=code, name=name)
            found.append(Held(code, name, kind, seal.certificate() if seal else None))
        except DocumentError as problem:
            found.append(Held(code, name, kind, problem=problem))
    return found


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

    if folder.exists() and any(place for end in ("p12", "toml") for place in folder.glob(f"*.{end}")):
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
