"""A whole county replayed (县历史重演): what people did goes in, every date, number, letter and state must come out.

What must come out is reckoned by plain arithmetic from the YAML (`tests.journeys.expected`), for the demonstration county and
for a second one that shares neither a code nor a rule with it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
import yaml

from tests.conftest import upgrade
from tests.journeys.almanac import Almanac, instant
from tests.journeys.dumps import difference, dump
from tests.journeys.expected import LADDER_EVENTS, Raw, due_of, histories, ladder, letters, stated
from tests.journeys.replays import FIRST, SECOND, Played, played_county
from tests.support.postgres import PostgresServer

UNASKED = {"YSQD", "GONGSHI", "XIUFU"}
"""Papers that go with another one; a history names only the other."""
NOT_CHASED = {"R-CRIM-REVIEW", "R-LIST-STATEMENT", "R-SERVE-ANNOUNCE"}


@pytest.fixture(
    scope="module", params=[(FIRST, "sqlite"), (FIRST, "postgresql"), (SECOND, "sqlite")], ids=["first-sqlite", "first-postgresql", "second-sqlite"]
)  # fmt: skip
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """One replay, looked at by all the tests of this module."""
    which, engine = request.param
    home = tmp_path_factory.mktemp("county")
    url = f"sqlite:///{home / 'yisong.db'}"
    if engine == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.fresh_database(prepare=upgrade)
    found = played_county(which, url=url, home=home)
    yield found
    found.close()


def _by_code(played: Played) -> dict[str, Raw]:
    return {entry["code"]: entry for entry in [*played.report["cases"], *played.report["listings"]]}


def test_no_act_of_its_people_is_refused(played: Played) -> None:
    assert played.report["refused"] == []


def test_every_case_and_listing_ends_in_its_state(played: Played) -> None:
    found = _by_code(played)
    assert {code: entry["state"] for code, entry in found.items()} == {
        entry["code"]: entry["state"] for entry in histories(played.raw)
    }
    assert len(found) == 25 + 4


def test_every_due_date_is_the_one_that_the_county_states(played: Played) -> None:
    found, missing = _by_code(played), []
    for history, event, before in stated(played.raw):
        rule, due = event["due_rule"], due_of(played.raw, event, before)
        start = before["at"] if isinstance(due, datetime) else event["due_from"].isoformat()
        written = event["due"] if isinstance(event["due"], str) else event["due"].isoformat()
        assert due == (instant(written) if isinstance(due, datetime) else event["due"]), (history["code"], event)
        wanted = (rule, start, written, event.get("due_provisional", False))
        clocks = found[history["code"]]["clocks"]
        which = "due" if isinstance(due, datetime) else "original_due"
        if wanted not in [(clock["rule"], clock["start"], clock[which], clock["provisional"]) for clock in clocks]:
            missing.append((history["code"], wanted))
    assert not missing
    assert len(list(stated(played.raw))) == (
        82 if played.which == FIRST else 81
    )  # the second's 受理 term is stated by a letter that it drops


def test_extensions_move_the_due_date_to_the_day_granted(played: Played) -> None:
    granted = [
        (case["code"], event["new_due"])
        for case in played.raw["cases"]
        for event in case["events"]
        if "new_due" in event
    ]
    for code, new_due in granted:
        clocks = _by_code(played)[code]["clocks"]
        assert [clock["due"] for clock in clocks if clock["rule"] == "R-RECTIFY" and clock["extensions"]] == [
            new_due.isoformat()
        ]
    assert len(granted) == 2


def test_papers_bear_the_numbers_of_the_histories_in_order_and_no_others(played: Played) -> None:
    for code, entry in _by_code(played).items():
        history = next(history for history in histories(played.raw) if history["code"] == code)
        wanted = [
            (event["date"].isoformat(), event["doc"]) for event in history["events"] if "〔" in event.get("doc", "")
        ]
        found = [
            (paper["on"], paper["number"])
            for paper in entry["papers"]
            if paper["number"] and paper["type"] not in UNASKED
        ]
        assert sorted(found) == sorted(wanted), code


def test_numbers_run_without_gaps_in_every_series(played: Played) -> None:
    series: dict[str, list[tuple[str, int]]] = {}
    rows = [paper for entry in _by_code(played).values() for paper in entry["papers"]] + [
        hit | {"on": hit["on"]} for hit in played.report["risk_hits"]
    ]
    for paper in rows:
        if paper["number"]:
            head, number = paper["number"].rstrip("号").split("〕")
            series.setdefault(head, []).append((paper["on"], int(number)))
    for head, issued in series.items():
        assert [number for _, number in sorted(issued)] == list(range(1, len(issued) + 1)), head
    assert len(series) > 40


def test_the_ladder_is_climbed_on_the_days_and_by_the_organs_that_the_county_demands(played: Played) -> None:
    wanted = [
        (event["date"].isoformat(), case["code"], event["level"], event["doc"], event["issuer"])
        for case in played.raw["cases"] for event in case["events"] if event["event"] in LADDER_EVENTS
    ]  # fmt: skip
    reckoned = [
        (entry.on.isoformat(), entry.case, entry.level, entry.number, entry.issuer)
        for entry in letters(played.raw, until=played.until)
    ]
    found = [
        (rung["on"], case["code"], rung["level"], rung["number"], rung["issuer"])
        for case in played.report["cases"] for rung in case["rungs"] if rung["level"] >= 2 and rung["status"] == "climbed"
    ]  # fmt: skip
    assert sorted(found) == sorted(wanted) == sorted(reckoned)
    assert len(found) >= 10


def test_reminders_go_out_on_their_days_as_long_as_a_term_runs(played: Played) -> None:
    """Levels 0 and 1: worked out from each clock's own start, end and due day."""
    almanac, steps, counted = Almanac(played.raw["calendar"]), ladder(played.raw), 0
    for case in played.report["cases"]:
        for clock in case["clocks"]:
            if (
                clock["unit"] == "h"
                or clock["rule"].startswith("R-CRIM")
                or clock["extensions"]
                or clock["rule"] in NOT_CHASED
                or clock["pauses"]
            ):
                continue
            start, due = date.fromisoformat(clock["start"]), date.fromisoformat(clock["due"])
            ended = date.fromisoformat(clock["ended_on"]) if clock["ended_on"] else date.max
            days = {(level, almanac.working_days(due, offset)) for level in (0, 1) for offset in steps[level]}
            wanted = {(level, day.isoformat()) for level, day in days if start < day < ended and day <= played.until}
            rungs = [
                rung
                for rung in case["rungs"]
                if rung["matter"] == clock["matter"] and rung["rule"] == clock["rule"] and rung["level"] < 2
            ]
            found = {(rung["level"], rung["on"]) for rung in rungs if clock["start"] < rung["on"] <= clock["due"]}
            assert found == wanted, (case["code"], clock)
            counted += len(wanted)
    assert counted > 25


