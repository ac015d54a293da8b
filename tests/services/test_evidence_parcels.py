"""Evidence travels from one installation to another and comes out equal, or is refused whole (证据移交标准包)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import Evidence
from tests.intake.photographs import PDF, photograph
from tests.services.test_evidence import SPOT, bring, bringing, rows
from tests.services.world import ORIGIN, World, officer
from yisong.domain.lifecycle import Refusal
from yisong.intake.errors import PackageRefused
from yisong.services import audit, evidence, evidence_audit, evidence_parcels
from yisong.services.evidence import Brought
from yisong.store import matters

MEMORY = "memory://elsewhere"
FILES = {
    "FX-001 灭火器.jpg": photograph(taken=SPOT, place=(29.1, 120.6)),
    "现场检查笔录.pdf": PDF,
    "情况说明.txt": "现场情况说明".encode("gb18030"),
}


@pytest.fixture
def there(postgresql_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A second installation on the other database, whose evidence lies in a store that is no folder."""
    made = World(postgresql_url, tmp_path_factory.mktemp("there"), YISONG_EVIDENCE=f"{MEMORY}/{id(tmp_path_factory)}")
    yield made
    made.close()


def exported(world: World, case: int) -> bytes:
    with world.read() as session:
        return evidence_parcels.export(session, matters.matter(session, case), book=world.book, vault=world.desk.vault)


def receive(world: World, content: bytes, *, case_code: str = "") -> Brought:
    return evidence_parcels.bring_parcel(
        world.desk.transaction, world.desk.reading, vault=world.desk.vault, source=content, name="标准包.zip", case_code=case_code,
        bringing=bringing(world),
    )  # fmt: skip


def told(row: Evidence) -> tuple[object, ...]:
    return tuple(
        getattr(row, name) for name in (*evidence_parcels.TRAVELS, "kind", "sha256", "size", "inspection", "notes")
    )


def test_what_one_installation_sends_another_has_equal(small_world: World, there: World) -> None:
    here = small_world
    case = here.case()
    bring(here, case, FILES)
    bring(here, case, {"重复.jpg": photograph(colour="red")})
    with here.write() as session:
        evidence.void(
            session, rows(here)[-1].id or 0, book=here.book, by=officer(ORIGIN), on=here.on, at=here.at, reason="传错"
        )
    content = exported(here, case)
    assert exported(here, case) == content, "the same evidence gives the same bytes"
    other = there.case()
    there.go(there.on.replace(day=20))
    done = receive(there, content)
    assert (len(done.added), len(done.already)) == (3, 0)
    assert sorted(map(told, rows(there)), key=str) == sorted(map(told, rows(here)[:3]), key=str)
    assert exported(there, other) == content, "what came in goes out as it came"
    assert [there.desk.vault.get(row.sha256) for row in rows(there)] and evidence_audit.verify_files(
        there.desk.reading, vault=there.desk.vault
    ).faults == []
    again = receive(there, content)
    assert (len(again.added), len(again.already)) == (0, 3) and len(rows(there)) == 3
    assert there.events(other)[-1].actor_name == officer(ORIGIN).name, "who brought it here stands in the journal"
    assert audit.verify_all(there.desk.reading).faults == []


def changed(content: bytes, **members: bytes | None) -> bytes:
    """The package with members replaced, added, or (None) taken out."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()}
    named = {("files/" + next(key for key in files if key.endswith(suffix)).removeprefix("files/") if suffix in ("pdf", "jpg") else suffix): data for suffix, data in members.items()}  # fmt: skip
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in (files | named).items():
            if data is not None:
                archive.writestr(name, data)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("members", "code"),
    [({"pdf": PDF + b" "}, "DIGEST_DIFFERS"), ({"jpg": None}, "FILE_LOST"), ({"more": b"x"}, "EXTRA_FILE"), ({"manifest.json": b"{}"}, "DIGEST_DIFFERS")],
)  # fmt: skip
def test_a_package_that_was_touched_is_refused_whole(
    small_world: World, members: dict[str, bytes | None], code: str
) -> None:
    case = small_world.case()
    bring(small_world, case, FILES)
    content = exported(small_world, case)
    other = small_world.case(unit=1)
    with pytest.raises(PackageRefused) as caught:
        receive(small_world, changed(content, **members), case_code=small_world.matter(other).code)
    assert caught.value.code == code and len(rows(small_world)) == 3


def test_a_package_goes_to_no_case_that_is_about_another_unit_and_to_none_that_is_not_there(small_world: World) -> None:
    world = small_world
    case = world.case()
    bring(world, case, FILES)
    content = exported(world, case)
    other = world.case(unit=1)
    for target, code in ((world.matter(other).code, "other_unit"), ("YX-2026-9999", "unknown_matter")):
        with pytest.raises(Refusal) as caught:
            receive(world, content, case_code=target)
        assert caught.value.code == code
    with pytest.raises(Refusal) as caught:
        exported(world, other)
    assert caught.value.code == "no_evidence"
    row = rows(world)[0]
    Path(world.desk.settings.evidence, row.sha256[:2], row.sha256[2:4], row.sha256).unlink()
    with pytest.raises(PackageRefused):
        exported(world, case)
