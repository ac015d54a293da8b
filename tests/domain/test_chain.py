"""The chain of events: whoever edits, drops, swaps or forges a row is found, and where."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yisong.domain.chain import GENESIS, BreakKind, ChainError, Link, canonical, event_hash, verify


def chain_of(bodies: Sequence[dict[str, Any]]) -> list[Link]:
    links, previous = [], GENESIS
    for position, body in enumerate(bodies, start=1):
        digest = event_hash(previous, body)
        links.append(Link(position, previous, digest, body))
        previous = digest
    return links


def sample(length: int = 8) -> list[Link]:
    return chain_of([{"action": "受理", "seq": number, "on": date(2026, 1, 1)} for number in range(length)])


def found(links: Sequence[Link], **known: Any) -> list[tuple[int, BreakKind]]:
    return [(entry.position, entry.kind) for entry in verify(links, **known)]


def test_an_untouched_chain_has_no_break() -> None:
    assert verify(sample()) == []
    assert verify([]) == []


def test_an_edited_body_is_found_where_it_stands() -> None:
    links = sample()
    links[3] = replace(links[3], body={**links[3].body, "action": "退回"})
    assert found(links) == [(4, BreakKind.EDITED)]
    assert "第 4 条" in verify(links)[0].message


def test_an_edited_body_with_a_fresh_hash_is_a_forgery() -> None:
    links = sample()
    body = {**links[3].body, "action": "退回"}
    links[3] = replace(links[3], body=body, hash=event_hash(links[3].previous, body))
    assert found(links) == [(4, BreakKind.FORGED)]


def test_a_dropped_row_is_found_by_its_gap() -> None:
    links = sample()
    del links[2:4]
    breaks = verify(links)
    assert [(entry.position, entry.kind) for entry in breaks] == [(3, BreakKind.DROPPED)]
    assert "第 3 至 4 条" in breaks[0].message


def test_a_dropped_row_with_the_rest_renumbered_is_found() -> None:
    links = sample()
    del links[2]
    links = [replace(link, position=index) for index, link in enumerate(links, start=1)]
    assert found(links) == [(2, BreakKind.FORGED)]


def test_two_rows_that_changed_places_are_both_found_and_nothing_else() -> None:
    links = sample()
    links[3], links[5] = replace(links[5], position=4), replace(links[3], position=6)
    assert found(links) == [(4, BreakKind.SWAPPED), (6, BreakKind.SWAPPED)]


def test_neighbours_that_changed_places_are_both_found_and_the_next_is_not() -> None:
    links = sample()
    links[3], links[4] = replace(links[4], position=4), replace(links[3], position=5)
    assert found(links) == [(4, BreakKind.SWAPPED), (5, BreakKind.SWAPPED)]


def test_exchanged_bodies_are_a_swap_not_two_edits() -> None:
    links = sample()
    links[1], links[6] = replace(links[1], body=links[6].body), replace(links[6], body=links[1].body)
    assert found(links) == [(2, BreakKind.SWAPPED), (7, BreakKind.SWAPPED)]


def test_a_cut_tail_is_found_when_the_head_is_known() -> None:
    links = sample()
    assert found(links[:-1]) == []
    assert found(links[:-1], head=links[-1].hash) == [(8, BreakKind.DROPPED)]


def test_a_missing_beginning_is_found() -> None:
    assert found(sample()[1:]) == [(1, BreakKind.DROPPED)]


def test_a_position_given_twice_is_found() -> None:
    links = sample()
    assert (3, BreakKind.SWAPPED) in found([*links[:4], links[2], *links[4:]])


def test_a_wholly_scrambled_chain_does_not_exhaust_the_stack() -> None:
    links = sample(3000)
    scrambled = [replace(link, position=index) for index, link in enumerate(reversed(links), start=1)]
    assert len(verify(scrambled)) >= 2990


@given(st.integers(2, 30), st.data())
def test_any_single_edit_is_found_at_its_place(length: int, data: st.DataObject) -> None:
    links = sample(length)
    victim = data.draw(st.integers(0, length - 1))
    links[victim] = replace(links[victim], body={**links[victim].body, "seq": -1})
    assert found(links) == [(victim + 1, BreakKind.EDITED)]


@given(st.integers(3, 30), st.data())
def test_any_single_drop_inside_is_found_at_its_place(length: int, data: st.DataObject) -> None:
    links = sample(length)
    victim = data.draw(st.integers(0, length - 2))
    del links[victim]
    assert found(links) == [(victim + 1, BreakKind.DROPPED)]


def test_the_same_content_has_the_same_bytes_whatever_the_order_zone_or_type() -> None:
    class Word(StrEnum):
        ACCEPTED = "accepted"

    noon = datetime(2026, 3, 1, 4, tzinfo=UTC)
    there = noon.astimezone(timezone(timedelta(hours=8)))
    assert canonical({"a": noon, "b": Word.ACCEPTED, "c": ("x", "y")}) == canonical(
        {"c": ["x", "y"], "b": "accepted", "a": there}
    )
    assert canonical({"县": frozenset({"b", "a"})}) == '{"县":["a","b"]}'.encode()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"at": datetime(2026, 3, 1)}, "instant_without_zone"),  # noqa: DTZ001
        ({"share": float("nan")}, "body_not_plain"),
        ({"what": object()}, "body_not_plain"),
    ],
)
def test_what_cannot_be_written_one_way_is_refused(body: dict[str, Any], code: str) -> None:
    with pytest.raises(ChainError) as refused:
        event_hash(GENESIS, body)
    assert refused.value.code == code
