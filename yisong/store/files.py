"""Files under their SHA-256 (按摘要存放的文件): what was issued lies where its digest says."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path


def store_file(folder: Path, content: bytes, *, suffix: str) -> str:
    """Keep a file under its SHA-256 (按摘要存放); written whole or not at all."""
    digest = hashlib.sha256(content).hexdigest()
    place = folder / digest[:2] / f"{digest}.{suffix}"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f".{place.name}.{secrets.token_hex(4)}")  # two who write the same do not share a draft
        draft.write_bytes(content)
        draft.replace(place)
    return digest


def file_of(folder: Path, digest: str, *, suffix: str) -> Path:
    """Where a stored file lies (文件位置)."""
    return folder / digest[:2] / f"{digest}.{suffix}"
