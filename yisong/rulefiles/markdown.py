"""The rule book as a page to read (规则说明): `docs/rules.md` is generated from the book, never written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from yisong.domain.deadlines import Unit
from yisong.domain.entries import CheckItem, Confidence, DeadlineRule, Source
from yisong.domain.escalation import PARTIES, Rung
from yisong.domain.organs import OrganRole
from yisong.domain.risk import RiskRule
from yisong.domain.routing import RoutingWay
from yisong.domain.rulebook import RuleBook

_LAYOUTS = {"gongwen": "公文", "letter": "信函", "form": "执法文书表格", "internal": "内部审批"}
_KINDS = {"regulatory": "监管措施", "conditional": "附条件", "sanction": "失信惩戒"}
_EXEMPT = {"complaint": "有因检查", "review": "复查"}


def _cell(text: object) -> str:
    return str(text).replace("|", "｜").replace("\n", " ")


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _span(first: date | None, last: date | None) -> str:
    if first is None and last is None:
        return "长期"
    return f"{first or '……'} 至 {last or '今'}"


def _authority(source: Source, confidence: Confidence) -> str:
    return f"{source.label}（{confidence.label}）"


def _term(rule: DeadlineRule) -> str:
    if rule.amount is None:
        return f"由文书载明（{rule.unit.label}）"
    unit = {
        Unit.WORKING_DAYS: "个工作日",
        Unit.NATURAL_DAYS: "日，末日遇休假日顺延",
        Unit.CALENDAR_DAYS: "日，末日不顺延",
    }
    text = f"{rule.amount}{unit.get(rule.unit, '小时')}"
    if rule.extend is not None:
        text += f"；可延{rule.extend}"
    if rule.max_times is not None:
        text += f"；限{rule.max_times}次"
    return text


def _scope(rule: DeadlineRule, book: RuleBook) -> str:
    if rule.departments:
        return "、".join(book.organ(code).short for code in rule.departments)
    return f"指明适用时（{rule.variant_of} 的变体）" if rule.variant_of else "全部"


def _when(rung: Rung) -> str:
    days = rung.offset_workdays
    if days is None:
        moment = "只经人工决定"
    elif days == 0:
        moment = "到期当日（休假日不提醒）"
    else:
        moment = f"逾期第{days}个工作日" if days > 0 else f"到期前第{-days}个工作日"
    special = "、".join(special.label for special in rung.special)
    return f"{moment}；{special}时提请人工决定" if special else moment


def _threshold(rule: RiskRule) -> str:
    parts = []
    if rule.days is not None:
        parts.append(f"{rule.days}日内")
    if rule.departments is not None:
        parts.append(f"部门≥{rule.departments}个")
    if rule.inspections is not None:
        parts.append(f"检查≥{rule.inspections}次")
    if rule.late_workdays is not None:
        parts.append(f"迟录{'≥' if rule.inclusive else '>'}{rule.late_workdays}个工作日")
    if rule.percent is not None:
        parts.append(f"{'≥' if rule.inclusive else '>'}{rule.percent}%")
    if rule.times is not None:
        parts.append(f"累计≥{rule.times}次")
    if rule.per_organ:
        parts.append("按每一检查部门分别计")
    if rule.exempt:
        parts.append("不计" + "、".join(_EXEMPT.get(kind, kind) for kind in rule.exempt))
    return "，".join(parts) or "出现即算"


def _items(book: RuleBook, items: Iterable[CheckItem]) -> str:
    rows = []
    for item in items:
        for index, version in enumerate(item.versions):
            organ = book.organ(item.department).short
            if item.claimants:
                organ += f"（主张：{'、'.join(book.organ(code).short for code in item.claimants)}）"
            shown = (f"`{item.code}`", item.name, item.list_code, organ) if index == 0 else ("", "", "", "")
            law = f"{version.duty}；{version.penalty}（{version.basis_src}）"
            term = f"{item.rectify_mode.label} {item.rectify_days}日"
            rows.append((*shown, item.severity.label, term, _span(version.valid_from, version.valid_to), law))
    return _table(("事项", "名称", "清单", "责任部门", "程度", "改正", "依据有效期", "义务条；罚则条（出处）"), rows)


def rules_markdown(book: RuleBook) -> str:
    """The whole book as Markdown (规则库说明)."""
    organ = book.organ
    sections = [
        f"# 规则库：{book.county.full_name}\n\n本页由 `rules/` 生成，请改规则文件，不要改本页。\n\n"
        "来源一栏：法定、地方规定、系统默认、文书载明；括号内为置信度。系统默认和地方规定可由本县修改，不是法定期限。\n",
        "## 期限规则\n\n"
        + _table(
            ("规则", "名称", "期限", "起算", "不计入", "适用", "有效期", "来源", "依据"),
            (
                (
                    f"`{rule.code}`", rule.name, _term(rule), rule.start, "、".join(rule.pause_on), _scope(rule, book),
                    _span(rule.valid_from, rule.valid_to), _authority(rule.source, rule.confidence), rule.basis,
                )
                for rule in book.deadline_rules
            ),
        ),
        "## 催办督办升级\n\n每个期限每天最多升一级，只在工作日，不跳级；被督办方即出具机关时改由另一机关出具。\n",
    ]  # fmt: skip
    for ladder in book.ladders:
        limits = [*ladder.rules, *ladder.levels, *ladder.severities]
        sections.append(
            f"### {ladder.code}（{'、'.join(limits) if limits else '通用'}，{_span(ladder.valid_from, ladder.valid_to)}）\n\n"
            + _table(
                ("层级", "名称", "触发", "文书", "出具", "送", "抄送", "批准", "来源", "依据"),
                (
                    (
                        rung.level, rung.name, _when(rung),
                        "、".join(book.numbering(code).name for code in rung.papers) or rung.channel, rung.issuer.label,
                        rung.to, "、".join(PARTIES.get(code) or organ(code).short for code in rung.copies), rung.approve_by,
                        _authority(rung.source, rung.confidence), rung.basis,
                    )
                    for rung in ladder.rungs
                ),
            )
        )  # fmt: skip
    refusal = book.refusal_rule
    sections += [
        "## 列入重点监管对象的阈值\n\n"
        + _table(
            ("规则", "次数", "期间", "同一责改书", "来源", "依据", "说明"),
            [(
                f"`{refusal.code}`", f"≥{refusal.threshold}次", refusal.window.label,
                "只计一次" if refusal.distinct_orders else "逐次计", _authority(refusal.source, refusal.confidence),
                refusal.basis, refusal.note,
            )],
        ),
        "## 管理措施\n\n"
        + _table(
            ("措施", "类别", "依据", "来源"),
            ((m.measure, _KINDS.get(m.kind, m.kind), m.basis, _authority(m.source, m.confidence)) for m in book.measures),
        ),
        "## 移送材料\n\n提交移送前逐项核对；“必备”的缺了不能提交，“提示”的只提醒。\n\n"
        + _table(
            ("材料", "名称", "要求", "缺项怎么补", "有效期", "来源", "依据"),
            (
                (
                    f"`{point.code}`", point.name, "必备" if point.hard else "提示", point.remedy, _span(point.valid_from, point.valid_to),
                    _authority(point.source, point.confidence), point.basis,
                )
                for point in book.materials
            ),
        ),
        "## 风险规则\n\n"
        + _table(
            ("规则", "名称", "类型", "阈值", "处置", "县规则原文", "来源", "依据"),
            (
                (
                    f"`{rule.code}`", rule.name, rule.kind.label, _threshold(rule), rule.action, rule.expr,
                    _authority(rule.source, rule.confidence), rule.basis,
                )
                for rule in book.risk_rules
            ),
        ),
        "## 清单与路由次序\n\n"
        + _table(
            ("清单", "名称", "版本", "有效期", "行使机关或镇街"),
            (
                (
                    f"`{entry.code}`", entry.name, entry.version, _span(entry.valid_from, entry.valid_to),
                    "、".join(organ(code).short for code in (*((entry.owner,) if entry.owner else ()), *entry.towns)),
                )
                for entry in book.lists
            ),
        )
        + "\n"
        + _table(
            ("次序", "清单", "方式", "县规则原文"),
            ((step.step, step.list_code, RoutingWay(step.way).label, step.rule) for step in book.routing_steps),
        ),
        "## 主题\n\n"
        + _table(
            ("主题", "名称", "发起", "参与", "年度上限", "方式", "来源"),
            (
                (
                    f"`{theme.code}`", theme.name, organ(theme.initiator).short,
                    "、".join(organ(code).short for code in theme.participants),
                    "未定" if theme.annual_cap is None else f"{theme.annual_cap}次", theme.mode,
                    _authority(theme.source, theme.confidence),
                )
                for theme in book.themes
            ),
        ),
        "## 检查事项\n\n依据按违法行为发生之日适用。\n\n" + _items(book, book.items),
        "## 机关\n\n"
        + _table(
            ("代码", "名称", "发文机关代字", "有效期", "层级", "职能"),
            (
                (
                    f"`{entry.code}`", name.name, name.prefix, _span(name.valid_from, name.valid_to), entry.level.label,
                    "、".join(role.label for role in OrganRole if role in entry.roles),
                )
                for entry in book.organs
                for name in entry.names
            ),
        ),
        "## 文书与文号\n\n"
        + _table(
            ("代码", "名称", "版式", "文号式样"),
            ((f"`{d.code}`", d.name, _LAYOUTS.get(d.layout, d.layout), d.pattern or "不编号") for d in book.numberings),
        ),
        "## 日历\n\n已公布年度："
        + "、".join(str(year) for year in sorted(book.calendar.years) if book.calendar.announced(year))
        + "。未公布的年度按周一至周五上班、元旦放假暂估，期限标“暂估”，公布后复算。\n",
    ]  # fmt: skip
    return "\n".join(sections)
