"""A second county made of the first (第二个县): every code, name, prefix and word another, other rules, another year.

Its people do what those of the first county did, a year earlier and on the working days of its own calendar; its due dates,
numbers and letters are reckoned anew by `tests.journeys.expected`. If a thing of the first county were written in the
program, it would come out here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime, timedelta
from typing import Any

from tests.journeys.almanac import DAY, Almanac
from tests.journeys.expected import (
    LADDER_EVENTS,
    Raw,
    due_of,
    general,
    histories,
    issuer_of,
    letters,
    prefix_of,
    rule_of,
)

WEEKS = timedelta(weeks=52)
CALENDAR: Raw = {
    "year": 2025,
    "source": "临岚县2025年放假安排（虚构：另有县庆日）",
    "holidays": [
        {"name": name, "from": first, "to": last}
        for name, first, last in (
            ("元旦", date(2025, 1, 1), date(2025, 1, 1)),
            ("春节", date(2025, 1, 28), date(2025, 2, 4)),
            ("清明节", date(2025, 4, 4), date(2025, 4, 6)),
            ("劳动节", date(2025, 5, 1), date(2025, 5, 5)),
            ("端午节", date(2025, 5, 31), date(2025, 6, 2)),
            ("县庆日", date(2025, 9, 24), date(2025, 9, 25)),
            ("国庆节、中秋节", date(2025, 10, 1), date(2025, 10, 8)),
        )
    ],
    "makeup_workdays": [date(2025, 1, 26), date(2025, 2, 8), date(2025, 4, 27), date(2025, 9, 20), date(2025, 9, 28), date(2025, 10, 11)],
    "unpublished_years": [2026],
}  # fmt: skip
LISTS = {"TOTAL": "MASTER", "COMP": "UNITED", "SPEC": "OWN", "TOWN": "VILLAGE"}
WORDS = {
    "移": "转办",
    "移回": "转复",
    "责改": "限改",
    "复查": "验收",
    "催": "催促",
    "督": "督导",
    "重监告": "名录告",
    "不受": "退转",
}
"""The words of its numbers (文书字)."""
SIGNS = "山水木火土金日月星风雨雪霜露江海湖河林田石竹"
TRIGGERS = {
    0: "到期前2个工作日", 1: "到期当日未办结", 2: "逾期第2个工作日", 3: "逾期第4个工作日", 4: "逾期第6个工作日或重大隐患",
    5: "逾期第9个工作日或同部门当季督办≥4件",
}  # fmt: skip
TERMS = {"R-ACCEPT": 5, "R-TRANSFER": 4, "R-VERIFY": 12, "R-REVIEW": 8, "R-LIST-STATEMENT": 7, "R-SERVE-ANNOUNCE": 45}
THRESHOLD = 2
CAP_OF_T03 = 1


def _names(raw: Raw) -> dict[str, str]:
    """Every code of the first county and what the second calls it (代码对照)."""
    organs = [organ["code"] for organ in raw["departments"]]
    names = (
        {code: f"B{len(organs) - place:02d}" for place, code in enumerate(organs)}
        | {raw["county"]["government"]["code"]: "GV"}
        | LISTS
    )
    for section, head in (
        ("themes", "H"), ("check_items", "K"), ("entities", "M"), ("findings", "W"), ("inspections", "V"), ("cases", "LL"),
        ("key_supervision", "MD"), ("planned_inspections", "PL"), ("users", "R"),
    ):  # fmt: skip
        for place, entry in enumerate(raw[section], start=1):
            names[entry["id"] if section == "users" else entry["code"]] = f"{head}{100 + place}"
    return names


def _everywhere(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {key: _everywhere(entry, change) for key, entry in value.items()}
    if isinstance(value, list):
        return [_everywhere(entry, change) for entry in value]
    return change(value) if isinstance(value, str) else value


def _renamed(raw: Raw) -> Raw:
    names = _names(raw)
    codes = re.compile(
        "(?<![A-Za-z0-9-])(" + "|".join(sorted(map(re.escape, names), key=len, reverse=True)) + ")(?![A-Za-z0-9-])"
    )
    renamed: Raw = _everywhere(
        raw, lambda text: codes.sub(lambda found: names[found[0]], text.replace("云溪", "临岚").replace("虚州", "衡州"))
    )
    return renamed


def _named(raw: Raw) -> list[Raw]:
    """Whatever bears a prefix: organs, the government, and the organs' former names."""
    former = [entry for organ in raw["departments"] for entry in organ.get("history", ())]
    return [*raw["departments"], raw["county"]["government"], *former]


