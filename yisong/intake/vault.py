"""Keep evidence where the county keeps its files (证据存储): a folder now, an object store by configuration.

Files lie under their SHA-256, so that the same photograph is kept once and a changed one cannot take its place.
"""

from __future__ import annotations

import uuid
from typing import Any

import fsspec  # type: ignore[import-untyped]

from yisong.intake.archive import digest
from yisong.intake.errors import PackageRefused


class EvidenceVault:
    """A store of evidence by content (证据库). `url` is anything fsspec knows: a folder, file://…, s3://bucket/…"""

    def __init__(self, url: str, **options: Any) -> None:
        self._files, self._root = fsspec.core.url_to_fs(url, **options)
        self._root = self._root.rstrip("/")

    def put(self, data: bytes) -> str:
        """Keep bytes and give their SHA-256 (存入); keeping them again changes nothing."""
        name = digest(data)
        path = self._path(name)
        if not self._files.exists(path):
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            draft = f"{path}.{uuid.uuid4().hex}"
            self._files.pipe_file(draft, data)
            self._files.mv(draft, path)
        return name

    def get(self, name: str) -> bytes:
        """Give the bytes of a SHA-256 (取出), checked. Raises PackageRefused if they are gone or changed."""
        if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
            raise PackageRefused("NOT_A_DIGEST", "证据编号不是 SHA-256 摘要：请从系统中重新打开该证据")
        try:
            data: bytes = self._files.cat_file(self._path(name))
        except FileNotFoundError:
            raise PackageRefused("FILE_LOST", f"证据文件 {name[:12]}… 不在证据库里：请检查存储或从备份恢复") from None
        if digest(data) != name:
            raise PackageRefused(
                "DIGEST_DIFFERS", f"证据文件 {name[:12]}… 与摘要不符，已被改动或损坏：请从备份恢复并查明原因"
            )
        return data

    def holds(self, name: str) -> bool:
        """Tell whether a file is kept (是否存有)."""
        return bool(self._files.exists(self._path(name)))

    def _path(self, name: str) -> str:
        return f"{self._root}/{name[:2]}/{name[2:4]}/{name}"
