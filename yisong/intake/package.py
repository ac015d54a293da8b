"""The standard package of evidence (证据移交标准包): written by one installation, read by another, equal on both sides.

A ZIP with `manifest.json` (what it is, from whom to whom, one entry for each file with size and SHA-256), the files
under `files/`, and `manifest.sha256`, the digest of the manifest. The same content gives the same bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from yisong.intake.archive import digest, open_package, safe_path
from yisong.intake.errors import PackageRefused

FORMAT = "yisong-evidence"
VERSION = 1
MANIFEST, SEAL, FILES = "manifest.json", "manifest.sha256", "files/"
_STAMP = (2000, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class PackedFile:
    """One file of a standard package (标准包文件). `finding` is its key in the sending system; `details` is open."""

    path: str
    data: bytes = field(repr=False)
    content_type: str = "application/octet-stream"
    kind: str = ""
    finding: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StandardPackage:
    """What travels (标准包). `header` tells sender, receiver, case and unit; values that JSON can carry.

    The order of files means nothing: they are kept by path.
    """

    header: Mapping[str, Any]
    files: Sequence[PackedFile]

    def __post_init__(self) -> None:
        object.__setattr__(self, "files", tuple(sorted(self.files, key=lambda file: file.path)))


def write_package(package: StandardPackage) -> bytes:
    """Write a standard package (导出标准包). Raises PackageRefused for unsafe or doubled paths."""
    files = package.files
    paths = [file.path for file in files]
    for path in paths:
        if safe_path(path) != path:
            raise PackageRefused("PATH_OUTSIDE", f"文件路径“{path}”不合规，不能打包：请改名")
    if len({path.casefold() for path in paths}) < len(paths):
        raise PackageRefused("SAME_NAME", "有重名文件（大小写不计），不能打包：请改名")
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "header": dict(package.header),
        "files": [{**_entry(file), "size": len(file.data), "sha256": digest(file.data)} for file in files],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, MANIFEST, text)
        _add(archive, SEAL, hashlib.sha256(text).hexdigest().encode())
        for file in files:
            _add(archive, FILES + file.path, file.data)
    return stream.getvalue()


def read_package(source: str | Path | bytes, *, name: str = "") -> StandardPackage:
    """Read a standard package and check every digest (导入标准包).

    Raises PackageRefused when it is no such package, of a newer version, or when anything was changed, lost or added.
    """
    shown = name or (Path(source).name if not isinstance(source, bytes) else "标准包")
    opened = open_package(source, name=shown)
    if opened.left_out:
        path, _, reason = opened.left_out[0]
        raise PackageRefused(
            "NOT_STANDARD", f"“{shown}”里的“{path}”{reason}：标准包不应含这样的文件，请向移送方索取原包"
        )
    members = {member.path: member for member in opened.members}
    if MANIFEST not in members or SEAL not in members:
        raise PackageRefused(
            "NOT_STANDARD", f"“{shown}”不是证据移交标准包（缺 {MANIFEST}）：请确认文件；普通照片包请用证据导入"
        )
    text = members[MANIFEST].read()
    seal = members[SEAL].read().strip().decode("ascii", "replace")
    if not hmac.compare_digest(hashlib.sha256(text).hexdigest().encode(), seal.encode()):
        raise _changed(shown, "清单")
    manifest = _manifest(text, shown)
    files = tuple(_packed(entry, members, shown) for entry in manifest["files"])
    expected = {MANIFEST, SEAL, *(FILES + file.path for file in files)}
    extra = sorted(set(members) - expected)
    if extra:
        raise PackageRefused("EXTRA_FILE", f"“{shown}”里多出清单以外的文件“{extra[0]}”：请向移送方索取原包")
    return StandardPackage(manifest["header"], files)


def _manifest(text: bytes, shown: str) -> dict[str, Any]:
    try:
        manifest = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _changed(shown, "清单") from error
    wrong = PackageRefused("NOT_STANDARD", f"“{shown}”的清单格式不对：请向移送方索取原包")
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise wrong
    version = manifest.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise PackageRefused("NEWER_VERSION", f"“{shown}”是较新版本（{version}）的标准包：请先升级本系统")
    if not isinstance(manifest.get("header"), dict) or not isinstance(manifest.get("files"), list):
        raise wrong
    if not all(isinstance(entry, dict) and isinstance(entry.get("path"), str) for entry in manifest["files"]):
        raise wrong
    return manifest


def _packed(entry: Mapping[str, Any], members: Mapping[str, Any], shown: str) -> PackedFile:
    path = str(entry["path"])
    member = members.get(FILES + path)
    if safe_path(path) != path or member is None:
        raise PackageRefused("FILE_LOST", f"“{shown}”缺少清单上的文件“{path}”：请向移送方索取原包")
    data = member.read()
    if len(data) != entry.get("size") or not hmac.compare_digest(
        digest(data).encode(), str(entry.get("sha256")).encode()
    ):
        raise _changed(shown, f"文件“{path}”")
    details = entry.get("details")
    return PackedFile(
        path, data, str(entry.get("content_type", "")), str(entry.get("kind", "")), str(entry.get("finding", "")),
        details if isinstance(details, dict) else {},
    )  # fmt: skip


def _entry(file: PackedFile) -> dict[str, Any]:
    return {name: value for name, value in asdict(file).items() if name != "data"}


def _add(archive: zipfile.ZipFile, path: str, data: bytes) -> None:
    info = zipfile.ZipInfo(path, _STAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o100644 << 16
    info.create_system = 3
    archive.writestr(info, data)


def _changed(shown: str, what: str) -> PackageRefused:
    return PackageRefused(
        "DIGEST_DIFFERS", f"“{shown}”的{what}与摘要不符，可能在传递中损坏或被改动，已拒收：请向移送方重新索取"
    )


def digests(files: Iterable[PackedFile]) -> dict[str, str]:
    """The SHA-256 of every file by path (摘要对照)."""
    return {file.path: digest(file.data) for file in files}
