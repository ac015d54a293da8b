"""The rules of the house hold in every source file, and each of them can tell a bad file from a good one (房规)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.house import rules
from tests.house.sources import PACKAGES, Source, python_files

Rule = Callable[[Source], Iterator[tuple[int, str]]]


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_rule_holds_everywhere(rule: Rule) -> None:
    files = python_files(*PACKAGES)
    assert len(files) > 20
    broken = [f"{source.path}:{line}: {what}" for source in files for line, what in rule(source)]
    assert not broken, "\n" + "\n".join(broken)


BAD: list[tuple[Rule, str, str]] = [
    (rules.state_is_written_by_the_journal, "yisong/services/steps.py", "matter.state = 'closed'"),
    (rules.state_is_written_by_the_journal, "yisong/services/steps.py", "a, matter.state = 1, 'closed'"),
    (rules.state_is_written_by_the_journal, "yisong/web/cases.py", "setattr(matter, 'state', 'closed')"),
    (rules.state_is_written_by_the_journal, "yisong/store/cases.py", "update(Matter).values(state='closed')"),
    (rules.state_is_written_by_the_journal, "yisong/store/cases.py", "run('UPDATE matter SET seq = 2, state = :s')"),
    (rules.only_the_desk_commits, "yisong/services/outbox.py", "session.commit()"),
    (rules.only_the_desk_commits, "flows/outbox.py", "desk.session.commit()"),
    (rules.only_the_desk_commits, "yisong/web/app.py", "with desk.engine.begin() as connection: pass"),
    (rules.only_the_clock_tells_time, "yisong/services/steps.py", "at = datetime.now(UTC)"),
    (rules.only_the_clock_tells_time, "flows/deadlines.py", "on = datetime.date.today()"),
    (rules.only_the_clock_tells_time, "models/event.py", "at = Field(default_factory=datetime.utcnow)"),
    (rules.only_the_clock_tells_time, "models/event.py", "Column(server_default=func.now())"),
    (rules.only_the_clock_tells_time, "yisong/web/app.py", "import time\ntime.time()"),
    (rules.only_the_clock_tells_time, "yisong/web/app.py", "from time import time"),
    (
        rules.only_the_clock_tells_time,
        "yisong/store/outbox.py",
        "text('select * from outbox where due < CURRENT_TIMESTAMP')",
    ),
    (rules.only_the_clock_tells_time, "yisong/store/outbox.py", "text(\"where due < datetime('now')\")"),
    (rules.only_the_desk_opens_the_database, "yisong/web/app.py", "engine = sqlalchemy.create_engine(url)"),
    (rules.only_the_desk_opens_the_database, "flows/audit.py", "with Session(engine) as session: pass"),
    (rules.verbs_do_not_know_each_other, "yisong/services/risk.py", "from yisong.services import outbox"),
    (rules.verbs_do_not_know_each_other, "yisong/services/risk.py", "from yisong.services.outbox import claim"),
    (rules.verbs_do_not_know_each_other, "yisong/services/risk.py", "from .outbox import claim"),
    (rules.verbs_do_not_know_each_other, "yisong/services/journal.py", "from yisong.services import findings"),
    (rules.files_are_short, "yisong/web/app.py", "'''A page (页面).'''\n" + "x = 1\n" * 300),
    (rules.every_module_says_what_it_is, "yisong/web/app.py", "import os"),
    (rules.names_say_what_things_are, "yisong/web/utils.py", ""),
    (rules.names_say_what_things_are, "yisong/web/page_helpers.py", ""),
    (rules.names_say_what_things_are, "yisong/web/app.py", "class CaseManager: pass"),
    (rules.names_say_what_things_are, "yisong/web/app.py", "class BaseForm: pass"),
    (rules.names_say_what_things_are, "yisong/web/app.py", "def render_2(): pass"),
    (
        rules.services_and_store_say_at_the_call_what_is_what,
        "yisong/store/cases.py",
        "def cases_of(session, department, state): pass",
    ),
]

GOOD: list[tuple[Rule, str, str]] = [
    (rules.state_is_written_by_the_journal, "yisong/services/journal.py", "matter.state = step.target"),
    (rules.state_is_written_by_the_journal, "yisong/web/app.py", "app.state.desk = desk\nstate = matter.state\nx = f(state=state)"),
    (rules.only_the_desk_commits, "yisong/desk.py", "session.commit()"),
    (rules.only_the_clock_tells_time, "yisong/desk.py", "at = self.clock.now()\nb = desk.clock.now()\nc = desk.now"),
    (rules.only_the_clock_tells_time, "yisong/web/app.py", "import time\ntime.perf_counter()\ntime.sleep(1)\nx = row.time.strftime('%H')"),
    (rules.only_the_clock_tells_time, "yisong/web/app.py", "'Nobody knows now what the current date is.'"),
    (rules.only_the_desk_opens_the_database, "yisong/services/steps.py", "def take(session: Session) -> None: ..."),
    (rules.verbs_do_not_know_each_other, "yisong/services/risk.py", "from yisong.services import journal, papers\nfrom .steps import take_step"),
    (rules.names_say_what_things_are, "yisong/web/database.py", "class Database: pass\ndef sha256(): pass\ndef base_date(): pass"),
    (
        rules.services_and_store_say_at_the_call_what_is_what,
        "yisong/store/cases.py",
        "def cases_of(session, department, *, on): pass\ndef _row(a, b, c): pass",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "path", "text"), BAD)
def test_the_rule_sees_a_bad_file(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text)))


@pytest.mark.parametrize(("rule", "path", "text"), GOOD)
def test_the_rule_leaves_a_good_file_alone(rule: Rule, path: str, text: str) -> None:
    assert not list(rule(Source(path, text)))
