"""Photographs and records are checked by content and find their finding by number (证据接收)."""

from __future__ import annotations

import datetime as dt
import io
import os
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from tests.intake.ledgers import HEADERS, reference, row, text
from tests.intake.photographs import NOON, PDF, inspections, photograph, taken_in, zipped
from yisong.intake import archive
from yisong.intake.archive import open_package, safe_path
from yisong.intake.content import sniff
from yisong.intake.errors import PackageRefused
from yisong.intake.evidence import EvidenceFile, EvidencePackage, read_evidence
from yisong.intake.evidence_kinds import EvidenceKind, propose_kind
from yisong.intake.ledger import read_workbook
from yisong.intake.photo import PhotoUnreadable, read_photo, thumbnail
from yisong.intake.verify import verify


def file_of(package: EvidencePackage, path: str) -> EvidenceFile:
    return next(file for file in package.files if file.path == path)


def codes(file: EvidenceFile) -> set[str]:
    return {note.code for note in file.notes}


@pytest.mark.parametrize(
    ("path", "inspection", "finding"),
    [
        ("W1.jpg", "JC-1", "W1"), ("九月/W10_现场照片.jpg", "JC-1", "W10"), ("JC-2/W3/照片 (1).jpg", "JC-2", "W3"), ("ｗ１－灭火器.jpg", "JC-1", "W1"),
        ("随便/IMG_0012.jpg", "JC-1", "W2"), ("JC-1 现场检查笔录.pdf", "JC-1", ""), ("XZJC-2/执照.jpg", "JC-2", ""), ("云溪县样例海鲜大酒店有限公司/大门.jpg", "JC-2", ""),
        ("W1和W2.jpg", "", ""), ("大门.jpg", "", ""), ("XW1X.jpg", "", ""), ("JC-1/W1、W2合影.jpg", "JC-1", ""),
    ],
)  # fmt: skip
def test_files_find_their_finding_by_number_and_never_by_a_guess(path: str, inspection: str, finding: str) -> None:
    data = PDF if path.endswith(".pdf") else photograph(taken=NOON)
    file = taken_in({path: data}).files[0]
    assert (file.inspection, file.finding) == (inspection, finding)
    if not inspection:
        assert file.notes
    else:
        assert file.matched_by


def test_orphans_and_gaps_are_named() -> None:
    package = taken_in({"W1_a.jpg": photograph(), "大门.jpg": photograph(colour="red")})
    assert [file.path for file in package.orphans] == ["大门.jpg"]
    assert {(gap.inspection, gap.finding, gap.code) for gap in package.gaps} == {
        ("JC-1", "", "NO_RECORD"), ("JC-1", "W2", "NO_EVIDENCE"), ("JC-1", "W2", "FILE_NAMED_BUT_ABSENT"),
        ("JC-2", "", "NO_RECORD"), ("JC-2", "W3", "NO_EVIDENCE"),
    }  # fmt: skip
    assert {gap.text for gap in package.gaps if gap.code == "FILE_NAMED_BUT_ABSENT"} == {
        "台账写了证据“IMG_0012.jpg”，证据包里没有这个文件", "台账写了证据“检定证书.pdf”，证据包里没有这个文件",
    }  # fmt: skip
    complete = taken_in({
        "W1.jpg": photograph(), "IMG_0012.jpg": photograph(colour="red"), "W2/检定证书.pdf": PDF, "JC-1现场检查笔录.pdf": PDF + b"1",
        "JC-2现场检查笔录.pdf": PDF + b"2", "W3.jpg": photograph(colour="blue"),
    })  # fmt: skip
    assert complete.gaps == ()


def test_short_counts_match_only_at_the_beginning_of_a_name() -> None:
    found = verify(
        read_workbook(
            text([list(HEADERS), row(问题编号="1"), row(问题编号="2", 检查事项="GS-09", 发现问题="未设标志")])
        ),
        reference=reference(),
    ).inspections
    package = read_evidence(
        zipped(
            {"1.jpg": photograph(), "2-大门.jpg": photograph(colour="red"), "IMG_1.jpg": photograph(colour="green")}
        ),
        inspections=found,
    )
    assert [(file.path, file.finding) for file in package.files] == [
        ("1.jpg", "1"),
        ("2-大门.jpg", "2"),
        ("IMG_1.jpg", ""),
    ]


