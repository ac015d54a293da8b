"""A PKCS#11 token in software (测试令牌): SoftHSM, with keys of demonstration certificates in it.

The module reads its configuration once per process, so there is one folder per process, made before the module is loaded.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

PIN = "135790"
TOKENS = ("云溪令牌", "另一令牌")
_PLACES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")


def module() -> Path | None:
    """The driver, if this machine has it."""
    there = shutil.which("softhsm2-util") is not None
    return next((Path(place) for place in _PLACES if there and Path(place).is_file()), None)


@cache
def tokens() -> Path:
    """Empty tokens under `TOKENS`; returns the driver."""
    driver = module()
    assert driver is not None
    folder = Path(tempfile.mkdtemp(prefix="yisong-softhsm-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    for label in TOKENS:
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "24680246"],
            check=True, capture_output=True, timeout=30,
        )  # fmt: skip
    return driver


def keep(bundle: bytes, *, passphrase: str, label: str, token: str = TOKENS[0], certificate: bool = True) -> bytes:
    """Move key and certificate of a PKCS#12 file into a token under a label; returns the certificate, PEM."""
    import pkcs11
    from pkcs11.util.ec import decode_ec_private_key
    from pkcs11.util.x509 import decode_x509_certificate

    key, own, _ = pkcs12.load_key_and_certificates(bundle, passphrase.encode())
    assert key is not None and own is not None
    private = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    with pkcs11.lib(str(tokens())).get_token(token_label=token).open(rw=True, user_pin=PIN) as session:
        session.create_object(
            {**decode_ec_private_key(private), pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.LABEL: label}
        )
        if certificate:
            held = decode_x509_certificate(own.public_bytes(Encoding.DER))
            session.create_object({**held, pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.LABEL: label})
    return own.public_bytes(Encoding.PEM)
