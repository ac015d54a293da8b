"""How an organ seals its papers is a matter of two files in a folder, and every mistake in them has a name (印章配置)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.world import ORIGIN, World
from tests.support import softhsm
from yisong.documents.errors import DocumentError
from yisong.documents.seal import verify
from yisong.services import outbox, seals
from yisong.store.files import file_of

NAME = "某县试验局"
SOUND = 'module = "/lib/driver.so"\ntoken = "令牌"\nkey = "k"\npin_file = "YJ.pin"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "YJ.pin").touch(mode=0o600)
    (tmp_path / "YJ.pin").write_text("1357\n")
    yield tmp_path


def refusal(folder: Path, text: str) -> tuple[str, str]:
    (folder / "YJ.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        seals.seal_of(folder, code="YJ", name=NAME)
    return caught.value.code, caught.value.message


def test_a_sound_configuration_is_read_and_nothing_is_opened(folder: Path) -> None:
    (folder / "YJ.toml").write_text(SOUND, encoding="utf-8")
    token = seals.token_of(folder / "YJ.toml", name=NAME)
    assert (token.label, token.key, token.pin, str(token.module)) == ("令牌", "k", "1357", "/lib/driver.so")
    assert seals.seal_of(folder, code="YJ", name=NAME) is not None
    assert seals.seal_of(folder, code="SCJG", name=NAME) is None


def test_the_pin_may_come_from_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = SOUND.replace('pin_file = "YJ.pin"', 'pin_variable = "YISONG_PIN_YJ"').replace('token = "令牌"', "slot = 3")
    assert "环境变量 YISONG_PIN_YJ" in refusal(folder, text)[1]
    monkeypatch.setenv("YISONG_PIN_YJ", "2468")
    token = seals.token_of(folder / "YJ.toml", name=NAME)
    assert (token.pin, token.slot, token.name) == ("2468", 3, "插槽 3")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('module = "/lib/driver.so"\n', "缺少 key"),
        (SOUND + 'pin = "1357"\n', "不要把 PIN 写在这里"),
        (SOUND + 'colour = "red"\n', "不认识“colour”"),
        (SOUND + "slot = 1\n", "应当写且只写一项"),
        (SOUND.replace('token = "令牌"', 'slot = "1"'), "“slot”应为数字"),
        (SOUND.replace('"k"', "7"), "“key”应为引号中的文字"),
        (SOUND.replace('pin_file = "YJ.pin"\n', ""), "pin_file"),
        (SOUND + 'certificate = "none.cer"\n', "none.cer 不能读取"),
        ("module = /lib\n", "写法有误"),
    ],
)
def test_a_clerk_is_told_what_is_wrong(folder: Path, text: str, part: str) -> None:
    code, message = refusal(folder, text)
    assert code == "token-config" and part in message and NAME in message and "1357" not in message


def test_a_pin_that_others_may_read_and_two_seals_are_refused(folder: Path) -> None:
    (folder / "YJ.pin").chmod(0o644)
    assert refusal(folder, SOUND)[0] == "open-passphrase"
    (folder / "YJ.pin").unlink()
    assert refusal(folder, SOUND)[0] == "no-passphrase"
    (folder / "YJ.p12").touch()
    assert refusal(folder, SOUND)[0] == "two-seals"


@pytest.mark.skipif(softhsm.module() is None, reason="没有 softhsm2，不能试验令牌签章")
def test_an_issued_letter_is_sealed_by_the_organs_token(small_world: World) -> None:
    folder, desk = small_world.desk.settings.seals, small_world.desk
    seals.make_demonstration_seals(folder, book=small_world.book, valid_from=small_world.on)
    driver = softhsm.tokens()
    words = (folder / seals.PASSPHRASE).read_text(encoding="utf-8").strip()
    bundle = (folder / f"{ORIGIN}.p12").read_bytes()
    label = f"{ORIGIN}-{small_world.desk.settings.database_url[-12:]}"
    softhsm.keep(bundle, passphrase=words, label=label)
    (folder / f"{ORIGIN}.p12").unlink()
    (folder / f"{ORIGIN}.pin").touch(mode=0o600)
    (folder / f"{ORIGIN}.pin").write_text(softhsm.PIN)
    (folder / f"{ORIGIN}.toml").write_text(
        f'module = "{driver}"\ntoken = "{softhsm.TOKENS[0]}"\nkey = "{label}"\npin_file = "{ORIGIN}.pin"\n',
        encoding="utf-8",
    )
    held = {each.code: each for each in seals.survey(folder, book=small_world.book, on=small_world.on)}
    assert held[ORIGIN].kind == "token" and held[ORIGIN].facts is not None and held[ORIGIN].facts.demonstration
    assert {each.kind for code, each in held.items() if code != ORIGIN} == {"file"}
    assert not [each.problem for each in held.values() if each.problem]
    case = small_world.delivered()
    press = outbox.Press(settings=desk.settings, book=small_world.book, catalogue=desk.catalogue)
    sent = outbox.run(desk.transaction, press=press, at=lambda: small_world.at, only="letter")
    assert not sent.errors, sent.errors
    digest = small_world.paper(case, "YISONG").pdf_sha256
    report = verify(
        file_of(desk.settings.letters, digest, suffix="pdf").read_bytes(),
        trusted=seals.trusted(folder),
        at=small_world.at,
    )
    assert report.good and report.organ == small_world.book.organ(ORIGIN).name_on(small_world.on)
