"""The journal of a case as a reader sees it (办理经过): one entry per act, with all that followed from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any

from models import Document, Event, Matter
from yisong.domain import lifecycles
from yisong.domain.lifecycle import VERB_LABELS, Verb
from yisong.domain.roles import SYSTEM
from yisong.domain.rulebook import RuleBook
from yisong.services import remarks
from yisong.web.clockview import rule_name
from yisong.web.doors import needs_of
from yisong.web.forms import short_day, told

SAID = ("words", "text", "conclusion", "reason")
"""What a person wrote with a line that stands in no table (附记文字)."""
QUIET = {("document", "issue")}
"""Steps that stand in the list of papers and would only lengthen the story."""


@dataclass(slots=True)
class Entry:
    """One act (一次办理)."""

    on: date
    at: datetime
    label: str
    who: str
    department: str
    about: str
    state: str
    kind: str
    offline: bool
    escalation: bool
    """A reminder or a rung of the ladder; `late` where the term had run out."""
    late: bool
    anchor: str
    details: list[tuple[str, str]] = field(default_factory=list)
    papers: list[Document] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)

    def take_in(self, consequence: Entry) -> None:
        """Let what followed stand under the act (并入连带步骤)."""
        state = f"，转为“{consequence.state}”" if consequence.state else ""
        self.followed.append(f"{consequence.about or '案件'}：{consequence.label}{state}")
        self.effects += consequence.effects
        self.papers += consequence.papers


def label_of(kind: str, event: Event) -> str:
    """What a step is called (步骤名)."""
    rows = [row for row in lifecycles.ALL[kind].transitions if row.action == event.action]
    fitting = (row for row in rows if event.source in row.source and row.end(event.source) == event.target)
    row = next(fitting, rows[0] if rows else None)
    if row is not None:
        return row.label
    climbed = str(event.given.get("name") or "") if event.action == "climb" else ""
    return climbed or remarks.label_of(event.action, event.given)


def story(
    events: Sequence[Event],
    *,
    family: Mapping[int, Matter],
    papers: Mapping[int, Document],
    book: RuleBook,
    organ: Callable[[str], str],
    unit_name: Callable[[int], str],
    root: int | None = None,
) -> list[Entry]:
    """The acts of a case, the latest first (办理经过). What the system did because of an act stands under it."""
    entries: list[Entry] = []
    spoken = [event for event in events if (family[event.matter_id].kind, event.action) not in QUIET]
    for _, together in groupby(spoken, key=lambda event: event.at):
        group = list(together)
        leads = [
            event for event in group if event.actor_id != SYSTEM.id or _is_remark(family[event.matter_id].kind, event)
        ]
        made = {
            id(event): _entry(
                event, family[event.matter_id], papers=papers, book=book, organ=organ, unit_name=unit_name
            )
            for event in group
        }
        for event in group:
            if event.matter_id == root:
                made[id(event)].about = ""
        for event in group:
            lead = None if event in leads else _lead(event, leads)
            if lead is not None:
                made[id(lead)].take_in(made[id(event)])
            else:
                entries.append(made[id(event)])
    return entries[::-1]


def _is_remark(kind: str, event: Event) -> bool:
    return event.action not in lifecycles.ALL[kind].actions()


def _lead(event: Event, leads: list[Event]) -> Event | None:
    """The act of the same instant from which this consequence followed (连带自何步骤)."""
    if len(leads) == 1:
        return leads[0]
    return next((lead for lead in leads if event.action in _consequences(lead.action)), None)


@cache
def _consequences(action: str) -> frozenset[str]:
    """Every action that follows from one, on whichever matter (连带步骤)."""
    rows = [row for table in lifecycles.ALL.values() for row in table.transitions]
    found: set[str] = set()
    waiting = [action]
    while waiting:
        name = waiting.pop()
        new = {also.action for row in rows if row.action == name for also in row.also} - found
        found |= new
        waiting += new
    return frozenset(found)


def _entry(
    event: Event, matter: Matter, *, papers: Mapping[int, Document], book: RuleBook, organ: Callable[[str], str], unit_name: Callable[[int], str]
) -> Entry:  # fmt: skip
    table = lifecycles.ALL[matter.kind]
    entry = Entry(
        on=event.on, at=event.at, label=label_of(matter.kind, event), who=event.actor_name, department=_department(event, organ),
        about=f"{table.label} {matter.code.rpartition('-')[2]}",
        state=table.states.get(event.target, "") if event.target != event.source else "", kind=matter.kind, offline=event.offline,
        escalation=event.action in remarks.ABOUT_A_RUNG, late=event.action in remarks.ABOUT_A_RUNG and event.on.isoformat() > str(event.given.get("due") or event.on.isoformat()),
        anchor=f"{matter.code}.{event.seq}",
        details=told(needs_of(matter.kind, event.action), event.given, book=book, unit_name=unit_name),
    )  # fmt: skip
    if event.action in remarks.LABELS:
        entry.effects += [_of_term(event.given, book=book)] if event.given.get("rule") else []
        entry.effects += [str(event.given[name]) for name in SAID if event.given.get(name)]
    for effect in event.effects:
        if "paper" in effect and effect.get("document") in papers:
            entry.papers.append(papers[effect["document"]])
        elif "verb" in effect:
            entry.effects.append(_clock_effect(effect, book=book))
        elif "tell" in effect:
            receiver = str(effect["tell"])
            entry.effects.append("已告知当事人" if receiver.isdigit() else f"已告知{organ(receiver)}")
    return entry


def _department(event: Event, organ: Callable[[str], str]) -> str:
    if event.department.startswith("unit:"):
        return "当事人"
    return organ(event.department) if event.department else ""


def _clock_effect(effect: Mapping[str, Any], *, book: RuleBook) -> str:
    words = f"{VERB_LABELS[Verb(effect['verb'])]}期限“{rule_name(book, effect['rule'])}”"
    if effect.get("none"):
        return f"{words}：规则库没有此期限，未计时"
    due = effect.get("due")
    if effect["verb"] in ("start", "resume", "extend", "release") and due:
        words += f"，{short_day(due)}到期" + ("（暂估）" if effect.get("provisional") else "")
    return words


def _of_term(given: Mapping[str, Any], *, book: RuleBook) -> str:
    """Of which term a line speaks, and how its due day moved (所据期限)."""
    words = f"期限“{rule_name(book, str(given.get('rule', '')))}”"
    if given.get("due"):
        words += f"，{short_day(str(given['due']))}到期"
    if given.get("old_due") and given.get("new_due"):
        words += f"，{short_day(str(given['old_due']))} → {short_day(str(given['new_due']))}"
    if given.get("approval"):
        words += f"；须经{given['approval']}批准后发出"
    return words
