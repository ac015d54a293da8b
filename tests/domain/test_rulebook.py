"""The rule book: dated answers, and refusals that say what to do."""

from dataclasses import replace
from datetime import date

import pytest

from tests.domain.rulebooks import demo_book
from yisong.domain.entries import ItemVersion, in_force
from yisong.domain.organs import DatedName, OrganRole, dated_names
from yisong.domain.rulebook import RuleBookError
from yisong.domain.workdays import CalendarYear, Holiday

BOOK = demo_book()
DAY = date(2026, 9, 1)


def test_the_fire_brigade_has_its_own_term_for_reviews_and_others_do_not() -> None:
    assert BOOK.deadline_rule("R-REVIEW", DAY, "XFJ").code == "R-REVIEW-FIRE"
    assert BOOK.deadline_rule("R-REVIEW", DAY, "SJJ").code == "R-REVIEW"
    assert BOOK.deadline_rule("R-REVIEW", DAY).code == "R-REVIEW"
    assert BOOK.deadline_rule("R-REVIEW-FIRE", DAY, "SJJ").code == "R-REVIEW-FIRE"


def test_a_variant_that_names_no_organ_applies_only_when_asked_for() -> None:
    assert all(BOOK.deadline_rule("R-TRANSFER", DAY, organ.code).code == "R-TRANSFER" for organ in BOOK.organs)
    assert BOOK.deadline_rule("R-TRANSFER-URGENT", DAY).variant_of == "R-TRANSFER"


def test_a_new_version_of_a_term_begins_with_its_day() -> None:
    old = replace(BOOK.deadline_rule("R-ACCEPT", DAY), valid_to=date(2026, 9, 30))
    new = replace(old, amount=5, valid_from=date(2026, 10, 1), valid_to=None)
    others = tuple(rule for rule in BOOK.deadline_rules if rule.code != "R-ACCEPT")
    book = replace(BOOK, deadline_rules=(*others, new, old))
    assert book.deadline_rule("R-ACCEPT", date(2026, 9, 30)).amount == 3
    assert book.deadline_rule("R-ACCEPT", date(2026, 10, 1)).amount == 5
    with pytest.raises(RuleBookError) as refused:
        replace(BOOK, deadline_rules=(*others, new)).deadline_rule("R-ACCEPT", DAY)
    assert refused.value.code == "rule_not_in_force"


def test_the_law_of_the_day_of_the_act_is_taken() -> None:
    item = BOOK.item("GS-01")
    assert "大气污染防治法" in item.version_on(date(2026, 8, 14)).duty
    assert "生态环境法典" in item.version_on(date(2026, 8, 15)).duty
    late = replace(item, versions=(ItemVersion("甲", "乙", valid_from=date(2026, 8, 15)),))
    with pytest.raises(RuleBookError) as refused:
        late.version_on(date(2026, 8, 14))
    assert refused.value.code == "item_version_missing"


def test_an_organ_bears_the_name_of_the_day() -> None:
    organ = BOOK.organ("WLJ")
    assert (organ.name_on(date(2026, 6, 30)), organ.prefix_on(date(2026, 6, 30))) == ("云溪县文化和旅游局", "云文旅")
    assert (organ.name_on(date(2026, 7, 1)), organ.prefix_on(date(2026, 7, 1))) == (organ.name, "云文广旅体")
    assert BOOK.prefixes()["云文旅"] == "WLJ"
    gone = replace(organ, names=organ.names[:1])
    with pytest.raises(RuleBookError) as refused:
        gone.name_on(date(2026, 7, 1))
    assert refused.value.code == "organ_unnamed"


def test_names_follow_each_other_unless_they_say_otherwise() -> None:
    history = (DatedName("乙", "二", None, date(2020, 5, 1)), DatedName("甲", "一", None, date(2010, 5, 1)))
    names = dated_names("丙", "三", history)
    assert [(name.name, name.valid_from) for name in names] == [
        ("甲", None),
        ("乙", date(2010, 5, 2)),
        ("丙", date(2020, 5, 2)),
    ]


def test_who_coordinates_supervises_and_decides_is_computed() -> None:
    assert (BOOK.guidance_code, BOOK.supervisor_code, BOOK.government_code, BOOK.police_code) == (
        "ZFJ",
        "SFJ",
        "XZF",
        "GAJ",
    )
    only = replace(BOOK, organs=tuple(organ for organ in BOOK.organs if organ.code != "ZFJ"))
    assert only.guidance_code == "SFJ"


@pytest.mark.parametrize(
    ("role", "ask", "code"),
    [
        (OrganRole.COORDINATE, "guidance_code", "guidance_missing"),
        (OrganRole.SUPERVISE, "supervisor_code", "supervisor_missing"),
        (OrganRole.CRIMINAL, "police_code", "police_missing"),
    ],
)
def test_a_county_without_such_an_office_is_told_so(role: OrganRole, ask: str, code: str) -> None:
    book = replace(BOOK, organs=tuple(replace(organ, roles=organ.roles - {role}) for organ in BOOK.organs))
    with pytest.raises(RuleBookError) as refused:
        getattr(book, ask)
    assert refused.value.code == code


def test_what_is_not_in_the_book_is_refused_by_name() -> None:
    for ask, code in (
        (lambda: BOOK.organ("X"), "organ_unknown"),
        (lambda: BOOK.item("X"), "item_unknown"),
        (lambda: BOOK.theme("X"), "theme_unknown"),
        (lambda: BOOK.item_list("X"), "list_unknown"),
        (lambda: BOOK.numbering("X"), "document_unknown"),
        (lambda: BOOK.deadline_rule("X", DAY), "rule_unknown"),
    ):
        with pytest.raises(RuleBookError) as refused:
            ask()
        assert refused.value.code == code and "“X”" in refused.value.message


def test_equal_contents_have_equal_digests_and_any_change_another() -> None:
    assert replace(BOOK).digest == BOOK.digest and replace(BOOK) == BOOK
    other = replace(BOOK, refusal_rule=replace(BOOK.refusal_rule, threshold=2))
    assert other.digest != BOOK.digest and other != BOOK


def test_another_calendar_is_another_book() -> None:
    year = CalendarYear(2027, "某通知", (Holiday("元旦", date(2027, 1, 1), date(2027, 1, 3)),), ())
    other = BOOK.with_calendar(BOOK.calendar.with_year(year))
    assert other.digest != BOOK.digest and other != BOOK


def test_both_ends_of_a_span_belong_to_it() -> None:
    assert in_force(DAY, DAY, on=DAY)
    assert not in_force(DAY, None, on=date(2026, 8, 31))
    assert not in_force(None, DAY, on=date(2026, 9, 2))
    assert in_force(None, None, on=DAY)
