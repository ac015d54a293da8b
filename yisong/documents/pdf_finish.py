"""The last strokes on a printed PDF (PDF收尾): where the seal goes, and the verification code drawn as plain squares."""

from __future__ import annotations

from typing import Any

from yisong.documents.qr import QUIET, qr_rows

SEAL_KEY = "YisongSeal"
_PIXEL = 0.75  # points in a CSS pixel


def finish(document: Any, pdf: Any, *, verify_url: str) -> None:
    """Write the seal's place into the catalogue: page index, then the date's box in points; draw the code in its box."""
    import pydyf  # type: ignore[import-untyped]

    for index, page in enumerate(document.pages):
        height = page.height * _PIXEL
        if "seal" in page.anchors:
            left, top, right, bottom = (float(value) * _PIXEL for value in page.anchors["seal"])
            pdf.catalog[SEAL_KEY] = pydyf.Array(
                [index, round(left, 2), round(height - bottom, 2), round(right, 2), round(height - top, 2)]
            )
        if verify_url and "qr" in page.anchors:
            left, top, right, bottom = (float(value) * _PIXEL for value in page.anchors["qr"])
            drawing = pydyf.Stream([_squares(verify_url, left, height - bottom, right - left)], compress=True)
            pdf.add_object(drawing)
            printed = pdf.objects[int(pdf.page_references[index].split()[0])]
            printed["Contents"] = pydyf.Array([drawing.reference, printed["Contents"]])


def _squares(address: str, left: float, bottom: float, size: float) -> bytes:
    """Runs of dark modules as rectangles, marked as an artifact for readers of the tagged text."""
    rows = qr_rows(address)
    side = size / (len(rows) + 2 * QUIET)
    drawn = ["/Artifact BMC q 0 g"]
    for down, row in enumerate(rows):
        y = bottom + size - (down + 1 + QUIET) * side
        start = None
        for across, dark in enumerate([*row, 0]):
            if dark and start is None:
                start = across
            elif not dark and start is not None:
                drawn.append(f"{left + (start + QUIET) * side:.2f} {y:.2f} {(across - start) * side:.2f} {side:.2f} re")
                start = None
    return "\n".join([*drawn, "f Q EMC"]).encode("ascii")