def test_the_time_and_place_of_a_photograph_are_kept_and_compared() -> None:
    package = taken_in({
        "W1_a.jpg": photograph(taken=NOON, place=(29.123456, 120.654321)), "W1_b.jpg": photograph(taken=NOON - dt.timedelta(days=3), colour="red"),
        "W1_c.jpg": photograph(taken=NOON + dt.timedelta(days=200), colour="green"), "W1_d.jpg": photograph(taken=NOON, software="Adobe Photoshop 25", colour="white"),
        "W1_e.jpg": photograph(colour="pink"), "W1_f.jpg": photograph(taken=NOON.replace(hour=23).astimezone(dt.UTC), colour="black"),
    })  # fmt: skip
    first = file_of(package, "W1_a.jpg").taken
    assert (first.at, first.zone_assumed) == (NOON, False)
    assert (first.latitude, first.longitude) == pytest.approx((29.123456, 120.654321), abs=1e-4)
    assert codes(file_of(package, "W1_a.jpg")) == set()
    assert codes(file_of(package, "W1_b.jpg")) == {"TAKEN_BEFORE"}
    assert codes(file_of(package, "W1_c.jpg")) == {"TAKEN_IN_FUTURE"}
    assert codes(file_of(package, "W1_d.jpg")) == {"EDITED"}
    assert codes(file_of(package, "W1_e.jpg")) == {"NO_TIME"}
    assert codes(file_of(package, "W1_f.jpg")) == set()
    naive = read_photo(photograph(taken=NOON.replace(tzinfo=None)))
    assert (naive.at, naive.zone_assumed) == (NOON, True)
    assert read_photo(photograph(place=(-33.5, -70.25))).latitude == pytest.approx(-33.5)


def test_the_same_photograph_twice_is_named() -> None:
    package = taken_in({"W1.jpg": photograph(taken=NOON), "W3.jpg": photograph(taken=NOON)})
    assert "SAME_CONTENT" in codes(file_of(package, "W3.jpg"))
    assert "另一个问题" in next(note.text for note in file_of(package, "W3.jpg").notes if note.code == "SAME_CONTENT")


def test_content_decides_what_a_file_is() -> None:
    package = taken_in({
        "W1.pdf": photograph(taken=NOON), "W1_病毒.jpg": b"MZ\x90\x00", "W1_页面.html": b"<html><script>", "W1_包.zip": zipped({"a.txt": b"a"}),
        "W1_空.jpg": b"", "W1_怪.bin": b"\x00\x01\x02" * 50, "W1_坏.jpg": b"\xff\xd8\xff\xe0 broken", "__MACOSX/W1.jpg": b"x", ".DS_Store": b"x",
    })  # fmt: skip
    assert {(path, code) for path, code, _ in package.left_out} == {
        ("W1_病毒.jpg", "PROGRAM"), ("W1_页面.html", "PROGRAM"), ("W1_包.zip", "NESTED_ARCHIVE"), ("W1_空.jpg", "EMPTY_FILE"), ("W1_怪.bin", "UNKNOWN_TYPE"),
        ("__MACOSX/W1.jpg", "DEBRIS"), (".DS_Store", "DEBRIS"),
    }  # fmt: skip
    assert "TYPE_DIFFERS" in codes(file_of(package, "W1.pdf"))
    assert "PHOTO_UNREADABLE" in codes(file_of(package, "W1_坏.jpg"))
    assert all(reason for _, _, reason in package.left_out)


@pytest.mark.parametrize(
    ("data", "family"),
    [
        (PDF, "document"), (b"RIFF0000WAVE", "audio"), (b"RIFF0000AVI ", "video"), (b"\x00\x00\x00\x18ftypmp42", "video"), (b"\x00\x00\x00\x18ftypheic", "image"),
        ("现场情况说明".encode("gb18030"), "document"), (b"Rar!\x1a\x07\x00", "archive"), (b"\x7fELF", "program"), (b"", "unknown"), (b"PK\x03\x04x", "unknown"),
    ],
)  # fmt: skip
def test_signatures(data: bytes, family: str) -> None:
    assert sniff(data).family == family


