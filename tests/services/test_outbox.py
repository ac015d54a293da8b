"""What has to leave leaves once (待发箱): letters by their digest, notices into inboxes, mails over a real server; with a ledger of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col

from models import Notice, OutboxAttempt, OutboxRow
from tests.services.crowd import at_once
from tests.services.scenes import CLERK, HEAD, OUR_CLERK, OUR_HEAD, REASON
from tests.services.world import ANSWERABLE, ORIGIN, World
from tests.support.smtp import MailServer
from yisong.domain.lifecycle import Refusal
from yisong.notify import channels, pacing
from yisong.services import accounts, audit, outbox
from yisong.services.outbox import LEASE, MOST_ATTEMPTS, Sent
from yisong.store import outbox as stored
from yisong.store.files import file_of


def press(world: World) -> outbox.Press:
    return outbox.Press(settings=world.desk.settings, book=world.book, catalogue=world.desk.catalogue)


def let_out(world: World, only: str = "") -> Sent:
    return outbox.run(world.desk.transaction, press=press(world), at=lambda: world.at, only=only)


def files(world: World) -> dict[str, bytes]:
    """Every file under the letters' folder, by its name."""
    folder = world.desk.settings.letters
    return {file.name: file.read_bytes() for file in folder.rglob("*") if file.is_file()} if folder.exists() else {}


def attempts(world: World, row: OutboxRow) -> list[tuple[int, str]]:
    with world.read() as session:
        return [(each.number, each.outcome) for each in stored.attempts(session, row.id or 0)]


def states(world: World, kind: str = "") -> dict[str, str]:
    return {row.key: row.state for row in world.outbox(kind)}


@pytest.fixture
def mailing(database_url: str, tmp_path: Path, smtp_server: MailServer) -> Iterator[World]:
    """A world whose department answerable has one person with a mailbox."""
    url = f"mailto://{smtp_server.host}:{smtp_server.port}?from=yisong@yunxi.invalid&name=移送"
    made = World(database_url, tmp_path, YISONG_MAIL_URL=url)
    with made.write() as session:
        accounts.create_account(
            session, "yjj-1", name="承办人", department=ANSWERABLE, roles=["officer"], password="not-a-secret-1", channels=["clerk@yunxi.invalid"],
        )  # fmt: skip
    yield made
    made.close()


def moment_of_failure(world: World, row: OutboxRow) -> OutboxRow:
    return next(each for each in world.outbox() if each.id == row.id)


# — letters —


def test_a_letter_is_printed_once_in_both_formats_under_its_digest(world: World) -> None:
    case = world.delivered()
    sent = let_out(world, "letter")
    assert (sent.settled, sent.retried, sent.failed) == (2, 0, 0)
    kept = files(world)
    for paper in world.documents():
        assert world.matter(paper.matter_id).state == "issued" and paper.template_digest
        for digest, suffix in ((paper.pdf_sha256, "pdf"), (paper.docx_sha256, "docx")):
            content = file_of(world.desk.settings.letters, digest, suffix=suffix).read_bytes()
            assert sha256(content).hexdigest() == digest
    assert len(kept) == 4 and not [name for name in kept if name.startswith(".")]
    letter = world.paper(case, "YISONG")
    issued = world.events(letter.matter_id)[-1]
    assert (issued.action, issued.given["pdf_sha256"], issued.on) == ("issue", letter.pdf_sha256, letter.dated_on)
    assert set(states(world, "letter").values()) == {"settled"}
    assert audit.verify_all(world.desk.reading).faults == []


def test_running_again_prints_nothing_and_changes_nothing(world: World) -> None:
    world.delivered()
    let_out(world)
    kept, papers, rows = files(world), world.documents(), world.outbox()
    world.go(world.on + timedelta(days=1))
    assert let_out(world).total == 0
    assert (files(world), world.documents(), world.outbox()) == (kept, papers, rows)


def test_a_letter_whose_paper_was_voided_before_it_was_printed_is_not_printed(world: World) -> None:
    case = world.delivered()
    world.take(world.paper(case, "YISONG").matter_id, "void", OUR_HEAD, **REASON)
    let_out(world, "letter")
    assert (
        world.paper(case, "YISONG").pdf_sha256 == "" and world.state(world.paper(case, "YISONG").matter_id) == "voided"
    )
    assert len(files(world)) == 2, "the list of materials alone"
    assert set(states(world, "letter").values()) == {"settled"}


