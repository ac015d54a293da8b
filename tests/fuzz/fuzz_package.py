"""Throw mutated evidence packages at their readers (证据包读取模糊测试): no crash, and no packed file lost without being named."""

from __future__ import annotations

import io
import json
import random
import zipfile
from functools import cache

from tests.intake.photographs import NOON, PDF, inspections, photograph
from yisong.intake.errors import PackageRefused
from yisong.intake.evidence import read_evidence
from yisong.intake.package import PackedFile, StandardPackage, read_package, write_package
from yisong.intake.rows import LedgerInspection

NAMES = (
    "W1/现场.jpg", "W2_照片.jpg", "IMG_0012.jpg", "JC-2/检定证书.pdf", "W10-1.png", "../外面.jpg", "/根.jpg", "C:\\盘.jpg", "a\x00b.jpg", "名" * 300 + ".jpg",
    "W1/W1/W1.pdf", "__MACOSX/._W1.jpg", "Thumbs.db", "空.jpg", "w3.JPG", "W3.jpg", "程序.exe", "包.zip", ".", "W1/", "W１.jpg", "\u202egpj.W1", "W1 .jpg",
)  # fmt: skip


@cache
def _ledger() -> tuple[LedgerInspection, ...]:
    return inspections()


@cache
def _contents() -> tuple[bytes, ...]:
    return (
        photograph(taken=NOON, place=(29.1, 120.6), size=(8, 8)),
        photograph(taken=NOON.replace(year=2031), software="Photoshop", turned=6, size=(8, 8)),
        photograph(size=(4, 4)),
        PDF,
        b"",
        b"MZ\x90\x00",
        b"PK\x03\x04",
        "笔录".encode(),
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 30,
        b"\x00\x00\x00\x18ftypheic",
    )


@cache
def _standard() -> bytes:
    files = [
        PackedFile(f"W1/{place}.jpg", data, "image/jpeg", "audiovisual", "W1")
        for place, data in enumerate(_contents()[:3])
    ]
    return write_package(StandardPackage({"case": "YX-2026-0001"}, tuple(files)))


def _flipped(chance: random.Random, data: bytes, times: int) -> bytes:
    changed = bytearray(data)
    for _ in range(times if changed else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def evidence(chance: random.Random) -> str:
    """A package of odd names and damaged files, and sometimes a damaged archive (一个证据包)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", chance.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
        for _ in range(chance.randint(0, 5)):
            name = chance.choice(NAMES)
            info = zipfile.ZipInfo(
                name.encode("gb18030", "replace").decode("cp437", "replace") if chance.random() < 0.2 else name
            )
            info.external_attr = chance.choice([0o100644, 0o100644, 0o120777]) << 16
            content = chance.choice(_contents())
            archive.writestr(
                info, _flipped(chance, content, chance.randint(1, 8)) if chance.random() < 0.5 else content
            )
    data = stream.getvalue()
    if chance.random() < 0.3:
        data = _flipped(chance, data, chance.randint(1, 4))
    try:
        package = read_evidence(data, inspections=_ledger(), name="模糊.zip")
    except PackageRefused as refusal:
        assert refusal.code and refusal.message
        return "refused"
    json.dumps(package.to_json(), ensure_ascii=False)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        packed = sum(not info.filename.endswith("/") for info in archive.infolist())
    assert len(package.files) + len(package.left_out) == packed, "a packed file was lost"
    return "read"


def standard_package(chance: random.Random) -> str:
    """A standard package in which something was changed: refused, or still equal in every file (一个标准包)."""
    data = _flipped(chance, _standard(), chance.randint(1, 3))
    try:
        package = read_package(data, name="模糊.zip")
    except PackageRefused as refusal:
        assert refusal.code and refusal.message
        return "refused"
    whole = read_package(_standard(), name="原包.zip")
    assert [(file.path, file.data) for file in package.files] == [(file.path, file.data) for file in whole.files]
    return "read"
