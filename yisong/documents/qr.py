"""The code that leads to the verification page (核验二维码)."""

from __future__ import annotations

import io
from functools import lru_cache

from yisong.documents.errors import DocumentError

_LONGEST_ADDRESS = 300


@lru_cache(maxsize=64)
def _code(address: str):  # type: ignore[no-untyped-def]  # segno carries no types
    import segno

    if len(address) > _LONGEST_ADDRESS:
        raise DocumentError("bad-fact", f"核验网址超过{_LONGEST_ADDRESS}个字符，不能编成二维码。")
    return segno.make(address, error="m", micro=False)


def qr_rows(address: str) -> tuple[bytes, ...]:
    """The modules, row by row: 1 = dark."""
    return tuple(bytes(row) for row in _code(address).matrix)


def qr_png(address: str) -> bytes:
    """The code as PNG, for word processors."""
    out = io.BytesIO()
    _code(address).save(out, kind="png", border=2, scale=8)
    return out.getvalue()
