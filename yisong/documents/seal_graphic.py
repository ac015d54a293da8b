"""Draw a round official seal as PDF paths (印章图形): ring, five-pointed star, the organ's name along the ring.

Outlines only, no font: the stamp keeps a PDF/A file valid and adds nothing to its text. 42 mm is the size of a county organ's seal
(国发〔1999〕25号, confidence 中). A demonstration seal carries 样章 under the star and is no seal of any organ.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from yisong.documents.fonts import face_file
from yisong.documents.measures import SEAL_MM

SIZE = SEAL_MM * 72 / 25.4
_RED = "0.902 0 0.071"
_RING = 3.4  # points
_FACE = "YisongBiaosong.ttf"
_DEMONSTRATION = "样章"


@lru_cache(maxsize=1)
def _face() -> Any:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    place = face_file(_FACE)
    if place is None:
        raise FileNotFoundError(_FACE)
    return TTFont(place, lazy=True)


def _glyph(character: str, matrix: tuple[float, float, float, float, float, float]) -> str:
    from fontTools.pens.basePen import BasePen  # type: ignore[import-untyped]
    from fontTools.pens.transformPen import TransformPen  # type: ignore[import-untyped]

    font = _face()
    name = font.getBestCmap().get(ord(character))
    if name is None:
        return ""
    operators: list[str] = []

    class Paths(BasePen):  # type: ignore[misc]  # fontTools carries no types
        def _moveTo(self, point: tuple[float, float]) -> None:
            operators.append(f"{point[0]:.2f} {point[1]:.2f} m")

        def _lineTo(self, point: tuple[float, float]) -> None:
            operators.append(f"{point[0]:.2f} {point[1]:.2f} l")

        def _curveToOne(self, a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> None:
            operators.append(f"{a[0]:.2f} {a[1]:.2f} {b[0]:.2f} {b[1]:.2f} {c[0]:.2f} {c[1]:.2f} c")

        def _closePath(self) -> None:
            operators.append("h")

    glyphs = font.getGlyphSet()
    glyphs[name].draw(TransformPen(Paths(glyphs), matrix))
    return " ".join([*operators, "f"])


def _placed(character: str, size: float, angle: float, radius: float, *, narrow: float = 1.0) -> str:
    """A character whose foot points to the middle; `angle` from the top, clockwise, in radians."""
    scale = size / 1000
    cosine, sine = math.cos(-angle), math.sin(-angle)
    middle = SIZE / 2
    x, y = middle + radius * math.sin(angle), middle + radius * math.cos(angle)
    width, lift = -500 * scale * narrow, -380 * scale
    return _glyph(
        character,
        (
            scale * narrow * cosine,
            scale * narrow * sine,
            -scale * sine,
            scale * cosine,
            x + width * cosine - lift * sine,
            y + width * sine + lift * cosine,
        ),
    )


def _circle(radius: float) -> str:
    middle, k = SIZE / 2, radius * 0.5523
    points = [
        f"{middle + radius:.2f} {middle:.2f} m",
        f"{middle + radius:.2f} {middle + k:.2f} {middle + k:.2f} {middle + radius:.2f} {middle:.2f} {middle + radius:.2f} c",
        f"{middle - k:.2f} {middle + radius:.2f} {middle - radius:.2f} {middle + k:.2f} {middle - radius:.2f} {middle:.2f} c",
        f"{middle - radius:.2f} {middle - k:.2f} {middle - k:.2f} {middle - radius:.2f} {middle:.2f} {middle - radius:.2f} c",
        f"{middle + k:.2f} {middle - radius:.2f} {middle + radius:.2f} {middle - k:.2f} {middle + radius:.2f} {middle:.2f} c",
    ]
    return " ".join([*points, "h S"])


def _star(radius: float) -> str:
    middle = SIZE / 2
    points = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.382
        angle = corner * math.pi / 5
        points.append(
            f"{middle + reach * math.sin(angle):.2f} {middle + reach * math.cos(angle):.2f} {'l' if corner else 'm'}"
        )
    return " ".join([*points, "h f"])


@lru_cache(maxsize=128)
def seal_content(organ: str, *, demonstration: bool) -> bytes:
    """Content stream of the seal in a box of `SIZE` by `SIZE` points."""
    spread = min(1.55 * math.pi, len(organ) * 0.36)
    step = spread / max(len(organ) - 1, 1)
    radius = SIZE / 2 - _RING - 11.5
    narrow = min(1.0, step * radius / 15.5)
    drawn = [f"q {_RED} rg {_RED} RG {_RING} w", _circle(SIZE / 2 - _RING / 2 - 0.4), _star(18)]
    drawn += [
        _placed(character, 15, index * step - spread / 2 if len(organ) > 1 else 0.0, radius, narrow=narrow)
        for index, character in enumerate(organ)
    ]
    if demonstration:
        for index, character in enumerate(_DEMONSTRATION):
            drawn.append(_glyph(character, (0.013, 0, 0, 0.013, SIZE / 2 - 16 + index * 19, SIZE / 2 - 36)))
    return "\n".join([*drawn, "Q"]).encode("ascii")


def glyph_path(character: str, size: float, x: float) -> tuple[str, float]:
    """A character as a filled path at `x` on the base line, and its width in points (for page numbers without a font)."""
    font = _face()
    name = font.getBestCmap()[ord(character)]
    scale = size / 1000
    return _glyph(character, (scale, 0, 0, scale, x, 0)), font["hmtx"][name][0] * scale