def test_a_letter_says_what_was_frozen_with_the_act_and_not_what_is_true_now(world: World) -> None:
    from models import Unit

    case = world.delivered()
    with world.write() as session:
        held = session.get(Unit, world.units[0])
        assert held is not None
        held.name = "改名后的公司"
        session.add(held)
    frozen = world.paper(case, "YISONG").facts["unit"]["name"]
    let_out(world, "letter")
    assert frozen == "示例化工有限公司" == world.paper(case, "YISONG").facts["unit"]["name"]
    assert world.desk.catalogue.compose("yisong", world.paper(case, "YISONG").facts, organ=ORIGIN) is not None


def test_a_letter_that_cannot_be_printed_is_tried_again_and_holds_up_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.delivered()
    real = outbox.print_letter

    def jammed(pressing: Any, document: Any, **given: Any) -> Any:
        if document.type_code == "YISONG":
            raise RuntimeError("the printer is jammed")
        return real(pressing, document, **given)

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "print_letter", jammed)
        sent = let_out(world, "letter")
    assert (sent.settled, sent.retried) == (1, 1)
    assert "the printer is jammed" in sent.errors[0][1]
    (waiting,) = [row for row in world.outbox("letter") if row.state == "pending"]
    assert waiting.next_at == pacing.next_attempt(1, world.at) and "jammed" in waiting.last_error
    assert let_out(world, "letter").total == 0, "not before its time"
    world.clock.set(waiting.next_at)
    assert let_out(world, "letter").settled == 1
    assert attempts(world, waiting) == [(1, "retried"), (2, "settled")]


# — notices —


def test_a_notice_reaches_the_inbox_once(world: World) -> None:
    case = world.delivered()
    let_out(world, "notice")
    let_out(world, "notice")
    (notice,) = [each for each in world.notices() if each.kind == "task_arrived"]
    assert (notice.department, notice.case_id, notice.urgent, notice.read_at) == (ANSWERABLE, case, True, None)
    assert world.matter(case).code in notice.body or world.matter(case).code in notice.subject
    assert notice.created_at == world.at


def test_a_notice_to_the_unit_is_for_the_unit(world: World) -> None:
    world.served_order(world.accepted())
    let_out(world, "notice")
    mine = [notice for notice in world.notices() if notice.unit_id is not None]
    assert mine and all(notice.department == "" and notice.unit_id == world.units[0] for notice in mine)


def test_everything_that_the_steps_tell_arrives_and_nothing_else(world: World) -> None:
    case = world.accepted()
    world.take(case, "suspect_crime", CLERK, **REASON)
    let_out(world, "notice")
    told = [effect for event in world.events(case) for effect in event.effects if "tell" in effect]
    assert len(told) == len(world.notices()) == len([row for row in world.outbox("notice") if row.state == "settled"])


# — channels —


def test_a_mail_goes_out_over_a_real_server_with_its_key(mailing: World, smtp_server: MailServer) -> None:
    mailing.delivered()
    sent = let_out(mailing)
    assert sent.failed == sent.retried == 0
    (mail,) = smtp_server.received
    assert mail.recipients == ("clerk@yunxi.invalid",)
    (row,) = mailing.outbox("channel")
    (notice,) = [each for each in mailing.notices() if each.department == ANSWERABLE]
    assert row.state == "settled" and row.key == f"{notice.key}@0" and mail.subject == notice.subject
    assert notice.body.splitlines()[0] in mail.text
    let_out(mailing)
    assert len(smtp_server.received) == 1


def test_nobody_is_mailed_at_night_or_on_a_day_of_rest(mailing: World, smtp_server: MailServer) -> None:
    mailing.go(date(2026, 3, 13), 21, 55)
    mailing.delivered()
    mailing.go(date(2026, 3, 13), 22, 30)
    let_out(mailing)
    assert smtp_server.received == [] and mailing.notices(), "the inbox has it, the telephone does not ring"
    (row,) = mailing.outbox("channel")
    mailing.go(date(2026, 3, 15), 12)
    assert let_out(mailing).total == 0, "a Sunday"
    mailing.go(date(2026, 3, 16), 7)
    let_out(mailing)
    assert len(smtp_server.received) == 1 and moment_of_failure(mailing, row).settled_at == mailing.at


