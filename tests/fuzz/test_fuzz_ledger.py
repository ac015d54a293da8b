"""A few hundred mutated ledgers on every run of the tests; millions by hand (模糊测试抽样)."""

from __future__ import annotations

from tests.fuzz.fuzz_ledger import run


def test_mutated_ledgers_are_read_or_refused_by_name() -> None:
    outcomes = run(inputs=400, seed=20261120)
    assert outcomes["read"] > 100
    assert outcomes["refused"] > 50
