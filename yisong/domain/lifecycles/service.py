"""Service of a paper on the inspected unit (送达). One record per attempt; the first effective one counts."""

from __future__ import annotations

from yisong.domain.lifecycle import (
    Act,
    Also,
    ClockEffect,
    Facts,
    Guard,
    Kin,
    Lifecycle,
    Need,
    NeedKind,
    Transition,
    Verb,
    When,
)
from yisong.domain.lifecycles.common import NOT_IN_FUTURE, REASON, both
from yisong.domain.roles import THE_SYSTEM, Party, staff

METHODS = (
    ("direct", "直接送达"),
    ("leaving", "留置送达"),
    ("electronic", "电子送达"),
    ("post", "邮寄送达"),
    ("entrusted", "委托送达"),
    ("transferred", "转交送达"),
    ("announcement", "公告送达"),
)
METHOD = Need("method", "送达方式", NeedKind.CHOICE, choices=METHODS[:-1])
PLACE = Need("place", "送达地点", NeedKind.LINE, required=False)
SERVERS = Need("servers", "送达人及证号（每行一人）", NeedKind.LIST, required=False)


def _consent(facts: Facts, act: Act) -> bool:
    return act.given.get("method") != "electronic" or bool(facts.value("electronic_consent"))


def _recorded(facts: Facts, act: Act) -> bool:
    return act.given.get("method") != "leaving" or bool(act.given.get("witness") or act.given.get("recording"))


def _after_issue(facts: Facts, act: Act) -> bool:
    served = act.given.get("served_on") or act.on
    issued = facts.value("issued_on")
    return not issued or str(served) >= str(issued)


SERVABLE = When("文书待送达", lambda facts: bool(facts.value("servable")))
AWAITED = When("送达即生效的文书（责令改正、列入告知和决定）", lambda facts: bool(facts.value("awaited")))
NOT_AWAITED = When("其他须送达的文书", lambda facts: not facts.value("awaited"))
"""Only the paper that a matter waits for moves it on: a repair notice served does not list anybody."""
SERVE_NEEDS = (
    METHOD,
    Need("served_on", "送达生效日（签收、留置、回执收件、到达系统之日）", NeedKind.DATE),
    PLACE,
    Need("receiver", "签收人及与当事人关系", NeedKind.LINE, required=False),
    SERVERS,
    Need("witness", "见证人（留置送达）", NeedKind.LINE, required=False),
    Need("recording", "影像编号（留置送达）", NeedKind.LINE, required=False),
)
SERVE_GUARDS = (
    NOT_IN_FUTURE,
    Guard("served_before_issue", "送达日期早于文书出具日期，请核对。", _after_issue, early=False),
    Guard(
        "no_consent",
        "当事人没有签署电子送达确认书，电子送达无效；请改用其他方式或先取得确认书（民事诉讼法第九十条）。",
        _consent,
        early=False,
    ),
    Guard(
        "leaving_without_record",
        "留置送达须有见证人签名或者拍照、录像（民事诉讼法第八十九条），请填写见证人或影像编号。",
        _recorded,
        early=False,
    ),
)
ANNOUNCE_GUARDS = (
    Guard(
        "announce_without_attempt",
        "受送达人下落不明或其他方式无法送达的才可公告送达，请先登记送达未果的情况（民事诉讼法第九十五条）。",
        lambda facts, act: facts.value("failed_attempts", 0) > 0,
    ),
)
ANNOUNCE_NEEDS = (Need("place", "公告刊登处", NeedKind.LINE), REASON)
ANNOUNCED = (ClockEffect(Verb.START, "R-SERVE-ANNOUNCE", lapse="mature", chased=False),)
SERVED_BASIS = "民事诉讼法第八十七条至第九十二条；市监程序规定第八十一条至第八十三条"
ANNOUNCED_BASIS = "民事诉讼法第九十五条（2023修正）：发出公告之日起经过三十日视为送达"

SERVICE = Lifecycle(
    kind="service",
    label="文书送达",
    states={"served": "已送达", "failed": "送达未果", "announced": "公告送达中"},
    initial=("",),
    final=frozenset({"served", "failed"}),
    transitions=(
        Transition(
            "serve",
            "登记送达",
            ("",),
            "served",
            (staff(Party.RESPONSIBLE),),
            when=both(SERVABLE, AWAITED),
            needs=SERVE_NEEDS,
            guards=SERVE_GUARDS,
            also=(Also(Kin.SUBJECT, "served"),),
            basis=SERVED_BASIS,
        ),
        Transition(
            "attempt_failed",
            "登记送达未果",
            ("",),
            "failed",
            (staff(Party.RESPONSIBLE),),
            when=both(SERVABLE, AWAITED),
            needs=(METHOD, REASON, PLACE, SERVERS),
            also=(Also(Kin.SUBJECT, "attempt_failed"),),
            basis="民事诉讼法第八十七条（送达回证）",
        ),
        Transition(
            "announce",
            "公告送达",
            ("",),
            "announced",
            (staff(Party.RESPONSIBLE),),
            when=both(SERVABLE, AWAITED),
            needs=ANNOUNCE_NEEDS,
            guards=ANNOUNCE_GUARDS,
            clocks=ANNOUNCED,
            also=(Also(Kin.SUBJECT, "announced"),),
            basis=ANNOUNCED_BASIS,
        ),
        Transition(
            "mature",
            "公告期满视为送达",
            ("announced",),
            "served",
            (THE_SYSTEM,),
            when=AWAITED,
            clocks=(ClockEffect(Verb.MEET, "R-SERVE-ANNOUNCE"),),
            also=(Also(Kin.SUBJECT, "served"),),
            basis="民事诉讼法第九十五条（2023修正）",
        ),
        Transition(
            "serve",
            "登记送达",
            ("",),
            "served",
            (staff(Party.RESPONSIBLE),),
            when=both(SERVABLE, NOT_AWAITED),
            needs=SERVE_NEEDS,
            guards=SERVE_GUARDS,
            basis=SERVED_BASIS,
        ),
        Transition(
            "attempt_failed",
            "登记送达未果",
            ("",),
            "failed",
            (staff(Party.RESPONSIBLE),),
            when=both(SERVABLE, NOT_AWAITED),
            needs=(METHOD, REASON, PLACE, SERVERS),
            basis="民事诉讼法第八十七条（送达回证）",
        ),
        Transition(
            "announce",
            "公告送达",
            ("",),
            "announced",
            (staff(Party.RESPONSIBLE),),
            when=both(SERVABLE, NOT_AWAITED),
            needs=ANNOUNCE_NEEDS,
            guards=ANNOUNCE_GUARDS,
            clocks=ANNOUNCED,
            basis=ANNOUNCED_BASIS,
        ),
        Transition(
            "mature",
            "公告期满视为送达",
            ("announced",),
            "served",
            (THE_SYSTEM,),
            when=NOT_AWAITED,
            clocks=(ClockEffect(Verb.MEET, "R-SERVE-ANNOUNCE"),),
            basis="民事诉讼法第九十五条（2023修正）",
        ),
    ),
)