def test_a_server_that_is_busy_is_asked_again_with_growing_pauses(mailing: World, smtp_server: MailServer) -> None:
    mailing.delivered()
    smtp_server.refuse("451 try again later")
    let_out(mailing)
    (row,) = mailing.outbox("channel")
    pauses = []
    for _ in range(3):
        row = moment_of_failure(mailing, row)
        assert row.state == "pending" and row.last_error
        pauses.append(row.next_at - mailing.at)
        mailing.clock.set(row.next_at)
        let_out(mailing, "channel")
    assert pauses == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    smtp_server.refuse(None)
    mailing.clock.set(moment_of_failure(mailing, row).next_at)
    let_out(mailing, "channel")
    assert moment_of_failure(mailing, row).state == "settled" and len(smtp_server.received) == 1
    assert attempts(mailing, row) == [(1, "retried"), (2, "retried"), (3, "retried"), (4, "retried"), (5, "settled")]


def test_what_fails_for_good_is_given_up_told_and_can_be_given_another_chance(
    mailing: World, smtp_server: MailServer
) -> None:
    """The ledger goes on where it stopped; a second giving up is told again."""
    mailing.delivered()
    smtp_server.refuse("451 try again later")
    let_out(mailing)
    (row,) = mailing.outbox("channel")
    for chance in (1, 2):
        while moment_of_failure(mailing, row).state == "pending":
            mailing.clock.set(max(moment_of_failure(mailing, row).next_at, mailing.at))
            let_out(mailing, "channel")
        given_up = moment_of_failure(mailing, row)
        assert (given_up.state, given_up.attempts) == ("failed", MOST_ATTEMPTS)
        assert attempts(mailing, row)[-1] == (chance * MOST_ATTEMPTS, "failed")
        let_out(mailing, "notice")
        told = [notice for notice in mailing.notices() if notice.kind == "outbox_failed"]
        assert len(told) == chance and told[-1].department == mailing.book.guidance_code
        with mailing.write() as session:
            stored.retry(session, row.id or 0, at=mailing.at)
    smtp_server.refuse(None)
    let_out(mailing, "channel")
    assert moment_of_failure(mailing, row).state == "settled" and len(smtp_server.received) == 1
    with mailing.write() as session, pytest.raises(Refusal) as caught:
        stored.retry(session, row.id or 0, at=mailing.at)
    assert caught.value.code == "already_settled"


# — one bad row —


@pytest.mark.parametrize(
    "payload",
    [
        {"notice": "no_such_notice", "department": ANSWERABLE},
        {"department": ANSWERABLE},
        {"notice": "task_arrived", "clock": "x"},
        {},
    ],
    ids=str,
)
def test_a_bad_row_is_kept_and_named_and_the_others_leave(world: World, payload: dict[str, Any]) -> None:
    with world.write() as session:
        session.add(
            OutboxRow(
                key="bad",
                kind="notice",
                payload=payload,
                created_at=world.at - timedelta(days=1),
                next_at=world.at - timedelta(days=1),
            )
        )
    world.delivered()
    sent = let_out(world, "notice")
    assert [key for key, _ in sent.errors] == ["bad"] and sent.settled >= 1
    bad = next(row for row in world.outbox() if row.key == "bad")
    assert bad.state == "pending" and bad.last_error and attempts(world, bad) == [(1, "retried")]
    assert [notice.kind for notice in world.notices()] == ["task_arrived"]


def test_a_letter_of_a_paper_that_is_gone_is_named(world: World) -> None:
    with world.write() as session:
        session.add(
            OutboxRow(
                key="letter:gone", kind="letter", payload={"document": 4711}, created_at=world.at, next_at=world.at
            )
        )
    sent = let_out(world)
    assert sent.retried == 1 and "4711" in sent.errors[0][1]


# — two at once, and the dead —


