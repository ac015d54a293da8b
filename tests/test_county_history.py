"""The demonstration county is true to its own rules: its due dates, its letters, its numbers (县历史与县规则一致)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.support.counties import BOOK, COUNTY
from yisong import countyfile
from yisong.countyfile import CaseHistory, HistoryEvent, ListingHistory
from yisong.domain.deadlines import Ledger, Pause, Unit, due, due_on
from yisong.domain.escalation import issuer_of, rung_on
from yisong.domain.numbering import parse

DAY = timedelta(days=1)
HISTORIES: list[CaseHistory | ListingHistory] = [*COUNTY.cases, *COUNTY.listings]


def stated() -> Iterator[tuple[str, CaseHistory | ListingHistory, HistoryEvent, int]]:
    for history in HISTORIES:
        for index, event in enumerate(history.events):
            if event.rule:
                yield f"{history.code} {event.event} {event.rule}", history, event, index


@pytest.mark.parametrize(("history", "event", "index"), [pytest.param(*rest, id=name) for name, *rest in stated()])
def test_every_due_date_that_the_county_states_is_what_its_rules_give(
    history: Any, event: HistoryEvent, index: int
) -> None:
    department = "" if not isinstance(history, CaseHistory) else history.reassigned_to or history.responsible
    rule = BOOK.deadline_rule(event.rule, event.on, department)
    assert rule.code == event.rule
    amount = event.days if rule.amount is None else rule.amount
    assert amount is not None
    before = history.events[index - 1]
    started = before.at if rule.unit is Unit.HOURS else None
    pauses = tuple(
        Pause(date.fromisoformat(str(first)), date.fromisoformat(str(last)))
        for first, last in event.extra.get("pauses", ())
    )
    ledger = Ledger(rule.code, rule.unit, amount, event.due_from or before.on, started, pauses)
    result = due(ledger, calendar=BOOK.calendar)
    assert (result.at if isinstance(event.due, datetime) else result.on) == event.due
    assert result.provisional == event.due_provisional


def test_the_county_states_as_many_due_dates_as_before_it_was_corrected() -> None:
    assert len(list(stated())) == 82


@pytest.mark.parametrize(
    "vector", COUNTY.test_vectors, ids=lambda vector: f"{vector.unit}-{vector.start}-{vector.amount}"
)
def test_the_countys_own_test_vectors_hold(vector: countyfile.TestVector) -> None:
    pauses = [Pause(*pause) for pause in vector.pauses]
    assert (
        due_on(vector.start, unit=vector.unit, amount=vector.amount, calendar=BOOK.calendar, pauses=pauses)
        == vector.due
    )


@dataclass
class Running:
    """A clock from the day after which the sweep sees it to the day of the act that ends it, if any."""

    case: str
    organ: str
    since: date
    due: date
    until: date | None
    held: tuple[date, date] | None = None


ENDS = {
    "R-ACCEPT": ("accepted", "rejected_no_jurisdiction"),
    "R-VERIFY": ("order_served", "service_attempt_failed", "case_filed", "terminated"),
    "R-RECTIFY": (
        "report_submitted",
        "review_passed",
        "review_partial",
        "review_failed",
        "order_withdrawn",
        "extension_approved",
    ),
    "R-REVIEW": ("review_passed", "review_partial", "review_failed"),
}


def clocks_of(case: CaseHistory) -> Iterator[Running]:
    """The clocks that chase somebody in a case, by its own events."""
    organ = case.responsible

    def end(rule: str, index: int) -> date | None:
        return next((event.on for event in case.events[index + 1 :] if event.event in ENDS[rule]), None)

    def term(rule: str, start: date, index: int, **rest: Any) -> Running:
        found = BOOK.deadline_rule(rule, start, organ)
        assert found.amount is not None
        last = due_on(start, unit=found.unit, amount=found.amount, calendar=BOOK.calendar, **rest)
        return Running(case.code, organ, start, last, end(rule, index))

    for index, event in enumerate(case.events):
        match event.event:
            case "transfer_delivered":
                supplement = [entry.on for entry in case.events if entry.event.startswith("supplement_")]
                yield term(
                    "R-ACCEPT", event.on, index, pauses=[Pause(supplement[0], supplement[1])] if supplement else []
                )
            case "designated":
                organ = event.to
                yield term("R-ACCEPT", event.on, index)
            case "accepted":
                yield term("R-VERIFY", event.on, index)
            case "order_served":
                assert isinstance(event.due, date)
                asked = next((entry.on for entry in case.events[index:] if entry.event == "extension_requested"), None)
                granted = next((entry for entry in case.events[index:] if entry.event == "extension_approved"), None)
                held = (asked, granted.on) if asked and granted else None
                yield Running(case.code, organ, event.on, event.due, end("R-RECTIFY", index), held)
                if granted is not None and granted.new_due is not None:
                    yield Running(case.code, organ, granted.on, granted.new_due, None)
                if end("R-RECTIFY", index) is None or case.events[-1].event == "review_failed":
                    yield term("R-REVIEW", event.due, index)
            case "report_submitted":
                yield term("R-REVIEW", event.on, index)


def letters_due() -> list[tuple[date, str, str, str]]:
    """Every letter of the ladder up to the demonstration's day: (day, case, number, issuer)."""
    assert COUNTY.as_of is not None
    found = []
    for case in COUNTY.cases:
        for clock in clocks_of(case):
            climbed: frozenset[str] = frozenset()
            day, last = clock.since + DAY, min(clock.until - DAY if clock.until else date.max, COUNTY.as_of.date())
            while day <= last:  # an act without an hour counts before that day's sweep
                held = clock.held is not None and clock.held[0] < day <= clock.held[1]
                rung = (
                    None
                    if held
                    else rung_on(BOOK.ladders[0], due_on=clock.due, day=day, climbed=climbed, calendar=BOOK.calendar)
                )
                if rung is not None:
                    climbed |= {rung.key}
                    if rung.paper is not None:
                        issuer = issuer_of(rung, chased=BOOK.organ(clock.organ), book=BOOK).organ
                        found.append((day, case.code, rung.paper, issuer))
                day += DAY
    series: dict[tuple[str, str], int] = {}
    numbered = []
    for day, code, paper, issuer in sorted(found, key=lambda entry: (entry[0], entry[1])):
        series[issuer, paper] = series.get((issuer, paper), 0) + 1
        prefix = BOOK.organ(issuer).prefix_on(day)
        numbered.append((day, code, BOOK.numbering(paper).format(prefix, day.year, series[issuer, paper]), issuer))
    return numbered


