"""The facts that only some papers need (分类文书事实)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from models import Clock, Matter
from yisong.clock import SHANGHAI
from yisong.domain.lifecycle import Act, Facts, Paper
from yisong.domain.lifecycles.seizure import HELD
from yisong.domain.roles import Party
from yisong.domain.rulebook import RuleBook, RuleBookError
from yisong.store import casefile, deadlines, matters

OUTCOMES = {"passed": "合格", "partial": "部分完成", "failed": "不合格"}
CONCLUSIONS = {"conclude_pass": "合格", "conclude_partial": "部分完成", "conclude_fail": "不合格"}
REMOVAL_TERMS = "已改正违法行为并消除影响，列入满十二个月可以申请提前移出；期限届满自动移出（提前移出期间参照市监总局名单管理办法第十七条）"
REPAIR = {
    "terms": "已履行责令改正等法定义务、公示期限已满最短期限、未再发生同类违法行为", "months": 3, "path": "“信用中国”网站或者本机关窗口（谁认定、谁修复）",
    "materials": "信用修复申请书、整改证明材料、守信承诺书",
}  # fmt: skip


def lines(value: Any) -> list[str]:
    """A list that was given line by line (逐行填写)."""
    if value in (None, ""):
        return []
    found = value if isinstance(value, list | tuple) else str(value).splitlines()
    return [str(line).strip() for line in found if str(line).strip()]


def people(value: Any) -> list[dict[str, str]]:
    """Officers given as “姓名 证号” lines (执法人员)."""
    found = []
    for line in lines(value):
        name, _, certificate = line.replace("　", " ").replace(",", " ").replace("，", " ").partition(" ")
        found.append({"name": name, "cert_no": certificate.strip() or "（执法证号）"})
    return found


def working_days_on(book: RuleBook, code: str, *, on: date, otherwise: int) -> tuple[int, date]:
    """A rule's number of working days and the day they end, for dates that a letter names (函件载明的期限)."""
    try:
        amount = book.deadline_rule(code, on).amount or otherwise
    except RuleBookError:
        amount = otherwise
    return amount, book.calendar.add_workdays(on, amount)


def clock_facts(book: RuleBook, clock: Clock, *, on: date) -> dict[str, Any]:
    """A late clock as a reminder names it (期限情况): days late are working days."""
    rule = next((entry for entry in book.deadline_rules if entry.code == clock.rule), None)
    due_on = clock.due_on or clock.start_on
    return {
        "rule": clock.rule, "name": rule.name if rule else clock.rule, "basis": f"{rule.basis}（{rule.source.label}）" if rule else "", "due_on": due_on,
        "days_late": max(book.calendar.count_workdays(due_on, on), 0), "reply_by": book.calendar.add_workdays(on, 3),
    }  # fmt: skip


def held_things(session: Session, *, case_id: int | None) -> list[dict[str, Any]]:
    """What is seized or kept within a case, and until when (尚未处理的查封扣押、登记保存)."""
    found = []
    for held in matters.of_case(session, case_id or 0, kind="seizure", states=HELD):
        live = deadlines.live(session, held.id)
        until = live[0].due_on if live and live[0].due_on else held.details.get("inspection_until") or held.opened_on
        what = "先行登记保存" if held.state == "registered" else "查封、扣押"
        note = {"inspecting": "检测、检验期间不计入期限", "expired": "期限已经届满，应当解除"}.get(
            held.state, "期限不因移送中断"
        )
        found.append({"name": what + "、".join(held.details.get("items") or ()), "until": until, "note": note})
    return found


def transfer_facts(session: Session, *, book: RuleBook, matter: Matter, facts: Facts, on: date) -> dict[str, Any]:
    """The letter by which the case was handed over (移送情况)."""
    case = matters.matter(session, matter.case_id) if matter.case_id else matter
    letter = casefile.document(session, matter.case_id, type_code="YISONG")
    own = case.variant in ("own", "criminal")
    accepting = next(
        (clock for clock in deadlines.of_matter(session, matter.case_id) if clock.rule.startswith("R-ACCEPT")), None
    )
    return {
        "number": letter.number if letter else "（本部门发现）" if own else "（未编号）",
        "delivered_on": accepting.start_on if accepting else (letter.dated_on if letter else case.opened_on),
        "from": book.organ(case.origin).name_on(on) if case.origin else "",
        "to": book.organ(matter.responsible).name_on(on) if matter.responsible else "",
    }


