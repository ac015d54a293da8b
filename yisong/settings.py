"""Turn the environment into frozen settings (运行设置).

Read once, when a door opens the desk. Nothing else in the project looks at an environment variable.
"""

from __future__ import annotations

import os
import re
import secrets
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SOURCE_ROOT = Path(__file__).resolve().parent.parent
DATABASE_SCHEMES = ("sqlite", "postgresql+psycopg")
SHORTEST_SECRET = 32


class SettingsError(ValueError):
    """A setting cannot be used (设置有误); names the variable and what to write instead."""

    def __init__(self, variable: str, *, problem: str, remedy: str) -> None:
        super().__init__(f"设置 {variable} 有误：{problem}。{remedy}。")
        self.variable = variable
        self.code = "settings." + variable.removeprefix("YISONG_").lower()


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The local hours in which nobody is disturbed (免打扰时段), from ``begin`` up to but without ``end``.

    A system default (系统默认), no rule of law. ``begin == end`` means that there are none.
    """

    begin: time = time(22, 0)
    end: time = time(7, 0)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the machine and its keeper decide, and the county's rule book does not (运行设置).

    Fields that may hold a password are left out of the printed form.
    """

    home: Path
    """Where this installation keeps its things (YISONG_HOME; the working directory otherwise)."""
    database_url: str = field(repr=False)
    """``sqlite:////absolute/file.db`` or ``postgresql+psycopg://…`` (YISONG_DATABASE_URL; ``home/var/yisong.db`` otherwise)."""
    rules: Path
    """The folder of the district's own book (YISONG_RULES)."""
    templates: Path
    """The folder with documents/, notices/ and pages/ (YISONG_TEMPLATES)."""
    fonts: Path
    """The folder of faces for letters and pages; what it lacks is taken from ours (YISONG_FONTS)."""
    letters: Path
    """Where issued papers and evidence are stored by their SHA-256 (YISONG_LETTERS)."""
    evidence: str = field(repr=False)
    """Where evidence is kept by its SHA-256: a folder, or any address that fsspec knows, s3://… (YISONG_EVIDENCE)."""
    seals: Path
    """The folder of the organs' seal certificates; without it papers go out unsealed (YISONG_SEALS)."""
    timezone: ZoneInfo
    """The zone that instants are turned into days with (YISONG_TIMEZONE; Asia/Shanghai otherwise)."""
    mail_url: str | None = field(repr=False)
    """Apprise address of the outgoing mail server without recipients, ``mailto://…`` or ``mailtos://…`` (YISONG_MAIL_URL)."""
    notify_urls: tuple[str, ...] = field(repr=False)
    """Apprise addresses that hear every notice, e.g. a webhook (YISONG_NOTIFY_URLS, separated by blanks)."""
    quiet_hours: QuietHours
    """When notices wait (YISONG_QUIET_HOURS, e.g. ``22:00-07:00``, or ``none``)."""
    public_url: str
    """The address people open in their browser, without a final slash (YISONG_PUBLIC_URL)."""
    secret: str | None = field(repr=False)
    """The key that signs sessions, where given (YISONG_SECRET); use ``session_secret()`` to have one in any case."""

    @property
    def var(self) -> Path:
        """The folder of what the programme writes by itself (运行数据目录)."""
        return self.home / "var"

    def session_secret(self) -> str:
        """Return the key that signs sessions; make one, readable by its owner only, where there is none (会话密钥).

        Two processes that start at once get the same key. Raises ``SettingsError`` where the kept key cannot be used.
        """
        if self.secret is not None:
            return self.secret
        kept = self.var / "session.key"
        if not kept.exists():
            _keep_new_secret(kept)
        try:
            key = kept.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                "YISONG_SECRET", problem=f"密钥文件 {kept} 无法读取", remedy="请检查文件权限，或删除该文件后重新启动"
            ) from error
        if len(key) < SHORTEST_SECRET:
            raise SettingsError(
                "YISONG_SECRET", problem=f"密钥文件 {kept} 不完整", remedy="请删除该文件后重新启动，系统会重新生成"
            )
        return key


def load_settings(environment: Mapping[str, str] | None = None, *, home: Path | None = None) -> Settings:
    """Read the settings from the environment (读取运行设置).

    ``home`` outranks YISONG_HOME. Creates no file and no folder. Raises ``SettingsError`` for a value nobody can use.
    """
    given = {key: value.strip() for key, value in (os.environ if environment is None else environment).items()}
    place = (home or Path(given.get("YISONG_HOME") or Path.cwd())).expanduser().resolve()
    return Settings(
        home=place,
        database_url=_database_url(given.get("YISONG_DATABASE_URL", ""), home=place),
        rules=_shipped_folder(given, variable="YISONG_RULES", name="rules", home=place),
        templates=_shipped_folder(given, variable="YISONG_TEMPLATES", name="templates", home=place),
        fonts=_shipped_folder(given, variable="YISONG_FONTS", name="fonts", home=place),
        letters=_folder(given.get("YISONG_LETTERS") or str(place / "var" / "letters"), home=place),
        evidence=_evidence(given.get("YISONG_EVIDENCE", ""), home=place),
        seals=_folder(given.get("YISONG_SEALS") or str(place / "var" / "seals"), home=place),
        timezone=_zone(given.get("YISONG_TIMEZONE") or "Asia/Shanghai"),
        mail_url=_mail_url(given.get("YISONG_MAIL_URL", "")),
        notify_urls=_notify_urls(given.get("YISONG_NOTIFY_URLS", "")),
        quiet_hours=_quiet_hours(given.get("YISONG_QUIET_HOURS", "")),
        public_url=_public_url(given.get("YISONG_PUBLIC_URL") or "http://127.0.0.1:8000"),
        secret=_secret(given.get("YISONG_SECRET", "")),
    )


