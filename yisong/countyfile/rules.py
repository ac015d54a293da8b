"""The rules out of a county file (由县文件得各项规则): terms, ladder, risks, thresholds, calendar.

What the county wrote in sentences is read into parameters here, once; a sentence that is not understood is an error.
"""

from __future__ import annotations

import re
from typing import Any

from yisong.countyfile.node import Node, unique
from yisong.domain.deadlines import DeadlineError, Unit
from yisong.domain.entries import Confidence, DeadlineRule, Measure, Source
from yisong.domain.escalation import PARTIES, Issuer, Ladder, Rung, rung_key
from yisong.domain.numbering import DocumentNumbering
from yisong.domain.organs import Organ, OrganLevel, OrganRole
from yisong.domain.refusal import RefusalRule, Window
from yisong.domain.risk import RiskRule
from yisong.domain.wording import parse_risk, parse_trigger
from yisong.domain.workdays import CalendarYear, Holiday, WorkCalendar

LEAST_REFUSALS = 2
GENERAL = "default"
"""The system's default threshold where the county names none (系统默认：历次，不少于2次)."""


def deadlines(root: Node, organs: tuple[Organ, ...]) -> tuple[DeadlineRule, ...]:
    rows = unique(root.need("deadline_rules").rows(), "期限规则代码")
    names = {row.need("code").filled: row.need("name").filled for row in rows}
    known = frozenset(organ.code for organ in organs)
    rules = []
    for row in rows:
        code = row.need("code").filled
        base = max((other for other in names if code.startswith(f"{other}-")), key=len, default=None)
        stated = row.get("departments") or row.get("dept")
        if stated is not None and stated.path.endswith("departments"):
            departments = tuple(organ.one_of(known, "部门") for organ in stated.rows())
        elif stated is not None:
            departments = (stated.one_of(known, "部门"),)
        else:
            departments = _meant(names[code], names[base], organs) if base else ()
        rules.append(
            DeadlineRule(
                code=code,
                name=names[code],
                unit=_unit_of(row.need("unit")),
                amount=row.whole_of("value"),
                start=row.need("start").filled,
                source=row.need("source").word(Source),
                basis=row.need("basis").filled,
                confidence=row.need("confidence").word(Confidence),
                extend=row.whole_of("extend"),
                pause_on=row.texts_of("pause_on"),
                on_silence=row.text_of("on_silence"),
                max_times=row.whole_of("max_times"),
                valid_from=row.day_of("valid_from"),
                valid_to=row.day_of("valid_to"),
                departments=departments,
                variant_of=base,
            )
        )
    return tuple(rules)


def _unit_of(node: Node) -> Unit:
    try:
        return Unit.parse(node.filled)
    except DeadlineError as error:
        raise node.error(error.message) from error


def _meant(name: str, base: str, organs: tuple[Organ, ...]) -> tuple[str, ...]:
    """The organs that a variant's name points to (变体适用的部门): 消防复查 beside 整改复查 → those called 消防.

    The qualifier is what the name has beyond the kernel shared with the base, or what stands in brackets.
    """
    bracketed = re.search(r"[（(](.+?)[）)]", name)
    if bracketed:
        qualifier = bracketed[1]
    else:
        shared = 0
        while shared < min(len(name), len(base)) and name[-1 - shared] == base[-1 - shared]:
            shared += 1
        qualifier = name[: len(name) - shared]
    words = [word for word in re.split(r"[/、,，\s和及]", qualifier) if len(word) >= 2]
    return tuple(
        organ.code
        for organ in organs
        if any(word in f"{organ.name} {organ.short} {' '.join(organ.aka)}" for word in words)
    )


def ladders(root: Node, organs: tuple[Organ, ...], numberings: tuple[DocumentNumbering, ...]) -> tuple[Ladder, ...]:
    """The ladders of the county (升级规则): the general one, and one for each set of clocks that rows name (`clocks`)."""
    section = root.need("escalation_rules")
    known = {organ.code: organ for organ in organs}
    found: dict[tuple[str, tuple[str, ...]], list[Rung]] = {}
    for row in section.rows():
        clocks = tuple(term.filled for term in row.list_of("clocks"))
        rungs = found.setdefault((row.text_of("ladder") or GENERAL, clocks), [])
        trigger = row.need("trigger")
        parsed = trigger.made(parse_trigger, trigger.filled)
        level = row.need("level").whole
        for offset in parsed.offsets or (None,):
            rungs.append(
                Rung(
                    key=rung_key(level, offset),
                    level=level,
                    name=row.need("name").filled,
                    offset_workdays=offset,
                    to=row.need("to").filled,
                    papers=_papers(row, numberings),
                    channel="" if row.get("doc_type") else row.text_of("doc"),
                    copies=tuple(organ.one_of({**known, **PARTIES}, "部门") for organ in row.list_of("cc")),
                    approve_by=row.text_of("approve_by"),
                    issuer=_issuer(row, known),
                    special=parsed.special,
                    trigger=trigger.filled,
                    basis=row.text_of("basis") or "本县催办督办升级规则",
                    source=Source.LOCAL,
                )
            )

    def ordered(rungs: list[Rung]) -> tuple[Rung, ...]:
        return tuple(sorted(rungs, key=lambda rung: (rung.offset_workdays is None, rung.offset_workdays or 0)))

    return tuple(section.made(Ladder, code, ordered(rungs), clocks) for (code, clocks), rungs in found.items())


