"""What is written of a finding (检查发现登记内容): the same words whether it is registered alone or with a whole ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Protocol

from yisong.domain.lifecycle import Act
from yisong.domain.roles import SYSTEM
from yisong.domain.routing import route
from yisong.domain.rulebook import RuleBook


class Visit(Protocol):
    """What a finding needs to know of its inspection (所属检查)."""

    @property
    def inspected_on(self) -> date: ...
    @property
    def place(self) -> str: ...
    @property
    def town(self) -> str: ...


def describe(
    book: RuleBook, *, inspection: Visit, item_code: str, facts: str, disposal: str, place: str = "", town: str = "", urgent: bool = False,
    evidence: Sequence[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """The columns of a finding but its matter and inspection (发现内容), with the lists' answer on who is answerable, and why.

    Raises `RuleBookError` where the item is in no list.
    """
    item = book.item(item_code)
    routed = route(item, place_town=town or inspection.town or None, found_on=inspection.inspected_on, book=book)
    return {
        "item_code": item_code, "facts": facts or item.finding, "disposal": disposal, "found_on": inspection.inspected_on,
        "place": place or inspection.place, "town": town or inspection.town, "severity": item.severity.value, "urgent": urgent,
        "evidence": list(evidence) or list(item.evidence), "evidence_proposed": not evidence, "routed_to": routed.department or "", "routing_list": routed.list_code or "",
        "routing_reason": routed.reason, "routing_basis": routed.basis, "routing_version": routed.version or "",
    }  # fmt: skip


def variant_of(disposal: str) -> str:
    """Whether a finding stays with its organ (自办) or goes to another (移送)."""
    return "own" if disposal == "own" else "transfer"


def follow_up(act: Act, *, disposal: str, responsible: str) -> list[Act]:
    """The steps that registering itself brings with it (登记后续): settled on the spot, or queued where nobody is answerable."""
    if disposal == "onsite":
        return [replace(act, action="fix_onsite")]
    if not responsible and disposal == "transfer":
        return [replace(act, action="queue", actor=SYSTEM)]
    return []