def test_the_letters_of_the_county_are_those_that_its_ladder_demands_no_more_and_no_fewer() -> None:
    sent = [
        (event.on, case.code, event.doc, event.issuer)
        for case in COUNTY.cases
        for event in case.events
        if event.event in ("reminder_sent", "supervise_sent", "listed_supervision_sent")
    ]
    assert sorted(sent) == sorted(letters_due())
    assert len(sent) == 12


def test_whatever_was_left_undone_for_a_whole_working_day_after_its_term_got_a_letter() -> None:
    late = {
        case.code
        for case in COUNTY.cases
        for clock in clocks_of(case)
        if not clock.held and BOOK.calendar.count_workdays(clock.due, (clock.until or date(2026, 11, 21)) - DAY) > 0
    }
    assert late == {code for _, code, _, _ in letters_due()}


def test_numbers_run_without_gaps_in_the_order_of_their_days() -> None:
    series: dict[tuple[str, str, int], list[tuple[date, int]]] = {}
    words = [entry.head for entry in BOOK.numberings if entry.own_prefix]
    for history in HISTORIES:
        for event in history.events:
            if "〔" in event.doc:
                number = parse(event.doc, BOOK.prefixes(), words=words, year=event.on.year)
                series.setdefault((number.prefix, number.word, number.year), []).append((event.on, number.seq))
    for letter in COUNTY.risk_letters:
        number = parse(letter.doc, BOOK.prefixes(), words=words, year=letter.sent_on.year)
        series.setdefault((number.prefix, number.word, number.year), []).append((letter.sent_on, number.seq))
    assert len(series) > 40
    for key, entries in series.items():
        assert [seq for _, seq in sorted(entries, key=lambda entry: entry[1])] == list(range(1, len(entries) + 1)), key
        assert [day for day, _ in sorted(entries, key=lambda entry: entry[1])] == sorted(day for day, _ in entries), key


def test_results_go_back_to_the_transferring_organ_before_a_case_is_closed() -> None:
    for case in COUNTY.cases:
        names = [event.event for event in case.events]
        if case.kind == "lead" and "closed" in names:
            assert "result_fed_back" in names[: names.index("closed")], case.code


def test_what_people_do_they_do_on_working_days_and_in_order() -> None:
    for history in HISTORIES:
        days = [event.on for event in history.events]
        assert days == sorted(days), history.code
        for event in history.events:
            if event.event not in ("report_submitted", "removal_applied", "statement_received"):
                assert BOOK.calendar.is_workday(event.on), (history.code, event.event)
