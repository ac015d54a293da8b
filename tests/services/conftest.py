"""The world that the services' tests act in (服务测试夹具)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.world import World


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """An empty world on each of the two databases in turn."""
    made = World(database_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def small_world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    """An empty world on SQLite, where the other database could not make a difference."""
    made = World(sqlite_url, tmp_path)
    yield made
    made.close()
