"""Compare where photographs were taken (拍摄地点比对): far from the others of the same visit, or nowhere in this country."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from yisong.intake.values import Note

Point = tuple[float, float]
FARTHEST = 2.0
"""Kilometres from the middle of the visit's other photographs before somebody is asked to look (系统默认)."""
_EARTH = 6371.0
_COUNTRY = ((3.0, 54.0), (73.0, 136.0))


def kilometres(first: Point, second: Point) -> float:
    """The distance of two points in degrees of WGS 84, in kilometres (距离)."""
    (south, west), (north, east) = ((math.radians(each) for each in point) for point in (first, second))
    half = math.sin((north - south) / 2) ** 2 + math.cos(south) * math.cos(north) * math.sin((east - west) / 2) ** 2
    return 2 * _EARTH * math.asin(math.sqrt(min(1.0, half)))


def compare_place(place: Point, *, others: Sequence[Point]) -> tuple[Note, ...]:
    """What the place of a photograph says beside those of the same visit (地点比对); () where nothing is odd."""
    if not all(low <= value <= high for value, (low, high) in zip(place, _COUNTRY, strict=True)):
        return (Note("warning", "PLACE_ABROAD", "照片的定位不在国内：请核对是不是本次检查的照片"),)
    if not others:
        return ()
    middle = (median(point[0] for point in others), median(point[1] for point in others))
    apart = kilometres(place, middle)
    if apart <= FARTHEST:
        return ()
    text = f"照片的拍摄地点与同次检查的其他照片相距约 {apart:.1f} 公里：请核对是不是同一处场所"
    return (Note("warning", "PLACE_FAR", text),)
