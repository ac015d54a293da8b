"""A trial of rules in words (规则试算的说法): what is otherwise in the new book, and what came of it clock by clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from yisong.domain.calendar_feeds import difference
from yisong.domain.deadlines import Unit

if TYPE_CHECKING:
    from yisong.domain.entries import DeadlineRule
    from yisong.domain.escalation import Ladder
    from yisong.domain.rulebook import RuleBook
    from yisong.services.whatif import Difference

SHOWN_DAYS = 6


def rule_names(*books: RuleBook) -> dict[str, str]:
    """What the terms are called (期限名称), by the first book that knows them."""
    return {rule.code: rule.name for book in reversed(books) for rule in book.deadline_rules}


def _term(rule: DeadlineRule) -> str:
    amount = "由文书载明" if rule.amount is None else f"{rule.amount}"
    since = f"（{rule.valid_from}起）" if rule.valid_from else ""
    return f"{amount}{Unit(rule.unit).label}{since}"


def _terms(book: RuleBook) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for rule in book.deadline_rules:
        found.setdefault(rule.code, []).append(_term(rule))
    return {code: "，".join(terms) for code, terms in found.items()}


def _rungs(ladder: Ladder) -> dict[str, str]:
    return {
        f"{rung.level}级{rung.name}": f"第{rung.offset_workdays}个工作日"
        if rung.offset_workdays is not None
        else "只提请"
        for rung in ladder.rungs
    }


def changes(old: RuleBook, new: RuleBook) -> Iterator[tuple[str, str, str, str]]:
    """What the new book has otherwise (规则变动): what, which, before, after; terms, ladders, days of the calendar."""
    before, after, names = _terms(old), _terms(new), rule_names(old, new)
    for code in sorted({*before, *after}):
        if before.get(code) != after.get(code):
            yield "期限", f"{names[code]}（{code}）", before.get(code, "—"), after.get(code, "—")
    for code in sorted({ladder.code for ladder in (*old.ladders, *new.ladders)}):
        was = next((_rungs(ladder) for ladder in old.ladders if ladder.code == code), {})
        will = next((_rungs(ladder) for ladder in new.ladders if ladder.code == code), {})
        for name in dict.fromkeys((*was, *will)):
            if was.get(name) != will.get(name):
                yield "阶梯", f"{name}（{code}）", was.get(name, "—"), will.get(name, "—")
    days = difference(old.calendar, new.calendar)
    for change in days[:SHOWN_DAYS]:
        yield "日历", str(change.day), change.old.kind.label, change.new.kind.label
    if len(days) > SHOWN_DAYS:
        yield "日历", f"等共 {len(days)} 天", "", ""


def rungs_changed(entry: Difference) -> str:
    """Which reminders and letters would have gone out otherwise (催督变化): moved, fallen away (−) or come (+), by month and day."""
    gone = [rung for rung in entry.old_rungs if rung not in entry.new_rungs]
    come = [rung for rung in entry.new_rungs if rung not in entry.old_rungs]
    said = []
    for rung in gone:
        day, _, name = rung.partition(" ")
        moved = next((other for other in come if other.partition(" ")[2] == name), None)
        if moved is None:
            said.append(f"−{name} {day[5:]}")
        else:
            come.remove(moved)
            said.append(f"{name} {day[5:]}→{moved.partition(' ')[0][5:]}")
    said += [f"+{rung.partition(' ')[2]} {rung[5:10]}" for rung in come]
    return "，".join(said) or "不变"


def weight(entry: Difference) -> tuple[int, int, str]:
    """What a reader wants first (先后): who becomes late or is late no more, then who is written to otherwise, then the rest."""
    turned = 0 if entry.old_late != entry.new_late else 1
    return turned, 0 if entry.old_rungs != entry.new_rungs else 1, entry.matter


def signed(before: int, after: int) -> str:
    """A change as a signed number (增减)."""
    return "—" if before == after else f"{after - before:+d}"