def order_facts(session: Session, *, order_matter: Matter | None) -> dict[str, Any] | None:
    """The order concerned (责改情况)."""
    if order_matter is None:
        return None
    order = casefile.order(session, order_matter.id)
    paper = casefile.document(session, order_matter.id, type_code="ZEGAI")
    clock = next(
        (entry for entry in deadlines.of_matter(session, order_matter.id) if entry.rule.startswith("R-RECTIFY")), None
    )
    return {
        "number": (paper.number if paper else "") or "（文号未录）", "served_on": order_matter.details.get("served_on"), "days": order.days if order else 0,
        "due_on": clock.due_on if clock else None, "rule_name": "责令改正期限",
    }  # fmt: skip


def _order_of(session: Session, matter: Matter) -> Matter | None:
    if matter.kind == "order":
        return matter
    if matter.kind == "review" and matter.subject_id:
        return matters.matter(session, matter.subject_id)
    found = casefile.orders(session, matter.case_id) if matter.case_id else []
    return found[-1][0] if found else None


def _review_items(
    session: Session, *, book: RuleBook, matter: Matter, act: Act, order: Matter | None
) -> list[dict[str, Any]]:
    """Item by item (逐项结论): what was named as open is open, everything else follows the outcome."""
    held = casefile.order(session, order.id if order else None)
    named = lines(act.given.get("items"))
    outcome = CONCLUSIONS.get(act.action, "合格")
    items = []
    for _, finding in casefile.findings(session, matter.case_id, only=held.findings if held else ()):
        item = book.item(finding.item_code)
        items.append(
            {
                "item_name": item.name,
                "demand": item.demand,
                "result": "已完成" if outcome == "合格" else "未完成" if outcome == "不合格" else "部分完成",
                "note": "",
            }
        )
    if outcome == "部分完成":
        items += [{"item_name": line, "demand": line, "result": "未完成", "note": "另行责令改正"} for line in named]
    elif named and items:
        items[0]["note"] = "；".join(named)
    return items


def extras(
    session: Session,
    *,
    book: RuleBook,
    matter: Matter,
    paper: Paper,
    act: Act,
    facts: Facts,
    issued_on: date,
    number: str,
) -> dict[str, Any]:
    """What this paper needs beyond the case (专用事实)."""
    given = act.given
    order = _order_of(session, matter)
    found: dict[str, Any] = {"transfer": transfer_facts(session, book=book, matter=matter, facts=facts, on=issued_on)}
    ordered = order_facts(session, order_matter=order)
    if ordered:
        found["order"] = ordered | ({"number": number or ordered["number"]} if paper.code == "ZEGAI" else {})
    if paper.code == "YISONG":
        _, reply_by = working_days_on(book, "R-ACCEPT", on=issued_on, otherwise=3)
        found["clock"] = {"rule": "R-ACCEPT", "name": "受理", "due_on": reply_by}
    if paper.code == "FUCHA":
        found["review"] = {
            "number": number, "on": act.on, "place": "", "outcome": CONCLUSIONS[act.action], "onsite": True, "officers": people(given.get("officers")),
            "items": _review_items(session, book=book, matter=matter, act=act, order=order),
        }  # fmt: skip
        found["order"] = found.get("order", {}) | {"due_on": found.get("order", {}).get("due_on") or act.on}
    elif order is not None and (last := casefile.last_review(session, order.id)):
        opinion = casefile.document(session, last[0].id, type_code="FUCHA")
        found["review"] = {
            "number": opinion.number if opinion else "",
            "on": last[1].concluded_on,
            "outcome": OUTCOMES.get(last[0].state, "合格"),
        }
    if paper.code == "BUZHENG":
        days, until = working_days_on(book, "R-SUPPLEMENT", on=act.on, otherwise=3)
        found["supplement"] = {"items": lines(given.get("items")), "days": days, "due_on": until}
    elif paper.code == "BUSHOU":
        proposed = given.get("proposed_department")
        found["returned"] = {
            "reason": str(given.get("reason") or "逾期未补正材料，视为撤回移送"), "basis": str(given.get("basis") or "补正材料期限届满（系统默认规则）"),
            "proposed_department": book.organ(str(proposed)).name_on(issued_on) if proposed else "", "materials_back": [],
        }  # fmt: skip
    elif paper.code == "YANPI":
        found["extension"] = {
            "requested_on": matter.details.get("requested_on") or facts.value("extension_requested_on") or act.on, "reason": "", "controls": str(given.get("conditions") or ""),
            "old_due_on": facts.value("rectify_due") or act.on, "new_due_on": given.get("new_due") or None, "granted": act.action == "approve_extension",
        }  # fmt: skip
    elif paper.code == "BUFA":
        articles = {"minor": "第三十三条第一款前段", "first": "第三十三条第一款后段", "no_fault": "第三十三条第二款"}
        found["penalty"] = {
            "article": "《中华人民共和国行政处罚法》" + articles.get(str(given.get("article")), "第三十三条"), "education": str(given.get("education") or ""),
            "corrected": "已按要求改正并经复查合格",
        }  # fmt: skip
    elif paper.code == "ZHONGZHI":
        kind = {"suspend_case": "中止", "resume_case": "恢复"}.get(act.action, "终止")
        found["suspension"] = {
            "kind": kind,
            "reason": str(given.get("reason") or ""),
            "basis": str(given.get("basis") or "《市场监督管理行政处罚程序规定》第四十六条、第四十七条（参照）"),
            "from_on": act.on,
        }
    elif paper.code in ("CHEHUI", "CHEXIAO"):
        type_code, title = (
            ("ZEGAI", "责令改正通知书") if paper.code == "CHEHUI" else ("LIERU_JD", "列入重点监管对象决定书")
        )
        withdrawn = casefile.document(session, matter.id, type_code=type_code)
        found["withdrawn"] = {
            "number": (withdrawn.number if withdrawn else "") or "（文号未录）", "title": title, "reason": str(given.get("reason") or ""),
            "replacement": str(given.get("replacement") or ""),
        }  # fmt: skip
        if given.get("corrected"):  # a date of a paper that stays in force
            found["corrected"] = dict(given["corrected"])
            found["withdrawn"] |= {name: found["corrected"].pop(name) for name in ("number", "title")}
    elif paper.code in ("XIETIAO", "ZHIDING"):
        found |= _dispute(session, book=book, matter=matter, act=act, issued_on=issued_on)
    elif paper.code == "ZUIYI":
        found["criminal"] = _criminal(book, matter=matter, act=act, facts=facts, issued_on=issued_on)
        found["materials"] = [{"name": line, "quantity": "1份"} for line in lines(given.get("materials"))]
    elif paper.code == "LIAN":
        found["clock"] = {
            "due_on": next(
                (clock.due_on for clock in deadlines.live(session, matter.id) if clock.rule.startswith("R-PENALTY")),
                None,
            ),
            "basis": "行政处罚法第六十条",
        }
        found["reason"] = str(given.get("cause") or "")
    elif paper.code == "GONGSHI":
        found["reason"] = str(given.get("scope") or "整改完成，予以公示")
    if matter.kind == "risk":
        found["risk"] = dict(matter.details.get("risk") or {})
        found["reason"] = str(matter.details.get("reason") or "")
    if matter.kind == "listing":
        from yisong.services.listing_facts import listing_facts  # the count of refusals reads the journal's own tables

        found |= listing_facts(session, book=book, matter=matter, act=act, facts=facts, issued_on=issued_on)
        found["repair"] = dict(REPAIR)
        found["listing"]["legal_review"] = str(given.get("legal_review") or "")
    return found


