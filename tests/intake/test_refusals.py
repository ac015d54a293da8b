"""Files that cannot be read are refused by name, and nothing makes the reader fall over (拒收与健壮性)."""

from __future__ import annotations

import io
import random
import re
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.ledgers import DATA, HEADERS, SAMPLES, reference, row, text, xlsx
from yisong.intake import measure
from yisong.intake.columns import propose
from yisong.intake.errors import LedgerUnreadable
from yisong.intake.ledger import read_workbook
from yisong.intake.verify import Verifier, verify


def refused(data: bytes) -> LedgerUnreadable:
    with pytest.raises(LedgerUnreadable) as caught:
        read_workbook(data, name="某台账.xlsx")
    return caught.value


def rewritten(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The same workbook with some bytes of one part exchanged."""
    source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == part:
                assert old in content
                content = content.replace(old, new, 1)
            archive.writestr(info.filename, content)
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "EMPTY_FILE"), (b"\x00" * 20, "EMPTY_FILE"), (b"\xef\xbb\xbf<html><table></table></html>", "HTML_IN_DISGUISE"),
        (b"<?xml version='1.0'?><Workbook/>", "XML_IN_DISGUISE"), (b"%PDF-1.7 ...", "NOT_A_LEDGER"), (b"\x89PNG\r\n\x1a\n0000", "NOT_A_LEDGER"),
        (b"PK\x03\x04broken", "FILE_DAMAGED"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "FILE_DAMAGED"),
        (b"\xff\xff\xff\x81\x82", "ENCODING_UNKNOWN"), (b"a,b\x00c", "ENCODING_UNKNOWN"),
    ],
)  # fmt: skip
def test_what_is_no_ledger_is_refused_by_name(data: bytes, code: str) -> None:
    refusal = refused(data)
    assert refusal.code == code
    assert "某台账.xlsx" in refusal.message
    assert "请" in refusal.message


def test_other_archives_are_told_apart() -> None:
    for part, words in (
        ("word/document.xml", "Word"),
        ("content.xml", "OpenDocument"),
        ("xl/workbook.bin", "xlsb"),
        ("a.jpg", "压缩包"),
    ):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(part, "x")
        assert words in refused(stream.getvalue()).message


def test_a_missing_file_a_folder_and_a_path_with_chinese(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("台账")
    for path, code in ((folder / "没有.xlsx", "FILE_MISSING"), (folder, "IS_FOLDER")):
        with pytest.raises(LedgerUnreadable) as caught:
            read_workbook(path)
        assert caught.value.code == code
    (folder / "九月.xlsx").write_bytes(xlsx([list(HEADERS), row()]))
    assert read_workbook(folder / "九月.xlsx").name == "九月.xlsx"


@pytest.mark.parametrize("spelling", ['r="{}"', "r='{}'", 'r = "{}"', 'r\n="{}"'])
@pytest.mark.parametrize("cell", ["XFD1048576", "ZZ99999", "A9999999", "AAAA1"])
def test_a_cell_far_away_is_refused_before_memory_is_asked_for(cell: str, spelling: str) -> None:
    data = rewritten(xlsx([list(HEADERS), row()]), SHEET, b'r="B2"', spelling.format(cell).encode())
    refusal = refused(data)
    assert refusal.code == "SHEET_TOO_WIDE"
    assert "台账" in refusal.message


def test_a_bomb_and_a_password_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "MAX_UNPACKED_BYTES", 1000)
    assert refused(xlsx([list(HEADERS), row()])).code == "FILE_TOO_LARGE"
    monkeypatch.undo()
    data = bytearray(xlsx([list(HEADERS), row()]))
    for marker, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(marker), bytes(data)):
            data[found.start() + offset] |= 1
    assert refused(bytes(data)).code == "PASSWORD"


def test_a_workbook_part_with_entities_is_refused() -> None:
    data = rewritten(
        xlsx([list(HEADERS), row()]), "xl/workbook.xml", b"<workbook", b'<!DOCTYPE x [<!ENTITY a "b">]><workbook'
    )
    assert refused(data).code == "FILE_DAMAGED"


def test_a_ledger_without_a_header_says_what_a_header_is() -> None:
    mapping = propose(read_workbook(xlsx([["随便"], ["写写"]]), name="空.xlsx"))
    assert [problem.code for problem in mapping.problems] == ["NO_HEADER"]
    assert "统一社会信用代码" in mapping.problems[0].text


def mutated(data: bytes, seed: int) -> bytes:
    """Some bytes of the inside of a workbook changed, and sometimes of the archive itself."""
    chance = random.Random(seed)
    if chance.random() < 0.3 or not data.startswith(b"PK"):
        changed = bytearray(data)
        for _ in range(chance.randint(1, 12)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        return bytes(changed[: chance.randint(1, len(changed))] if chance.random() < 0.2 else changed)
    source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for info in source.infolist():
            content = bytearray(source.read(info))
            if (
                info.filename.endswith(("sheet1.xml", "workbook.xml", "sharedStrings.xml", "styles.xml"))
                and chance.random() < 0.6
            ):
                for _ in range(chance.randint(1, 8)):
                    content[chance.randrange(len(content))] = chance.choice(b'"<>/=09AZr&;\xff\x00')
            archive.writestr(info.filename, bytes(content))
    return target.getvalue()


@settings(max_examples=120)
@given(st.integers(0, 2**32))
def test_a_damaged_workbook_is_read_or_refused_and_nothing_else(seed: int) -> None:
    try:
        workbook = read_workbook(mutated((SAMPLES / "ledger.xlsx").read_bytes(), seed), name="坏.xlsx")
        verify(workbook, reference=reference()).to_json()
    except LedgerUnreadable as refusal:
        assert refusal.message


@settings(max_examples=8)
@given(st.integers(0, 2**32))
def test_a_damaged_old_workbook_is_read_or_refused_and_nothing_else(seed: int) -> None:
    try:
        verify(read_workbook(mutated((DATA / "wps.et").read_bytes(), seed), name="坏.et"), reference=reference())
    except LedgerUnreadable as refusal:
        assert refusal.message


cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=25)


@settings(max_examples=80)
@given(st.lists(st.lists(cells, min_size=1, max_size=len(HEADERS)), max_size=12))
def test_no_row_is_lost_without_being_named(rows: list[list[str]]) -> None:
    data = text([list(HEADERS), row(), *rows])
    workbook = read_workbook(data, name="随机.csv")
    records = list(workbook.sheets[0].rows())
    last = max(entry.number for entry in records if any(str(cell).strip() for cell in entry.cells))
    verification = verify(workbook, reference=reference())
    first = verification.mapping.sheets[0].first_row if verification.mapping.sheets else last + 1
    named = {entry.row for entry in verification.rows}
    visible = {e.number for e in records if e.number >= first and any(_seen(cell) for cell in e.cells)}
    assert visible <= named
    assert verification.mapping.sheets or verification.problems
    for entry in verification.rows:
        assert entry.status == "ok" or entry.messages


def _seen(cell: object) -> bool:
    from yisong.intake.values import halfwidth

    return bool(halfwidth(str(cell)))


@given(st.binary(max_size=400))
def test_no_bytes_make_the_reader_fall_over(data: bytes) -> None:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return  # read by a child process; see the damaged old workbook
    try:
        verify(read_workbook(data), reference=reference())
    except LedgerUnreadable as refusal:
        assert refusal.message


def test_checking_in_batches_gives_the_same_rows() -> None:
    workbook = read_workbook(SAMPLES / "ledger.xlsx")
    whole = verify(workbook, reference=reference())
    batches = list(Verifier(workbook, reference=reference()).batches(size=7))
    assert [len(batch) for batch in batches[:-1]] == [7] * (len(batches) - 1)
    assert [entry.to_json() for batch in batches for entry in batch] == [entry.to_json() for entry in whole.rows]