def _prefixes(raw: Raw) -> dict[str, str]:
    return {named["doc_prefix"]: f"岚{sign}" for named, sign in zip(_named(raw), SIGNS, strict=False)}


def _head(head: str, prefixes: dict[str, str]) -> str:
    """The second county's letters before the brackets, for those of the first."""
    prefix = max((prefix for prefix in prefixes if head.startswith(prefix)), key=len)
    word = head.removeprefix(prefix)
    return prefixes[prefix] + WORDS.get(word, word)


def _numbering(pattern: str | None, prefixes: dict[str, str]) -> str | None:
    if pattern is None:
        return None
    head, rest = pattern.split("〔", 1)
    word = head.removeprefix("{prefix}")
    return f"{'{prefix}' + WORDS.get(word, word) if head.startswith('{prefix}') else _head(head, prefixes)}〔{rest}"


def _move(raw: Raw, before: Almanac, after: Almanac) -> None:
    """Bring what people did a year back: on working days, where they were working days."""

    def moved(day: date) -> date:
        return after.at_work(day - WEEKS) if before.works(day) else day - WEEKS

    for visit in raw["inspections"]:
        visit["date"] = moved(visit["date"])
    for plan in raw["planned_inspections"]:
        plan["planned_on"] = moved(plan["planned_on"])
    for letter in raw["risk_letters"]:
        letter["sent_on"] = moved(letter["sent_on"])
        letter["reply_due"] = after.working_days(letter["sent_on"], 3)
    for entry in [
        *raw["item_lists"],
        *(version for item in raw["check_items"] for version in item.get("versions", ())),
    ]:
        entry |= {key: entry[key] - WEEKS for key in ("effective_from", "valid_from", "valid_to") if key in entry}
    for entry in [*raw["entities"], *(former for organ in raw["departments"] for former in organ.get("history", ()))]:
        entry |= {key: entry[key] - WEEKS for key in ("deregistered_on", "valid_to") if key in entry}
    for history in histories(raw):
        if "year" in history.get("threshold_rule", {}):
            history["threshold_rule"] |= {"year": 2025, "refusals_required": THRESHOLD}
        days, dues = {}, {}
        for event in history["events"]:
            if "due" in event and not isinstance(event["due"], str):
                dues[event["due"]] = event
            days[event["date"]] = event["date"] = moved(event["date"])
            if "at" in event:
                event["at"] = datetime.combine(event["date"], datetime.fromisoformat(event["at"]).timetz()).isoformat()
            if "new_due" in event:
                event["new_due"] = moved(event["new_due"])
            if "pauses" in event:
                event["pauses"] = [[days.get(day, moved(day)) for day in pause] for pause in event["pauses"]]
            if "due_from" in event:
                event["due_from"] = days.get(event["due_from"]) or dues[event["due_from"]]
        for event, earlier in zip(history["events"], [None, *history["events"]], strict=False):
            _reckon(raw, event, earlier, after)


def _reckon(raw: Raw, event: Raw, earlier: Raw | None, almanac: Almanac) -> None:
    """The term of an event anew: from the day it names, or from the end of the term that it names."""
    if isinstance(event.get("due_from"), dict):
        event["due_from"] = event["due_from"]["due"]
    if "due_rule" in event:
        due = due_of(raw, event, earlier or {})
        event["due"] = due.isoformat() if isinstance(due, datetime) else due
        first = event.get("due_from")
        if first is not None and not isinstance(due, datetime):
            event["due_provisional"] = almanac.provisional(first, due)


