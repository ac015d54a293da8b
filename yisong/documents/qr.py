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


def qr_svg(address: str) -> bytes:
    """The code as SVG, with the quiet zone of two modules."""
    out = io.BytesIO()
    _code(address).save(out, kind="svg", border=2, xmldecl=False, svgns=True, omitsize=True)
    return out.getvalue()


def qr_png(address: str) -> bytes:
    """The code as PNG, for word processors."""
    out = io.BytesIO()
    _code(address).save(out, kind="png", border=2, scale=8)
    return out.getvalue()
