"""`yisong routing`: what waits for an organ, what settled disputes propose for the lists, and other lists tried (路由反馈)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yisong.cli import terminal
from yisong.cli.speech import BadInput, Noun

if TYPE_CHECKING:
    from yisong.domain.routing import RoutingRow
    from yisong.services.routing_feedback import Proposal
    from yisong.services.routing_trial import RoutingTrial

app = Noun("路由：待协调的发现、争议处置形成的清单修改建议、清单试算。")
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
As = Annotated[str, typer.Option("--as", metavar="账号", help="以谁的名义办理（指导办协调员或负责人）。")]
Key = Annotated[str, typer.Argument(metavar="建议", help="建议编号，见 yisong routing proposals。")]
STATUS = {"waiting": "待处理", "adopted": "已采纳", "dropped": "不采纳"}


@app.command("queue")
def queue_command(as_json: Json = False) -> None:
    """列出没有确定责任部门的检查发现，最早的在前，连同已等的工作日数。"""
    from yisong.cli.desks import opened
    from yisong.services import routing_feedback

    with opened() as desk, desk.reading() as session:
        rows = [
            {
                "code": each.matter.code, "item": each.finding.item_code, "item_name": desk.book.item(each.finding.item_code).name,
                "unit": each.unit.name if each.unit else "", "origin": each.matter.origin, "since": each.since, "workdays": each.workdays,
                "late": each.late, "reason": each.finding.routing_reason,
            }
            for each in routing_feedback.queue(session, book=desk.book, on=desk.today)
        ]  # fmt: skip
        allowed = routing_feedback.patience(desk.book, on=desk.today)
    if as_json:
        terminal.print_json(rows)
        return
    terminal.table(
        f"待协调的检查发现（超过 {allowed} 个工作日的列入指导办每日汇总）", ("编号", "事项", "单位", "发现部门", "起", "已等工作日", "原因"),
        [(row["code"], row["item_name"], row["unit"], row["origin"], row["since"], f"{row['workdays']}{'（超期）' if row['late'] else ''}", row["reason"]) for row in rows],
        empty="没有待协调的检查发现",
    )  # fmt: skip


def _row(row: RoutingRow) -> dict[str, Any]:
    return {
        "item_code": row.item, "list": row.list_code, "department": row.department, "town": row.town, "valid_from": row.valid_from, "valid_to": row.valid_to,
        "basis": row.basis,
    }  # fmt: skip


def _json(found: Proposal) -> dict[str, Any]:
    return {
        "key": found.key, "status": found.status, "matter": found.matter.code, "how": found.how, "settled_on": found.settled_on, "item": found.item,
        "item_name": found.item_name, "town": found.town, "department": found.department, "basis": found.basis, "in_lists": found.amendment.holds,
        "obstacle": found.amendment.obstacle, "ended": [_row(row) for row in found.amendment.ended], "added": [_row(row) for row in found.amendment.added],
    }  # fmt: skip


@app.command("proposals")
def proposals_command(
    everything: Annotated[bool, typer.Option("--all", help="连同已采纳、不采纳的。")] = False, as_json: Json = False
) -> None:
    """列出争议处置（协调一致、指定管辖、确定责任部门）形成的清单修改建议。"""
    from yisong.cli.desks import opened
    from yisong.services import routing_feedback

    with opened() as desk, desk.reading() as session:
        found = routing_feedback.proposals(session, book=desk.book, on=desk.today)
        rows = [_json(each) for each in found if everything or each.status == "waiting"]
    if as_json:
        terminal.print_json(rows)
        return
    terminal.table(
        "清单修改建议", ("建议编号", "状态", "由来", "事项", "归", "依据", "说明"),
        [(row["key"], STATUS[row["status"]], f"{row['settled_on']} {row['how']}", row["item_name"], row["department"], row["basis"],
          row["obstacle"] or ("清单已一致" if row["in_lists"] else f"止 {len(row['ended'])} 行，加 {len(row['added'])} 行")) for row in rows],
        empty="没有清单修改建议",
    )  # fmt: skip


@app.command("adopt")
def adopt_command(
    key: Key, actor: As, valid_from: Annotated[str, typer.Option("--from", metavar="日期", help="自哪天起；不写为今天。")] = "",
    basis: Annotated[str, typer.Option("--basis", metavar="依据", help="清单行写的依据；不写用文书文号和条款。")] = "",
) -> None:  # fmt: skip
    """采纳一条建议；采纳后由规则库管理员用 yisong routing apply 写入清单。"""
    from yisong.cli.desks import opened, person
    from yisong.services import routing_feedback

    day = terminal.day(valid_from, name="--from") if valid_from else None
    with opened() as desk, desk.transaction() as session:
        kept = routing_feedback.adopt(
            session, key, book=desk.book, actor=person(session, actor), valid_from=day, basis=basis, on=desk.today, at=desk.now
        )  # fmt: skip
        start = kept.valid_from
    terminal.say(f"已采纳：自 {start} 起。请运行 yisong routing apply 查看并写入清单。")


@app.command("drop")
def drop_command(
    key: Key,
    actor: As,
    reason: Annotated[str, typer.Option("--reason", metavar="理由", help="为什么不采纳，如个案情况特殊。")],
) -> None:
    """不采纳一条建议，写明理由。"""
    from yisong.cli.desks import opened, person
    from yisong.services import routing_feedback

    with opened() as desk, desk.transaction() as session:
        routing_feedback.drop(
            session, key, book=desk.book, actor=person(session, actor), reason=reason, on=desk.today, at=desk.now
        )
    terminal.say("已登记不采纳。")


@app.command("apply")
def apply_command(
    write: Annotated[bool, typer.Option("--write", help="写入规则库的 routing.csv；不写只列出。")] = False, as_json: Json = False
) -> None:  # fmt: skip
    """列出已采纳而清单里还没有的行；加 --write 核对整本规则库后写入，旧文件另存为 routing.csv.old。"""
    from yisong.cli.desks import opened
    from yisong.rulefiles.routing import write_routing
    from yisong.services import routing_feedback

    with opened() as desk, desk.reading() as session:
        found, changed = routing_feedback.to_write(session, book=desk.book, on=desk.today)
        before, after = set(desk.book.routing_rows), set(changed.routing_rows)
        rows = [_row(row) for row in changed.routing_rows if row in after - before]
        place = desk.settings.rules / "routing.csv"
        if write and found:
            write_routing(changed, desk.settings.rules)
    if as_json:
        terminal.print_json(
            {
                "file": str(place),
                "written": bool(write and found),
                "rows": rows,
                "proposals": [each.key for each in found],
            }
        )
        return
    terminal.table(
        f"已采纳 {len(found)} 条，改动 {len(rows)} 行", ("事项", "清单", "部门", "镇街", "起", "止", "依据"), [tuple(row.values()) for row in rows],
        empty="没有待写入的清单行",
    )  # fmt: skip
    if found:
        terminal.say(f"已写入 {place}；请重启网页。" if write else f"尚未写入；加 --write 写入 {place}。")


@app.command("try")
def try_command(
    new: Annotated[Path, typer.Argument(metavar="新规则目录", help="改过的规则文件，含清单和 routing.csv。")],
    first: Annotated[str, typer.Option("--from", metavar="日期", help="从哪天的发现起；不写为今年1月1日。")] = "",
    last: Annotated[str, typer.Option("--to", metavar="日期", help="到哪天的发现止；不写为今天。")] = "",
    lists_on: Annotated[str, typer.Option("--lists-on", metavar="日期", help="一律按新清单在这一天的版本；不写为各发现日的版本。")] = "",
    most: Annotated[int, typer.Option("--most", metavar="数", min=0, help="最多列出几项去向不同的；0 为全部。JSON 总是全部。")] = 50,
    as_json: Json = False,
) -> None:  # fmt: skip
    """把新清单用在已登记的发现上：哪些会去别的部门，各部门多少，待协调多少；不写入任何东西。"""
    from yisong import rulefiles
    from yisong.cli.desks import opened
    from yisong.services import routing_trial

    book = rulefiles.read(new)
    with opened() as desk, desk.reading() as session:
        begin = terminal.day(first, name="--from") if first else desk.today.replace(month=1, day=1)
        end = terminal.day(last, name="--to") if last else desk.today
        if begin > end:
            raise BadInput("span_reversed", f"--from {begin} 晚于 --to {end}，请核对。")
        day = terminal.day(lists_on, name="--lists-on") if lists_on else None
        with terminal.progress("试算") as tick:
            trial = routing_trial.try_lists(session, new=book, first=begin, last=end, lists_on=day, progress=tick)
        names = {organ.code: organ.short or organ.name for organ in (*desk.book.organs, *book.organs)}
    if as_json:
        terminal.print_json({"from": begin, "to": end, **told(trial)})
        return
    tell(trial, names=names, span=f"{begin} 至 {end}", most=most)


def told(trial: RoutingTrial) -> dict[str, Any]:
    """A trial of lists in a form a program reads (清单试算)."""
    fields = ("finding", "item", "town", "found_on", "old", "new", "reason")
    return {
        "findings": trial.findings, "undecided": {"old": trial.old[""], "new": trial.new[""]},
        "departments": {code: {"old": trial.old[code], "new": trial.new[code]} for code in sorted({*trial.old, *trial.new}) if code},
        "moved": [{name: getattr(each, name) for name in fields} for each in trial.moved], "skipped": trial.skipped,
    }  # fmt: skip


def tell(trial: RoutingTrial, *, names: Mapping[str, str], span: str, most: int) -> None:
    """Print a trial of lists (清单试算). `most`: how many of the findings that move, 0 = all."""
    named = {**names, "": "待协调"}
    terminal.say(
        f"清单试算 {span}（未写入）：发现 {trial.findings} 项，去向不同 {len(trial.moved)} 项；"
        f"待协调 原 {trial.old['']} 项，新清单 {trial.new['']} 项。"
    )
    counts = [(code, trial.old[code], trial.new[code]) for code in sorted({*trial.old, *trial.new})]
    terminal.table("各部门", ("部门", "原", "新清单"), [(named.get(code, code), *pair) for code, *pair in counts])
    shown = trial.moved[: most or None]
    terminal.table(
        f"去向不同的发现（{len(trial.moved)} 项，列出 {len(shown)} 项）", ("发现", "事项", "发现日", "原", "新清单", "理由"),
        [(each.finding, each.item, each.found_on, named.get(each.old, each.old), named.get(each.new, each.new), each.reason) for each in shown],
    )  # fmt: skip
    for code, why in trial.skipped:
        terminal.note(f"发现 {code} 未能试算：{why}")
