"""What a person may do on a page (可办事项), and doing it: every button is an offer of the tables, every act a service.

A choice is named by its matter and a key: the key is an action of the matter's own table, or `kind.action` where the act
opens another matter about it (an order in a case, the review of an order, the service of a paper).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from models import Document, Event, Matter
from yisong.domain import lifecycles
from yisong.domain.lifecycle import Act, Need, NeedKind, Offer, Refusal, Transition
from yisong.services import finding_hints, findings, handling, seizures, steps
from yisong.store import case_page, casefile, matters
from yisong.web.forms import MANY, Field, departments, fields_of
from yisong.web.visit import Visit

KIND_CHOICES = (
    ("lead", "线索移送（待对方核查）"),
    ("case", "案件移送（已立案或事实清楚）"),
    ("criminal", "涉嫌犯罪移送"),
)
CASE_DOORS = {"assign": "", "handle_own": "own"}
"""Steps of a finding that make a case of it, and are therefore taken by the service that opens cases."""
FINDINGS = "chosen_findings"
NO_DOOR = ("case_not_open", "case_ended")
"""Obstacles because of which a case offers no door at all."""
DANGEROUS = frozenset({"void", "terminate", "withdraw", "supersede", "revoke"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may be done, or the reason why it has to wait (可办事项)."""

    matter: Matter
    key: str
    row: Transition
    obstacle: str = ""
    label: str = ""

    @property
    def name(self) -> str:
        return self.label or self.row.label

    @property
    def dangerous(self) -> bool:
        return self.row.action in DANGEROUS

    @property
    def address(self) -> str:
        return f"/matters/{self.matter.code}/{self.key}"


def _openings(visit: Visit, matter: Matter) -> list[tuple[str, Offer]]:
    """What may be opened about a matter: (kind, offer)."""
    wanted = {"transfer": ("order", "seizure"), "order": ("review",), "document": ("service",)}.get(matter.kind, ())
    found = []
    for kind in wanted:
        offered = steps.offered_openings(
            visit.session, book=visit.book, kind=kind, subject=matter, actor=visit.actor, on=visit.on, at=visit.at
        )
        found += [(kind, offer) for offer in offered]
    return found


def choices(visit: Visit, matter: Matter) -> list[Choice]:
    """Everything this person may do on a matter now (可办事项)."""
    own = steps.offered(visit.session, book=visit.book, matter=matter, actor=visit.actor, on=visit.on, at=visit.at)
    found = [Choice(matter, offer.transition.action, offer.transition, offer.obstacle) for offer in own]
    for kind, offer in _openings(visit, matter):
        if kind in ("order", "seizure") and offer.transition.guards and _not_open(offer):
            continue
        found.append(Choice(matter, f"{kind}.{offer.transition.action}", offer.transition, offer.obstacle))
    return found


def _not_open(offer: Offer) -> bool:
    """The case is in no state for an order at all: no button, rather than one that is always barred."""
    closed = next((guard.message for guard in offer.transition.guards if guard.name in NO_DOOR), None)
    return offer.obstacle != "" and offer.obstacle == closed


def choice(visit: Visit, matter: Matter, key: str) -> Choice:
    """One choice by its key (按名取可办事项), offered or not: an act that is not offered is refused by the tables, by name.

    Raises:
        Refusal: `unknown_action`.
    """
    found = next((each for each in choices(visit, matter) if each.key == key), None)
    if found is not None:
        return found
    kind, _, action = key.rpartition(".")
    table = lifecycles.ALL.get(kind or matter.kind)
    rows = [row for row in table.transitions if row.action == action] if table else []
    row = next(
        (row for row in rows if (row.source == ("",)) is bool(kind)), None
    )  # a step is no opening, and the reverse
    if row is None:
        raise Refusal("unknown_action", f"没有“{key}”这一步骤，请从案件页面的按钮进入。")
    return Choice(matter, key, row)


