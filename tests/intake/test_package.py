"""Evidence travels between two installations and arrives equal, or is refused (证据移交标准包与证据库)."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.photographs import photograph, zipped
from yisong.intake.errors import PackageRefused
from yisong.intake.package import MANIFEST, SEAL, PackedFile, StandardPackage, digests, read_package, write_package
from yisong.intake.vault import EvidenceVault

HEADER = {
    "from": "云溪县应急管理局",
    "to": "云溪县消防救援大队",
    "case": "YX-2026-0001",
    "unit": {"uscc": "91339927MAXN000169"},
    "made_at": "2026-09-08T12:30:00+08:00",
}
PACKAGE = StandardPackage(
    HEADER,
    (
        PackedFile("W1/笔录.pdf", b"%PDF-1.7", "application/pdf", "record", "W1", {"pages": 3}),
        PackedFile("W1/照片.jpg", photograph(), "image/jpeg", "audiovisual", "W1", {"taken_at": "2026-09-08T12:30:00+08:00", "place": [29.1, 120.6]}),
    ),
)  # fmt: skip


def repacked(data: bytes, **changes: bytes | None) -> bytes:
    """The same archive with members replaced, added, or (None) taken out."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files: dict[str, bytes | None] = {info.filename: archive.read(info) for info in archive.infolist()}
    files.update(changes)
    return zipped({path: content for path, content in files.items() if content is not None})


def refusal(data: bytes) -> str:
    with pytest.raises(PackageRefused) as caught:
        read_package(data, name="标准包.zip")
    assert "标准包.zip" in caught.value.message
    return caught.value.code


def test_a_package_arrives_equal_and_is_written_the_same_again() -> None:
    data = write_package(PACKAGE)
    arrived = read_package(data)
    assert arrived == PACKAGE
    assert write_package(arrived) == data
    assert write_package(StandardPackage(HEADER, PACKAGE.files[::-1])) == data
    assert set(digests(arrived.files)) == {"W1/笔录.pdf", "W1/照片.jpg"}


paths = st.text("abc甲乙丙/-_ .1", min_size=1, max_size=20)


@given(st.dictionaries(paths, st.binary(max_size=200), max_size=6))
def test_any_files_arrive_equal_or_are_refused_before_they_leave(files: dict[str, bytes]) -> None:
    package = StandardPackage({"from": "甲"}, tuple(PackedFile(path, data) for path, data in sorted(files.items())))
    try:
        data = write_package(package)
    except PackageRefused as refused:
        assert refused.code in ("PATH_OUTSIDE", "SAME_NAME")
        return
    try:
        assert read_package(data) == package
    except PackageRefused as refused:
        assert refused.code == "NOT_STANDARD"  # a name that an office program leaves behind, such as ._a


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_changed_byte_never_passes_as_the_same_package(place: int, change: int) -> None:
    data = bytearray(write_package(PACKAGE))
    data[place % len(data)] ^= change
    try:
        arrived = read_package(bytes(data))
    except PackageRefused:
        return
    assert arrived == PACKAGE  # the byte said nothing about the content: a time stamp, an attribute


def test_what_was_changed_lost_or_added_is_refused_by_name() -> None:
    data = write_package(PACKAGE)
    manifest = json.loads(zipfile.ZipFile(io.BytesIO(data)).read(MANIFEST))
    assert refusal(repacked(data, **{"files/W1/笔录.pdf": b"%PDF-1.8"})) == "DIGEST_DIFFERS"
    assert refusal(repacked(data, **{"files/W1/笔录.pdf": None})) == "FILE_LOST"
    assert refusal(repacked(data, **{"files/W1/多.pdf": b"%PDF"})) == "EXTRA_FILE"
    assert refusal(repacked(data, **{MANIFEST: json.dumps(manifest).encode()})) == "DIGEST_DIFFERS"
    assert refusal(repacked(data, **{MANIFEST: None})) == "NOT_STANDARD"
    assert refusal(zipped({"照片.jpg": photograph()})) == "NOT_STANDARD"
    assert refusal(repacked(data, **{"../x": b"x"})) == "NOT_STANDARD"


def sealed(manifest: object) -> bytes:
    import hashlib

    text = json.dumps(manifest).encode()
    return zipped({MANIFEST: text, SEAL: hashlib.sha256(text).hexdigest().encode()})


def test_strange_and_newer_manifests_are_refused() -> None:
    good = {"format": "yisong-evidence", "version": 1, "header": {}, "files": []}
    assert read_package(sealed(good)).files == ()
    assert refusal(sealed({**good, "version": 2})) == "NEWER_VERSION"
    strange_ones: tuple[object, ...] = (
        [],
        {**good, "format": "x"},
        {**good, "files": {}},
        {**good, "files": [{"path": 1}]},
        {**good, "header": []},
    )
    for strange in strange_ones:
        assert refusal(sealed(strange)) == "NOT_STANDARD"
    assert refusal(sealed({**good, "files": [{"path": "../../x", "size": 0, "sha256": ""}]})) == "FILE_LOST"


@pytest.mark.parametrize("where", ["folder", "memory"])
def test_the_vault_keeps_each_content_once_and_notices_a_change(where: str, tmp_path: Path) -> None:
    vault = EvidenceVault(str(tmp_path / "证据库") if where == "folder" else f"memory://{tmp_path.name}")
    name = vault.put(photograph())
    assert vault.put(photograph()) == name
    assert vault.get(name) == photograph()
    assert vault.holds(name)
    assert not vault.holds("0" * 64)
    for wanted, code in (("0" * 64, "FILE_LOST"), ("../../etc/passwd", "NOT_A_DIGEST")):
        with pytest.raises(PackageRefused) as caught:
            vault.get(wanted)
        assert caught.value.code == code
    if where == "folder":
        kept = [path for path in (tmp_path / "证据库").rglob("*") if path.is_file()]
        assert len(kept) == 1
        kept[0].write_bytes(b"changed")
        with pytest.raises(PackageRefused) as caught:
            vault.get(name)
        assert caught.value.code == "DIGEST_DIFFERS"
