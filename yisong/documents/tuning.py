"""Three savings inside the printing libraries (印刷库调优), worth about a quarter of the time of a letter.

All leave the meaning alone. The libraries are pinned, and `tests/documents/test_printing.py` holds the result.
"""

from __future__ import annotations

import gc
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from yisong.documents.errors import DocumentError

_LEVEL = 4  # pydyf packs at 9: three times the time of 4 for three per cent of the size
_SIZED_ARRAY = re.compile(r"hb_codepoint_t\[\d+\]")


def install() -> None:
    """Apply them in this process."""
    import pydyf  # type: ignore[import-untyped]
    import weasyprint.pdf.fonts as faces

    pydyf.zlib = SimpleNamespace(
        compressobj=lambda level=_LEVEL: zlib.compressobj(level=_LEVEL),
        compress=lambda data: zlib.compress(data, _LEVEL),
    )
    if not isinstance(faces.ffi, _OpenArrays):
        faces.ffi = _OpenArrays(faces.ffi)
    faces.Font._harfbuzz_subset = _keep_used_glyphs


def _keep_used_glyphs(font: Any, used: Iterable[int], hinting: bool) -> None:
    """Subset a face in one pass. A second one would cut trailing numbers off; in our slim faces they are zeros, and pack to nothing."""
    from weasyprint.text.ffi import ffi, harfbuzz, harfbuzz_subset
    from weasyprint.text.fonts import get_hb_object_data

    request = ffi.gc(harfbuzz_subset.hb_subset_input_create_or_fail(), harfbuzz_subset.hb_subset_input_destroy)
    glyphs = sorted(used)
    harfbuzz.hb_set_add_sorted_array(
        harfbuzz_subset.hb_subset_input_glyph_set(request), ffi.new("hb_codepoint_t[]", glyphs), len(glyphs)
    )
    flags = harfbuzz_subset.HB_SUBSET_FLAGS_RETAIN_GIDS
    if not hinting:
        flags |= harfbuzz_subset.HB_SUBSET_FLAGS_NO_HINTING
    if font.missing:
        flags |= harfbuzz_subset.HB_SUBSET_FLAGS_NOTDEF_OUTLINE
    harfbuzz_subset.hb_subset_input_set_flags(request, flags)
    face = ffi.gc(harfbuzz_subset.hb_subset_or_fail(font.hb_face, request), harfbuzz.hb_face_destroy)
    content = get_hb_object_data(face) if face else None
    if not content:
        raise DocumentError("bad-font", f"字体“{font.family}”不能取子集，文书不能生成。请更换该字体文件。")
    font.file_content = content


@contextmanager
def without_collector() -> Iterator[None]:
    """Hold the garbage collector while one letter is laid out: everything is alive until its end."""
    held = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if held:
            gc.enable()


class _OpenArrays:
    """cffi parses every new C type once: `hb_codepoint_t[123]` costs 10 ms per length, `hb_codepoint_t[]` nothing."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def new(self, kind: str, *values: Any) -> Any:
        return self._inner.new("hb_codepoint_t[]" if _SIZED_ARRAY.fullmatch(kind) else kind, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