def _papers(row: Node, numberings: tuple[DocumentNumbering, ...]) -> tuple[str, ...]:
    """The numbered papers of a rung: its `doc_type`, and others named in its `doc` (如“通报 + 约谈通知书”)."""
    stated = row.get("doc_type")
    if stated is None:
        return ()
    names = {entry.name: entry.code for entry in numberings}
    papers = [stated.one_of(frozenset(entry.code for entry in numberings), "文书")]
    for name in re.split(r"[+＋、/和及]", row.text_of("doc")):
        if name.strip() in names:
            papers.append(names[name.strip()])
    return tuple(dict.fromkeys(papers))


def _issuer(row: Node, organs: dict[str, Organ]) -> Issuer:
    """Who issues a rung's paper (出具机关): what the row states, else by what it is.

    Listed supervision and circulars are the government's (浙江省综合行政执法条例36条，置信度中), the rest the guidance office's.
    """
    stated = row.get("issuer")
    if stated is not None:
        organ = organs[stated.one_of(organs, "部门")]
        if organ.level is OrganLevel.GOVERNMENT:
            return Issuer.GOVERNMENT
        return Issuer.SUPERVISOR if OrganRole.SUPERVISE in organ.roles else Issuer.GUIDANCE
    words = f"{row.text_of('name')}{row.text_of('doc')}"
    return Issuer.GOVERNMENT if re.search(r"挂牌|通报", words) else Issuer.GUIDANCE


def risk(row: Node) -> RiskRule:
    expr = row.need("expr").filled
    name = row.need("name").filled
    parameters: dict[str, Any] = row.need("expr").made(parse_risk, expr, name=name)
    return RiskRule(
        code=row.need("code").filled,
        name=name,
        action=row.need("action").filled,
        expr=expr,
        basis=row.text_of("basis") or "本县风险预警规则；国办发〔2024〕54号严格规范涉企行政检查",
        source=Source.LOCAL,
        **parameters,
    )


def refusal(root: Node) -> RefusalRule:
    """The threshold that the listings were judged by; the newest year's, and those of one year must agree (列入阈值)."""
    chosen: tuple[int, Node, int] | None = None
    for row in root.list_of("key_supervision"):
        rule = row.get("threshold_rule")
        if rule is None or rule.get("refusals_required") is None:
            continue
        year, count = rule.whole_of("year") or 0, rule.need("refusals_required")
        if chosen is not None and chosen[0] == year and chosen[2] != count.whole:
            raise count.error(f"同一年度的列入阈值不一致（{chosen[2]} 与 {count.whole}），请统一。")
        if chosen is None or year > chosen[0]:
            chosen = (year, rule, count.whole)
    if chosen is None:
        basis = "系统默认：年度内历次（不少于2次）要求整改而拒不整改"
        return RefusalRule(LEAST_REFUSALS, basis=basis, source=Source.DEFAULT, confidence=Confidence.LOW)
    _, rule, threshold = chosen
    return RefusalRule(
        threshold=threshold,
        window=_window(rule),
        distinct_orders=rule.yes_of("distinct_orders", True),
        basis=rule.text_of("basis") or "本县列入重点监管对象的规定",
        source=Source.LOCAL,
        note=rule.text_of("note"),
    )


def _window(rule: Node) -> Window:
    stated = rule.get("window")
    if stated is None:
        return Window.CALENDAR_YEAR
    return next((window for window in Window if window.label == stated.filled), None) or stated.word(Window)


def measures(root: Node) -> tuple[Measure, ...]:
    found: dict[str, Measure] = {}
    for listing in root.list_of("key_supervision"):
        for row in listing.list_of("measures"):
            text = row.need("measure").filled
            found.setdefault(text, Measure(text, row.need("basis").filled, row.need("kind").filled))
    return tuple(found.values())


def read_calendar(root: Node, base: WorkCalendar | None) -> WorkCalendar:
    """The county's years over those that are known anyway (日历): a year of the file replaces the same year."""
    section = root.need("calendar")
    rows = section.rows_or_self()
    years: dict[int, CalendarYear] = dict(base.years) if base is not None else {}
    for row in rows:
        for unpublished in row.list_of("unpublished_years"):
            year = unpublished.whole
            years[year] = unpublished.made(CalendarYear, year, "", (), (), announced=False)
    for row in rows:
        holidays = tuple(entry.made(_holiday, entry) for entry in row.list_of("holidays"))
        makeup = tuple(day.day for day in row.list_of("makeup_workdays"))
        year = row.need("year").whole
        years[year] = row.made(CalendarYear, year, row.need("source").filled, holidays, makeup)
    return section.made(
        WorkCalendar, years.values(), weekend_is_rest=base.weekend_is_rest if base is not None else True
    )


def _holiday(entry: Node) -> Holiday:
    return Holiday(entry.need("name").filled, entry.need("from").day, entry.need("to").day)
