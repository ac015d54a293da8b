"""Savings inside the printing libraries (印刷库调优), worth about a third of the time of a letter.

All leave the meaning alone. The libraries are pinned, and `tests/documents/test_printing.py` holds the result.
"""

from __future__ import annotations

import gc
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any

from yisong.documents.errors import DocumentError

_LEVEL = 4  # pydyf packs at 9: three times the time of 4 for three per cent of the size
_WORTH_PREPARING = 20  # letters
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
        faces.ffi.cdef("hb_face_t *hb_subset_preprocess(hb_face_t *);")
        pydyf.PDF.write = _writing_once(pydyf.PDF.write)
    faces.get_hb_object_data = _no_copy_of_a_whole_face
    faces.Font.subset = _keep_used_glyphs


def _no_copy_of_a_whole_face(face: Any) -> bytes:
    """Of every face that a letter uses WeasyPrint copies the whole file, megabytes, and puts the subset in its place afterwards."""
    return b""


def _writing_once(write: Callable[..., None]) -> Callable[..., None]:
    """pydyf writes and packs every object twice, for the file and for its identifier; here once, for both."""

    def once(pdf: Any, *arguments: Any, **named: Any) -> None:
        pdf.objects = [each if each.free == "f" else _Settled(each) for each in pdf.objects]
        write(pdf, *arguments, **named)

    return once


class _Settled:
    """A PDF object whose content will not change any more."""

    __slots__ = ("compressible", "data", "free", "generation", "number", "offset")

    def __init__(self, inner: Any) -> None:
        self.number, self.generation, self.free, self.offset = inner.number, inner.generation, inner.free, inner.offset
        self.compressible, self.data = inner.compressible, inner.data

    @property
    def indirect(self) -> bytes:
        return b"%d %d obj\n%s\nendobj" % (self.number, self.generation, self.data)


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
    face = ffi.gc(harfbuzz_subset.hb_subset_or_fail(_prepared(font.hb_face), request), harfbuzz.hb_face_destroy)
    content = get_hb_object_data(face) if face else None
    if not content:
        raise DocumentError("bad-font", f"字体“{font.family}”不能取子集，文书不能生成。请更换该字体文件。")
    font.file_content = content


_seen: dict[
    int, tuple[int, Any]
] = {}  # by the face's address: letters so far, the face to cut from (both are kept alive)


def _prepared(face: Any) -> Any:
    """A face made ready for many subsets (HarfBuzz 6): 50 ms once, then 0.3 ms a letter instead of 1.1. The subsets are the same."""
    from weasyprint.text.ffi import ffi, harfbuzz, harfbuzz_subset

    place = int(ffi.cast("intptr_t", face))
    letters, ready = _seen.get(place, (0, None))
    if letters == 0:
        ready = ffi.gc(harfbuzz.hb_face_reference(face), harfbuzz.hb_face_destroy)
    elif letters == _WORTH_PREPARING:
        with suppress(AttributeError):  # an older library
            ready = ffi.gc(harfbuzz_subset.hb_subset_preprocess(face), harfbuzz.hb_face_destroy)
    _seen[place] = (letters + 1, ready)
    return ready


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
