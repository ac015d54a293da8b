"""Who is told when (消息): urgent singly, the rest once a day, nobody at night, and the keeper when something could not leave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from models import OutboxRow
from tests.services.world import ANSWERABLE, World, leader
from yisong.clock import SHANGHAI
from yisong.domain.lifecycle import Refusal
from yisong.services import accounts, deadlines, digests, feeds, outbox
from yisong.web.app import create_app

MAIL = "mailtos://yisong:secret@mail.example:465?from=yisong@example.cn"
THURSDAY = date(2026, 3, 12)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    made = World(database_url, tmp_path, YISONG_MAIL_URL=MAIL)
    with made.write() as session:
        for number in (1, 2):
            accounts.create_account(
                session, f"yjj-{number}", name=f"承办人{number}", department=ANSWERABLE, roles=["officer"], password="not-a-secret-1",
                channels=[f"person{number}@example.cn"],
            )  # fmt: skip
        accounts.create_account(
            session, "yjj-3", name="无邮箱", department=ANSWERABLE, roles=["officer"], password="not-a-secret-1"
        )
    yield made
    made.close()


def press(world: World) -> outbox.Press:
    return outbox.Press(settings=world.desk.settings, book=world.book, catalogue=world.desk.catalogue)


def deliver_notices(world: World) -> None:
    outbox.run(world.desk.transaction, press=press(world), at=lambda: world.at, only="notice")


def queued(world: World) -> digests.Digested:
    return digests.queue_digests(
        world.desk.transaction, book=world.book, settings=world.desk.settings, on=world.on, at=world.at
    )


def digest_rows(world: World) -> list[OutboxRow]:
    return [row for row in world.outbox("channel") if row.key.startswith("digest:")]


def test_a_person_with_a_channel_gets_one_digest_a_day_and_not_two(world: World) -> None:
    world.delivered()
    world.go(THURSDAY)
    assert queued(world).people == 2 and queued(world).rows == 0
    rows = digest_rows(world)
    assert [row.key for row in rows] == ["digest:yjj-1:2026-03-12@0", "digest:yjj-2:2026-03-12@0"]
    assert "今日到期" in rows[0].payload["body"] and "YX-2026-0001" in rows[0].payload["body"]
    world.go(date(2026, 3, 13))
    assert queued(world).rows == 2
    assert "已逾期1个工作日" in digest_rows(world)[-1].payload["body"]


def test_nobody_is_written_to_on_a_day_of_rest_or_where_there_is_nothing(world: World) -> None:
    assert queued(world).rows == 0, "nothing is before anybody"
    world.delivered()
    world.go(date(2026, 3, 14))
    assert queued(world).rows == 0


def test_a_digest_made_at_night_waits_for_the_morning(world: World) -> None:
    world.delivered()
    world.go(THURSDAY, 6)
    queued(world)
    assert {row.next_at for row in digest_rows(world)} == {datetime(2026, 3, 12, 7, tzinfo=SHANGHAI)}


def test_what_is_urgent_goes_singly_and_the_rest_waits_for_the_digest(world: World) -> None:
    case = world.delivered()
    clock = world.clock_of(case, "R-ACCEPT")
    assert clock.due_on == THURSDAY
    for day in (date(2026, 3, 11), THURSDAY, date(2026, 3, 13)):
        world.go(day)
        list(deadlines.sweep(world.desk.transaction, book=world.book, until=day, at=world.at))
    deliver_notices(world)
    singles = {
        row.key.split(":")[2]
        for row in world.outbox("channel")
        if ":climb" not in row.key and not row.key.startswith("digest:")
    }
    assert "reminder" in singles and not singles & {"due_soon", "due_today"}
    assert {notice.kind for notice in world.notices()} >= {"due_soon", "due_today", "reminder"}, (
        "the inbox has all of them"
    )
    queued(world)
    assert "【今日到期】" in digest_rows(world)[0].payload["body"]


def test_what_could_not_leave_is_told_to_whom_can_mend_it_once(world: World) -> None:
    world.delivered()
    deliver_notices(world)
    with world.write() as session:
        session.add(
            OutboxRow(
                key="broken",
                kind="channel",
                payload={"url": "nowhere://x", "subject": "s", "body": "b"},
                created_at=world.at,
                next_at=world.at,
            )
        )
    for _ in range(3):
        outbox.run(world.desk.transaction, press=press(world), at=lambda: world.at, only="channel")
    told = [
        row for row in world.outbox("notice") if row.payload["notice"] == "outbox_failed" and "broken" not in row.key
    ]
    ours = next(row for row in world.outbox("channel") if row.key == "broken")
    assert ours.state == "failed"
    mine = [row for row in told if row.key.startswith(f"failed:{ours.id}:")]
    assert len(mine) == 1 and mine[0].payload["department"] == world.book.guidance_code
    deliver_notices(world)
    assert any(notice.kind == "outbox_failed" and f"第{ours.id}条" in notice.body for notice in world.notices())


def unfolded(text: str) -> str:
    return re.sub("\r\n ", "", text)


def test_a_feed_names_every_running_term_and_folds_no_character_in_two(world: World) -> None:
    world.delivered()
    order = world.served_order(world.accepted(unit=1), days=300)
    with world.read() as session:
        text = feeds.calendar_feed(
            session, world.book, department=ANSWERABLE, at=world.at, public_url="https://example.cn"
        )
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n")) and text.endswith("END:VCALENDAR\r\n")
    whole = unfolded(text)
    assert "DTSTART;VALUE=DATE:20260312\r\nDTEND;VALUE=DATE:20260313" in whole
    clock = world.clock_of(order, "R-RECTIFY")
    event = next(part for part in whole.split("BEGIN:VEVENT") if f"UID:clock-{clock.id}@" in part)
    assert ("STATUS:TENTATIVE" in event) == clock.provisional
    ended = whole.count("BEGIN:VEVENT")
    world.take(order, "withdraw", leader(ANSWERABLE), reason="有误")
    with world.read() as session:
        assert (
            feeds.calendar_feed(session, world.book, department=ANSWERABLE, at=world.at).count("BEGIN:VEVENT") < ended
        )


def test_a_feed_opens_with_its_own_token_only(world: World) -> None:
    world.delivered()
    secret = world.desk.settings.session_secret()
    token = feeds.feed_token(secret, ANSWERABLE)
    assert feeds.department_of(secret, token) == ANSWERABLE
    for forged in ("", "YJJ", token[:-1], "XFJ" + token[3:], feeds.feed_token(secret + "x", ANSWERABLE)):
        with pytest.raises(Refusal):
            feeds.department_of(secret, forged)
    browser = TestClient(create_app(world.desk))
    answer = browser.get(f"/feeds/{token}.ics")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/calendar")
    assert "BEGIN:VEVENT" in answer.text
    assert browser.get("/feeds/YJJ.forged.ics").status_code == 404
