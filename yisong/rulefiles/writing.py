"""From a rule book to the files of `rules/` (规则库写出): tidy, with a word to the clerk at the head of each file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import timedelta

from yisong.domain.entries import CheckItem
from yisong.domain.escalation import Ladder, Rung
from yisong.domain.organs import DatedName, Organ
from yisong.domain.rulebook import RuleBook
from yisong.rulefiles import keys
from yisong.rulefiles.keys import Key, write_entry
from yisong.rulefiles.reading import CSV_COLUMNS
from yisong.rulefiles.toml import table_text

_CITED = (
    "# basis 依据（法律条款或文件，必填）；source 来源：law 法定 / local 地方规定 / default 系统默认 / order 文书载明；\n"
    "# confidence 置信度：high / medium / low。系统默认和地方规定不得对外称为法定。\n"
)
_DATED = "# valid_from、valid_to 起止日（均含当日），不写为不限；改规则时给旧版写止日，另起一条从次日起，不要改旧版。\n"
HEADS = {
    "county.toml": "# 县名与平台名\n# government 是县人民政府在 organs.toml 中的代码。\n"
    "# weekend_is_rest：自然日期限的末日遇普通周末是否顺延（系统默认 true）。\n",
    "organs.toml": "# 部门、派驻机构、镇街与县政府\n"
    "# prefix 发文机关代字；roles：lead 发起联合检查 / enforce 行政处罚 / coordinate 协调 / supervise 执法监督 / criminal 接受涉罪移送；\n"
    "# level：county 县级 / city_branch 市派出 / township 镇街 / government 县政府。\n"
    "# 改名：把旧名称、旧代字写成一条 [[organ.history]] 并写止日 valid_to，上面改成新的；旧文书不变，文号随新代字重起。\n",
    "lists.toml": "# “1+3”事项清单与路由次序（依次匹配，命中即止；按发现日有效的清单）\n"
    "# owner 行使整张清单的机关；towns 被赋权的镇街。\n"
    "# way：place 按发现地点归镇街 / owner 归清单行使机关 / registered 归登记部门 / undecided 待协调 / criminal 涉罪另行移送。\n"
    + _DATED
    + _CITED,
    "themes.toml": "# “综合查一次”主题\n# annual_cap 年度现场检查频次上限（每一部门对同一单位）；minutes 计划时长（分钟）。\n" + _CITED,
    "items.toml": "# 检查事项\n"
    "# severity：general 一般 / major 较重 / critical 重大；rectify_mode：immediate 立即改正 / term 限期改正；rectify_days 默认自然日。\n"
    "# exempt_candidate 可否进入首违不罚、轻微不罚的人工评估（系统只提示，不决定）。\n"
    "# [[item.version]] 法律依据按违法行为发生之日适用：duty 义务条、penalty 罚则条、refuse_clause 拒不改正的后果；\n"
    "# basis_src 出处代号：S1、S2、S3 为读过条文原文的来源，M 为凭记忆，使用前须核对。\n",
    "deadlines.toml": "# 期限规则\n"
    "# unit：wd 工作日 / nd 自然日，末日遇休假日顺延 / cd 自然日，末日不顺延 / h 小时；amount 不写＝由文书载明；extend 可延长的数。\n"
    "# pause_on 不计入期限的事由；max_times 至多几次；variant_of 与 departments：只适用于这些部门的变体，不写部门的只在指明时适用。\n"
    + _DATED
    + _CITED,
    "escalation.toml": "# 催办督办升级（阶梯）\n"
    "# workdays 距到期日的工作日数：-3 到期前第3个工作日，0 到期当日，1 逾期第1个工作日；每个期限每天最多升一级，不跳级。\n"
    "# critical_hazard 重大隐患时、quarter_count 同部门当季督办达此件数时，只提请人工决定，不自动升级。\n"
    "# issuer：guidance 综合执法指导机构 / supervisor 司法行政部门 / government 县政府；被督办方即出具机关时自动改由另一机关出具。\n"
    "# rules、levels、severities 限定适用的期限规则、机关层级、严重程度；都不写为通用。\n" + _DATED + _CITED,
    "risk.toml": "# 风险规则（阈值）\n"
    "# kind 类型；days 自然日窗口；departments、inspections、times 达到即算（≥）；late_workdays、percent 超过才算（>），\n"
    "# inclusive = true 时达到即算；per_organ 按每一检查部门分别计；exempt 不计入的检查类别（complaint 有因检查、review 复查）。\n"
    + _DATED
    + _CITED,
    "refusal.toml": "# 拒不整改计数与列入重点监管对象的阈值（地方规则，非国家法律规定）\n"
    "# window：calendar_year 自然年度 / rolling_12_months 滚动12个月；distinct_orders 同一责改书只计一次。\n" + _CITED,
    "measures.toml": "# 对重点监管对象可采取的管理措施：没有依据的措施不得写入，也不会出现在决定书中\n"
    "# kind：regulatory 监管措施 / conditional 附条件，须先有依据 / sanction 失信惩戒（须在国家惩戒措施清单内）。\n" + _CITED,
    "materials.toml": "# 移送材料清单：提交移送前逐项核对\n"
    "# proof 以何证明：letter 移送函 / list 材料清单（系统出具）/ record 笔录 / evidence 证据 / identity 主体证明 / measures 已采取措施 /\n"
    "# officers 执法证 / behaviour 行政行为码 / plan 计划备案号 / law 法律依据 / test_report 检测报告；\n"
    "# hard = true 缺了不能提交，false 只提示；remedy 缺项时告诉经办人怎么补。法定的项目不要改为 false。\n" + _DATED + _CITED,
    "documents.toml": "# 文书类型与文号式样\n"
    "# number：{prefix} 发文机关代字、{year} 年份（六角括号）、{seq} 序号（不编虚位、不加“第”）；不写＝不编文号。\n"
    "# layout：gongwen 公文 / letter 信函 / form 执法文书表格 / internal 内部审批。\n" + _CITED,
}  # fmt: skip


def _tables(header: str, spec: tuple[Key, ...], entries: Iterable[object]) -> str:
    return "\n".join(table_text(header, write_entry(spec, entry)) for entry in entries)


def _organ(organ: Organ) -> str:
    *history, now = organ.names
    values = write_entry(
        keys.ORGAN, {**_attributes(organ), "prefix": now.prefix, "valid_from": None, "valid_to": now.valid_to}
    )
    if not _follows(history[-1] if history else None, now):
        values["valid_from"] = now.valid_from
    text = table_text("organ", values)
    for index, entry in enumerate(history):
        before = history[index - 1] if index else None
        shown = write_entry(keys.ORGAN_HISTORY, entry)
        if _follows(before, entry):
            shown.pop("valid_from", None)
        text += table_text("organ.history", shown)
    return text


def _attributes(entry: Organ | Rung) -> dict[str, object]:
    return {name: getattr(entry, name) for name in type(entry).__dataclass_fields__}


def _follows(before: DatedName | None, entry: DatedName) -> bool:
    """Whether a name begins where the file would let it begin without saying so (是否自然衔接)."""
    expected = before.valid_to + timedelta(days=1) if before is not None and before.valid_to is not None else None
    return entry.valid_from == expected


def _item(item: CheckItem) -> str:
    versions = "".join(table_text("item.version", write_entry(keys.ITEM_VERSION, version)) for version in item.versions)
    return table_text("item", write_entry(keys.ITEM, item)) + versions


def _ladder(ladder: Ladder) -> str:
    text = table_text("ladder", write_entry(keys.LADDER, ladder))
    for rung in ladder.rungs:
        counts = {special.kind: special.count for special in rung.special}
        values = _attributes(rung) | {
            "critical_hazard": "critical_hazard" in counts,
            "quarter_count": counts.get("quarter_count"),
        }
        text += "\n" + table_text("ladder.rung", write_entry(keys.RUNG, values))
    return text


def _routing(book: RuleBook) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for row in book.routing_rows:
        writer.writerow(
            [row.item, row.list_code, row.department, row.town, row.valid_from or "", row.valid_to or "", row.basis]
        )
    return out.getvalue()


def files_of(book: RuleBook) -> dict[str, str]:
    """Every file of a rule book by its name (规则库各文件)."""
    calendar = write_entry(keys.CALENDAR, {"weekend_is_rest": book.calendar.weekend_is_rest})
    bodies = {
        "county.toml": table_text("county", write_entry(keys.COUNTY, book.county), array=False)
        + ("\n" + table_text("calendar", calendar, array=False) if calendar else ""),
        "organs.toml": "\n".join(_organ(organ) for organ in book.organs),
        "lists.toml": _tables("list", keys.LIST, book.lists) + "\n" + _tables("step", keys.STEP, book.routing_steps),
        "themes.toml": _tables("theme", keys.THEME, book.themes),
        "items.toml": "\n".join(_item(item) for item in book.items),
        "deadlines.toml": _tables("rule", keys.DEADLINE, book.deadline_rules),
        "escalation.toml": "\n".join(_ladder(ladder) for ladder in book.ladders),
        "risk.toml": _tables("rule", keys.RISK, book.risk_rules),
        "refusal.toml": table_text("rule", write_entry(keys.REFUSAL, book.refusal_rule), array=False),
        "measures.toml": _tables("measure", keys.MEASURE, book.measures),
        "materials.toml": _tables("material", keys.MATERIAL, book.materials),
        "documents.toml": _tables("document", keys.DOCUMENT, book.numberings),
    }
    return {name: f"{HEADS[name]}\n{body}" for name, body in bodies.items()} | {"routing.csv": _routing(book)}
