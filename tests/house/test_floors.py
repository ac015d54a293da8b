"""Arrows only run down, every room stands on a floor, and a noun is spelt one way (楼层)."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.house.sources import ROOT, python_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = {contract["id"]: contract for contract in PROJECT["tool"]["importlinter"]["contracts"]}
FLOORS_WITH_NOUNS = ("yisong/store", "yisong/services", "yisong/cli", "flows")


def run_linter(folder: Path) -> subprocess.CompletedProcess[str]:
    script = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    return subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False)


def test_import_linter_keeps_every_contract() -> None:
    result = run_linter(ROOT)
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-2000:]
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken" in result.stdout


def test_the_contracts_can_be_broken(tmp_path: Path) -> None:
    """A house of cardboard with one forbidden arrow of each kind."""
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    wrong = {
        "yisong/domain/__init__.py": "import sqlmodel",
        "yisong/services/__init__.py": "import prefect",
        "yisong/store/__init__.py": "import yisong.services, fastapi",
        "yisong/notify/__init__.py": "",
        "yisong/settings.py": "import yisong.clock",
        "yisong/clock.py": "",
        "yisong/cli/__init__.py": "",
        "yisong/__init__.py": "",
        "models/__init__.py": "",
        "flows/__init__.py": "",
    }
    for name, text in wrong.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    result = run_linter(tmp_path)
    assert result.returncode == 1
    assert f"Contracts: 0 kept, {len(CONTRACTS)} broken" in result.stdout, result.stdout


def test_every_room_stands_on_a_floor() -> None:
    floors = set(re.findall(r"[a-z_.]+", " ".join(CONTRACTS["floors"]["layers"])))
    rooms = {
        f"yisong.{child.stem}"
        for child in (ROOT / "yisong").iterdir()
        if not child.name.startswith("_") and (child.suffix == ".py" or any(child.glob("*.py")))
    }
    assert rooms <= floors, f"give these a floor in pyproject.toml: {sorted(rooms - floors)}"


def test_the_same_noun_is_spelt_the_same_way_on_every_floor() -> None:
    """`deadlines` here and `deadline` there would be two looks instead of one."""
    spellings: dict[str, dict[str, list[str]]] = {}
    for source in python_files(*FLOORS_WITH_NOUNS):
        stem = source.path.rpartition("/")[2].removesuffix(".py")
        if "/migrations/" not in source.path and not stem.startswith("_"):
            spellings.setdefault(stem.removesuffix("s"), {}).setdefault(stem, []).append(source.path)
    doubled = {noun: forms for noun, forms in spellings.items() if len(forms) > 1}
    assert not doubled, doubled
