"""What a trial of rules says (规则试算的说法): what was changed, and what came of it, for a reader who knows no code."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.services.test_calendars import changed
from tests.services.world import shipped_book
from yisong.cli import trialwords
from yisong.services.whatif import Difference


def entry(old: tuple[str, ...], new: tuple[str, ...], *, late: tuple[bool, bool] = (True, True)) -> Difference:
    return Difference("YX-1", "R-ACCEPT", "YJJ", date(2026, 3, 12), date(2026, 3, 16), *late, old, new)


def test_what_the_new_book_has_otherwise_is_named_in_chinese() -> None:
    book = shipped_book()
    assert list(trialwords.changes(book, book)) == []
    rules = tuple(replace(rule, amount=5) if rule.code == "R-ACCEPT" else rule for rule in book.deadline_rules)
    rungs = tuple(replace(rung, offset_workdays=2) if rung.level == 3 else rung for rung in book.ladders[0].rungs)
    tried = replace(book, deadline_rules=rules, ladders=(replace(book.ladders[0], rungs=rungs), *book.ladders[1:]))
    tried = changed(tried, off=(date(2026, 3, 11),))
    assert list(trialwords.changes(book, tried)) == [
        ("期限", "移送→受理/退回决定（R-ACCEPT）", "3工作日", "5工作日"),
        ("阶梯", "3级督办（default）", "第3个工作日", "第2个工作日"),
        ("日历", "2026-03-11", "工作日", "法定节假日"),
    ]
    gone = replace(book, deadline_rules=tuple(rule for rule in book.deadline_rules if rule.code != "R-ACCEPT"))
    assert list(trialwords.changes(book, gone)) == [("期限", "移送→受理/退回决定（R-ACCEPT）", "3工作日", "—")]


def test_a_rung_that_moves_falls_away_or_comes_is_said_once() -> None:
    moved = entry(("2026-03-13 催办", "2026-03-17 督办"), ("2026-03-17 催办",))
    assert trialwords.rungs_changed(moved) == "催办 03-13→03-17，−督办 03-17"
    assert trialwords.rungs_changed(entry((), ("2026-03-13 催办",))) == "+催办 03-13"
    assert trialwords.rungs_changed(entry((), ())) == "不变"


def test_who_becomes_late_comes_first_and_the_balance_has_a_sign() -> None:
    quiet, written, turned = entry((), ()), entry((), ("2026-03-13 催办",)), entry((), (), late=(False, True))
    assert sorted([quiet, written, turned], key=trialwords.weight) == [turned, written, quiet]
    assert [trialwords.signed(*pair) for pair in ((1, 3), (3, 1), (2, 2))] == ["+2", "-2", "—"]
