"""What must come of a county file (应有结果): every due date, number and letter, by plain arithmetic over its YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests.journeys.almanac import DAY, Almanac, instant

Raw = dict[str, Any]
LADDER_EVENTS = {"reminder_sent": 2, "supervise_sent": 3, "listed_supervision_sent": 4}
ENDS = {
    "R-ACCEPT": ("accepted", "rejected_no_jurisdiction"),
    "R-VERIFY": ("order_served", "service_attempt_failed", "case_filed", "terminated"),
    "R-RECTIFY": ("report_submitted", "review_passed", "review_partial", "review_failed", "order_withdrawn"),
    "R-REVIEW": ("review_passed", "review_partial", "review_failed"),
}
VARIANTS = {"R-REVIEW": "R-REVIEW-FIRE"}


def histories(raw: Raw) -> list[Raw]:
    return [*raw["cases"], *raw["key_supervision"]]


def rule_of(raw: Raw, code: str) -> Raw:
    return next(rule for rule in raw["deadline_rules"] if rule["code"] == code)


def stated(raw: Raw) -> Iterator[tuple[Raw, Raw, Raw]]:
    """Every event that states a due date: (history, the event, the event before it)."""
    for history in histories(raw):
        for index, event in enumerate(history["events"]):
            if "due_rule" in event:
                yield history, event, history["events"][index - 1]


def due_of(raw: Raw, event: Raw, before: Raw) -> date | datetime:
    """When the term of an event ends, from its own start."""
    rule = rule_of(raw, event["due_rule"])
    amount = event["days"] if rule["value"] is None else rule["value"]
    if rule["unit"] == "h":
        return instant(before["at"]) + timedelta(hours=amount)
    pauses = [tuple(pause) for pause in event.get("pauses", ())]
    return Almanac(raw["calendar"]).due(rule["unit"], event["due_from"], amount, pauses=pauses)


@dataclass
class Term:
    """A term that somebody is chased for: from the morning after `since` until the act of `until`."""

    case: str
    organ: str
    since: date
    due: date
    until: date | None
    place: tuple[int, int]
    held: tuple[date, date] | None = None
    climbed: list[int] = field(default_factory=list)


def terms(raw: Raw) -> Iterator[Term]:
    """The terms of a county that may be missed, by its own histories (可催督期限)."""
    almanac = Almanac(raw["calendar"])
    for order, case in enumerate(raw["cases"]):
        organ, events = case["to"], case["events"]

        def end(rule: str, index: int, events: list[Raw] = events) -> date | None:
            return next((event["date"] for event in events[index + 1 :] if event["event"] in ENDS[rule]), None)

        def term(
            code: str,
            start: date,
            index: int,
            *,
            case: Raw = case,
            order: int = order,
            organ: str = "",
            pauses: Any = (),
        ) -> Term:
            fire = code in VARIANTS and any(event.get("due_rule") == VARIANTS[code] for event in case["events"])
            rule = rule_of(raw, VARIANTS[code] if fire else code)
            due = almanac.due(rule["unit"], start, rule["value"], pauses=pauses)
            return Term(case["code"], organ, start, due, end(code, index, case["events"]), (order, index))

        for index, event in enumerate(events):
            on = event["date"]
            match event["event"]:
                case "transfer_delivered" if case.get("transfer_kind") != "criminal":
                    asked = [entry["date"] for entry in events if entry["event"].startswith("supplement_")]
                    yield term("R-ACCEPT", on, index, organ=organ, pauses=[tuple(asked)] if asked else ())
                case "designated":
                    organ = event["to"]
                    yield term("R-ACCEPT", on, index, organ=organ)
                case "accepted":
                    yield term("R-VERIFY", on, index, organ=organ)
                case "order_served":
                    ordered = list(_rectification(events, index, organ, (order, index), case["code"], end))
                    yield from ordered
                    if end("R-RECTIFY", index) is None or events[-1]["event"] == "review_failed":
                        yield term("R-REVIEW", ordered[-1].due, index, organ=organ)
                case "report_submitted":
                    yield term("R-REVIEW", on, index, organ=organ)


def _rectification(
    events: list[Raw], index: int, organ: str, place: tuple[int, int], code: str, end: Any
) -> Iterator[Term]:
    later = events[index:]
    asked = next((event["date"] for event in later if event["event"] == "extension_requested"), None)
    granted = next((event for event in later if event["event"] == "extension_approved"), None)
    event = events[index]
    if granted is None:
        yield Term(code, organ, event["date"], event["due"], end("R-RECTIFY", index), place)
        return
    yield Term(
        code, organ, event["date"], event["due"], granted["date"], place, (asked, granted["date"]) if asked else None
    )
    yield Term(code, organ, granted["date"], granted["new_due"], end("R-RECTIFY", index), place)


def general(raw: Raw) -> list[Any]:
    """The rungs for clocks that no ladder of their own is written for (通用阶梯)."""
    return [rung for rung in raw["escalation_rules"] if "clocks" not in rung]


def ladder(raw: Raw) -> dict[int, list[int]]:
    """Working days from the due day at which each level is reached, as the county writes them (升级层级)."""
    steps: dict[int, list[int]] = {}
    for rung in general(raw):
        numbers = [int(number) for number in re.findall(r"\d+", rung["trigger"].split("或")[0])]
        before, on_the_day = "到期前" in rung["trigger"], "当日" in rung["trigger"]
        steps[rung["level"]] = [0] if on_the_day else sorted(-number if before else number for number in numbers)
    return steps


@dataclass(frozen=True)
class Letter:
    """One letter of the ladder: day, case, level, number and who issues it."""

    on: date
    case: str
    level: int
    number: str
    issuer: str


def letters(raw: Raw, *, until: date) -> list[Letter]:
    """Every letter that the county's ladder demands up to a day, numbered in the order of issue (应发催督文书)."""
    almanac = Almanac(raw["calendar"])
    steps = {level: offsets[0] for level, offsets in ladder(raw).items() if level in LADDER_EVENTS.values()}
    papers = {rung["level"]: rung["doc_type"] for rung in general(raw) if "doc_type" in rung}
    found: list[tuple[date, tuple[date, tuple[int, int]], Term, int]] = []
    for term in terms(raw):
        day = term.since + DAY
        last = min(term.until - DAY if term.until else until, until)  # an act without an hour comes before the sweep
        while day <= last:
            quiet = term.held is not None and term.held[0] <= day <= term.held[1]
            level = next((level for level in sorted(steps) if level not in term.climbed), 0)
            if almanac.works(day) and not quiet and level and almanac.working_days(term.due, steps[level]) <= day:
                term.climbed.append(level)
                found.append((day, (term.since, term.place), term, level))
            day += DAY
    counts: dict[tuple[str, str], int] = {}
    written = []
    for day, _, term, level in sorted(found, key=lambda entry: (entry[0], entry[1])):
        issuer = issuer_of(raw, level=level, chased=term.organ)
        series = (issuer, papers[level])
        counts[series] = counts.get(series, 0) + 1
        pattern = next(entry["number"] for entry in raw["document_types"] if entry["code"] == papers[level])
        number = pattern.format(prefix=prefix_of(raw, issuer, day), year=day.year, seq=counts[series])
        written.append(Letter(day, term.case, level, number, issuer))
    return written


def issuer_of(raw: Raw, *, level: int, chased: str) -> str:
    """Nobody chases itself: the coordinating office, else the supervising one; listed supervision is the government's."""
    organs = {role: organ["code"] for organ in reversed(raw["departments"]) for role in organ["roles"]}
    if level >= 4:
        return str(raw["county"]["government"]["code"])
    office = next(organ["code"] for organ in raw["departments"] if {"coordinate", "enforce"} <= set(organ["roles"]))
    return str(organs["supervise"] if chased == office else office)


def prefix_of(raw: Raw, organ: str, on: date) -> str:
    """The prefix that an organ bears on a day (发文机关代字)."""
    known = [*raw["departments"], raw["county"]["government"]]
    entry = next(entry for entry in known if entry["code"] == organ)
    former = [name for name in entry.get("history", ()) if on <= name["valid_to"]]
    return str(former[0]["doc_prefix"] if former else entry["doc_prefix"])