def test_kinds_of_evidence_are_those_of_the_law() -> None:
    assert [kind.label for kind in EvidenceKind] == [
        "书证",
        "物证",
        "视听资料",
        "电子数据",
        "证人证言",
        "当事人的陈述",
        "鉴定意见",
        "勘验笔录、现场笔录",
    ]
    proposals = {"现场检查笔录.pdf": "RECORD", "营业执照复印件.jpg": "DOCUMENTARY", "IMG_1.jpg": "AUDIOVISUAL", "询问笔录.pdf": "PARTY", "监控截图.png": "ELECTRONIC", "司法鉴定意见.pdf": "EXPERT"}  # fmt: skip
    for name, kind in proposals.items():
        assert (
            propose_kind(name, content=sniff(photograph()) if name.endswith(("jpg", "png")) else sniff(PDF))
            is EvidenceKind[kind]
        )


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "C:\\windows\\x.jpg",
        "a/../../x.jpg",
        "a\\..\\..\\x.jpg",
        "",
        "a/ /x",
        "..",
        "x\n.jpg",
    ],
)
def test_paths_that_lead_outside_are_left_out(path: str) -> None:
    assert safe_path(path) is None
    if path and "\n" not in path:
        opened = open_package(zipped({path: photograph(), "W1.jpg": photograph()}))
        assert [member.path for member in opened.members] == ["W1.jpg"]
        assert [code for _, code, _ in opened.left_out] == ["PATH_OUTSIDE"]


def test_bombs_passwords_links_and_damage_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refusal(data: bytes) -> str:
        with pytest.raises(PackageRefused) as caught:
            read_evidence(data, inspections=(), name="证据.zip")
        assert "证据.zip" in caught.value.message
        return caught.value.code

    assert refusal(zipped({"a.txt": b"0" * 3_000_000})) == "BOMB"
    assert refusal(b"Rar!\x1a\x07\x00") == "PACKAGE_DAMAGED"
    locked = bytearray(zipped({"a.jpg": photograph()}))
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(locked)) == "PACKAGE_LOCKED"
    monkeypatch.setattr(archive, "MOST_FILES", 2)
    assert refusal(zipped({f"{n}.jpg": b"x" for n in range(3)})) == "TOO_MANY_FILES"
    monkeypatch.setattr(archive, "MOST_BYTES", 10)
    assert refusal(zipped({"a.jpg": photograph()})) == "PACKAGE_TOO_LARGE"


def test_a_member_that_lies_about_its_size_is_left_out_and_the_rest_kept() -> None:
    data = bytearray(zipped({"W1.jpg": photograph(), "W3.jpg": photograph(colour="red")}))
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = (5).to_bytes(4, "little")
    package = read_evidence(bytes(data), inspections=inspections(), name="证据.zip")
    assert [file.path for file in package.files] == ["W3.jpg"]
    assert [(path, code) for path, code, _ in package.left_out] == [("W1.jpg", "FILE_DAMAGED")]


def test_links_in_archives_and_folders_are_left_out(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        link = zipfile.ZipInfo("W1.jpg")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        made.writestr(link, "/etc/passwd")
    assert [code for _, code, _ in open_package(stream.getvalue()).left_out] == ["IS_LINK"]
    outside = tmp_path / "外面"
    outside.mkdir()
    (outside / "secret.jpg").write_bytes(photograph())
    inside = tmp_path / "证据"
    inside.mkdir()
    (inside / "W1.jpg").write_bytes(photograph())
    os.symlink(outside / "secret.jpg", inside / "W3.jpg")
    os.symlink(outside, inside / "文件夹")
    opened = open_package(inside)
    assert [member.path for member in opened.members] == ["W1.jpg"]
    assert {path for path, code, _ in opened.left_out if code == "IS_LINK"} == {"W3.jpg", "文件夹"}


def test_chinese_names_packed_on_windows_are_read() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("W1_gbkname.jpg", photograph())
    raw = stream.getvalue().replace(b"gbkname", "照片甲".encode("gb18030") + b"x")
    assert [member.path for member in open_package(raw).members] == ["W1_照片甲x.jpg"]


def test_thumbnails_are_small_upright_and_carry_nothing_over() -> None:
    small = thumbnail(photograph(taken=NOON, place=(29.1, 120.6), size=(1200, 800), turned=6))
    with Image.open(io.BytesIO(small)) as image:
        assert image.size == (213, 320)
        assert not image.getexif()
    with pytest.raises(PhotoUnreadable):
        thumbnail(b"\xff\xd8\xff\xe0 broken")


def test_a_member_without_a_name_is_left_out_by_name_of_the_fault() -> None:
    """Found by throwing damaged packages at the reader: the directory says that the name has no letters."""
    data = bytearray(zipped({"a": PDF}))
    entry = data.index(b"PK\x01\x02")
    data[entry + 28], data[entry + 30] = 0, 1  # the letter becomes a byte of the entry's extra field
    package = read_evidence(bytes(data), inspections=inspections(), name="证据.zip")
    assert package.files == () and [code for _, code, _ in package.left_out] == ["PATH_OUTSIDE"]
