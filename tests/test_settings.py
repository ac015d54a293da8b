"""The environment gives usable settings, or a Chinese sentence that says what to write instead (运行设置)."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import time
from pathlib import Path

import pytest

from yisong.settings import QuietHours, SettingsError, load_settings


def test_an_empty_environment_keeps_everything_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings({})
    assert settings.home == tmp_path
    assert settings.database_url == f"sqlite:///{tmp_path}/var/yisong.db"
    assert settings.letters == tmp_path / "var" / "letters"
    assert settings.timezone.key == "Asia/Shanghai"
    assert settings.quiet_hours == QuietHours(begin=time(22), end=time(7))
    assert list(tmp_path.iterdir()) == [], "reading the settings writes nothing"


def test_the_homes_own_rules_outrank_the_shipped_ones(tmp_path: Path) -> None:
    assert load_settings({}, home=tmp_path).rules.parent == Path(__file__).parent.parent
    (tmp_path / "rules").mkdir()
    assert load_settings({}, home=tmp_path).rules == tmp_path / "rules"
    (tmp_path / "other").mkdir()
    assert load_settings({"YISONG_RULES": "other"}, home=tmp_path).rules == tmp_path / "other"


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("postgresql://a:b@db:5432/yisong", "postgresql+psycopg://a:b@db:5432/yisong"),
        ("postgres://db/yisong?sslmode=require", "postgresql+psycopg://db/yisong?sslmode=require"),
        ("postgresql+psycopg://db/yisong", "postgresql+psycopg://db/yisong"),
        ("sqlite:////srv/yisong.db", "sqlite:////srv/yisong.db"),
    ],
)
def test_both_databases_are_named_the_way_the_store_wants_them(given: str, url: str, tmp_path: Path) -> None:
    assert load_settings({"YISONG_DATABASE_URL": given}, home=tmp_path).database_url == url


def test_a_relative_database_file_belongs_to_the_home(tmp_path: Path) -> None:
    settings = load_settings({"YISONG_DATABASE_URL": "sqlite:///data/a.db"}, home=tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/data/a.db"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("YISONG_DATABASE_URL", "mysql://db/yisong"),
        ("YISONG_DATABASE_URL", "yisong.db"),
        ("YISONG_DATABASE_URL", "sqlite://"),
        ("YISONG_DATABASE_URL", "sqlite:///:memory:"),
        ("YISONG_RULES", "no/such/folder"),
        ("YISONG_TEMPLATES", "no/such/folder"),
        ("YISONG_FONTS", "no/such/folder"),
        ("YISONG_TIMEZONE", "Beijing"),
        ("YISONG_TIMEZONE", "../../etc/passwd"),
        ("YISONG_MAIL_URL", "smtp.example.invalid"),
        ("YISONG_MAIL_URL", "mailto://"),
        ("YISONG_NOTIFY_URLS", "json://a.invalid nonsense"),
        ("YISONG_QUIET_HOURS", "ten to seven"),
        ("YISONG_QUIET_HOURS", "22:00"),
        ("YISONG_QUIET_HOURS", "25:00-07:00"),
        ("YISONG_PUBLIC_URL", "yisong.example.invalid"),
        ("YISONG_SECRET", "short"),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_variable(variable: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({variable: value}, home=tmp_path)
    assert caught.value.variable == variable
    assert caught.value.code == variable.lower().replace("yisong_", "settings.")
    assert variable in str(caught.value) and "请" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "hours"),
    [("21:30-08:00", (time(21, 30), time(8))), ("none", (time(0), time(0))), (" 12:00 - 14:00 ", (time(12), time(14)))],
)
def test_quiet_hours_as_a_keeper_writes_them(value: str, hours: tuple[time, time], tmp_path: Path) -> None:
    quiet = load_settings({"YISONG_QUIET_HOURS": value}, home=tmp_path).quiet_hours
    assert (quiet.begin, quiet.end) == hours


def test_no_password_is_printed(tmp_path: Path) -> None:
    given = {
        "YISONG_DATABASE_URL": "postgresql://a:passw0rd@db/yisong",
        "YISONG_MAIL_URL": "mailtos://a:passw0rd@mail.invalid",
        "YISONG_NOTIFY_URLS": "json://a:passw0rd@hook.invalid",
        "YISONG_SECRET": "passw0rd" * 8,
    }
    assert "passw0rd" not in repr(load_settings(given, home=tmp_path))
    with pytest.raises(SettingsError) as caught:
        load_settings({"YISONG_NOTIFY_URLS": "a:passw0rd@hook"}, home=tmp_path)
    assert "passw0rd" not in str(caught.value)


def test_the_session_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: load_settings({}, home=tmp_path).session_secret(), range(32)))
    assert len(keys) == 1
    [kept] = (tmp_path / "var").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert load_settings({"YISONG_SECRET": "x" * 32}, home=tmp_path).session_secret() == "x" * 32


def test_a_damaged_session_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "session.key").write_text("short")
    with pytest.raises(SettingsError, match="密钥文件"):
        load_settings({}, home=tmp_path).session_secret()
