"""Read when and where a photograph was taken, and make it small (照片的原始时间、地点与缩略图)."""

from __future__ import annotations

import datetime as dt
import io
import math
import warnings
from dataclasses import dataclass
from typing import Any

from PIL import ExifTags, Image, ImageOps

MOST_PIXELS = 120_000_000
THUMBNAIL_PIXELS = 320
_CHINA = dt.timezone(dt.timedelta(hours=8), "CST")


@dataclass(frozen=True, slots=True)
class Taken:
    """Where a photograph comes from (拍摄信息).

    `at` is an instant; where the camera wrote no zone, China's is meant (`zone_assumed`). Degrees are WGS 84, north
    and east positive. `edited_by` names the software that wrote the file, when it is no camera's.
    """

    at: dt.datetime | None = None
    zone_assumed: bool = False
    latitude: float | None = None
    longitude: float | None = None
    camera: str = ""
    edited_by: str = ""
    width: int = 0
    height: int = 0


class PhotoUnreadable(ValueError):
    """The file says that it is an image and is none that can be read (图片无法读取)."""


def read_photo(data: bytes) -> Taken:
    """Read what a photograph tells about itself (读取拍摄信息). Raises PhotoUnreadable."""
    try:
        with _opened(data) as image:
            exif = image.getexif()
            detail = exif.get_ifd(ExifTags.IFD.Exif)
            place = exif.get_ifd(ExifTags.IFD.GPSInfo)
            width, height = image.size
    except PhotoUnreadable:
        raise
    except Exception as error:  # Pillow's readers raise whatever a damaged file makes of them
        raise PhotoUnreadable(str(error)) from error
    at, assumed = _instant(detail, exif)
    latitude, longitude = _degrees(place, 2, 1, "S", 90), _degrees(place, 4, 3, "W", 180)
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        latitude = longitude = None
    camera = " ".join(_words(exif.get(tag)) for tag in (ExifTags.Base.Make, ExifTags.Base.Model)).strip()
    return Taken(
        at, assumed, latitude, longitude, camera, _editor(_words(exif.get(ExifTags.Base.Software))), width, height
    )


def thumbnail(data: bytes, *, pixels: int = THUMBNAIL_PIXELS) -> bytes:
    """Make a small JPEG, upright, without what the camera wrote (缩略图). Raises PhotoUnreadable."""
    try:
        with _opened(data) as image:
            image.draft("RGB", (pixels * 2, pixels * 2))
            small = ImageOps.exif_transpose(image)
            small.thumbnail((pixels, pixels))
            if small.mode in ("RGBA", "LA", "P", "PA"):
                layer = small.convert("RGBA")
                small = Image.new("RGB", layer.size, "white")
                small.paste(layer, mask=layer.getchannel("A"))
            stream = io.BytesIO()
            small.convert("RGB").save(stream, "JPEG", quality=80, optimize=True)
    except PhotoUnreadable:
        raise
    except Exception as error:  # Pillow's readers raise whatever a damaged file makes of them
        raise PhotoUnreadable(str(error)) from error
    return stream.getvalue()


def _opened(data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = Image.open(io.BytesIO(data))
    if image.size[0] * image.size[1] > MOST_PIXELS:
        raise PhotoUnreadable(f"{image.size[0]}×{image.size[1]} pixels")
    return image


def _instant(detail: dict[int, Any], exif: Image.Exif) -> tuple[dt.datetime | None, bool]:
    written = (
        (detail.get(ExifTags.Base.DateTimeOriginal), detail.get(ExifTags.Base.OffsetTimeOriginal)),
        (detail.get(ExifTags.Base.DateTimeDigitized), detail.get(ExifTags.Base.OffsetTimeDigitized)),
        (exif.get(ExifTags.Base.DateTime), detail.get(ExifTags.Base.OffsetTime)),
    )
    for when, offset in written:
        text = _words(when)[:19].replace("-", ":")
        try:
            local = dt.datetime.strptime(text, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - the zone is beside it, or assumed
        except ValueError:
            continue
        zone = _zone(_words(offset))
        return local.replace(tzinfo=zone or _CHINA), zone is None
    return None, False


def _zone(text: str) -> dt.timezone | None:
    try:
        return (
            dt.timezone(dt.timedelta(hours=int(text[:3]), minutes=int(text[0] + text[4:6]))) if len(text) == 6 else None
        )
    except ValueError:
        return None


def _degrees(place: dict[int, Any], value: int, reference: int, negative: str, limit: int) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in place[value])
        found = degrees + minutes / 60 + seconds / 3600
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    if not math.isfinite(found) or not 0 <= found <= limit:
        return None
    return round(-found if _words(place.get(reference)).upper().startswith(negative) else found, 6)


def _words(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return str(value).replace("\x00", "").strip() if value is not None else ""


def _editor(software: str) -> str:
    known = ("photoshop", "gimp", "lightroom", "snapseed", "picsart", "meitu", "美图", "acdsee", "paint", "wps")
    return software if any(word in software.lower() for word in known) else ""
