"""Findings a second over the interface for other systems (报送速度), and the ledger that goes back, on either database.

The work: one call with so many findings, five an inspection, against the shipped rule book: verified only, then brought in, then sent
again under the same key; then the same county's ledger written as .xlsx. The floor: the same bulk as one call for each inspection, of
which only a part is sent. CPU seconds are those of this process (not of the PostgreSQL server); HTTP itself is left out. Peak memory
is how much the resident set of a fresh process grew.

    python -m benchmarks.submissions --findings 10000
"""

from __future__ import annotations

import argparse
import functools
import json
import resource
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from benchmarks.crowd import engines, instant, shipped_book
from benchmarks.intake import apart, uscc_of
from yisong.domain.roles import Actor
from yisong.intake.submitted import read_submission
from yisong.services import ledger, submissions
from yisong.services.submissions import Call
from yisong.services.tokens import Holder
from yisong.store import database

FINDINGS, OF_AN_INSPECTION, SINGLY = 10_000, 5, 40
DAY = date(2026, 3, 16)
HOLDER = Holder("bench", "系统：测量", "", Actor("系统：测量", "系统：测量", "", frozenset()))


def inspection(number: int, *, first: str = "N") -> dict[str, Any]:
    """One inspection with its findings, as a system sends it (报文)."""
    finding = {
        "item": "GS-06",
        "disposal": "移送",
        "department": "应急管理局",
        "evidence": ["现场检查笔录", "现场照片"],
    }
    return {
        "inspection_code": f"{first}{number}", "behaviour_code": f"XW{first}{number:07d}", "unit_name": f"样本县第{number}号餐饮店", "uscc": uscc_of(number),
        "inspected_on": "2026-03-11", "initiator": "市场监管局", "scanned_in": True, "officers": ["张三（33990001）", "李四（33990002）"],
        "findings": [finding | {"finding_code": f"{first}{number}-{place}", "facts": f"第{place}处未建立台账", "extras": {"网格员": "王五"}}
                     for place in range(OF_AN_INSPECTION)],
    }  # fmt: skip


def measured(work: Callable[[], Any]) -> dict[str, float]:
    """CPU and clock seconds of something (耗时)."""
    cpu, clock = time.process_time(), time.perf_counter()
    work()
    return {"CPU": time.process_time() - cpu, "clock": time.perf_counter() - clock}


def whole_way(url: str, findings: int) -> dict[str, float]:
    """All of it on one database (全程)."""
    book, engine = shipped_book(), database.open_engine(url)
    writing, reading = functools.partial(database.writing, engine), functools.partial(database.reading, engine)

    def call(first: str, numbers: range, *, key: str = "") -> Call:
        body = json.dumps({"inspections": [inspection(number, first=first) for number in numbers]}, ensure_ascii=False)
        sent = read_submission(body.encode(), sender="接口报送")
        return Call(holder=HOLDER, sent=sent, book=book, on=DAY, at=instant(DAY), key=key)

    def send(asked: Call, status: int) -> None:
        answer = submissions.submit(writing, reading, call=asked)
        if answer.status != status:
            raise RuntimeError(answer.content[:300].decode())

    def one_by_one() -> None:
        for place in range(SINGLY):
            send(call("S", range(place, place + 1), key=f"s{place}"), 201)

    many = range(findings // OF_AN_INSPECTION)
    found: dict[str, float] = {}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, work in {
        "verify": lambda: submissions.verify_only(reading, call("N", many)),
        "bring in": lambda: send(call("N", many, key="k"), 201),
        "the same again": lambda: send(call("N", many, key="k"), 201),
    }.items():
        found |= {f"{name}, {kind}": value for kind, value in measured(work).items()}
    found["megabytes"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    singly = measured(one_by_one)
    found["singly"] = singly["CPU"] / (SINGLY * OF_AN_INSPECTION)
    with reading() as session:
        out = measured(lambda: ledger.write_ledger(session, book=book, on=DAY))
    found["ledger out"] = out["CPU"]
    engine.dispose()
    return found


def run(*, findings: int = FINDINGS) -> dict[str, Any]:
    """Measure (测量)."""
    answers: dict[str, Any] = {"findings in one call": findings}
    with engines() as opened:
        for name, engine in opened.items():
            got = apart(whole_way, engine.url.render_as_string(hide_password=False), findings)
            answers[name] = {
                "CPU seconds": {key: round(got[f"{key}, CPU"], 2) for key in ("verify", "bring in", "the same again")},
                "seconds to bring in": round(got["bring in, clock"], 2),
                "findings per CPU second": round(findings / got["bring in, CPU"]),
                "times the CPU of a finding sent singly to one sent in bulk": round(got["singly"] / (got["bring in, CPU"] / findings), 1),
                "megabytes more at the peak": round(got["megabytes"]),
                "rows of the ledger written per CPU second": round(findings / got["ledger out"]),
            }  # fmt: skip
    return answers


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="measure the interface for other systems")
    parser.add_argument("--findings", type=int, default=FINDINGS)
    print(json.dumps(run(findings=parser.parse_args().findings), ensure_ascii=False, indent=2))
