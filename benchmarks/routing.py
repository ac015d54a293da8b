"""Routing decisions per second (路由速度) at a province's size: 5,010 items, 20 empowered townships, lists that change.

The questions: a random item, found at a random place on a random day of two years. The peers answer the same questions:
a scan of all rows of the lists, as a spreadsheet filter does it, and a scan of the item's own rows only, which is what an
index by item would leave. All must agree, or nothing is reported.
"""

import json
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from yisong import rulefiles
from yisong.domain.entries import CheckItem, ItemList, ItemVersion, in_force
from yisong.domain.routing import RoutingRow, RoutingStep, RoutingWay, route
from yisong.domain.rulebook import RuleBook

RULES = Path(__file__).resolve().parents[1] / "rules"
COMPREHENSIVE, SPECIALISED, MASTER, OF_A_TOWN, TOWNS, ORGANS = 1131, 3327, 552, 624, 20, 30
QUESTIONS = 200_000
SCANNED = 200
BEGIN = date(2025, 1, 1)
Question = tuple[str, str | None, date]


def district_book() -> RuleBook:
    """The rules of a district with lists of the size that Zhejiang published: 5,010 = 1,131 + 3,327 + 552."""
    chance = random.Random(20261120)
    organs = [f"D{number:02}" for number in range(ORGANS)]
    towns = [f"Z{number:02}" for number in range(TOWNS)]
    lists = [
        ItemList("TOWN", "乡镇赋权清单", "2025", BEGIN, date(2025, 12, 31), "", tuple(towns)),
        ItemList("TOWN", "乡镇赋权清单", "2026", date(2026, 1, 1), None, "", tuple(towns)),
        ItemList("COMP", "综合执法清单", "2025", BEGIN, None, organs[0]),
        ItemList("SPEC", "专业执法清单", "2025", BEGIN, date(2026, 6, 30)),
        ItemList("SPEC", "专业执法清单", "2026", date(2026, 7, 1), None),
        ItemList("TOTAL", "总清单", "2025", BEGIN, None),
    ]
    codes = ["COMP"] * COMPREHENSIVE + ["SPEC"] * SPECIALISED + ["TOTAL"] * MASTER
    law = (ItemVersion("义务条", "罚则条", "", "M"),)
    items = [CheckItem(f"I{number:04}", "事项", code, chance.choice(organs), law) for number, code in enumerate(codes)]
    rows = []
    for item in items:
        rows.append(RoutingRow(item.code, item.list_code, item.department, basis="清单"))
        if chance.random() < 0.03:
            rows.append(RoutingRow(item.code, item.list_code, chance.choice(organs), basis="清单"))
    for town in towns:
        for item in chance.sample(items, OF_A_TOWN):
            ends = date(2026, chance.randrange(1, 13), 1) if chance.random() < 0.1 else None
            rows.append(RoutingRow(item.code, "TOWN", town, town, None, ends, "赋权决定"))
    steps = (
        RoutingStep(1, "TOWN", RoutingWay.PLACE, "按地点"),
        RoutingStep(2, "COMP", RoutingWay.OWNER, "按行使机关"),
        RoutingStep(3, "SPEC", RoutingWay.REGISTERED, "按登记"),
        RoutingStep(4, "TOTAL", RoutingWay.REGISTERED, "按登记"),
    )
    base = rulefiles.read(RULES)
    return replace(base, items=tuple(items), lists=tuple(lists), routing_steps=steps, routing_rows=tuple(rows))


def questions(book: RuleBook, amount: int) -> list[Question]:
    """Random findings, the same in every run; half of them in a township."""
    chance = random.Random(7)
    codes = [item.code for item in book.items]
    places = [None] * TOWNS + [f"Z{number:02}" for number in range(TOWNS)]
    return [
        (chance.choice(codes), chance.choice(places), BEGIN + timedelta(days=chance.randrange(730)))
        for _ in range(amount)
    ]


def scan(book: RuleBook, rows: tuple[RoutingRow, ...], question: Question) -> str | None:
    """The answer by reading rows."""
    item, town, on = question
    for step in book.routing_steps:
        lists = [e for e in book.lists if e.code == step.list_code and in_force(e.valid_from, e.valid_to, on=on)]
        found = [
            row.department
            for row in rows
            if row.item == item
            and row.list_code == step.list_code
            and in_force(row.valid_from, row.valid_to, on=on)
            and (row.town == town if step.way is RoutingWay.PLACE else not row.town)
        ]
        if found and lists:
            if step.way is RoutingWay.OWNER:
                return lists[0].owner
            return found[0] if len(set(found)) == 1 else None
    return None


def seconds_each(work: Callable[[], object], amount: int, *, repeats: int = 3) -> float:
    """Seconds for one of `amount` questions: the best of some repeats, so that a busy machine counts least."""
    best = float("inf")
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begin)
    return best / amount


def run() -> dict[str, Any]:
    """Measure, after the peers have been found to agree."""
    book = district_book()
    asked = questions(book, QUESTIONS)
    few = asked[:SCANNED]
    rows_of: dict[str, list[RoutingRow]] = {}
    for row in book.routing_rows:
        rows_of.setdefault(row.item, []).append(row)
    by_item = {item: tuple(rows) for item, rows in rows_of.items()}
    for item, town, on in asked[:20_000]:
        ours = route(item, place_town=town, found_on=on, book=book).department
        theirs = scan(book, by_item[item], (item, town, on))
        if ours != theirs:
            raise AssertionError(f"{item} at {town} on {on}: ours {ours}, the scan {theirs}")
    for question in few:
        if scan(book, book.routing_rows, question) != scan(book, by_item[question[0]], question):
            raise AssertionError("the two scans disagree")

    def cold() -> None:
        fresh = replace(book)
        for item in fresh.items:
            route(item, place_town=None, found_on=BEGIN, book=fresh)

    compiled = seconds_each(cold, len(book.items), repeats=2)
    ours_each = seconds_each(
        lambda: [route(item, place_town=town, found_on=on, book=book) for item, town, on in asked], QUESTIONS
    )
    own_rows = seconds_each(lambda: [scan(book, by_item[asking[0]], asking) for asking in asked[:20_000]], 20_000)
    all_rows = seconds_each(lambda: [scan(book, book.routing_rows, asking) for asking in few], SCANNED, repeats=1)
    return {
        "items": len(book.items),
        "townships": TOWNS,
        "rows": len(book.routing_rows),
        "decisions per second": round(1 / ours_each),
        "first decision of an item, microseconds": round(compiled * 1e6, 1),
        "microseconds each": {
            "route": round(ours_each * 1e6, 3),
            "scan of the item's own rows": round(own_rows * 1e6, 3),
            "scan of all rows": round(all_rows * 1e6, 1),
        },
        "times as long as route": {
            "scan of the item's own rows": round(own_rows / ours_each, 1),
            "scan of all rows": round(all_rows / ours_each),
        },
    }


if __name__ == "__main__":
    print(json.dumps(run(), ensure_ascii=False, indent=2))
