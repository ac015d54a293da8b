"""Accounts: who may sign in, and the posts that the separation of duties needs (账户)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlmodel import Session

from models import Notice
from yisong import rulefiles
from yisong.desk import Desk
from yisong.domain.roles import Role
from yisong.domain.rulebook import RuleBook
from yisong.services import accounts
from yisong.services.accounts import AccountError
from yisong.settings import load_settings
from yisong.store import accounts as stored

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
PASSWORD = "口令-够长-2026"


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    department: str
    role: str
    cert_no: str = ""


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return rulefiles.read(ROOT / "rules")


@pytest.fixture
def desk(database_url: str, tmp_path: Path, book: RuleBook) -> Iterator[Desk]:
    found = Desk.open(load_settings({"YISONG_DATABASE_URL": database_url}, home=tmp_path), book=book)
    yield found
    found.close()


@pytest.fixture
def sqlite_desk(sqlite_url: str, tmp_path: Path, book: RuleBook) -> Iterator[Desk]:
    found = Desk.open(load_settings({"YISONG_DATABASE_URL": sqlite_url}, home=tmp_path), book=book)
    yield found
    found.close()


@pytest.fixture
def session(desk: Desk) -> Iterator[Session]:
    with desk.transaction() as found:
        yield found


def make(session: Session, account_id: str = "u1", **given: object) -> None:
    values: dict[str, object] = {"name": "甲", "department": "ZFJ", "roles": ["officer"], "password": PASSWORD}
    accounts.create_account(session, account_id, **{**values, **given})  # type: ignore[arg-type]


def test_whoever_has_an_account_gets_in_with_its_password_alone(session: Session) -> None:
    make(session)
    account = accounts.authenticate(session, "u1", password=PASSWORD, at=AT)
    assert account.preferences["signed_in_at"] == AT.isoformat()
    assert account.password_hash.startswith("$argon2id$") and PASSWORD not in account.password_hash
    for name, password in (("u1", PASSWORD + "x"), ("u1", ""), ("u2", PASSWORD), ("U1", PASSWORD)):
        with pytest.raises(AccountError) as caught:
            accounts.authenticate(session, name, password=password, at=AT)
        assert caught.value.code == "wrong_credentials"


def test_a_closed_account_and_one_without_a_password_stay_out(session: Session) -> None:
    make(session)
    held = stored.account(session, "u1", lock=True)
    assert held is not None
    for change in ({"active": False}, {"active": True, "password_hash": ""}, {"password_hash": "no hash"}):
        for name, value in change.items():
            setattr(held, name, value)
        session.add(held)
        session.flush()
        with pytest.raises(AccountError):
            accounts.authenticate(session, "u1", password=PASSWORD, at=AT)


def test_a_name_that_nobody_bears_costs_as_much_work_as_a_wrong_password(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(session)
    verified: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
            verified.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(accounts, "_HASHER", Counting())
    for name in ("u1", "nobody"):
        with pytest.raises(AccountError):
            accounts.authenticate(session, name, password="wrong", at=AT)
    assert len(verified) == 2
    parameters = [proof.split("$")[1:4] for proof in verified]
    assert parameters[0] == parameters[1]


def test_weaker_hashes_are_renewed_at_the_next_sign_in(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    make(session)
    monkeypatch.undo()
    account = accounts.authenticate(session, "u1", password=PASSWORD, at=AT)
    assert "m=65536" in account.password_hash
    accounts.authenticate(session, "u1", password=PASSWORD, at=AT)


@pytest.mark.parametrize(
    ("account_id", "given", "code"),
    [
        (" ", {}, "id_missing"),
        ("u1", {"name": ""}, "id_missing"),
        ("u1", {"roles": []}, "role_missing"),
        ("u1", {"roles": ["system"]}, "role_missing"),
        ("u1", {"roles": ["chief"]}, "role_unknown"),
        ("u1", {"password": "short"}, "password_length"),
        ("u1", {"password": "x" * 201}, "password_length"),
        ("u1", {"password": "aaaaaaaa"}, "password_weak"),
        ("zhangsan1", {"password": "ZhangSan1"}, "password_weak"),
    ],
)
def test_an_account_is_made_properly_or_not_at_all(
    account_id: str, given: dict[str, object], code: str, sqlite_desk: Desk
) -> None:
    with sqlite_desk.transaction() as session:
        with pytest.raises(AccountError) as caught:
            make(session, account_id, **given)
        assert caught.value.code == code and "。" in caught.value.message
        assert stored.known(session, [account_id]) == set()


def test_a_name_is_given_once(session: Session) -> None:
    make(session)
    with pytest.raises(AccountError) as caught:
        make(session)
    assert caught.value.code == "id_taken"


def test_a_new_password_replaces_the_old(session: Session) -> None:
    make(session)
    accounts.set_password(session, "u1", password="另一个口令-2026")
    accounts.authenticate(session, "u1", password="另一个口令-2026", at=AT)
    with pytest.raises(AccountError):
        accounts.authenticate(session, "u1", password=PASSWORD, at=AT)
    with pytest.raises(AccountError) as caught:
        accounts.set_password(session, "nobody", password=PASSWORD)
    assert caught.value.code == "id_unknown"


def test_an_actor_has_the_posts_of_the_account(session: Session) -> None:
    make(session, roles=["leader", "officer", "leader"])
    actor = accounts.actor_of(stored.account(session, "u1") or pytest.fail("no account"))
    assert (actor.id, actor.name, actor.department, actor.roles) == (
        "u1",
        "甲",
        "ZFJ",
        frozenset({Role.LEADER, Role.OFFICER}),
    )


def test_ended_sessions_are_remembered_while_they_matter(session: Session) -> None:
    make(session)
    day = timedelta(hours=12)
    accounts.end_session(session, "u1", ticket="a", at=AT, lasts=day)
    accounts.end_session(session, "u1", ticket="b", at=AT + timedelta(hours=6), lasts=day)
    held = stored.account(session, "u1")
    assert held is not None and set(held.preferences["ended"]) == {"a", "b"}
    accounts.end_session(session, "u1", ticket="c", at=AT + timedelta(hours=13), lasts=day)
    assert set(held.preferences["ended"]) == {"b", "c"}
    accounts.end_session(session, "nobody", ticket="c", at=AT, lasts=day)


def test_seeding_gives_every_organ_the_posts_that_keep_duties_apart(session: Session, book: RuleBook) -> None:
    users = [
        Person("U01", "甲", book.guidance_code, "coordinator", "33992700101"),
        Person("U02", "乙", book.guidance_code, "leader"),
        Person("U03", "丙", "SJJ", "liaison"),
    ]
    made = accounts.seed_people(session, book=book, users=users, password=PASSWORD)
    posts = stored.posts(session)
    for organ in book.organs:
        if organ.code == book.government_code:
            assert posts[organ.code] == {"government"}
        else:
            assert "leader" in posts[organ.code] and posts[organ.code] & {"officer", "liaison"}, organ.code
    names = {seeded.id for seeded in made}
    assert {"U01", "U02", "U03", "SJJ-leader", f"{book.guidance_code}-officer", f"{book.government_code}-gov"} <= names
    assert "SJJ-officer" not in names and f"{book.guidance_code}-leader" not in names
    leader = accounts.authenticate(session, "SJJ-leader", password=PASSWORD, at=AT)
    assert leader.name == "市监局负责人" and leader.preferences["initial_password"] is True
    accounts.set_password(session, "SJJ-leader", password="换过的口令-77")
    assert leader.preferences["initial_password"] is False


def test_seeding_twice_makes_nobody_twice_and_changes_nobody(session: Session, book: RuleBook) -> None:
    users = [Person("U03", "丙", "SJJ", "liaison")]
    accounts.seed_people(session, book=book, users=users, password=PASSWORD)
    accounts.set_password(session, "U03", password="换过的口令-77")
    assert accounts.seed_people(session, book=book, users=users, password="第三个口令-88") == []
    accounts.authenticate(session, "U03", password="换过的口令-77", at=AT)


def test_seeding_refuses_people_of_no_organ_and_without_a_post(session: Session, book: RuleBook) -> None:
    for person, code in (
        (Person("X", "某", "NOWHERE", "officer"), "organ_unknown"),
        (Person("X", "某", "SJJ", "chief"), "role_unknown"),
    ):
        with pytest.raises(AccountError) as caught:
            accounts.seed_people(session, book=book, users=[person], password=PASSWORD)
        assert caught.value.code == code


def test_notices_are_read_by_their_own_department(session: Session) -> None:
    session.add_all(
        [
            Notice(key=f"k{n}", department=d, kind="reminder", subject="s", body="b", created_at=AT)
            for n, d in enumerate("AAAB")
        ]
    )
    session.flush()
    ids = [notice.id or 0 for notice in stored.notices(session, "A", unread=True, before=None, most=10)]
    assert ids == sorted(ids, reverse=True) and len(ids) == 3
    assert stored.notices(session, "A", unread=True, before=ids[0], most=1)[0].id == ids[1]
    assert accounts.mark_read(session, "B", at=AT, ids=ids) == 0
    assert accounts.mark_read(session, "A", at=AT, ids=ids[:1]) == 1
    assert stored.notice_counts(session, "A") == (3, 2)
    assert accounts.mark_read(session, "A", at=AT) == 2
    assert stored.notice_counts(session, "A") == (3, 0) and stored.notice_counts(session, "B") == (1, 1)
