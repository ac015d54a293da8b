"""The journal (流转记录): the only writer of a matter.

`record()` writes state, facts, clocks, papers, outbox rows and the hash-chained event in the caller's one transaction. Nothing is
sent inside it, so nothing can be lost or done twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from json.encoder import encode_basestring as _quoted
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models import Document, Event, Matter
from yisong.clock import SHANGHAI
from yisong.domain.chain import GENESIS, event_hash, json_value
from yisong.domain.lifecycle import Act, Facts, Refusal, Step
from yisong.domain.rulebook import RuleBook
from yisong.services import clocks, outgoing, papers
from yisong.store import deadlines
from yisong.store import matters as stored


def body_of(event: Event) -> dict[str, Any]:
    """What an event's hash covers (事件内容)."""
    return {
        "matter": event.matter_id,
        "seq": event.seq,
        "action": event.action,
        "source": event.source,
        "target": event.target,
        "actor": [event.actor_id, event.actor_name, event.department],
        "on": event.on.isoformat(),
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "offline": event.offline,
        "given": event.given,
        "effects": event.effects,
    }


@lru_cache(maxsize=8)
def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def body_written(event: Mapping[str, Any]) -> bytes:
    """The same as canonical JSON, of a row whose `given` and `effects` are written already (成文事件内容).

    Whatever is written for hundreds of matters at once is spelled once and no more; `body_of` is what it must agree with.
    """
    actor = ",".join(map(_quoted, (event["actor_id"], event["actor_name"], event["department"])))
    return (
        f'{{"action":{_quoted(event["action"])},"actor":[{actor}],"at":"{_utc(event["at"])}",'
        f'"effects":{event["effects"]},"given":{event["given"]},"matter":{event["matter_id"]},"offline":{"true" if event["offline"] else "false"},'
        f'"on":"{event["on"].isoformat()}","seq":{event["seq"]},"source":{_quoted(event["source"])},"target":{_quoted(event["target"])}}}'
    ).encode()


def create(
    session: Session,
    *,
    kind: str,
    code: str,
    on: date,
    at: datetime,
    variant: str = "",
    origin: str = "",
    responsible: str = "",
    unit_id: int | None = None,
    case_id: int | None = None,
    subject_id: int | None = None,
    state: str = "",
    details: dict[str, Any] | None = None,
) -> Matter:
    """A matter that nothing has happened to yet (新事项); `record()` writes its first step."""
    matter = Matter(
        kind=kind, code=code, variant=variant, state=state, case_id=case_id, subject_id=subject_id, unit_id=unit_id,
        origin=origin, responsible=responsible, opened_on=on, changed_at=at, head=GENESIS, details=dict(details or {}),
    )  # fmt: skip
    session.add(matter)
    session.flush()
    if kind == "transfer":
        matter.case_id = matter.id
    return matter


def _keep(matter: Matter, *, step: Step, act: Act) -> None:
    """The facts that a step sets (记入事项)."""
    details = dict(matter.details)
    for name in step.transition.sets:
        if name == "department":
            matter.responsible = str(act.given["department"])
        elif name == "unit":
            matter.unit_id = int(act.given["unit"])
        elif name == "designated":
            details["designated"] = True
        elif name == "effective_on":
            details["effective_on"] = str(json_value(act.given.get("served_on") or act.on))
        elif act.given.get(name) not in (None, ""):
            details[name] = json_value(act.given[name])
    matter.details = details


def record(
    session: Session, *, book: RuleBook, matter: Matter, step: Step, act: Act, facts: Facts, zone: ZoneInfo = SHANGHAI
) -> Event:
    """Write a decided step (写入流转记录): the only place in which a matter's state changes.

    The matter's row must be locked by the caller. Raises `Refusal` `lost_race` where somebody has been quicker.
    """
    row = step.transition
    if matter.state != step.source:
        raise Refusal("lost_race", f"{matter.code}刚刚被他人办理，状态已变化。请刷新后再试。")
    previous, seq = matter.head, matter.seq + 1
    _keep(matter, step=step, act=act)
    matter.state = step.target
    matter.seq = seq
    matter.changed_at = act.at
    matter.tallies = {**matter.tallies, act.action: matter.tallies.get(act.action, 0) + 1}
    matter.actors = {**matter.actors, act.action: act.actor.id}
    session.add(matter)

    effects: list[Any] = []
    if row.clocks:
        occasion = clocks.Occasion(book, matter, act, facts, zone, deadlines.live(session, matter.id))
        for effect in row.clocks:
            effects += clocks.apply(session, effect, occasion=occasion)
    for index, paper in enumerate(row.papers):
        word = str(act.given.get("number_word") or "") if index == 0 else ""
        document = issue_number(
            session, book=book, matter=matter, paper=paper, act=act, facts=facts, seq=seq, word=word
        )
        effects.append(
            {
                "paper": paper.code,
                "document": document.matter_id,
                "number": document.number,
                "facts": document.facts_sha256,
            }
        )
    told: set[str] = set()
    for tell in row.tells:
        effects += outgoing.notify(
            session, book=book, matter=matter, tell=tell, act=act, facts=facts, seq=seq, keys=told
        )

    event = Event(
        matter_id=matter.id or 0, seq=seq, action=act.action, source=step.source, target=step.target, actor_id=act.actor.id,
        actor_name=act.actor.name, department=act.actor.department, on=act.on, at=act.at.astimezone(UTC), offline=act.offline,
        given=json_value(dict(act.given)), effects=json_value(effects), previous=previous, hash="",
    )  # fmt: skip
    event.hash = event_hash(previous, body_of(event))
    matter.head = event.hash
    session.add(event)
    session.flush()
    return event


def issue_number(
    session: Session, *, book: RuleBook, matter: Matter, paper: Any, act: Act, facts: Facts, seq: int, word: str = ""
) -> Document:
    """Number and freeze a paper, and queue its printing (编号并固化文书)."""
    frozen = papers.freeze(session, book=book, matter=matter, paper=paper, act=act, facts=facts, word=word)
    held = create(
        session, kind="document", code=f"{matter.code}-{paper.code}-{seq}", on=act.on, at=act.at, state="numbered", unit_id=matter.unit_id,
        case_id=matter.case_id, subject_id=matter.id, responsible=frozen.issuer, origin=frozen.issuer,
    )  # fmt: skip
    return papers.keep(session, frozen=frozen, held=held, matter=matter, act=act)


def verify_matter(session: Session, matter: Matter) -> Mapping[str, Any]:
    """What the chain of one matter says (单件核验): used by the audit."""
    return {"events": stored.events(session, [matter.id or 0]), "head": matter.head, "seq": matter.seq}
