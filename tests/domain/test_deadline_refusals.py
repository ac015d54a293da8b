"""Clocks that make no sense (期限错误): each is refused by name, with a Chinese message that says what to do."""

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.domain.test_deadlines import ND, WD, H, at, calendar, days_ledger, hours_ledger, on
from yisong.domain.deadlines import DeadlineError, Extension, Ledger, Pause, Unit, due_on, grant

NAIVE = datetime(2026, 11, 2, 9)  # noqa: DTZ001 - the point of the row


def extended(extension: Extension) -> Callable[[], object]:
    return lambda: grant(days_ledger(ND, 30, on(10, 19)), extension, calendar=calendar)


@pytest.mark.parametrize(
    ("code", "build"),
    [
        ("amount_negative", lambda: days_ledger(WD, -1, on(11, 2))),
        ("amount_negative", lambda: due_on(on(11, 2), unit=WD, amount=-1, calendar=calendar)),
        ("unit_hours", lambda: due_on(on(11, 2), unit=H, amount=24, calendar=calendar)),
        ("unit_unknown", lambda: Unit.parse("weeks")),
        ("pause_reversed", lambda: Pause(on(11, 5), on(11, 4))),
        ("pause_reversed", lambda: Pause(on(11, 5), on(11, 5), start_at=at(11, 5, 10), end_at=at(11, 5, 9))),
        ("pause_reversed", lambda: Pause(on(11, 5), on(11, 5), end_at=at(11, 5, 9))),
        ("pauses_overlap", lambda: days_ledger(WD, 9, on(11, 2), Pause(on(11, 3), None), Pause(on(11, 9), None))),
        ("pauses_overlap", lambda: days_ledger(WD, 9, on(11, 2), Pause(on(11, 5), on(11, 9)), Pause(on(11, 3), on(11, 6)))),
        (
            "pauses_overlap",
            lambda: hours_ledger(
                24,
                at(11, 2, 9),
                Pause(on(11, 2), on(11, 2), start_at=at(11, 2, 10), end_at=at(11, 2, 12)),
                Pause(on(11, 2), on(11, 2), start_at=at(11, 2, 11), end_at=at(11, 2, 13)),
            ),
        ),
        (
            "paused_without_end",
            lambda: due_on(on(11, 2), unit=WD, amount=9, calendar=calendar, pauses=[Pause(on(11, 3), None)]),
        ),
        ("instant_naive", lambda: Pause(on(11, 2), None, start_at=NAIVE)),
        ("instant_naive", lambda: Ledger("R-测试", H, 24, on(11, 2), start_at=NAIVE)),
        ("start_at_missing", lambda: Ledger("R-测试", H, 24, on(11, 2))),
        ("extension_unclear", lambda: Extension(on(11, 2))),
        ("extension_unclear", lambda: Extension(on(11, 2), new_due=on(11, 9), amount=3)),
        ("extension_not_positive", lambda: Extension(on(11, 2), amount=0)),
        ("extension_past", lambda: Extension(on(11, 2), new_due=on(11, 1))),
        ("extension_past", extended(Extension(on(12, 18), amount=5))),
        ("extension_past", lambda: grant(hours_ledger(24, at(11, 2, 9)), Extension(on(11, 9), amount=5), calendar=calendar)),
        ("extension_shortens", extended(Extension(on(11, 2), new_due=on(11, 17)))),
        ("extension_before_start", lambda: days_ledger(ND, 30, on(10, 19), Extension(on(10, 18), amount=5))),
        ("extension_unit", lambda: hours_ledger(24, at(11, 2, 9), Extension(on(11, 2), new_due=on(11, 5)))),
    ],
)  # fmt: skip
def test_nonsense_is_refused_by_name(code: str, build: Callable[[], object]) -> None:
    with pytest.raises(DeadlineError) as refusal:
        build()
    assert refusal.value.code == code
    assert refusal.value.message.endswith("。")
