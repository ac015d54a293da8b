"""Guards and needs that several life cycles share (通用守卫与填写项)."""

from __future__ import annotations

from yisong.domain.lifecycle import Act, Facts, Guard, Need, NeedKind, When

REASON = Need("reason", "理由")
LEGAL_BASIS = Need("basis", "依据的条款或清单条目")
REMARK = Need("remark", "备注", required=False)
MATERIALS = Need("materials", "材料（每行一件）", NeedKind.LIST)
OFFICERS = Need("officers", "执法人员及证号（每行一人，不少于二人）", NeedKind.LIST)


def once(action: str, message: str) -> Guard:
    """That action at most once on this matter (以一次为限)."""
    return Guard(f"{action}_once", message, lambda facts, act: facts.times(action) == 0)


def fact(name: str, guard: str, message: str) -> Guard:
    """A fact of the matter must be true."""
    return Guard(guard, message, lambda facts, act: bool(facts.value(name)))


def not_fact(name: str, guard: str, message: str) -> Guard:
    """A fact of the matter must not be true."""
    return Guard(guard, message, lambda facts, act: not facts.value(name))


def _two_officers(facts: Facts, act: Act) -> bool:
    officers = act.given.get("officers") or ()
    return len({str(officer).strip() for officer in officers if str(officer).strip()}) >= 2


TWO_OFFICERS = Guard(
    "two_officers",
    "执法人员不得少于二人（行政处罚法第四十二条），请补录第二名执法人员及证号。",
    _two_officers,
    early=False,
)

UNIT_ACTIVE = Guard(
    "unit_deregistered",
    "当事人登记状态已非存续，不能继续。请核查权利义务承受人：有承受人的先变更当事人，没有的办理终止。",
    lambda facts, act: facts.value("unit_active", True),
)

UNIT_COMPLETE = Guard(
    "unit_incomplete",
    "当事人的住所或法定代表人（负责人）尚未登记，文书无法写明当事人。请先补全单位信息，再办理本步骤。",
    lambda facts, act: bool(facts.value("unit_complete", True)),
)
"""Before a paper that names the unit is numbered: a number is never spent on a paper that cannot be printed."""

NOT_IN_FUTURE = Guard(
    "date_in_future",
    "填写的送达日期晚于今天，请核对后填写实际送达日期。",
    lambda facts, act: str(act.given.get("served_on") or act.on) <= act.on.isoformat(),
    early=False,
)


def variant(label: str, *names: str) -> When:
    """Only for these kinds of the matter (适用类型)."""
    return When(label, lambda facts: facts.variant in names)


def both(*conditions: When) -> When:
    """All of these conditions together (并列条件)."""
    return When(
        "，".join(each.label for each in conditions), lambda facts: all(each.test(facts) for each in conditions)
    )


def once_a_round(action: str, message: str) -> Guard:
    """That action at most once until the case is closed, and once more each time it is reopened (每次办理以一次为限)."""
    return Guard(f"{action}_once", message, lambda facts, act: facts.times(action) <= facts.times("reopen"))


TRANSFERRED = variant("移送件", "lead", "case")
NOT_TRANSFERRED = variant("自办或涉罪件", "own", "criminal")
