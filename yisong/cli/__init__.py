"""The command line (命令行): one file per noun. Nothing heavy is imported before a command needs it, so that help is quick."""

from __future__ import annotations

from yisong.cli import (
    accounts,
    api,
    audit,
    book,
    calendars,
    cases,
    clocks,
    deadlines,
    documents,
    evidence,
    imports,
    installation,
    ledger,
    listing,
    outbox,
    papers,  # noqa: F401 its commands join those of the papers
    replay,
    reprojecting,  # noqa: F401 its commands join those of the calendar
    risk,
    routing,
    rules,
    serve,
    steps,
    supervision,
    tokens,  # noqa: F401 its commands join those of the accounts
    trying,  # noqa: F401 its command joins those of the rules
    unit_acts,  # noqa: F401 its commands join those of the units
    units,
)
from yisong.cli.speech import Noun

app = Noun("移送：把联合检查发现的问题交到责任部门，管期限、出文书、催办督办、复查销号。")
WORK, RULES, KEEPING, TRYING = "办案", "规则与日历", "运行维护", "演示与重演"

app.command("import", rich_help_panel=WORK)(imports.import_command)
app.add_typer(ledger.app, name="ledger", rich_help_panel=WORK)
app.command("cases", rich_help_panel=WORK)(cases.cases_command)
app.command("step", rich_help_panel=WORK)(steps.step_command)
app.add_typer(units.app, name="units", rich_help_panel=WORK)
app.add_typer(routing.app, name="routing", rich_help_panel=WORK)
app.add_typer(clocks.app, name="clock", rich_help_panel=WORK)
app.add_typer(listing.app, name="listing", rich_help_panel=WORK)
app.add_typer(supervision.app, name="supervision", rich_help_panel=WORK)
app.add_typer(risk.app, name="risk", rich_help_panel=WORK)
app.add_typer(evidence.app, name="evidence", rich_help_panel=WORK)
app.add_typer(documents.app, name="documents", rich_help_panel=WORK)
app.add_typer(documents.app, name="document", hidden=True)
app.command("book", rich_help_panel=RULES)(book.book_command)
app.add_typer(rules.app, name="rules", rich_help_panel=RULES)
app.add_typer(calendars.app, name="calendar", rich_help_panel=RULES)
app.command("init", rich_help_panel=KEEPING)(installation.init_command)
app.command("serve", rich_help_panel=KEEPING)(serve.serve_command)
app.command("sweep", rich_help_panel=KEEPING)(deadlines.sweep_command)
app.add_typer(outbox.app, name="outbox", rich_help_panel=KEEPING)
app.add_typer(audit.app, name="audit", rich_help_panel=KEEPING)
app.add_typer(accounts.app, name="accounts", rich_help_panel=KEEPING)
app.add_typer(api.app, name="api", rich_help_panel=KEEPING)
app.command("health", rich_help_panel=KEEPING)(deadlines.health_command)
app.command("demo", rich_help_panel=TRYING)(replay.demo_command)
app.command("replay", rich_help_panel=TRYING)(replay.replay_command)


def main() -> None:
    """Run the command line (命令行入口)."""
    app(prog_name="yisong")