def fields(visit: Visit, chosen: Choice) -> list[Field]:
    """The form of a choice (表单)."""
    matter, key = chosen.matter, chosen.key
    if key in CASE_DOORS and matter.kind == "finding":
        return _case_fields(visit, matter, own=CASE_DOORS[key] == "own")
    asked = fields_of(chosen.row.needs, book=visit.book, values=_suggested(visit, chosen))
    if key == "order.open":
        asked.append(_findings_field(visit, matter))
    return asked


def _suggested(visit: Visit, chosen: Choice) -> dict[str, str]:
    """What the form begins with (预填)."""
    values = {need.name: visit.on.isoformat() for need in chosen.row.needs if need.name == "served_on"}
    people = [person for person in (visit.account,) if person.cert_no]
    if people and any(need.name in ("officers", "servers") for need in chosen.row.needs):
        line = "\n".join(f"{person.name} {person.cert_no}" for person in people)
        values |= {"officers": line, "servers": line}
    if chosen.key == "change_unit":
        unit = matters.unit(visit.session, chosen.matter.unit_id)
        heir = matters.unit_by_code(visit.session, unit.successor_code) if unit is not None else None
        values |= {"unit": heir.uscc or heir.code} if heir is not None else {}
    if chosen.key == "order.open":
        items = [visit.book.item(row.item_code) for _, row in casefile.findings(visit.session, chosen.matter.case_id)]
        if items:
            values["days"] = str(min(item.rectify_days for item in items))
            values["demands"] = "\n".join(dict.fromkeys(item.demand for item in items if item.demand))
    return values


def _findings_field(visit: Visit, case: Matter) -> Field:
    pairs = casefile.findings(visit.session, case.case_id)
    options = tuple((str(matter.id), f"{matter.code} {visit.book.item(row.item_code).name}") for matter, row in pairs)
    still = tuple(str(matter.id) for matter, _ in pairs if matter.state != "cleared")
    return Field(FINDINGS, "责改事项", MANY, True, options, "默认为尚未销号的全部事项", values=still)


def _case_fields(visit: Visit, matter: Matter, *, own: bool) -> list[Field]:
    finding = case_page.finding(visit.session, matter.id)
    if finding is None:
        return []
    others = case_page.loose_findings(visit.session, finding, unit_id=matter.unit_id)
    options = tuple((str(held.id), f"{held.code} {visit.book.item(row.item_code).name}") for held, row in others)
    found: list[Field] = []
    if not own:
        proposed = matter.responsible or finding.routed_to
        hint = finding.routing_reason or "按权责清单确定"
        said = finding_hints.registered(visit.session, matter)
        found = [
            Field(
                "kind",
                "移送类别",
                NeedKind.CHOICE.value,
                choices=KIND_CHOICES,
                value="criminal" if said.get("criminal") else "lead",
            ),
            Field(
                "department",
                "责任部门",
                NeedKind.DEPARTMENT.value,
                choices=departments(visit.book),
                value=proposed,
                hint=hint,
            ),
            Field(
                "urgent",
                "情况紧急（二十四小时内移送）",
                NeedKind.YES.value,
                required=False,
                value="yes" if finding.urgent else "",
            ),
        ]
    if options:
        found.append(Field(FINDINGS, "同次检查的其他发现，一并办理", MANY, False, options))
    return found


def seen_of(visit: Visit, chosen: Choice) -> str:
    """What the person has before their eyes (页面版本): the last event, and for an opening how many there were."""
    if "." not in chosen.key:
        return str(chosen.matter.seq)
    kind = chosen.key.partition(".")[0]
    return str(len(matters.about(visit.session, chosen.matter.id or 0, kind=kind)))


def already(visit: Visit, chosen: Choice, *, token: str) -> Event | None:
    """The step that this very form has caused before (重复提交): a double click is answered like the first."""
    matter = chosen.matter
    ids = [matter.id or 0]
    if "." in chosen.key:
        kind = chosen.key.partition(".")[0]
        ids += [found.id or 0 for found in matters.about(visit.session, matter.id or 0, kind=kind)]
    return case_page.submitted(visit.session, ids, token=token)


