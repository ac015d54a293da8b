"""County files: everything is read, for this county and for another."""

import re
from datetime import date
from pathlib import Path

import pytest

from tests.support.counties import BOOK, CALENDAR, COUNTY, OTHER, ROOT, SAMPLE
from yisong import countyfile, rulefiles
from yisong.countyfile import County
from yisong.domain.risk import RiskKind
from yisong.domain.routing import route
from yisong.domain.workdays import CalendarYear


def test_everything_of_the_county_is_read() -> None:
    counts = {
        name: len(getattr(COUNTY, name))
        for name in (
            "users",
            "units",
            "inspections",
            "findings",
            "cases",
            "listings",
            "planned_inspections",
            "risk_letters",
            "test_vectors",
        )
    }
    assert counts == {
        "users": 21, "units": 18, "inspections": 16, "findings": 28, "cases": 25, "listings": 4, "planned_inspections": 3,
        "risk_letters": 1, "test_vectors": 16,
    }  # fmt: skip
    assert (len(BOOK.organs), len(BOOK.items), len(BOOK.deadline_rules), len(BOOK.risk_rules)) == (18, 58, 33, 9)
    assert COUNTY.as_of is not None and COUNTY.as_of.isoformat() == "2026-11-20T18:00:00+08:00"


def test_what_kind_of_transfer_each_case_is() -> None:
    kinds = {case.code[-4:]: case.kind for case in COUNTY.cases}
    assert [kinds[code] for code in ("0001", "0002", "0009")] == ["lead", "own", "criminal"]


@pytest.fixture(scope="module")
def other() -> County:
    return countyfile.read(OTHER, calendar=CALENDAR)


def test_another_county_has_its_own_organs_ladder_and_thresholds(other: County) -> None:
    book = other.book
    assert (book.guidance_code, book.supervisor_code, book.government_code, book.police_code) == (
        "D01",
        "D02",
        "GOV",
        "D04",
    )
    assert [(rung.key, rung.papers, rung.issuer.value) for rung in book.ladders[0].rungs] == [
        ("0@-2", (), "guidance"),
        ("1@+2", ("CB",), "guidance"),
        ("2@+5", ("GP", "YT"), "government"),
    ]
    assert [special.kind for special in book.ladders[0].rungs[2].special] == ["critical_hazard"]
    assert [(rule.kind, rule.days, rule.departments, rule.inclusive) for rule in book.risk_rules] == [
        (RiskKind.PLAN_CONFLICT, 45, 3, False),
        (RiskKind.ANNUAL_CAP, None, None, True),
    ]
    assert book.refusal_rule.threshold == 2 and book.refusal_rule.source.value == "default"


def test_another_county_has_its_own_variants(other: County) -> None:
    day = date(2025, 5, 6)
    assert other.book.deadline_rule("R-REVIEW", day, "D03").code == "R-REVIEW-FISH"
    assert other.book.deadline_rule("R-REVIEW", day, "D01").code == "R-REVIEW"
    assert other.book.deadline_rule("R-ACCEPT", day, "D01").code == "R-ACCEPT"
    assert other.book.deadline_rule("R-ACCEPT-NIGHT", day).departments == ()


def test_another_county_routes_by_its_own_lists_and_order(other: County) -> None:
    def answer(item: str, town: str | None, day: date) -> tuple[str | None, str]:
        routed = route(item, place_town=town, found_on=day, book=other.book)
        return routed.department, routed.list_code

    day = date(2025, 5, 6)
    assert answer("Y-1", "Z01", day) == ("D03", "ZQD")
    assert answer("Y-2", "Z01", day) == ("Z01", "ZZQD")
    assert answer("Y-2", None, day) == ("D01", "ZQD")
    assert answer("Y-2", "Z01", date(2025, 2, 28)) == ("D01", "ZQD")
    assert answer("Y-3", "Z01", day) == ("D01", "ZHZF")
    assert answer("Y-3", None, date(2024, 12, 31)) == (None, "")


