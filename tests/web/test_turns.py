"""Whose turn it is agrees with the life cycles (轮到谁办)."""

from __future__ import annotations

import pytest

from yisong.domain import lifecycles
from yisong.domain.lifecycles.service import SERVICE
from yisong.domain.roles import Party, Who
from yisong.web.turns import NEXT, REST, Next, next_of

STATES = [(kind, state) for kind, table in lifecycles.ALL.items() for state in table.states]


@pytest.mark.parametrize(("kind", "state"), STATES)
def test_every_state_has_somebody_whose_turn_it_is_or_is_at_rest(kind: str, state: str) -> None:
    assert ((kind, state) in NEXT) != (state in REST[kind])


def test_no_state_is_named_that_does_not_exist() -> None:
    assert {*NEXT} <= {*STATES}
    assert {(kind, state) for kind, states in REST.items() for state in states} <= {*STATES}


def test_what_has_ended_is_at_rest() -> None:
    for kind, table in lifecycles.ALL.items():
        assert table.final <= REST[kind], kind


def covers(row_by: tuple[Who, ...], who: Who) -> bool:
    """Somebody among those whose turn it is may take the row."""
    return any(each.party is who.party and each.roles & who.roles for each in row_by)


STEPS = [
    (kind, state, step, action)
    for (kind, state), steps in NEXT.items()
    for step in steps
    for action in (step.action, *step.then)
]


@pytest.mark.parametrize(("kind", "state", "step", "action"), STEPS)
def test_the_next_step_is_one_that_the_table_has_for_them(kind: str, state: str, step: Next, action: str) -> None:
    opened, _, name = action.rpartition(".")
    rows = [row for row in lifecycles.ALL[opened or kind].transitions if row.action == name]
    fitting = [row for row in rows if ("" if opened else state) in row.source]
    assert fitting, f"{action} cannot be taken in {state}"
    assert any(covers(row.by, step.who) for row in fitting), f"{step.who.label} may not take {action}"
    assert step.todo


def test_a_turn_that_waits_for_a_clock_waits_for_it() -> None:
    waiting = next_of("order", "rectifying")
    assert waiting is not None and waiting.who.party is Party.UNIT
    due = next_of("order", "rectifying", clocks=frozenset({"R-REVIEW-FIRE"}))
    assert due is not None and due.who.party is Party.RESPONSIBLE and due.action == "review.conclude_pass"
    assert next_of("criminal", "criminal_filed") is None
    assert next_of("transfer", "rectifying", idle=False) is None and next_of("transfer", "rectifying") is not None
    assert next_of("transfer", "closed") is None


def test_service_is_opened_and_never_stepped() -> None:
    assert {row.action for row in SERVICE.transitions if row.source == ("",)} >= {"serve", "attempt_failed", "announce"}
