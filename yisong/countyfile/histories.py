"""Units, inspections and what happened, out of a county file (由县文件得对象与历史)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from yisong.countyfile.node import Node, unique
from yisong.countyfile.records import (
    CaseHistory,
    FindingEntry,
    HistoryEvent,
    InspectedUnit,
    Inspection,
    ListingHistory,
    PlannedInspection,
    RiskLetter,
    TestVector,
    User,
)
from yisong.domain.deadlines import Unit
from yisong.domain.rulebook import RuleBook

_NAMED = {
    "date", "at", "event", "doc", "note", "service", "days", "to", "to_entity", "new_due", "due_rule", "due_from", "due",
    "due_provisional", "level", "issuer",
}  # fmt: skip


@dataclass(frozen=True)
class Codes:
    """The codes that may be referred to (已登记代码)."""

    organs: frozenset[str]
    themes: frozenset[str]
    items: frozenset[str]
    rules: frozenset[str]
    zone: tzinfo
    units: frozenset[str] = frozenset()
    inspections: frozenset[str] = frozenset()
    findings: frozenset[str] = frozenset()
    cases: frozenset[str] = frozenset()


def codes_of(root: Node, book: RuleBook) -> Codes:
    """Every code that the file registers (登记代码). Raises CountyFileError for doubles."""
    try:
        zone = ZoneInfo(book.county.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise root.need("meta").error(f"时区“{book.county.timezone}”不存在，请写如 Asia/Shanghai。") from error

    def registered(section: str, what: str) -> frozenset[str]:
        return frozenset(row.need("code").filled for row in unique(root.list_of(section), what))

    return Codes(
        organs=frozenset(organ.code for organ in book.organs),
        themes=frozenset(theme.code for theme in book.themes),
        items=frozenset(item.code for item in book.items),
        rules=frozenset(rule.code for rule in book.deadline_rules),
        zone=zone,
        units=registered("entities", "监管对象代码"),
        inspections=registered("inspections", "检查代码"),
        findings=registered("findings", "发现代码"),
        cases=registered("cases", "案件代码"),
    )


def _theme(row: Node, codes: Codes) -> str | None:
    theme = row.get("theme")
    return theme.one_of(codes.themes, "主题") if theme else None


def user(row: Node, codes: Codes) -> User:
    """One person (人员)."""
    return User(
        id=row.need("id").filled,
        name=row.need("name").filled,
        department=row.need("dept").one_of(codes.organs, "部门"),
        role=row.need("role").filled,
        cert_no=row.text_of("cert_no"),
    )


def unit(row: Node, codes: Codes) -> InspectedUnit:
    """One inspected unit (监管对象)."""
    town, parent = row.get("town"), row.get("parent")
    return InspectedUnit(
        code=row.need("code").filled,
        name=row.need("name").filled,
        uscc=row.text_of("uscc"),
        kind=row.text_of("kind"),
        themes=tuple(theme.one_of(codes.themes, "主题") for theme in row.list_of("themes")),
        address=row.text_of("address"),
        town=town.one_of(codes.organs, "镇街") if town else "",
        legal_rep=row.text_of("legal_rep"),
        contact=row.text_of("contact"),
        phone=row.text_of("phone"),
        status=row.text_of("status", "active"),
        deregistered_on=row.day_of("deregistered_on"),
        parent=parent.one_of(codes.units, "监管对象") if parent else "",
        credit_tier=row.text_of("credit_tier", "normal"),
        e_service_consent=row.yes_of("e_service_consent", False),
    )


def inspection(row: Node, codes: Codes) -> Inspection:
    """One inspection (检查任务)."""
    initiator = row.need("initiator").one_of(codes.organs, "部门")
    participants = tuple(organ.one_of(codes.organs, "部门") for organ in row.list_of("participants"))
    return Inspection(
        code=row.need("code").filled,
        behaviour_code=row.text_of("behaviour_code"),
        theme=_theme(row, codes),
        unit=row.need("entity").one_of(codes.units, "监管对象"),
        on=row.need("date").day,
        initiator=initiator,
        participants=tuple(dict.fromkeys([initiator, *participants])) if participants else (initiator,),
        kind=row.text_of("kind", "joint"),
        scanned_in=row.yes_of("scanned_in", True),
        note=row.text_of("note"),
    )


def finding(row: Node, codes: Codes) -> FindingEntry:
    """One finding (检查发现)."""
    return FindingEntry(
        code=row.need("code").filled,
        inspection=row.need("inspection").one_of(codes.inspections, "检查"),
        item=row.need("item").one_of(codes.items, "事项"),
        disposal=row.need("disposal").one_of(frozenset({"transfer", "onsite", "own", "void"}), "处置方式"),
        facts=row.text_of("facts"),
    )


def event(row: Node, codes: Codes) -> HistoryEvent:
    """One event of a history (历史事件)."""
    to, to_entity, rule, issuer = (row.get(key) for key in ("to", "to_entity", "due_rule", "issuer"))
    at = row.get("at")
    moment = at.instant(codes.zone) if at else None
    on = row.need("date").day
    if moment is not None and moment.astimezone(codes.zone).date() != on:
        raise row.need("at").error(f"时刻与日期 {on} 不是同一天，请核对。")
    due_from, due = row.day_of("due_from"), _due(row, codes.zone)
    last = due.date() if isinstance(due, datetime) else due
    if due_from is not None and last is not None and last < due_from:
        raise row.need("due").error(f"到期日早于起算日 {due_from}，请核对。")
    return HistoryEvent(
        on=on,
        event=row.need("event").filled,
        at=moment,
        doc=row.text_of("doc"),
        note=row.text_of("note"),
        service=row.text_of("service"),
        days=row.whole_of("days"),
        to=to.one_of(codes.organs, "部门") if to else "",
        to_entity=to_entity.one_of(codes.units, "监管对象") if to_entity else "",
        new_due=row.day_of("new_due"),
        rule=rule.one_of(codes.rules, "期限规则") if rule else "",
        due_from=due_from,
        due=due,
        due_provisional=row.yes_of("due_provisional", False),
        level=row.whole_of("level"),
        issuer=issuer.one_of(codes.organs, "部门") if issuer else "",
        path=row.path,
        extra={key: child.plain() for key, child in row.children().items() if key not in _NAMED and not child.empty},
    )


def _due(row: Node, zone: tzinfo) -> date | datetime | None:
    due = row.get("due")
    if due is None:
        return None
    return due.instant(zone) if len(due.text) > 10 else due.day


def case(row: Node, codes: Codes) -> CaseHistory:
    """One case (案件): the same organ at both ends handles its own finding (自办)."""
    origin = row.need("from").one_of(codes.organs, "部门")
    responsible = row.need("to").one_of(codes.organs, "部门")
    stated = row.get("transfer_kind")
    kind = stated.one_of(frozenset({"lead", "case", "criminal"}), "移送类型") if stated else "lead"
    if origin == responsible and kind != "criminal":
        kind = "own"
    again, wrong = row.get("reassigned_to"), row.get("wrong_entity")
    return CaseHistory(
        code=row.need("code").filled,
        title=row.need("title").filled,
        kind=kind,
        findings=tuple(entry.one_of(codes.findings, "检查发现") for entry in row.need("findings").rows()),
        unit=row.need("entity").one_of(codes.units, "监管对象"),
        origin=origin,
        responsible=responsible,
        state=row.need("state").filled,
        events=tuple(event(entry, codes) for entry in row.need("events").rows()),
        scenario=row.text_of("scenario"),
        reassigned_to=again.one_of(codes.organs, "部门") if again else "",
        wrong_unit=wrong.one_of(codes.units, "监管对象") if wrong else "",
        merged_children=row.texts_of("merged_children"),
        clock_paused=row.yes_of("clock_paused", False),
    )


def listing(row: Node, codes: Codes) -> ListingHistory:
    """One listing (列入)."""
    rule = row.get("threshold_rule")
    return ListingHistory(
        code=row.need("code").filled,
        unit=row.need("entity").one_of(codes.units, "监管对象"),
        lead=row.need("lead_dept").one_of(codes.organs, "部门"),
        state=row.need("state").filled,
        events=tuple(event(entry, codes) for entry in row.need("events").rows()),
        basis_cases=tuple(entry.one_of(codes.cases, "案件") for entry in row.list_of("basis_cases")),
        threshold=rule.whole_of("refusals_required") if rule else None,
        year=rule.whole_of("year") if rule else None,
        note=row.text_of("note"),
        measures=tuple(entry.plain() for entry in row.list_of("measures")),
    )


def planned(row: Node, codes: Codes) -> PlannedInspection:
    """One planned inspection (检查计划)."""
    return PlannedInspection(
        code=row.need("code").filled,
        department=row.need("dept").one_of(codes.organs, "部门"),
        unit=row.need("entity").one_of(codes.units, "监管对象"),
        planned_on=row.need("planned_on").day,
        kind=row.text_of("kind", "routine"),
        theme=_theme(row, codes),
    )


def risk_letter(row: Node, codes: Codes) -> RiskLetter:
    """One risk letter that was sent (风险提示函)."""
    return RiskLetter(
        code=row.need("code").filled,
        doc=row.need("doc").filled,
        issuer=row.need("issuer").one_of(codes.organs, "部门"),
        to=tuple(organ.one_of(codes.organs, "部门") for organ in row.need("to").rows()),
        copies=tuple(organ.one_of(codes.organs, "部门") for organ in row.list_of("cc")),
        unit=row.need("entity").one_of(codes.units, "监管对象"),
        reason=row.text_of("reason"),
        suggestion=row.text_of("suggestion"),
        sent_on=row.need("sent_on").day,
        reply_due=row.day_of("reply_due"),
        state=row.text_of("state", "sent"),
    )


def vector(row: Node) -> TestVector:
    """One due date that the calendar must give (测试向量)."""
    pauses = []
    for pause in row.list_of("pauses"):
        ends = [end.day for end in pause.rows()]
        if len(ends) != 2:
            raise pause.error("暂停区间应写起止两个日期。")
        pauses.append((ends[0], ends[1]))
    return TestVector(
        unit=row.need("kind").word(Unit),
        start=row.need("start").day,
        amount=row.need("n").whole,
        due=row.need("due").day,
        pauses=tuple(pauses),
        why=row.text_of("why"),
    )
