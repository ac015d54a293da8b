"""Which inspections burden a unit more than they should, and which habits spoil the chain (风险规则)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RiskRule:
    """One risk rule with its thresholds as data (风险规则)."""

    code: str
    name: str
    kind: str
    parameters: tuple[tuple[str, int | str | bool], ...]
    action: str
    expr: str = ""
    basis: str = ""
    source: str = "local"
    confidence: str = "medium"