def _number(raw: Raw, prefixes: dict[str, str]) -> None:
    """Number every paper anew in the order of its day (重编文号)."""
    papers = [
        (event["date"], order, place, event)
        for order, history in enumerate(histories(raw))
        for place, event in enumerate(history["events"])
        if "〔" in event.get("doc", "")
    ]
    papers += [(letter["sent_on"], len(papers), 0, letter) for letter in raw["risk_letters"]]
    counts: dict[tuple[str, int], int] = {}
    for on, _, _, event in sorted(papers, key=lambda entry: entry[:3]):
        series = (_head(event["doc"].split("〔")[0], prefixes), on.year)
        counts[series] = counts.get(series, 0) + 1
        event["doc"] = f"{series[0]}〔{on.year}〕{counts[series]}号"


def _ladder_letters(raw: Raw, until: date) -> None:
    """Put the letters into the histories that the county's own ladder demands (催督文书)."""
    events = {level: name for name, level in LADDER_EVENTS.items()}
    cases = {case["code"]: case for case in raw["cases"]}
    for letter in letters(raw, until=until):
        entry = {
            "date": letter.on,
            "event": events[letter.level],
            "doc": letter.number,
            "issuer": letter.issuer,
            "level": letter.level,
        }
        cases[letter.case]["events"].append(entry)
    for case in cases.values():
        case["events"].sort(key=lambda event: event["date"])


def second_county(first: Raw) -> Raw:
    """The whole second county, as a file of the same schema (另一个县)."""
    raw = _renamed(deepcopy(first))
    prefixes = _prefixes(raw)
    for named in _named(raw):
        named["doc_prefix"] = prefixes[named["doc_prefix"]]
    for entry in raw["document_types"]:
        entry["number"] = _numbering(entry["number"], prefixes)
    for code, value in TERMS.items():
        rule_of(raw, code)["value"] = value
    for rung in general(raw):
        rung["trigger"] = TRIGGERS[rung["level"]]
    raw["themes"][2]["frequency_cap_per_year"] = CAP_OF_T03
    before, after = Almanac(raw["calendar"]), Almanac(CALENDAR)
    raw["calendar"] = deepcopy(CALENDAR)
    raw["county"]["division_code"] = "999907"
    for history in histories(raw):
        history["events"] = [
            event for event in history["events"] if event["event"] not in (*LADDER_EVENTS, "notice_sent")
        ]
    _move(raw, before, after)
    _number(raw, prefixes)
    until = datetime.fromisoformat(raw["meta"]["demo_as_of"]) - WEEKS
    raw["meta"] |= {"demo_as_of": until.isoformat(), "generated_on": until.date() + DAY}
    _ladder_letters(raw, until.date())
    raw["risk_letters"].append(_too_often(raw))
    return raw


def _too_often(raw: Raw) -> Raw:
    """The letter that the lower cap of a theme makes due: its second visit of the year is one too many (频次超限)."""
    theme = raw["themes"][2]["code"]
    visits = [visit for visit in raw["inspections"] if visit["theme"] == theme and visit["kind"] != "complaint"]
    seen: dict[str, Raw] = {}
    for visit in sorted(visits, key=lambda visit: visit["date"]):
        if visit["entity"] in seen:
            office = issuer_of(raw, level=0, chased="")
            return {
                "code": "FX-2", "rule": "RK-01", "doc": f"{prefix_of(raw, office, visit['date'])}提〔{visit['date'].year}〕1号", "issuer": office,
                "to": sorted(visit["participants"]), "entity": visit["entity"], "sent_on": visit["date"],
                "reply_due": Almanac(raw["calendar"]).working_days(visit["date"], 3),
            }  # fmt: skip
        seen[visit["entity"]] = visit
    raise AssertionError("the first county visits nobody twice for its third theme")
