"""Make photographs and packages for the tests (测试照片与证据包)."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping

from PIL import ExifTags, Image

from tests.intake.ledgers import HEADERS, reference, row, text
from yisong.intake.evidence import EvidencePackage, read_evidence
from yisong.intake.ledger import read_workbook
from yisong.intake.rows import LedgerInspection
from yisong.intake.verify import verify

NOON = dt.datetime(2026, 9, 8, 12, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
PDF = b"%PDF-1.7\n1 0 obj\n"


def photograph(
    *, taken: dt.datetime | None = None, place: tuple[float, float] | None = None, software: str = "", colour: str = "navy", size: tuple[int, int] = (64, 48),
    turned: int = 1,
) -> bytes:  # fmt: skip
    """A JPEG as a telephone makes it (照片)."""
    image = Image.new("RGB", size, colour)
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "示例".encode().hex(), "X1"
    exif[ExifTags.Base.Orientation] = turned
    if software:
        exif[ExifTags.Base.Software] = software
    if taken is not None:
        detail = exif.get_ifd(ExifTags.IFD.Exif)
        detail[ExifTags.Base.DateTimeOriginal] = taken.strftime("%Y:%m:%d %H:%M:%S")
        if taken.tzinfo is not None:
            offset = taken.strftime("%z")
            detail[ExifTags.Base.OffsetTimeOriginal] = f"{offset[:3]}:{offset[3:]}"
    if place is not None:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        for value, reference, number, names in ((2, 1, place[0], "NS"), (4, 3, place[1], "EW")):
            gps[reference] = names[0] if number >= 0 else names[1]
            degrees = int(abs(number))
            minutes = int((abs(number) - degrees) * 60)
            gps[value] = (float(degrees), float(minutes), ((abs(number) - degrees) * 60 - minutes) * 60)
    stream = io.BytesIO()
    image.save(stream, "JPEG", exif=exif)
    return stream.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of some files (压缩包)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return stream.getvalue()


def inspections() -> tuple[LedgerInspection, ...]:
    """Two inspections and four findings to match files with (匹配用的台账)."""
    rows = [
        row(), row(问题编号="W2", 检查事项="GS-09", 发现问题="未设标志", 证据材料="照片（IMG_0012.jpg）、检定证书.pdf"),
        row(问题编号="W10", 检查事项="GS-05", 发现问题="未考核", 处置方式="自办", 证据材料=None),
        row(检查编号="JC-2", 行政行为码="XZJC-2", 问题编号="W3", 检查日期=dt.date(2026, 9, 9), 被检查单位="云溪县样例海鲜大酒店有限公司", 统一社会信用代码="91339927MAXN00040R", 证据材料=None),
    ]  # fmt: skip
    return verify(read_workbook(text([list(HEADERS), *rows])), reference=reference()).inspections


def taken_in(files: Mapping[str, bytes]) -> EvidencePackage:
    """Take in a package of these files (接收一个证据包)."""
    return read_evidence(zipped(files), inspections=inspections(), name="证据.zip", today=dt.date(2026, 11, 20))
