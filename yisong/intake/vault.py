"""Keep evidence where the county keeps its files (证据存储): a folder now, an object store by configuration.

Files lie under their SHA-256, so that the same photograph is kept once and a changed one cannot take its place.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

import fsspec  # type: ignore[import-untyped]
from fsspec.implementations.local import LocalFileSystem  # type: ignore[import-untyped]

from yisong.intake.archive import digest
from yisong.intake.errors import PackageRefused

_CHUNK = 1 << 20
_DIGITS = frozenset("0123456789abcdef")
SOUND, LOST, CHANGED = "sound", "lost", "changed"


class EvidenceVault:
    """A store of evidence by content (证据库). `url` is anything fsspec knows: a folder, file://…, s3://bucket/…"""

    def __init__(self, url: str, **options: Any) -> None:
        try:
            self._files, self._root = fsspec.core.url_to_fs(url, **options)
        except (ImportError, ValueError) as error:
            raise PackageRefused(
                "VAULT_UNKNOWN",
                f"证据库地址打不开（{error}）：请核对 YISONG_EVIDENCE，对象存储须先安装对应的 fsspec 驱动",
            ) from error
        self._root = self._root.rstrip("/")

    def put(self, data: bytes) -> str:
        """Keep bytes and give their SHA-256 (存入); keeping them again changes nothing. Written whole or not at all."""
        name = digest(data)
        path = self._path(name)
        try:
            if self.check(name) != SOUND:  # what was damaged since is put right again
                self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
                if isinstance(self._files, LocalFileSystem):  # an object store shows an object when it is whole
                    draft = f"{path}.{uuid.uuid4().hex}"
                    self._files.pipe_file(draft, data)
                    self._files.mv(draft, path)
                else:
                    self._files.pipe_file(path, data)
        except OSError as error:
            raise PackageRefused("VAULT_CLOSED", f"证据库写不进去（{error}）：请检查存储空间和权限后重试") from error
        return name

    def get(self, name: str) -> bytes:
        """Give the bytes of a SHA-256 (取出), checked. Raises PackageRefused if they are gone or changed."""
        if not _is_digest(name):
            raise PackageRefused("NOT_A_DIGEST", "证据编号不是 SHA-256 摘要：请从系统中重新打开该证据")
        try:
            data: bytes = self._files.cat_file(self._path(name))
        except FileNotFoundError:
            raise PackageRefused("FILE_LOST", f"证据文件 {name[:12]}… 不在证据库里：请检查存储或从备份恢复") from None
        except OSError as error:
            raise PackageRefused("VAULT_CLOSED", f"证据库读不出来（{error}）：请检查存储后重试") from error
        if digest(data) != name:
            raise PackageRefused(
                "DIGEST_DIFFERS", f"证据文件 {name[:12]}… 与摘要不符，已被改动或损坏：请从备份恢复并查明原因"
            )
        return data

    def check(self, name: str) -> str:
        """Compare a kept file with its digest, a piece at a time (核验): sound, lost or changed."""
        counted = hashlib.sha256()
        try:
            with self._files.open(self._path(name), "rb") as stream:
                while chunk := stream.read(_CHUNK):
                    counted.update(chunk)
        except FileNotFoundError:
            return LOST
        except OSError as error:
            raise PackageRefused("VAULT_CLOSED", f"证据库读不出来（{error}）：请检查存储后重试") from error
        return SOUND if counted.hexdigest() == name else CHANGED

    def holds(self, name: str) -> bool:
        """Tell whether a file is kept (是否存有)."""
        return _is_digest(name) and bool(self._files.exists(self._path(name)))

    def _path(self, name: str) -> str:
        return f"{self._root}/{name[:2]}/{name[2:4]}/{name}"


def _is_digest(name: str) -> bool:
    return len(name) == 64 and set(name) <= _DIGITS
