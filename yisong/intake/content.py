"""Tell what a file is by its content, whatever it is called (按内容识别文件类型)."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

OFFICE_PARTS = (
    ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
    ("OFD.xml", "application/ofd", "ofd"),
)


@dataclass(frozen=True, slots=True)
class ContentType:
    """What a file is (文件类型). `family` is image, audio, video, document, archive, program or unknown."""

    mime: str
    extension: str
    family: str


JPEG = ContentType("image/jpeg", "jpg", "image")
PDF = ContentType("application/pdf", "pdf", "document")
PLAIN = ContentType("text/plain", "txt", "document")
UNKNOWN = ContentType("application/octet-stream", "", "unknown")
_SIGNATURES: tuple[tuple[int, bytes, ContentType], ...] = (
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"\x89PNG\r\n\x1a\n", ContentType("image/png", "png", "image")),
    (0, b"GIF8", ContentType("image/gif", "gif", "image")),
    (0, b"BM", ContentType("image/bmp", "bmp", "image")),
    (0, b"II*\x00", ContentType("image/tiff", "tif", "image")),
    (0, b"MM\x00*", ContentType("image/tiff", "tif", "image")),
    (8, b"WEBP", ContentType("image/webp", "webp", "image")),
    (4, b"ftypheic", ContentType("image/heic", "heic", "image")),
    (4, b"ftypheix", ContentType("image/heic", "heic", "image")),
    (4, b"ftypmif1", ContentType("image/heic", "heic", "image")),
    (4, b"ftypM4A", ContentType("audio/mp4", "m4a", "audio")),
    (4, b"ftypqt", ContentType("video/quicktime", "mov", "video")),
    (4, b"ftyp", ContentType("video/mp4", "mp4", "video")),
    (8, b"AVI ", ContentType("video/x-msvideo", "avi", "video")),
    (8, b"WAVE", ContentType("audio/wav", "wav", "audio")),
    (0, b"ID3", ContentType("audio/mpeg", "mp3", "audio")),
    (0, b"\xff\xfb", ContentType("audio/mpeg", "mp3", "audio")),
    (0, b"#!AMR", ContentType("audio/amr", "amr", "audio")),
    (0, b"OggS", ContentType("audio/ogg", "ogg", "audio")),
    (0, b"\x1aE\xdf\xa3", ContentType("video/webm", "webm", "video")),
    (0, b"%PDF-", PDF),
    (0, b"{\\rtf", ContentType("application/rtf", "rtf", "document")),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ContentType("application/x-ole-storage", "doc", "document")),
    (0, b"Rar!\x1a\x07", ContentType("application/vnd.rar", "rar", "archive")),
    (0, b"7z\xbc\xaf\x27\x1c", ContentType("application/x-7z-compressed", "7z", "archive")),
    (0, b"\x1f\x8b", ContentType("application/gzip", "gz", "archive")),
    (0, b"BZh", ContentType("application/x-bzip2", "bz2", "archive")),
    (0, b"\xfd7zXZ\x00", ContentType("application/x-xz", "xz", "archive")),
    (257, b"ustar", ContentType("application/x-tar", "tar", "archive")),
    (0, b"MZ", ContentType("application/x-dosexec", "exe", "program")),
    (0, b"\x7fELF", ContentType("application/x-elf", "", "program")),
    (0, b"\xca\xfe\xba\xbe", ContentType("application/java-vm", "class", "program")),
    (0, b"\xcf\xfa\xed\xfe", ContentType("application/x-mach-binary", "", "program")),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", ContentType("application/x-ms-shortcut", "lnk", "program")),
    (0, b"#!", ContentType("text/x-script", "sh", "program")),
)
_SAME = {"jpeg": "jpg", "tiff": "tif", "jfif": "jpg", "heif": "heic", "m4v": "mp4", "3gp": "mp4", "xls": "doc", "ppt": "doc", "wps": "doc", "et": "doc", "dps": "doc", "csv": "txt", "md": "txt", "log": "txt"}  # fmt: skip


def sniff(data: bytes) -> ContentType:
    """Tell what bytes are (识别内容). The first 16 KB decide, for archives the list of their members."""
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    for offset, signature, found in _SIGNATURES:
        if data[offset : offset + len(signature)] == signature:
            return found
    start = data[:16_384]
    lowered = start[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if lowered.startswith((b"<!doctype html", b"<html", b"<script", b"<svg", b"<?xml")):
        return ContentType("text/html", "html", "program")  # may carry scripts: not shown, not stored
    if b"\x00" not in start and _is_text(start):
        return PLAIN
    return UNKNOWN


def same_kind(found: ContentType, extension: str) -> bool:
    """Tell whether a file name's ending agrees with the content (扩展名与内容一致)."""
    ending = extension.lower().lstrip(".")
    return _SAME.get(ending, ending) == _SAME.get(found.extension, found.extension)


def _office(data: bytes) -> ContentType:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return UNKNOWN
    for part, mime, extension in OFFICE_PARTS:
        if any(name.startswith(part) for name in names):
            return ContentType(mime, extension, "document")
    return ContentType("application/zip", "zip", "archive")


def _is_text(start: bytes) -> bool:
    if not start:
        return False
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):  # the sample may end in the middle of a character
            try:
                text = start[: len(start) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return sum(1 for char in text if char < " " and char not in "\r\n\t\f") == 0
    return False