def _keep_new_secret(kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=kept.parent, prefix=".session-")  # mkstemp opens with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        os.link(draft, kept)  # a link is made whole or not at all: the loser of a race reads the winner's key
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)


def _folder(value: str, *, home: Path) -> Path:
    return (home / Path(value).expanduser()).resolve()


def _shipped_folder(given: Mapping[str, str], *, variable: str, name: str, home: Path) -> Path:
    """A named folder must exist; otherwise the home's own one, the source tree's, or the one the wheel brought."""
    if value := given.get(variable):
        folder = _folder(value, home=home)
        if not folder.is_dir():
            raise SettingsError(variable, problem=f"目录 {folder} 不存在", remedy="请写一个已有的目录，或删去这项设置")
        return folder
    candidates = (home / name, SOURCE_ROOT / name, Path(sys.prefix) / "share" / "yisong" / name)
    return next((folder for folder in candidates if folder.is_dir()), SOURCE_ROOT / name)


def _database_url(value: str, *, home: Path) -> str:
    if not value:
        return f"sqlite:///{home / 'var' / 'yisong.db'}"
    scheme, found, rest = value.partition("://")
    if found and scheme in ("postgresql", "postgres"):
        scheme = "postgresql+psycopg"
    if not found or scheme not in DATABASE_SCHEMES:
        raise SettingsError(
            "YISONG_DATABASE_URL",
            problem="只支持 SQLite 和 PostgreSQL 数据库",
            remedy="请写成 sqlite:////绝对路径/yisong.db 或 postgresql://用户:口令@主机:5432/库名",
        )
    if scheme == "sqlite":
        path = rest.removeprefix("/")
        if path in ("", ":memory:"):
            raise SettingsError(
                "YISONG_DATABASE_URL",
                problem="SQLite 数据库必须是一个文件",
                remedy="请写成 sqlite:////绝对路径/yisong.db",
            )
        return f"sqlite:///{_folder(path, home=home)}"
    return f"{scheme}://{rest}"


def _evidence(value: str, *, home: Path) -> str:
    """An address stays as it is, a folder becomes an absolute one; the default lies beside the letters."""
    if re.match(r"[a-z][a-z0-9+.-]*://\S+", value):
        return value
    if "://" in value:
        raise SettingsError(
            "YISONG_EVIDENCE", problem="不是目录，也不是存储地址", remedy="请写一个目录，或 s3://存储桶/目录 这样的地址"
        )
    return str(_folder(value or str(home / "var" / "evidence"), home=home))


def _zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(
            "YISONG_TIMEZONE", problem=f"没有名为“{value}”的时区", remedy="请写 Asia/Shanghai"
        ) from error


def _mail_url(value: str) -> str | None:
    if not value:
        return None
    address = urlsplit(value)
    if address.scheme not in ("mailto", "mailtos") or not address.hostname:
        raise SettingsError(
            "YISONG_MAIL_URL",
            problem="不是邮件服务器地址",
            remedy="请写成 mailtos://用户:口令@邮件服务器:465?from=发件邮箱",
        )
    return value


def _notify_urls(value: str) -> tuple[str, ...]:
    urls = tuple(value.split())
    for position, url in enumerate(urls, start=1):
        if not re.match(r"[a-z][a-z0-9+.-]*://\S+", url):
            raise SettingsError(
                "YISONG_NOTIFY_URLS",
                problem=f"第 {position} 个不是通知地址",
                remedy="请用空格隔开各地址，每个写成 json://主机/路径 这样的形式",
            )
    return urls


def _quiet_hours(value: str) -> QuietHours:
    if not value:
        return QuietHours()
    if value == "none":
        return QuietHours(begin=time(0, 0), end=time(0, 0))
    try:
        begin, end = (time.fromisoformat(part.strip()) for part in value.split("-"))
    except ValueError as error:
        raise SettingsError(
            "YISONG_QUIET_HOURS",
            problem=f"看不懂免打扰时段“{value}”",
            remedy="请写成 22:00-07:00；不设免打扰时段请写 none",
        ) from error
    return QuietHours(begin=begin, end=end)


def _public_url(value: str) -> str:
    address = urlsplit(value)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise SettingsError(
            "YISONG_PUBLIC_URL", problem=f"“{value}”不是网址", remedy="请写成 https://主机名 这样的形式"
        )
    return value.rstrip("/")


def _secret(value: str) -> str | None:
    if value and len(value) < SHORTEST_SECRET:
        raise SettingsError(
            "YISONG_SECRET",
            problem=f"密钥短于 {SHORTEST_SECRET} 个字符",
            remedy="请换一个更长的随机值，或删去这项设置，由系统生成",
        )
    return value or None
