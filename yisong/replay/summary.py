"""Print what came of a replay (重演小结), for people."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.console import Console
from rich.table import Table

from yisong.domain import lifecycles
from yisong.domain.casestate import LABELS
from yisong.domain.rulebook import RuleBook, RuleBookError

STATES = {**lifecycles.ALL["transfer"].states, **lifecycles.ALL["criminal"].states, **LABELS}
LISTED = lifecycles.ALL["listing"].states


def _table(title: str, *columns: str, right: tuple[int, ...] = ()) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold", expand=False)
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if index in right else "left", overflow="fold")
    return table


def _paper_name(book: RuleBook, code: str) -> str:
    try:
        return book.numbering(code).name
    except RuleBookError:
        return code


def _rule_name(book: RuleBook, code: str) -> str:
    return next((rule.name for rule in book.deadline_rules if rule.code == code), code)


def cases_table(found: dict[str, Any]) -> Table:
    table = _table("案件状态", "状态", "件数", "案号", right=(1,))
    groups: dict[str, list[str]] = {}
    for case in found["cases"]:
        groups.setdefault(STATES.get(case["state"] or "", str(case["state"])), []).append(
            case["code"].rsplit("-", 1)[-1]
        )
    for state, codes in sorted(groups.items(), key=lambda entry: (-len(entry[1]), entry[0])):
        table.add_row(state, str(len(codes)), "、".join(sorted(codes)))
    return table


def papers_table(found: dict[str, Any], *, book: RuleBook) -> Table:
    table = _table("出具文书", "文书", "份数", "首末文号", right=(1,))
    groups: dict[str, list[str]] = {}
    papers = [
        paper for entry in [*found["cases"], *found["listings"]] for paper in entry["papers"] if not paper["offline"]
    ]
    papers += [{"type": "FENGXIAN", "number": hit["number"]} for hit in found["risk_hits"] if hit["number"]]
    for paper in papers:
        groups.setdefault(paper["type"], []).append(paper["number"])
    for code, numbers in sorted(groups.items(), key=lambda entry: (-len(entry[1]), entry[0])):
        named = [number for number in numbers if number]
        span = f"{named[0]} … {named[-1]}" if len(named) > 1 else named[0] if named else "（不编号）"
        table.add_row(_paper_name(book, code), str(len(numbers)), span)
    table.add_section()
    table.add_row("合计", str(len(papers)), "")
    return table


def rungs_table(found: dict[str, Any]) -> Table:
    table = _table("催办督办", "层级", "次数", "最近一次", right=(1,))
    climbed = [rung for entry in [*found["cases"], *found["listings"]] for rung in entry["rungs"]]
    counts = Counter((rung["level"], rung["name"], rung["status"]) for rung in climbed)
    for (level, name, status), number in sorted(counts.items()):
        last = max(
            (rung["on"], rung["matter"])
            for rung in climbed
            if (rung["level"], rung["name"], rung["status"]) == (level, name, status)
        )
        table.add_row(
            f"{level} {name}" + ("（待批准）" if status == "proposed" else ""), str(number), f"{last[0]} {last[1]}"
        )
    return table


def listings_table(found: dict[str, Any]) -> Table:
    table = _table("重点监管对象", "名单", "单位", "状态", "计入拒改", "不计入（理由）")
    for row in found["listings"]:
        counted = "、".join(order["order"] for order in row["counted"]) or "—"
        excluded = "；".join(f"{order['order']}：{order['reason']}" for order in row["not_counted"]) or "—"
        table.add_row(
            row["code"],
            row["unit"],
            LISTED.get(row["state"] or "", str(row["state"])),
            f"{counted}（{len(row['counted'])}/{row['threshold']}）",
            excluded,
        )
    return table


def overdue_table(found: dict[str, Any], *, book: RuleBook) -> Table:
    table = _table("现在逾期（为什么）", "案件", "期限", "起算", "应于", "依据与催督")
    for entry in [*found["cases"], *found["listings"]]:
        for clock in entry["clocks"]:
            if clock["status"] != "overdue" or clock["ended_on"]:
                continue
            climbed = [
                rung["name"]
                for rung in entry["rungs"]
                if rung["matter"] == clock["matter"] and rung["rule"] == clock["rule"] and rung["level"] >= 2
            ]
            rule = next((rule for rule in book.deadline_rules if rule.code == clock["rule"]), None)
            why = (
                f"{clock['amount']}{'个工作日' if clock['unit'] == 'wd' else '日'}，{rule.source.label if rule else ''}"
                + (f"；已{'、'.join(climbed)}" if climbed else "")
            )
            table.add_row(
                entry["code"], _rule_name(book, clock["rule"]), clock["start"][:10], str(clock["due"])[:10], why
            )
    if not table.row_count:
        table.add_row("（无）", "", "", "", "")
    return table


def print_summary(found: dict[str, Any], *, book: RuleBook, console: Console | None = None) -> None:
    """Print a replay's outcome as tables (打印小结)."""
    console = console or Console()
    console.print(f"\n[bold]{found['county']}[/bold] · 截至 {found['as_of']}\n")
    for table in (
        cases_table(found),
        papers_table(found, book=book),
        rungs_table(found),
        listings_table(found),
        overdue_table(found, book=book),
    ):
        console.print(table)
        console.print()
    if found["risk_hits"]:
        table = _table("涉企检查风险", "规则", "单位", "命中", "出具", "文号")
        for hit in found["risk_hits"]:
            table.add_row(
                hit["rule"],
                hit["unit"],
                f"{hit['count']}（限 {hit['limit']}）：{'、'.join(hit['departments'])}",
                str(hit["issuer"]),
                str(hit["number"]),
            )
        console.print(table)
    if found["refused"]:
        table = _table("未能重演的事件", "案件", "日期", "事件", "理由")
        for entry in found["refused"]:
            table.add_row(entry["where"], entry["on"], entry["event"], entry["message"])
        console.print(table)
