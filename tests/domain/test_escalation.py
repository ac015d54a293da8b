"""The ladder: one rung a day, on working days, none skipped, and nobody chases itself."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.calendars import announced_calendar, days
from tests.domain.rulebooks import demo_book
from yisong.domain.escalation import (
    EscalationError,
    Issuer,
    Ladder,
    Rung,
    issuer_of,
    ladder_for,
    next_look,
    proposed,
    rung_day,
    rung_key,
    rung_on,
)

CALENDAR = announced_calendar()
DAY = timedelta(days=1)


def rung(level: int, offset: int | None, **rest: object) -> Rung:
    return replace(Rung(rung_key(level, offset), level, f"层级{level}", offset, "承办部门"), **rest)  # type: ignore[arg-type]


LADDER = Ladder("default", (rung(0, -3), rung(0, -1), rung(1, 0), rung(2, 1), rung(3, 3), rung(4, 7), rung(5, 10)))


def walk(
    ladder: Ladder, due_on: date, sweep: list[date], climbed: frozenset[str] = frozenset()
) -> list[tuple[date, str]]:
    """What a sweep on those days climbs."""
    trace = []
    for day in sweep:
        found = rung_on(ladder, due_on=due_on, day=day, climbed=climbed, calendar=CALENDAR)
        if found is not None:
            climbed |= {found.key}
            trace.append((day, found.key))
    return trace


def test_a_clock_swept_every_day_climbs_every_rung_on_its_day() -> None:
    # 2026-04-02 is a Thursday, 4-04 to 4-06 are off
    assert walk(LADDER, date(2026, 4, 2), days(date(2026, 3, 25), date(2026, 4, 30))) == [
        (date(2026, 3, 30), "0@-3"),
        (date(2026, 4, 1), "0@-1"),
        (date(2026, 4, 2), "1@0"),
        (date(2026, 4, 3), "2@+1"),
        (date(2026, 4, 8), "3@+3"),
        (date(2026, 4, 14), "4@+7"),
        (date(2026, 4, 17), "5@+10"),
    ]


def test_a_made_up_working_sunday_is_a_day_of_the_ladder() -> None:
    assert walk(LADDER, date(2026, 9, 18), days(date(2026, 9, 18), date(2026, 9, 22)))[:2] == [
        (date(2026, 9, 18), "1@0"),
        (date(2026, 9, 20), "2@+1"),
    ]


def test_after_missed_days_the_rungs_come_one_a_working_day_and_none_is_skipped() -> None:
    # nobody looked until ten working days after the due day, a Friday
    assert walk(LADDER, date(2026, 10, 30), days(date(2026, 11, 13), date(2026, 11, 20))) == [
        (date(2026, 11, 13), "2@+1"),
        (date(2026, 11, 16), "3@+3"),
        (date(2026, 11, 17), "4@+7"),
        (date(2026, 11, 18), "5@+10"),
    ]


def test_a_reminder_whose_day_has_passed_is_moot() -> None:
    assert walk(LADDER, date(2026, 11, 20), [date(2026, 11, 18), date(2026, 11, 20)]) == [(date(2026, 11, 20), "1@0")]


def test_a_due_day_of_rest_has_no_due_day_reminder() -> None:
    saturday = date(2026, 10, 31)
    assert rung_day(LADDER.rung("1@0"), due_on=saturday, calendar=CALENDAR) is None
    assert [key for _, key in walk(LADDER, saturday, days(date(2026, 10, 26), date(2026, 11, 2)))] == [
        "0@-3",
        "0@-1",
        "2@+1",
    ]


def test_nothing_happens_on_a_day_of_rest_or_twice_a_day() -> None:
    late = date(2026, 9, 18)
    for day in days(date(2026, 10, 1), date(2026, 10, 7)):
        assert rung_on(LADDER, due_on=late, day=day, climbed=frozenset(), calendar=CALENDAR) is None
    day = date(2026, 10, 8)
    first = rung_on(LADDER, due_on=late, day=day, climbed=frozenset(), calendar=CALENDAR)
    assert first is not None
    again = rung_on(LADDER, due_on=late, day=day, climbed=frozenset({first.key}), calendar=CALENDAR, last_on=day)
    assert again is None


def test_a_rung_without_days_is_never_climbed() -> None:
    ladder = Ladder("x", (rung(2, 1), rung(4, None)))
    trace = walk(ladder, date(2026, 10, 30), days(date(2026, 10, 26), date(2026, 12, 31)))
    assert [key for _, key in trace] == ["2@+1"]
    assert (
        next_look(
            ladder, due_on=date(2026, 10, 30), after=date(2026, 11, 3), climbed=frozenset({"2@+1"}), calendar=CALENDAR
        )
        is None
    )


OFFSETS = st.lists(st.integers(-6, 15), max_size=7).map(sorted)


@given(OFFSETS, st.dates(date(2026, 1, 5), date(2026, 11, 1)), st.integers(-20, 40))
def test_walking_only_the_days_of_next_look_gives_the_same_as_walking_every_day(
    offsets: list[int], due_on: date, first: int
) -> None:
    ladder = Ladder("x", tuple(rung(level, offset) for level, offset in enumerate(offsets)))
    begin = due_on + timedelta(days=first)
    every_day = walk(ladder, due_on, days(begin, begin + timedelta(days=70)))
    trace: list[tuple[date, str]] = []
    looked, after = 0, begin - DAY
    while True:
        climbed = frozenset(key for _, key in trace)
        day = next_look(ladder, due_on=due_on, after=after, climbed=climbed, calendar=CALENDAR)
        if day is None or day > begin + timedelta(days=70):
            break
        assert day > after
        trace += walk(ladder, due_on, [day], climbed)
        after, looked = day, looked + 1
    assert trace == every_day
    assert looked == len(trace)  # no look in vain


@given(OFFSETS, st.dates(date(2026, 1, 5), date(2026, 11, 1)), st.sets(st.integers(0, 60), max_size=15))
def test_rungs_after_the_due_day_come_in_order_whatever_days_are_missed(
    offsets: list[int], due_on: date, missed: set[int]
) -> None:
    ladder = Ladder("x", tuple(rung(level, offset) for level, offset in enumerate(offsets)))
    swept = [due_on + timedelta(days=number) for number in range(1, 61) if number not in missed]
    after = [key for _, key in walk(ladder, due_on, swept)]
    order = [entry.key for entry in ladder.rungs if (entry.offset_workdays or 0) > 0]
    assert after == order[: len(after)]


def test_the_ladder_that_names_most_of_a_clock_is_taken() -> None:
    general = Ladder("general", (rung(2, 1),))
    critical = Ladder("critical", (rung(2, 1),), severities=("critical",))
    acceptance = Ladder("acceptance", (rung(2, 2),), rules=("R-ACCEPT",))
    old = Ladder("old", (rung(2, 9),), rules=("R-ACCEPT",), severities=("critical",), valid_to=date(2025, 12, 31))
    ladders = (general, critical, acceptance, old)
    assert ladder_for(ladders, rule="R-VERIFY", severity="general", on=date(2026, 1, 1)) is general
    assert ladder_for(ladders, rule="R-VERIFY", severity="critical", on=date(2026, 1, 1)) is critical
    assert ladder_for(ladders, rule="R-ACCEPT", severity="critical", on=date(2026, 1, 1)) is acceptance
    assert ladder_for(ladders, rule="R-ACCEPT", severity="critical", on=date(2025, 1, 1)) is old
    with pytest.raises(EscalationError) as refused:
        ladder_for((critical,), rule="R-VERIFY")
    assert refused.value.code == "ladder_missing"


def test_what_a_person_put_aside_by_going_higher_does_not_come_back() -> None:
    swept = days(date(2026, 4, 3), date(2026, 4, 30))
    assert [key for _, key in walk(LADDER, date(2026, 4, 2), swept, frozenset({"2@+1", "4@+7"}))] == ["5@+10"]


def test_hazards_and_repeated_supervision_are_proposed_to_a_person() -> None:
    ladder = demo_book().ladders[0]

    def keys(*, critical: bool = False, supervised: int = 0, climbed: frozenset[str] = frozenset()) -> list[str]:
        return [rung.key for rung in proposed(ladder, critical=critical, supervised=supervised, climbed=climbed)]

    assert keys() == [] and keys(supervised=2) == []
    assert keys(critical=True) == ["4@+7"]
    assert keys(supervised=3) == ["5@+10"]
    assert keys(critical=True, supervised=4, climbed=frozenset({"4@+7"})) == ["5@+10"]


@pytest.mark.parametrize(
    ("rungs", "code"),
    [((rung(2, 1), rung(2, 1)), "rung_twice"), ((rung(3, 3), rung(2, 1)), "rung_order")],
)
def test_a_ladder_that_cannot_be_climbed_is_refused(rungs: tuple[Rung, ...], code: str) -> None:
    with pytest.raises(EscalationError) as refused:
        Ladder("x", rungs)
    assert refused.value.code == code


def test_the_guidance_office_chases_others_and_the_justice_bureau_chases_it() -> None:
    book = demo_book()
    chase = rung(2, 1)
    assert issuer_of(chase, chased=book.organ("YJJ"), book=book).organ == book.guidance_code
    own = issuer_of(chase, chased=book.organ(book.guidance_code), book=book)
    assert own.organ == book.supervisor_code and "避免自我督办" in own.reason
    assert issuer_of(chase, chased=book.organ(book.supervisor_code), book=book).organ == book.guidance_code


def test_listed_supervision_is_the_governments() -> None:
    book = demo_book()
    listed = next(entry for entry in book.ladders[0].rungs if "GUAPAI" in entry.papers)
    assert listed.issuer is Issuer.GOVERNMENT
    assert issuer_of(listed, chased=book.organ(book.guidance_code), book=book).organ == book.government_code
    with pytest.raises(EscalationError) as refused:
        issuer_of(listed, chased=book.organ(book.government_code), book=book)
    assert refused.value.code == "self_chasing"


def test_a_citys_branch_office_takes_the_citys_path_too() -> None:
    book = demo_book()
    assert issuer_of(rung(2, 1), chased=book.organ("HBJ"), book=book).city_path
    assert not issuer_of(rung(2, 1), chased=book.organ("SJJ"), book=book).city_path


def test_a_county_with_one_coordinating_organ_cannot_chase_it() -> None:
    book = demo_book()
    alone = replace(book, organs=tuple(organ for organ in book.organs if organ.code != "SFJ"))
    supervising = replace(
        alone,
        organs=tuple(
            replace(o, roles=o.roles | book.organ("SFJ").roles) if o.code == "ZFJ" else o for o in alone.organs
        ),
    )
    with pytest.raises(EscalationError) as refused:
        issuer_of(rung(2, 1), chased=supervising.organ("ZFJ"), book=supervising)
    assert refused.value.code == "self_chasing"