def test_refusals_are_counted_order_by_order(played: Played) -> None:
    cases = {case["code"]: case for case in played.raw["cases"]}
    for listing in played.raw["key_supervision"]:
        row = _by_code(played)[listing["code"]]
        orders = [
            event["doc"] for code in listing.get("basis_cases", ()) for event in cases[code]["events"] if event["event"] == "order_served"
        ]  # fmt: skip
        assert [entry["order"] for entry in row["counted"]] == orders, listing["code"]
        assert row["threshold"] == played.raw["key_supervision"][0]["threshold_rule"]["refusals_required"]
        assert all(entry["reason"] for entry in row["not_counted"])


def test_the_candidate_appears_on_the_evening_on_which_the_threshold_is_reached(played: Played) -> None:
    listing = played.raw["key_supervision"][0]
    failed = sorted(
        event["date"] for case in played.raw["cases"] if case["code"] in listing["basis_cases"] for event in case["events"] if event["event"] == "review_failed"
    )  # fmt: skip
    matter = _by_code(played)[listing["code"]]["matter"]
    assert played.days_of(matter, "nominate") == [failed[listing["threshold_rule"]["refusals_required"] - 1]]
    assert played.days_of(matter, "open") == [failed[0]]


def test_risk_letters_go_to_those_whom_the_county_names_and_once(played: Played) -> None:
    wanted = [
        (entry["doc"], entry["issuer"], sorted(entry["to"]), entry["entity"], entry["sent_on"].isoformat(), entry["reply_due"].isoformat())
        for entry in played.raw["risk_letters"]
    ]  # fmt: skip
    found = [
        (hit["number"], hit["issuer"], sorted(hit["departments"]), hit["unit"], hit["on"], hit["reply_by"])
        for hit in played.report["risk_hits"]
    ]
    assert sorted(found) == sorted(wanted)


def test_the_journal_of_the_year_holds(played: Played) -> None:
    audited = played.audit()
    assert audited.faults == []
    assert audited.events > 400


def test_nothing_of_the_first_county_is_left_in_the_second(played: Played) -> None:
    first: Raw = yaml.safe_load(FIRST.read_text(encoding="utf-8"))
    organs = [*first["departments"], first["county"]["government"]]
    strange = {"云溪", "虚州", *(organ["code"] for organ in organs), *(organ["doc_prefix"] for organ in organs)}
    strange |= {
        entry["code"]
        for section in ("cases", "check_items", "inspections", "entities", "key_supervision")
        for entry in first[section]
    }
    pattern = re.compile(
        "(?<![A-Za-z0-9])(" + "|".join(map(re.escape, sorted(strange, key=len, reverse=True))) + ")(?![A-Za-z0-9])"
    )
    written = json.dumps([played.report, dump(played.stage.desk.engine)], ensure_ascii=False)
    found = Counter(pattern.findall(written))
    assert len(found) > 100 if played.which == FIRST else not found


@pytest.mark.slow
def test_the_prefect_flows_make_the_same_year_of_it(postgresql_url: str, tmp_path: Path) -> None:
    """Every midnight, morning and evening as a flow run, and on the other engine: nothing may depend on who calls the services."""
    from yisong.replay.through_flows import ThroughFlows, embedded

    directly = played_county(FIRST, url=f"sqlite:///{tmp_path / 'directly.db'}", home=tmp_path / "directly")
    machinery = ThroughFlows(letters=False)
    flows = played_county(FIRST, url=postgresql_url, home=tmp_path / "flows", machinery=machinery, surrounding=embedded)
    assert machinery.runs > 40
    assert flows.report == directly.report
    unsent = frozenset({"notice", "outbox", "outbox_attempt"})
    assert not difference(
        dump(directly.stage.desk.engine, leave_out=unsent), dump(flows.stage.desk.engine, leave_out=unsent)
    )
    flows.close()
    directly.close()
