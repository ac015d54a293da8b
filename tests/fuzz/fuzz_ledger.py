"""Throw mutated ledgers and evidence packages at their readers (台账与证据包读取模糊测试).

    python -m tests.fuzz.fuzz_ledger --inputs 1000000 [--seed 1]      plain, anywhere
    python -m tests.fuzz.fuzz_ledger --atheris [-runs=1000000]        guided by coverage, where atheris is installed

Nothing but a named refusal may come out, every visible row and packed file must be named, and no input may take ten seconds.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import re
import sys
import time
import warnings
import zipfile
from collections.abc import Mapping
from functools import cache
from xml.sax.saxutils import escape

from tests.fuzz.fuzz_package import evidence, standard_package
from tests.intake.ledgers import DATA, HEADERS, SAMPLES, Cell, reference, row, text, xlsx
from yisong.intake.errors import LedgerUnreadable
from yisong.intake.ledger import Workbook, read_workbook
from yisong.intake.reference import Reference
from yisong.intake.values import halfwidth, shown
from yisong.intake.verify import verify

SLOWEST_SECONDS = 10.0
_WORDS = re.compile(rb"(?<=[a-zA-Z\"]>)[^<]+")  # between the tags of a part of a workbook
NASTY: tuple[str, ...] = (
    "", " ", "　", "0", "-", "/", "合计", "小计：3", "填表人：甲", "备注：", "第 1 页", "1.", "1.一2.二", "①甲问题②乙问题", "1、甲处；2、乙处", "=1+1", "#N/A", "#REF!",
    "9.13E+17", "91339927MAXN000169", "9I339927MAXN000169", "330281199001011234", "2026.3.11", "26.3.11", "2026-02-30", "99999999", "46092", "1e308", "nan",
    "移送", "当场改正并移送", "涉嫌犯罪", "应急局、消防大队/市监局", "不存在的局", "GS-04", "GS-99", "GS-04 GS-05", "是", "也许", "\u200b", "\ufeff", "\u202e倒", "\x00",
    "“", "（", "（（（（", "、、、、", "1" * 400, "甲" * 3000, "\n\n\n", "'", '"', ",", "检查编号", "统一社会信用代码",
)  # fmt: skip


@cache
def checked_against() -> Reference:
    """The county of the samples (核对依据)."""
    return reference()


def one_input(data: bytes) -> str:
    """Make an input of some bytes, read it, and hold it to the promises (一次输入); answers what became of it."""
    chance = random.Random(data)
    started = time.perf_counter()
    outcome = _try(data, chance)
    assert time.perf_counter() - started < SLOWEST_SECONDS
    return outcome


def _try(data: bytes, chance: random.Random) -> str:
    kind = data[0] % 16 if data else 0
    if kind < 2:
        if data[:1] == b"\x10" and len(data) > 150:  # rarely: each asks for a process of its own
            return _ledger(_mutated_old_workbook(chance))
        return _ledger(data[1:] if not data[1:].startswith(b"\xd0\xcf\x11\xe0") else b"")
    if kind < 7:
        return _ledger(_mutated_cells(chance))
    if kind < 10:
        return _ledger(_mutated_text(chance))
    if kind < 13:
        return _ledger(_mutated_workbook(chance))
    return evidence(chance) if kind < 15 else standard_package(chance)


def _ledger(ledger: bytes) -> str:
    try:
        workbook = read_workbook(ledger, name="模糊.xlsx")
        verification = verify(workbook, reference=checked_against())
    except LedgerUnreadable as refusal:
        assert refusal.code
        assert refusal.message
        return "refused"
    json.dumps(verification.to_json(), ensure_ascii=False)
    verification.lines()
    _every_row_is_named(
        workbook,
        {(entry.sheet, entry.row): entry.messages for entry in verification.rows},
        verification.mapping.sheets,
    )
    return "read"


def _every_row_is_named(workbook: Workbook, named: Mapping[tuple[str, int], object], mapped: object) -> None:
    assert isinstance(mapped, tuple)
    told = {entry.sheet for entry in mapped} | {skipped.name for skipped in workbook.skipped}
    assert len({sheet.name for sheet in workbook.sheets} - told) + len(mapped) == len(workbook.sheets)
    for entry in mapped:
        sheet = next(sheet for sheet in workbook.sheets if sheet.name == entry.sheet)
        serial = entry.index_of("serial")
        for found in sheet.rows():
            own = (
                cell
                for index, cell in enumerate(found.cells)
                if index not in found.merged and not (index == serial and halfwidth(shown(cell)).isdigit())
            )
            if found.number >= entry.first_row and any(halfwidth(shown(cell)) for cell in own):
                assert (sheet.name, found.number) in named, f"row {found.number} was lost"


def _mutated_cells(chance: random.Random) -> bytes:
    rows: list[list[Cell]] = [
        ["台账"],
        list(HEADERS),
        row(),
        row(问题编号="W2", 检查事项="GS-09"),
        row(检查编号="JC-2"),
    ]
    for _ in range(chance.randint(1, 10)):
        target = chance.choice(rows)
        action = chance.random()
        if action < 0.7 and target:
            target[chance.randrange(len(target))] = chance.choice(NASTY)
        elif action < 0.8:
            target.insert(chance.randint(0, len(target)), chance.choice(NASTY))
        elif action < 0.9 and target:
            target.pop(chance.randrange(len(target)))
        else:
            rows.insert(chance.randint(0, len(rows)), [chance.choice(NASTY) for _ in range(chance.randint(0, 20))])
    return text(
        rows, encoding=chance.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16"]), delimiter=chance.choice(",;\t")
    )


def _mutated_text(chance: random.Random) -> bytes:
    data = bytearray(
        text([["台账"], list(HEADERS), row(), row(问题编号="W2")], encoding=chance.choice(["utf-8", "gb18030"]))
    )
    rough = chance.random() < 0.3
    for _ in range(chance.randint(1, 10)):
        place = chance.randrange(len(data))
        if rough:
            data[place : place + 1] = chance.choice(
                (bytes([chance.randrange(256)]), b"\xa3\xac", b"\xef\xbb\xbf", b"\x00", b"\xff")
            )
        elif data[place] < 128:
            data[place : place + chance.randint(0, 1)] = chance.choice(b'",;\n\r\t0129.-/ #=()AXZx').to_bytes()
    return bytes(data)


@cache
def _parts() -> tuple[tuple[tuple[str, bytes], ...], ...]:
    """The parts of two workbooks: a small one, which is quick, with merged cells and a hidden sheet; and the sample (工作簿部件)."""
    small = xlsx(
        {"台账": [["台账"], list(HEADERS), row(), row(问题编号="W2"), row(检查编号=None)], "藏": [["x"]]},
        merges=[(0, 0, 0, 5), (2, 3, 3, 3)],
        hidden=["藏"],
    )
    found = []
    for source in (small, (SAMPLES / "ledger.xlsx").read_bytes()):
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            found.append(tuple((info.filename, archive.read(info)) for info in archive.infolist()))
    return tuple(found)


def _mutated_workbook(chance: random.Random) -> bytes:
    stream = io.BytesIO()
    gentle = chance.random() < 0.7
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in _parts()[chance.random() < 0.02]:
            changed = bytearray(content)
            if (
                name.endswith(("sheet1.xml", "sharedStrings.xml", "workbook.xml", "styles.xml"))
                and chance.random() < 0.7
            ):
                for _ in range(chance.randint(1, 6)):
                    if not gentle:
                        changed[chance.randrange(len(changed))] = chance.choice(b'"<>/=09AZr&;\xff\x00')
                        continue
                    words = [found.span() for found in _WORDS.finditer(changed)]
                    if words:
                        begin, end = chance.choice(words)
                        if name.endswith("sharedStrings.xml"):
                            new = escape(chance.choice(NASTY).replace("\x00", "0"))
                        else:
                            new = str(chance.randrange(20))
                        changed[begin:end] = new.encode()
            archive.writestr(name, bytes(changed))
    packed = bytearray(stream.getvalue())
    if chance.random() < 0.1:
        packed[chance.randrange(len(packed))] = chance.randrange(256)
    return bytes(packed)


def _mutated_old_workbook(chance: random.Random) -> bytes:
    changed = bytearray(_old(chance.choice(["old_office.xls", "wps.et"])))
    for _ in range(chance.randint(1, 12)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


@cache
def _old(name: str) -> bytes:
    return (DATA / name).read_bytes()


def run(*, inputs: int, seed: int) -> dict[str, int]:
    """Try so many inputs (批量运行); the first broken promise is raised with the bytes that broke it."""
    chance = random.Random(seed)
    outcomes = {"read": 0, "refused": 0}
    for number in range(1, inputs + 1):
        data = chance.randbytes(chance.randint(1, 200))
        try:
            outcomes[one_input(data)] += 1
        except BaseException as error:
            raise AssertionError(f"input {number}, {data!r}, broke a promise: {error!r}") from error
        if number % 50_000 == 0:
            print(number, outcomes, file=sys.stderr, flush=True)
    return outcomes


def _quietly(data: bytes) -> None:
    one_input(data)


def main() -> None:
    """Run from the command line (命令行入口)."""
    warnings.simplefilter("ignore")
    if "--atheris" in sys.argv:
        import atheris

        sys.argv.remove("--atheris")
        atheris.instrument_all()
        atheris.Setup(sys.argv, _quietly)
        atheris.Fuzz()
        return
    parser = argparse.ArgumentParser(description="throw mutated ledgers at the reader")
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    started = time.perf_counter()
    outcomes = run(inputs=given.inputs, seed=given.seed)
    print(json.dumps({**outcomes, "seconds": round(time.perf_counter() - started, 1)}))


if __name__ == "__main__":
    main()
