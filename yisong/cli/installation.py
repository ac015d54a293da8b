"""`yisong init`: database, rule book, units and people of an installation (初始化)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yisong.cli import terminal
from yisong.cli.speech import BadInput

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from yisong.countyfile import County
    from yisong.desk import Desk
    from yisong.domain.rulebook import RuleBook
    from yisong.services.accounts import Seeded
    from yisong.settings import Settings

ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
PASSWORD_LENGTH = 14


def init_command(
    county_file: Annotated[
        Path | None, typer.Option("--county", metavar="县文件", help="从县文件（YAML）载入规则、单位和人员。")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """初始化或升级：建库、备好规则库，可从县文件载入单位和人员。可重复运行，不覆盖已有内容。"""
    from yisong import countyfile, rulefiles
    from yisong.desk import Desk
    from yisong.settings import load_settings
    from yisong.store import database

    settings = load_settings()
    county = None
    if county_file is not None:
        known = rulefiles.read_calendar(settings.rules / "calendar") if (settings.rules / "calendar").is_dir() else None
        county = countyfile.read(county_file, calendar=known)
    kept = _keep_rules(settings, county=county)
    settings = load_settings()
    desk = Desk.open(settings)
    try:
        if county is not None:
            _same_offices(desk.book, county)
        database.upgrade(settings.database_url)
        made, letter = _load(desk, county) if county is not None else ([], None)
    finally:
        desk.close()
    units = len(county.units) if county is not None else 0
    if as_json:
        terminal.print_json(
            {
                "rules": settings.rules,
                "rules_written": kept == "written",
                "units": units,
                "accounts": [seeded.id for seeded in made],
                "passwords": letter,
            }
        )
        return
    terminal.say(
        "数据库已就绪。",
        {"written": f"规则库已写入 {settings.rules}。", "kept": f"沿用已有的规则库 {settings.rules}。"}[kept],
    )
    if county is not None:
        terminal.say(f"单位 {units} 家已登记；新建账号 {len(made)} 个。")
    if letter is not None:
        terminal.table(
            "新建账号",
            ("账号", "姓名", "部门", "岗位"),
            [(seeded.id, seeded.name, seeded.department, seeded.role) for seeded in made],
        )
        terminal.say(f"初始口令写在 {letter}（仅本人可读），只写这一次：请分发后删除该文件，登录后尽快修改口令。")


def _keep_rules(settings: Settings, *, county: County | None) -> str:
    """Have a rule book of one's own in the home (备好规则库): an existing one is kept; otherwise the county's, or the shipped one."""
    import shutil

    from yisong import rulefiles
    from yisong.rulefiles.calendar import write_calendar

    own = settings.home / "rules"
    if settings.rules != own and "YISONG_RULES" in os.environ:
        own = settings.rules
    if (own / "county.toml").exists():
        return "kept"
    if own.exists() and any(own.iterdir()):
        raise BadInput("rules_incomplete", f"{own} 里有文件但没有 county.toml，不像规则库；请补全或移走后再运行。")
    draft = own.with_name(f".{own.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    if county is None:
        shutil.copytree(settings.rules, draft)
    else:
        rulefiles.write(county.book, draft)
        write_calendar(county.book.calendar, draft / "calendar")
    problems = rulefiles.check(draft)
    if problems:
        shutil.rmtree(draft)
        raise rulefiles.RuleFilesError(own, problems)
    if own.exists():
        own.rmdir()
    draft.rename(own)
    return "written"


def _same_offices(book: RuleBook, county: County) -> None:
    """A county file may only fill a house with its own rules (部门是否一致). Raises BadInput."""
    known = {organ.code for organ in book.organs}
    strange = sorted({organ.code for organ in county.book.organs} - known)
    if strange:
        raise BadInput(
            "other_county",
            f"规则库里没有县文件中的部门 {'、'.join(strange)}：规则库属于{book.county.name}。请换一个 YISONG_HOME，或先移走原规则库。",
        )


def _load(desk: Desk, county: County) -> tuple[list[Seeded], Path | None]:
    """Units and people in one transaction (载入单位和人员); the passwords are on paper before anything is kept."""
    letter: Path | None = None
    try:
        with desk.transaction() as session:
            made, passwords = _fill(session, desk, county)
            if passwords:
                letter = _write_passwords(desk.settings.var, passwords, at=desk.now)
        return made, letter
    except BaseException:
        if letter is not None:
            letter.unlink(missing_ok=True)  # nobody bears these passwords
        raise


def _fill(session: Session, desk: Desk, county: County) -> tuple[list[Seeded], list[tuple[Seeded, str]]]:
    from yisong.services import accounts, registry

    with terminal.progress("登记单位", total=len(county.units)) as tick:
        for done, entry in enumerate(county.units, start=1):
            registry.keep_unit(
                session, code=entry.code, name=entry.name, uscc=entry.uscc, kind=entry.kind, address=entry.address, town=entry.town,
                legal_rep=entry.legal_rep, contact=entry.contact, phone=entry.phone, status=entry.status, deregistered_on=entry.deregistered_on,
                credit_tier=entry.credit_tier, electronic_consent=entry.e_service_consent, parent_code=entry.parent,
            )  # fmt: skip
            tick(done)
    made = accounts.seed_people(session, book=desk.book, users=county.users, password=_password())
    return made, _one_password_each(session, made)


def _password() -> str:
    import secrets

    return "".join(secrets.choice(ALPHABET) for _ in range(PASSWORD_LENGTH))


def _one_password_each(session: Session, made: list[Seeded]) -> list[tuple[Seeded, str]]:
    from yisong.services import accounts

    found = []
    with terminal.progress("生成口令", total=len(made)) as tick:
        for done, seeded in enumerate(made, start=1):
            password = _password()
            account = accounts.set_password(session, seeded.id, password=password)
            account.preferences = {**account.preferences, "initial_password": True}
            session.add(account)
            found.append((seeded, password))
            tick(done)
    return found


def _write_passwords(folder: Path, passwords: list[tuple[Seeded, str]], *, at: datetime) -> Path:
    """Write the first passwords where only their owner reads them (初始口令); a file is never written a second time."""
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"initial-passwords-{at:%Y%m%dT%H%M%S%f}.txt"
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.writelines(
            f"{seeded.id}\t{seeded.name}\t{seeded.department}\t{password}\n" for seeded, password in passwords
        )
    return place