def two_at_once(world: World, *, only: str = "") -> list[Sent]:
    together, done, failed = threading.Barrier(2), [Sent(), Sent()], []

    def work(place: int) -> None:
        other = World.__new__(World)  # a second programme on the same database and the same files
        try:
            from yisong.desk import Desk

            desk = Desk(settings=world.desk.settings, book=world.book, clock=world.clock)
            other.desk, other.book, other.clock = desk, world.book, world.clock
            pressing = press(other)
            together.wait(timeout=30)
            done[place] = outbox.run(desk.transaction, press=pressing, at=lambda: world.at, only=only)
            desk.close()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not failed, failed
    return done


def test_two_workers_at_once_send_nothing_twice(
    mailing: World, smtp_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "PAGE", 3)
    for _ in range(12):
        mailing.delivered()
    expected = len(mailing.outbox("notice"))
    done = two_at_once(mailing, only="notice")
    assert sum(sent.settled for sent in done) == expected == len(mailing.notices())
    mails = len(mailing.outbox("channel"))
    done = two_at_once(mailing, only="channel")
    assert sum(sent.settled for sent in done) == mails == len(smtp_server.received) == 12
    every = mailing.every(OutboxAttempt, col(OutboxAttempt.outbox_id))
    assert len({each.outbox_id for each in every}) == len(every) == expected + mails


def test_two_workers_at_once_print_every_letter_once(world: World) -> None:
    world.delivered()
    world.delivered()
    done = two_at_once(world, only="letter")
    assert sum(sent.settled for sent in done) == 4
    for paper in world.documents():
        assert [event.action for event in world.events(paper.matter_id)] == ["issue"]
        assert file_of(world.desk.settings.letters, paper.pdf_sha256, suffix="pdf").exists()
    assert len(files(world)) == 8


def test_what_a_dead_worker_had_claimed_is_taken_over_when_its_lease_ends(world: World) -> None:
    world.delivered()
    with world.write() as session:
        claimed = stored.claim(session, at=world.at, lease=LEASE, most=50)
    assert claimed and let_out(world).total == 0, "somebody may still be at it"
    world.clock.set(world.at + LEASE)
    assert let_out(world, "notice").settled == len([row for row in claimed if row.kind == "notice"])


def test_a_worker_that_is_slower_than_its_lease_sends_nothing_that_another_has_taken(
    mailing: World, smtp_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first mail takes so long that the lease of the others ends, and another worker sends them meanwhile."""
    for _ in range(3):
        mailing.delivered()
    let_out(mailing, "notice")
    real: Callable[..., Any] = channels.send
    slow = [True]

    def send(*given: Any, **more: Any) -> Any:
        if slow:
            slow.clear()
            mailing.clock.set(mailing.at + 2 * LEASE)
            let_out(mailing, "channel")
        return real(*given, **more)

    monkeypatch.setattr(channels, "send", send)
    let_out(mailing, "channel")
    subjects = [mail.content["X-Idempotency-Key"] or mail.subject for mail in smtp_server.received]
    assert len(mailing.outbox("channel")) == 3
    assert len(smtp_server.received) <= 4 and len(subjects) == len(smtp_server.received), (
        "only the mail that was under way may come twice"
    )
    assert set(states(mailing, "channel").values()) == {"settled"}


def test_claims_do_not_overlap(world: World) -> None:
    for _ in range(10):
        world.delivered()
    rows = len(world.outbox())
    deed = lambda session: [row.id for row in stored.claim(session, at=world.at, lease=LEASE, most=8)]  # noqa: E731
    outcomes = at_once(world, [deed] * 6)
    claimed = [number for outcome in outcomes for number in outcome]
    assert len(claimed) == len(set(claimed)) and rows >= len(claimed) > 8


def test_the_ledger_can_be_read(world: World) -> None:
    world.delivered()
    let_out(world)
    with world.read() as session:
        counts = stored.counts(session)
        first = stored.rows(session, state="settled", most=1)
    assert counts[("letter", "settled")] == 2 and counts[("notice", "settled")] == len(world.notices())
    assert len(first) == 1 and isinstance(first[0].settled_at, datetime)
    assert HEAD.department == CLERK.department == ANSWERABLE and OUR_CLERK.department == ORIGIN
    assert world.every(Notice, col(Notice.id))
