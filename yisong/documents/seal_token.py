"""Seal with a key that never leaves its token (令牌签章): a hardware module or USB key behind PKCS#11.

Written against the standard's interface, so it serves whatever brings a PKCS#11 module; RSA and ECDSA keys. The token is opened for one
seal and closed again: one that was pulled out and put back, or a module that lost its session, needs no restart.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from yisong.documents.errors import DocumentError
from yisong.documents.seal import CertificateFacts, facts_of, sign

_ONE_AT_A_TIME = threading.Lock()  # a module knows one login per token and process


@dataclass(frozen=True, slots=True)
class Token:
    """Where an organ's key is (令牌位置): `slot` counts only where no `label` is given; `pin` is never printed."""

    module: Path
    key: str
    label: str = ""
    slot: int | None = None
    certificates: bytes = b""
    """The organ's certificate, then the authorities between it and the root; empty = the one in the token under the key's label."""
    pin: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """What a person calls it."""
        return f"“{self.label}”" if self.label else f"插槽 {self.slot}"


class TokenSeal:
    """Seal with a key in a PKCS#11 token (令牌签章). Nothing is opened before the first use."""

    def __init__(self, token: Token, *, organ: str) -> None:
        self._token = token
        self.organ = organ

    def seal(self, pdf: bytes, *, at: datetime, reason: str = "") -> bytes:
        """As `CertificateSeal.seal`; further `DocumentError`s: `token-software`, `-module`, `-absent`, `-pin`, `-key`, `-failed`."""
        with self._signer() as signer:
            return sign(pdf, signer=signer, organ=self.organ, at=at, reason=reason)

    def certificate(self) -> CertificateFacts:
        """What the certificate says; opens the token, and proves that the key is there."""
        with self._signer() as signer:
            return facts_of(signer.signing_cert)

    @contextmanager
    def _signer(self) -> Iterator[Any]:
        try:
            import pkcs11
            from pyhanko.sign.pkcs11 import PKCS11Signer
        except ImportError:
            raise DocumentError(
                "token-software", "没有安装令牌签章所需的 python-pkcs11。请安装后再试：pip install 'yisong[pkcs11]'。"
            ) from None
        logging.getLogger("pyhanko.sign.pkcs11").setLevel(logging.CRITICAL)
        token, organ = self._token, self.organ
        with _ONE_AT_A_TIME:
            try:
                found = _found(token, organ)
                _refuse_a_doubtful_pin(found, token, organ)
                with found.open(user_pin=token.pin) as session:
                    own, *between = _certificates(session, token, organ)
                    raw = pkcs11.Mechanism.ECDSA_SHA256 not in found.slot.get_mechanisms()
                    _refuse_other_than_one(session, token, organ)
                    yield PKCS11Signer(
                        session, key_label=token.key, signing_cert=own, ca_chain=between,
                        use_raw_mechanism=raw and own.public_key.algorithm == "ec",
                    )  # fmt: skip
            except pkcs11.PKCS11Error as error:
                raise _worded(error, token, organ) from None


def _found(token: Token, organ: str) -> Any:
    """The token itself; a refusal names those that are there instead."""
    import pkcs11

    if not token.module.is_file():
        raise DocumentError(
            "token-module", f"“{organ}”的令牌驱动 {token.module} 不存在。请安装令牌的 PKCS#11 驱动，或改正 module。"
        )
    try:
        module = pkcs11.lib(str(token.module))
        slots = module.get_slots(token_present=True)
    except (RuntimeError, OSError) as error:  # what cannot be loaded is a plain RuntimeError, or none of PKCS#11's own
        raise DocumentError(
            "token-module", f"“{organ}”的令牌驱动 {token.module} 不能使用（{_kind(error)}）。请与令牌供应商核对驱动。"
        ) from None
    present: list[str] = []
    for slot in slots:
        try:
            here = slot.get_token()
        except pkcs11.PKCS11Error:
            continue
        if (here.label == token.label) if token.label else (slot.slot_id == token.slot):
            return here
        present.append(f"“{here.label}”（插槽 {slot.slot_id}）" if here.label else f"插槽 {slot.slot_id}")
    there = f"现有：{'、'.join(present)}。" if present else "现在一个令牌也没有。"
    raise DocumentError("token-absent", f"“{organ}”的签章令牌{token.name}没有插好，{there}请插入令牌，或改正 token。")


def _refuse_a_doubtful_pin(found: Any, token: Token, organ: str) -> None:
    """A letter is tried again for days, and a token locks itself after a few wrong PINs: after the first one we stop."""
    from pkcs11.constants import TokenFlag

    if found.flags & TokenFlag.USER_PIN_LOCKED:
        raise DocumentError("token-pin", f"“{organ}”的签章令牌{token.name}已锁死，请联系令牌的发放单位解锁。")
    if found.flags & (TokenFlag.USER_PIN_COUNT_LOW | TokenFlag.USER_PIN_FINAL_TRY):
        raise DocumentError(
            "token-pin",
            f"“{organ}”的签章令牌{token.name}上一次输入的 PIN 不对，为免锁死，不再自动尝试。"
            "请核对 PIN，用令牌自带的工具以正确的 PIN 登录一次，再重试。",
        )


def _certificates(session: Any, token: Token, organ: str) -> list[Any]:
    from pkcs11 import Attribute, ObjectClass
    from pyhanko.keys import load_certs_from_pemder_data

    if token.certificates:
        try:
            given = list(load_certs_from_pemder_data(token.certificates))
            if given and all(certificate.subject.native for certificate in given):
                return given
        except (ValueError, TypeError):
            pass
        raise DocumentError("bad-certificate", f"“{organ}”的证书文件不是 PEM 或 DER 格式，请换一个文件。")
    held = list(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.LABEL: token.key}))
    if len(held) != 1:
        raise DocumentError(
            "token-key",
            f"“{organ}”的签章令牌{token.name}中标签为“{token.key}”的证书有 {len(held)} 张，应当正好一张。"
            "请改正 key，或者把证书另存为文件，写在 certificate。",
        )
    return list(load_certs_from_pemder_data(held[0][Attribute.VALUE]))


def _refuse_other_than_one(session: Any, token: Token, organ: str) -> None:
    from pkcs11 import Attribute, ObjectClass

    count = len(list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: token.key})))
    if count != 1:
        raise DocumentError(
            "token-key",
            f"“{organ}”的签章令牌{token.name}中标签为“{token.key}”的私钥有 {count} 个，应当正好一个。请改正 key。",
        )


def _worded(error: Exception, token: Token, organ: str) -> DocumentError:
    import pkcs11

    if isinstance(error, pkcs11.PinIncorrect | pkcs11.PinInvalid | pkcs11.PinLenRange | pkcs11.PinExpired):
        return DocumentError(
            "token-pin", f"“{organ}”的签章令牌{token.name}不接受所给的 PIN。请核对后改正，不要反复试。"
        )
    if isinstance(error, pkcs11.PinLocked):
        return DocumentError("token-pin", f"“{organ}”的签章令牌{token.name}已锁死，请联系令牌的发放单位解锁。")
    return DocumentError(
        "token-failed",
        f"“{organ}”的签章令牌{token.name}没有完成签章（{_kind(error)}）。请检查令牌是否插好、驱动是否正常。",
    )


def _kind(error: Exception) -> str:
    return f"{type(error).__name__}：{error}" if str(error) else type(error).__name__
