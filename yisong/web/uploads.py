"""Files that come with a form (随表上传): they lie on the disk until they are read."""

from __future__ import annotations

from typing import BinaryIO

from fastapi.datastructures import FormData

from yisong.intake.archive import Member, safe_path

NAMELESS = "未命名文件"


def members(form: FormData, name: str = "files") -> tuple[Member, ...]:
    """The files of one field, by their own names without a folder (上传文件)."""
    files = [value for value in form.getlist(name) if not isinstance(value, str) and value.filename]
    return tuple(_member(file.filename or "", file.file, file.size or 0) for file in files)


def _member(name: str, stream: BinaryIO, size: int) -> Member:
    def read() -> bytes:
        stream.seek(0)
        return stream.read()

    plain = safe_path(name.replace("\\", "/").rpartition("/")[2])
    return Member(plain or NAMELESS, size, read)
