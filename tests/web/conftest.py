"""Offices for the tests of the pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from tests.web.office import Office, open_office
from yisong.services import accounts


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign-ins that cost no quarter of a second each; the real cost is tested with the accounts."""
    monkeypatch.setattr(accounts, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    accounts._nobody.cache_clear()


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    """An office on a database of its own."""
    found = open_office(sqlite_url, home=tmp_path)
    yield found
    found.desk.close()


@pytest.fixture
def either_office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    """An office on each of the two databases in turn."""
    found = open_office(database_url, home=tmp_path)
    yield found
    found.desk.close()
