"""Sealed by a key that stays in a token, verified by us and by an independent tool; every way it can fail has a name."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.documents.conftest import sample_letter, sample_pdf
from tests.support import softhsm
from yisong.documents.errors import DocumentError
from yisong.documents.seal import SealProvider, verify
from yisong.documents.seal_demo import ROOT_FILE, issue_demo_certificates
from yisong.documents.seal_token import Token, TokenSeal

AT = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
PASSPHRASE = "演示口令"
DRIVER = softhsm.module()
needs_token = pytest.mark.skipif(DRIVER is None, reason="没有 softhsm2，不能试验令牌签章")
ORGAN = "云溪县应急管理局"


def code(call: object) -> tuple[str, str]:
    with pytest.raises(DocumentError) as caught:
        call()  # type: ignore[operator]
    return caught.value.code, caught.value.message


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("authority")
    organs = {"YJ": sample_letter("yisong").issuer, "XF": "云溪县消防救援局", "GA": "云溪县公安局"}
    issue_demo_certificates(organs, folder, passphrase=PASSPHRASE, valid_from=date(2026, 1, 1))
    return folder


@pytest.fixture(scope="module")
def token(authority: Path) -> Token:
    driver = softhsm.tokens()
    softhsm.keep((authority / "YJ.p12").read_bytes(), passphrase=PASSPHRASE, label="yj-2026")
    return Token(driver, "yj-2026", label=softhsm.TOKENS[0], pin=softhsm.PIN)


@needs_token
def test_a_token_seals_and_both_we_and_another_tool_say_so(token: Token, authority: Path, tmp_path: Path) -> None:
    seal: SealProvider = TokenSeal(token, organ=sample_letter("yisong").issuer)
    assert seal.certificate().demonstration and seal.certificate().organ == sample_letter("yisong").issuer
    sealed = seal.seal(sample_pdf("yisong"), at=AT)
    report = verify(sealed, trusted=[(authority / ROOT_FILE).read_bytes()], at=AT)
    assert report.good and report.demonstration and report.signed_at == AT
    altered = bytearray(sealed)
    altered[len(sample_pdf("yisong")) // 2] ^= 1
    assert not verify(bytes(altered), trusted=[(authority / ROOT_FILE).read_bytes()], at=AT).good
    if shutil.which("pdfsig"):
        (tmp_path / "sealed.pdf").write_bytes(sealed)
        out = subprocess.run(["pdfsig", str(tmp_path / "sealed.pdf")], check=False, capture_output=True, text=True)
        assert "Signature is Valid" in out.stdout and "Total document signed" in out.stdout


@needs_token
def test_a_certificate_beside_the_token_serves_where_the_token_holds_none(token: Token, authority: Path) -> None:
    own = softhsm.keep((authority / "XF.p12").read_bytes(), passphrase=PASSPHRASE, label="xf", certificate=False)
    bare = replace(token, key="xf")
    assert code(TokenSeal(bare, organ=ORGAN).certificate)[0] == "token-key"
    given = replace(bare, certificates=own + (authority / ROOT_FILE).read_bytes())
    assert TokenSeal(given, organ=ORGAN).certificate().organ == "云溪县消防救援局"
    assert verify(TokenSeal(given, organ=ORGAN).seal(sample_pdf("yisong"), at=AT), at=AT).intact
    for broken in (b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"):
        assert code(TokenSeal(replace(bare, certificates=broken), organ=ORGAN).certificate)[0] == "bad-certificate"


@needs_token
def test_every_failure_is_named_with_what_to_do(token: Token) -> None:
    def refusal(**changes: object) -> tuple[str, str]:
        return code(TokenSeal(replace(token, **changes), organ=ORGAN).certificate)  # type: ignore[arg-type]

    kind, message = refusal(label="没有这个")
    assert kind == "token-absent" and f"“{softhsm.TOKENS[0]}”" in message and ORGAN in message
    assert refusal(label="", slot=99999)[0] == "token-absent"
    kind, message = refusal(key="别的")
    assert kind == "token-key" and "0 张" in message and "certificate" in message
    assert refusal(module=Path("/no/such/driver.so"))[0] == "token-module"
    assert refusal(module=Path(__file__))[0] == "token-module"
    with pytest.raises(DocumentError) as caught:
        TokenSeal(token, organ=ORGAN).seal(sample_pdf("yansq"), at=AT)
    assert caught.value.code == "no-seal-place"
    assert TokenSeal(token, organ=ORGAN).certificate().serial  # a refusal leaves the token open to the next


@needs_token
def test_a_wrong_pin_is_tried_once_and_no_more(token: Token, authority: Path) -> None:
    other = replace(token, label=softhsm.TOKENS[1], key="ga")
    softhsm.keep((authority / "GA.p12").read_bytes(), passphrase=PASSPHRASE, label="ga", token=softhsm.TOKENS[1])
    wrong = TokenSeal(replace(other, pin="000000"), organ=ORGAN)
    assert code(wrong.certificate) == (
        "token-pin",
        f"“{ORGAN}”的签章令牌“{softhsm.TOKENS[1]}”不接受所给的 PIN。请核对后改正，不要反复试。",
    )
    kind, message = code(wrong.certificate)
    assert kind == "token-pin" and "不再自动尝试" in message
    assert "不再自动尝试" in code(TokenSeal(other, organ=ORGAN).certificate)[1]  # until a person has logged in


@needs_token
def test_a_certificate_out_of_its_term_seals_nothing(token: Token) -> None:
    kind, message = code(lambda: TokenSeal(token, organ=ORGAN).seal(sample_pdf("yisong"), at=AT + timedelta(days=3650)))
    assert kind == "certificate-expired" and "2026-01-01 至" in message


def test_a_pin_is_never_printed(tmp_path: Path) -> None:
    assert "135790" not in repr(Token(tmp_path / "driver.so", "key", label="令牌", pin="135790"))
