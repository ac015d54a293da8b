"""Open an evidence package without being hurt by it (安全打开证据包): a ZIP or a folder.

Refused as a whole: bombs, passwords, damaged archives, too many files. Left out by name: paths that lead outside,
links, what operating systems leave behind.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from yisong.intake.errors import PackageRefused

MOST_FILES = 5_000
MOST_BYTES = 2 * 1024**3
MOST_BYTES_OF_A_FILE = 300 * 1024**2
MOST_TIMES_UNPACKED = 200  # unpacked to packed, for files above the size below
RATIO_COUNTS_FROM = 1024**2
_CHUNK = 1 << 20
_DEBRIS = ("__macosx", ".ds_store", "thumbs.db", "desktop.ini", ".thumbnails", "@eadir")
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    LookupError,
)


@dataclass(frozen=True)
class Member:
    """One file of a package (包内文件). `path` is relative, with forward slashes; `read` opens the content anew."""

    path: str
    size: int
    read: Callable[[], bytes] = field(repr=False)

    @property
    def name(self) -> str:
        """The file name without folders (文件名)."""
        return PurePosixPath(self.path).name


@dataclass(frozen=True)
class Opened:
    """The files of a package, and what was left out: (path, code, reason) (打开结果)."""

    members: tuple[Member, ...]
    left_out: tuple[tuple[str, str, str], ...]


def open_package(source: str | Path | bytes, *, name: str = "") -> Opened:
    """Open a folder, a ZIP file or the bytes of one (打开证据包). Raises PackageRefused."""
    if isinstance(source, bytes):
        return _open_zip(source, name or "证据包")
    path = Path(source)
    if path.is_dir():
        return _open_folder(path)
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise _too_large(name or path.name)
        return _open_zip(path, name or path.name)
    except OSError as error:
        raise PackageRefused("PACKAGE_MISSING", f"证据包“{path}”打不开（{error.strerror}）：请检查路径") from error


def safe_path(raw: str) -> str | None:
    """Give a path inside a package in its plain form, or None if it leads outside (路径检查)."""
    text = unicodedata.normalize("NFC", raw).replace("\\", "/")
    if not text or "\x00" in text or text.startswith("/") or (len(text) > 1 and text[1] == ":") or len(text) > 500:
        return None
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if not parts or any(
        part == ".." or part.strip(" .") == "" or any(ord(char) < 32 for char in part) for part in parts
    ):
        return None
    return "/".join(parts)


def is_debris(path: str) -> bool:
    """Tell whether a file is only what an operating system or an office program left (系统残留文件)."""
    parts = path.lower().split("/")
    return any(part in _DEBRIS for part in parts) or parts[-1].startswith(("~$", "._", ".~"))


def digest(data: bytes) -> str:
    """SHA-256 as hexadecimal digits (文件摘要)."""
    return hashlib.sha256(data).hexdigest()


def _open_zip(source: bytes | Path, name: str) -> Opened:
    try:
        archive = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
        infos = archive.infolist()
    except (*DAMAGE, OSError) as error:
        raise PackageRefused(
            "PACKAGE_DAMAGED", f"“{name}”不是 ZIP 压缩包，或已损坏：请重新打包成 .zip（不要用 .rar、.7z）"
        ) from error
    if any(info.flag_bits & 0x1 for info in infos):
        raise PackageRefused("PACKAGE_LOCKED", f"“{name}”有解压密码：请去掉密码后重新打包")
    _check_bomb(infos, name)
    members: list[Member] = []
    left_out: list[tuple[str, str, str]] = []
    for info in infos:
        if info.filename.endswith("/"):  # is_dir() stumbles over a name of no letters
            continue
        path = safe_path(_name_of(info))
        if path is None:
            left_out.append(
                (
                    info.filename[:200],
                    "PATH_OUTSIDE",
                    "文件路径不合规（指向包外或含非法字符），没有接收：请检查压缩包来源",
                )
            )
        elif (info.external_attr >> 16) & 0o170000 == 0o120000:
            left_out.append((path, "IS_LINK", "是链接而不是文件，没有接收：请打包原文件"))
        elif is_debris(path):
            left_out.append((path, "DEBRIS", "系统残留文件，已忽略"))
        else:
            members.append(Member(path, info.file_size, _reader(archive, info, path)))
    return _apart(members, left_out)


def _check_bomb(infos: list[zipfile.ZipInfo], name: str) -> None:
    if len(infos) > MOST_FILES:
        raise PackageRefused("TOO_MANY_FILES", f"“{name}”有 {len(infos)} 个文件，超过 {MOST_FILES} 个：请分批打包")
    if sum(info.file_size for info in infos) > MOST_BYTES or any(
        info.file_size > MOST_BYTES_OF_A_FILE for info in infos
    ):
        raise _too_large(name)
    for info in infos:
        if info.file_size > RATIO_COUNTS_FROM and info.file_size > MOST_TIMES_UNPACKED * max(info.compress_size, 1):
            raise PackageRefused(
                "BOMB", f"“{name}”中的“{info.filename[:80]}”解压后异常膨胀，疑似压缩炸弹，已拒收：请核实来源"
            )


def _reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            with archive.open(info) as stream:
                data = b"".join(_limited(stream.read, info.file_size))
        except (*DAMAGE, OSError) as error:
            raise PackageRefused("FILE_DAMAGED", f"证据包中的“{path}”已损坏：请重新打包") from error
        return data

    return read


def _limited(read: Callable[[int], bytes], declared: int) -> Iterator[bytes]:
    total = 0
    while chunk := read(_CHUNK):
        total += len(chunk)
        if total > min(declared, MOST_BYTES_OF_A_FILE):
            raise ValueError("more bytes than declared")
        yield chunk


def _name_of(info: zipfile.ZipInfo) -> str:
    """Undo what Windows does to Chinese names in a ZIP (压缩包中文文件名)."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _open_folder(root: Path) -> Opened:
    members: list[Member] = []
    left_out: list[tuple[str, str, str]] = []
    total = 0
    for entry in sorted(root.rglob("*")):
        path = entry.relative_to(root).as_posix()
        if entry.is_symlink():
            left_out.append((path, "IS_LINK", "是链接而不是文件，没有接收：请放入原文件"))
            continue
        if not entry.is_file() or any(
            parent.is_symlink() for parent in entry.parents if parent != root and root in parent.parents
        ):
            continue
        if is_debris(path):
            left_out.append((path, "DEBRIS", "系统残留文件，已忽略"))
            continue
        size = entry.stat().st_size
        total += size
        if len(members) >= MOST_FILES:
            raise PackageRefused("TOO_MANY_FILES", f"“{root.name}”超过 {MOST_FILES} 个文件：请分批导入")
        if total > MOST_BYTES or size > MOST_BYTES_OF_A_FILE:
            raise _too_large(root.name)
        members.append(Member(unicodedata.normalize("NFC", path), size, entry.read_bytes))
    return _apart(members, left_out)


def _apart(members: list[Member], left_out: list[tuple[str, str, str]]) -> Opened:
    seen: dict[str, Member] = {}
    for member in members:
        if seen.setdefault(member.path.casefold(), member) is not member:
            left_out.append((member.path, "SAME_NAME", "与另一个文件重名，没有接收：请改名后重新打包"))
    return Opened(tuple(seen.values()), tuple(left_out))


def _too_large(name: str) -> PackageRefused:
    most, single = MOST_BYTES // 1024**3, MOST_BYTES_OF_A_FILE // 1024**2
    return PackageRefused(
        "PACKAGE_TOO_LARGE", f"“{name}”解压后超过 {most} GB，或有单个文件超过 {single} MB：请压缩视频或分批打包"
    )
