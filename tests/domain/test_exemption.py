"""What there is to weigh about a finding is proposed by the county's list and the unit's past, never decided (处置提示)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.domain.rulebooks import demo_book
from yisong.domain.entries import CheckItem
from yisong.domain.exemption import Earlier, hints_of

ITEMS = demo_book().items
LISTED = next(item for item in ITEMS if item.exempt_candidate and not item.criminal_hint)
UNLISTED = next(item for item in ITEMS if not item.exempt_candidate and not item.criminal_hint)
BEFORE = (Earlier("F1", date(2025, 3, 1)), Earlier("F7", date(2026, 3, 1)))


def kinds(item: CheckItem, **given: object) -> list[str]:
    known = {"urgent": False, "said_criminal": False, "said_exempt": False, "earlier": ()} | given
    return [hint.kind for hint in hints_of(item, **known)]  # type: ignore[arg-type]


def test_the_countys_list_decides_whether_an_exemption_is_weighed_at_all() -> None:
    assert kinds(LISTED) == ["exempt"] and kinds(UNLISTED) == []
    assert kinds(UNLISTED, said_exempt=True) == ["not_listed"], "what a ledger says does not put an item on the list"
    assert kinds(LISTED, severity="critical") == [] and kinds(LISTED, severity="critical", said_exempt=True) == [
        "not_listed"
    ]


def test_a_second_time_is_not_a_first() -> None:
    assert kinds(LISTED, earlier=BEFORE) == ["not_first"]
    [hint] = hints_of(LISTED, urgent=False, said_criminal=False, said_exempt=False, earlier=BEFORE)
    assert "2 次" in hint.words and "F7" in hint.words and "三十三条" in hint.basis
    assert "由承办部门判断" in hint.words


def test_what_presses_comes_first() -> None:
    hinted = replace(LISTED, criminal_hint="危险作业罪")
    assert kinds(hinted, urgent=True) == ["urgent", "criminal", "exempt"]
    assert kinds(LISTED, said_criminal=True) == ["criminal", "exempt"]
