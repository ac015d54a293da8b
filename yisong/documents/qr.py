"""The code that leads to the verification page (核验二维码)."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache

from yisong.documents.errors import DocumentError

QUIET = 2  # modules of white around the code
_LONGEST_ADDRESS = 300
_SCALE = 8
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


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
    """The code as PNG, for word processors: one bit a pixel and eight pixels a module, so that a module is a byte."""
    rows = qr_rows(address)
    light = b"\xff" * (len(rows) + 2 * QUIET)
    edge = b"\xff" * QUIET
    lines = [edge + bytes(0 if dark else 255 for dark in row) + edge for row in rows]
    lines = [light] * QUIET + lines + [light] * QUIET
    pixels = b"".join((b"\0" + line) * _SCALE for line in lines)  # every scan line begins with the number of its filter
    size = len(light) * _SCALE
    head = struct.pack(">2I5B", size, size, 1, 0, 0, 0, 0)  # one bit, greyscale
    return _SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(pixels, 6)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
