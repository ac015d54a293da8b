"""The demonstration county's book, for tests of the rules (规则库示例)."""

from functools import cache
from pathlib import Path

from yisong import rulefiles
from yisong.domain.rulebook import RuleBook

RULES = Path(__file__).resolve().parents[2] / "rules"


@cache
def demo_book() -> RuleBook:
    """The book of `rules/`."""
    return rulefiles.read(RULES)