def _dispute(session: Session, *, book: RuleBook, matter: Matter, act: Act, issued_on: date) -> dict[str, Any]:
    opinions = []
    for event in matters.events(session, [matter.id or 0]):
        if event.action in ("return_jurisdiction", "insist") and event.department:
            opinions.append(
                {
                    "dept": book.organ(event.department).name_on(issued_on),
                    "opinion": str(event.given.get("reason") or event.given.get("opinion") or ""),
                }
            )
    _, reply_by = working_days_on(book, "R-COORD-REPLY", on=issued_on, otherwise=5)
    chosen = act.given.get("department")
    return {
        "dispute": {"opinions": opinions or [{"dept": book.organ(matter.responsible).name_on(issued_on), "opinion": "见移送材料"}], "reply_by": reply_by,
                    "proposal": str(act.given.get("opinion") or act.given.get("reason") or "")},
        "designation": {"department": book.organ(str(chosen)).name_on(issued_on) if chosen else "", "basis": str(act.given.get("basis") or ""), "handover_by": reply_by},
    }  # fmt: skip


def _criminal(book: RuleBook, *, matter: Matter, act: Act, facts: Facts, issued_on: date) -> dict[str, Any]:
    approved = facts.value("approved_at") or act.at.astimezone(SHANGHAI).isoformat()
    police = sorted(facts.parties.get(Party.POLICE, ()))
    return {
        "facts": matter.details.get("facts", ""), "law": matter.details.get("law", ""), "standard": matter.details.get("law", ""),
        "measures": str(act.given.get("measures") or "已登记保存涉案物品，详见移送材料"), "approved_by": facts.value("approved_by") or "本机关正职负责人",
        "approved_at": approved if isinstance(approved, str) else datetime.isoformat(approved), "police": book.organ(police[0]).name_on(issued_on) if police else "",
    }  # fmt: skip
