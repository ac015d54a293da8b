"""What the programme reads from its own folders comes along when it is installed."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_file_beside_the_code_is_declared() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"][
        "package-data"
    ]["*"]
    for package in ("yisong", "models", "flows"):
        folders = {path.parent for path in (ROOT / package).rglob("__init__.py")}
        covered = {path for folder in folders for pattern in declared for path in folder.glob(pattern)}
        beside = {
            path
            for path in (ROOT / package).rglob("*")
            if path.is_file() and path.suffix not in (".py", ".pyc") and "__pycache__" not in path.parts
        }
        assert not beside - covered, sorted(str(path.relative_to(ROOT)) for path in beside - covered)
    assert (ROOT / "yisong" / "documents" / "assets" / "gb9704.css").is_file()
