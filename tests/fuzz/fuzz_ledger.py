"""Throw mutated ledgers at the reader (台账读取模糊测试).

    python -m tests.fuzz.fuzz_ledger --inputs 1000000 [--seed 1]      plain, anywhere
    python -m tests.fuzz.fuzz_ledger --atheris [-runs=1000000]        guided by coverage, where atheris is installed

Nothing but a named refusal may come out, every visible row must be named, and no input may take ten seconds.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import time
import zipfile
from functools import cache

from tests.intake.ledgers import HEADERS, SAMPLES, Cell, reference, row, text
from yisong.intake.errors import LedgerUnreadable
from yisong.intake.ledger import Workbook, read_workbook
from yisong.intake.reference import Reference
from yisong.intake.values import halfwidth, shown
from yisong.intake.verify import verify

SLOWEST_SECONDS = 10.0
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
    kind = data[0] % 4 if data else 0
    if kind == 0:
        ledger = data[1:] if not data[1:].startswith(b"\xd0\xcf\x11\xe0") else b""
    elif kind == 1:
        ledger = _mutated_cells(chance)
    elif kind == 2:
        ledger = _mutated_text(chance)
    else:
        ledger = _mutated_workbook(chance)
    started = time.perf_counter()
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
        workbook, {(entry.sheet, entry.row) for entry in verification.rows}, verification.mapping.sheets
    )
    assert time.perf_counter() - started < SLOWEST_SECONDS
    return "read"


def _every_row_is_named(workbook: Workbook, named: set[tuple[str, int]], mapped: object) -> None:
    assert isinstance(mapped, tuple)
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
    for _ in range(chance.randint(1, 10)):
        place = chance.randrange(len(data))
        if chance.random() < 0.5:
            data[place] = chance.randrange(256)
        else:
            data[place:place] = chance.choice(
                [b'"', b",", b"\n", b"\r", b"\xa3\xac", b"\xef\xbb\xbf", b"\x00", b"\xff"]
            )
    return bytes(data)


@cache
def _parts() -> tuple[tuple[str, bytes], ...]:
    with zipfile.ZipFile(SAMPLES / "ledger.xlsx") as archive:
        return tuple((info.filename, archive.read(info)) for info in archive.infolist())


def _mutated_workbook(chance: random.Random) -> bytes:
    stream = io.BytesIO()
    gentle = chance.random() < 0.7
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in _parts():
            changed = bytearray(content)
            if (
                name.endswith(("sheet1.xml", "sharedStrings.xml", "workbook.xml", "styles.xml"))
                and chance.random() < 0.7
            ):
                for _ in range(chance.randint(1, 6)):
                    place = chance.randrange(len(changed))
                    if not gentle:
                        changed[place] = chance.choice(b'"<>/=09AZr&;\xff\x00')
                    elif chr(changed[place]).isalnum() and changed[place] < 128:
                        changed[place] = ord(chance.choice("0123456789ABCXYZabcexyz"))
            archive.writestr(name, bytes(changed))
    return stream.getvalue()


def run(*, inputs: int, seed: int) -> dict[str, int]:
    """Try so many inputs (批量运行); the first broken promise is raised with the bytes that broke it."""
    chance = random.Random(seed)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(inputs):
        data = chance.randbytes(chance.randint(1, 200))
        try:
            outcomes[one_input(data)] += 1
        except BaseException as error:
            raise AssertionError(f"input {data!r} broke a promise: {error!r}") from error
    return outcomes


def _quietly(data: bytes) -> None:
    one_input(data)


def main() -> None:
    """Run from the command line (命令行入口)."""
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