def take(visit: Visit, chosen: Choice, *, given: dict[str, Any], seen: str, offline: bool = False) -> Matter:
    """Do it, in the visit's transaction (办理); returns the matter whose page shows the outcome.

    `offline`: it was done away from the system on the visit's day, and is recorded now (补录).

    Raises:
        Refusal: by name, in Chinese, whatever the tables or another person's quicker act stand against.
    """
    session, book, matter, key = visit.session, visit.book, chosen.matter, chosen.key
    matter = matters.matter(session, matter.id or 0, lock=True)
    act = Act(chosen.row.action, visit.actor, visit.on, visit.at, given=given, offline=offline)
    if matter.kind == "finding" and key in CASE_DOORS:
        _unchanged(visit, replace(chosen, matter=matter), seen)
        return _open_case(visit, matter, act, own=CASE_DOORS[key] == "own")
    if "." in key:
        _unchanged(visit, replace(chosen, matter=matter), seen)
        return _open(visit, matter, key, act)
    steps.take_step(session, book=book, matter_id=matter.id or 0, act=act, seen=int(seen) if seen.isdecimal() else -1)
    if chosen.row.opens == "criminal":
        findings.open_criminal(session, book=book, case=matter, act=act)
    return matter


def _unchanged(visit: Visit, chosen: Choice, seen: str) -> None:
    if seen != seen_of(visit, chosen):
        raise Refusal("lost_race", f"{chosen.matter.code}在您打开页面之后已有他人办理“{chosen.name}”，请刷新后再试。")


def _open(visit: Visit, matter: Matter, key: str, act: Act) -> Matter:
    session, book = visit.session, visit.book
    kind = key.partition(".")[0]
    if kind == "order" and matter.kind == "transfer":
        chosen = [int(number) for number in act.given.get(FINDINGS, ())]
        partial = [order for order, _ in casefile.orders(session, matter.case_id) if order.state == "partial"]
        parent = partial[-1] if partial else None
        days = act.given.get("days")
        if days is None:
            raise Refusal("missing", "“拟责令改正通知书”须填写：整改期限（自然日）。请补齐后再提交。")
        return handling.draft_order(
            session, book=book, case=matter, act=act, days=int(days), findings=chosen, parent=parent
        )
    if kind == "seizure" and matter.kind == "transfer":
        return seizures.take_hold(session, book=book, case=matter, act=act)
    if kind == "review" and matter.kind == "order":
        return handling.conclude_review(session, book=book, order=matter, act=act)
    document = session.get(Document, matter.id)
    if kind == "service" and document is not None:
        return handling.record_service(session, book=book, document=document, act=act)
    raise Refusal("unknown_action", f"{matter.code}不能办理“{key}”，请从案件页面的按钮进入。")


def _open_case(visit: Visit, matter: Matter, act: Act, *, own: bool) -> Matter:
    session, book, given = visit.session, visit.book, act.given
    lacking = (
        []
        if own
        else [label for name, label in (("kind", "移送类别"), ("department", "责任部门")) if not given.get(name)]
    )
    if lacking:
        raise Refusal("missing", f"“移送办理”须填写：{'、'.join(lacking)}。请补齐后再提交。")
    together = [matter, *(matters.matter(session, int(number), lock=True) for number in given.get(FINDINGS, ()))]
    steps_allowed = {
        offer.transition.action: offer
        for offer in steps.offered(session, book=book, matter=matter, actor=visit.actor, on=visit.on, at=visit.at)
    }
    offer = steps_allowed.get(act.action)
    if offer is None:
        steps.take_step(session, book=book, matter_id=matter.id or 0, act=act)  # refused by name
    elif offer.obstacle:
        raise Refusal("barred", offer.obstacle)
    kind = "own" if own else str(given["kind"])
    responsible = matter.origin if own else str(given["department"])
    return findings.open_case(
        session,
        book=book,
        findings=together,
        act=act,
        kind=kind,
        responsible=responsible,
        urgent=bool(given.get("urgent")),
    )


def needs_of(kind: str, action: str) -> tuple[Need, ...]:
    """Everything that any row of an action asks for, for reading what was given (须填事项)."""
    found: dict[str, Need] = {}
    for row in lifecycles.ALL[kind].transitions:
        if row.action == action:
            found |= {need.name: need for need in row.needs}
    return tuple(found.values())