def test_another_countys_organs_bore_other_names(other: County) -> None:
    organ = other.book.organ("D03")
    assert [organ.prefix_on(date(year, 1, 15)) for year in (2019, 2020, 2024, 2025)] == ["海水", "海水", "海海", "海渔"]
    assert other.book.organ("D02").short == "海东县司法局"


def test_a_year_of_the_file_goes_before_the_known_one_and_others_stay(other: County) -> None:
    years = other.book.calendar.years
    assert len(years[2025].holidays) == 2 and not other.book.calendar.announced(2026)
    assert CALENDAR is not None and years[2024] == CALENDAR.years[2024]


def test_another_countys_book_survives_as_files(other: County, tmp_path: Path) -> None:
    rulefiles.write(other.book, tmp_path)
    assert rulefiles.check(tmp_path, calendar=other.book.calendar) == []
    assert rulefiles.read(tmp_path, calendar=other.book.calendar) == other.book
    assert "海东县" in rulefiles.rules_markdown(other.book)


def test_a_county_file_needs_no_other_calendar() -> None:
    assert set(countyfile.read(OTHER).book.calendar.years) == {2025, 2026}


def test_no_county_is_written_in_the_code() -> None:
    organs = "|".join(organ.code for organ in BOOK.organs)
    names = re.compile(rf"云溪|虚州|示例镇|样板街道|[\"'](?:{organs})[\"']")
    for folder in ("domain", "rulefiles", "countyfile"):
        for file in (ROOT / "yisong" / folder).rglob("*.py"):
            assert not names.search(file.read_text(encoding="utf-8")), file


def test_codes_keep_their_zeros_without_quotation_marks() -> None:
    text = OTHER.read_text(encoding="utf-8").replace('division_code: "999901"', "division_code: 009901")
    assert countyfile.parse(text).book.county.division_code == "009901"


def test_one_mapping_or_a_list_of_calendars_is_the_same() -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    head, tail = text.split("\ncalendar:\n", 1)
    body, rest = tail.split("\ndocument_types:", 1)
    lines = [f"  {line}" if line.strip() else line for line in body.splitlines()]
    lines[0] = "  - " + lines[0].strip()
    listed = countyfile.parse(f"{head}\ncalendar:\n" + "\n".join(lines) + f"\ndocument_types:{rest}", calendar=CALENDAR)
    assert listed.book == BOOK
    assert isinstance(listed.book.calendar.years[2026], CalendarYear)


def test_a_new_version_of_a_list_ends_the_old_one_and_has_its_own_townships() -> None:
    text = OTHER.read_text(encoding="utf-8")
    old = "  - {code: ZZQD, name: 镇级清单, version: v1, effective_from: 2025-03-01, towns: [Z01]}\n"
    new = old + "  - {code: ZZQD, name: 镇级清单, version: v2, effective_from: 2025-06-01, towns: [D04]}\n"
    assert old in text
    book = countyfile.parse(text.replace(old, new), calendar=CALENDAR).book
    for day, town, wanted in (
        (date(2025, 5, 31), "Z01", ("Z01", "v1")),
        (date(2025, 6, 1), "Z01", ("D01", "v9")),
        (date(2025, 6, 1), "D04", ("D04", "v2")),
    ):
        routed = route("Y-2", place_town=town, found_on=day, book=book)
        assert (routed.department, routed.version) == wanted


def test_a_county_may_state_who_issues_a_rungs_paper_and_how_refusals_are_counted() -> None:
    text = OTHER.read_text(encoding="utf-8").replace(
        "doc_type: CB, to: 承办部门", "doc_type: CB, issuer: D02, to: 承办部门"
    )
    rule = "threshold_rule: {year: 2025, refusals_required: 4, window: 滚动12个月}"
    listing = f"key_supervision:\n  - {{code: L1, entity: U1, lead_dept: D01, state: watch, {rule}, events: []}}"
    book = countyfile.parse(text.replace("key_supervision: []", listing), calendar=CALENDAR).book
    assert book.ladders[0].rung("1@+2").issuer.value == "supervisor"
    assert (book.refusal_rule.threshold, book.refusal_rule.window.value) == (4, "rolling_12_months")
