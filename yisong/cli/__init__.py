"""The command line (命令行): one file per noun. Nothing heavy is imported before a command needs it, so that help is quick."""

from __future__ import annotations

from yisong.cli import audit, book, calendar, cases, clocks, deadlines, installation, rules, steps
from yisong.cli.speech import Noun

app = Noun("移送：把联合检查发现的问题交到责任部门，管期限、出文书、催办督办、复查销号。")
DAILY, RULES, KEEPING = "办案", "规则与日历", "运行维护"

app.command("cases", rich_help_panel=DAILY)(cases.cases_command)
app.command("step", rich_help_panel=DAILY)(steps.step_command)
app.add_typer(clocks.app, name="clock", rich_help_panel=DAILY)
app.command("book", rich_help_panel=RULES)(book.book_command)
app.add_typer(rules.app, name="rules", rich_help_panel=RULES)
app.add_typer(calendar.app, name="calendar", rich_help_panel=RULES)
app.command("init", rich_help_panel=KEEPING)(installation.init_command)
app.command("sweep", rich_help_panel=KEEPING)(deadlines.sweep_command)
app.add_typer(audit.app, name="audit", rich_help_panel=KEEPING)
app.command("health", rich_help_panel=KEEPING)(deadlines.health_command)


def main() -> None:
    """Run the command line (命令行入口)."""
    app(prog_name="yisong")
