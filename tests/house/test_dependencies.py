"""Everything that is used is declared, explained and locked with hashes (依赖)."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import distributions, packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.sources import PACKAGES, ROOT, imports_of, python_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME = [Requirement(text) for text in PROJECT["dependencies"]]
EXTRAS = {extra: [Requirement(text) for text in texts] for extra, texts in PROJECT["optional-dependencies"].items()}
OWN = {*PACKAGES, "tests", "benchmarks"}
LOCKS = ("requirements.lock", "requirements-dev.lock")


def names(requirements: list[Requirement]) -> set[str]:
    return {canonicalize_name(requirement.name) for requirement in requirements}


def pins(lock: str) -> dict[str, tuple[str, int]]:
    """Package → its version and how many hashes it has."""
    found: dict[str, tuple[str, int]] = {}
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)==(\S+)(.*)", line):
            found[canonicalize_name(match[1])] = (match[2], match[3].count("--hash=sha256:"))
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_line_names_a_place(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert len(pins(lock)) > 100
    assert not {name for name, (_, hashes) in pins(lock).items() if not hashes}
    assert not re.search(r"^\s*-(?!-hash)|://|^-e|@ file", text, re.MULTILINE)
    unknown = [line for line in text.splitlines() if not re.match(r"[A-Za-z0-9._-]+==|    --hash=sha256:|\s*#|$", line)]
    assert not unknown


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_holds_what_the_project_asks_for(lock: str) -> None:
    asked = RUNTIME + EXTRAS["build"] + EXTRAS["pkcs11"] + (EXTRAS["dev"] if "dev" in lock else [])
    locked = pins(lock)
    for requirement in asked:
        name = canonicalize_name(requirement.name)
        assert name in locked, f"{lock} lacks {name}: make lock"
        assert requirement.specifier.contains(locked[name][0], prereleases=True), f"{name}: make lock"


@pytest.mark.parametrize("full", ["3.11.0", "3.11.2", "3.12.0"])
@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_is_whole_for_every_python_that_is_promised(lock: str, full: str) -> None:
    """A lock made on one Python lacks what only an older one needs, and pip refuses the whole of it there."""
    environment = {"python_full_version": full, "python_version": full.rpartition(".")[0], "extra": ""}
    locked = pins(lock)
    lacking = []
    for distribution in distributions():
        if canonicalize_name(distribution.name) not in locked:
            continue
        for requirement in map(Requirement, distribution.requires or ()):
            wanted = requirement.marker is None or requirement.marker.evaluate(environment)
            if wanted and canonicalize_name(requirement.name) not in locked:
                lacking.append(f"{distribution.name} needs {requirement}")
    assert not lacking


def test_both_locks_agree() -> None:
    run, develop = (pins(lock) for lock in LOCKS)
    assert {name: develop.get(name) for name in run} == run


def undeclared(folders: tuple[str, ...], allowed: set[str]) -> list[str]:
    brought_by = packages_distributions()
    missing = []
    for source in python_files(*folders):
        for line, name in imports_of(source):
            top = name.split(".")[0]
            if top in sys.stdlib_module_names or top in OWN:
                continue
            if not {canonicalize_name(each) for each in brought_by.get(top, [])} & allowed:
                missing.append(f"{source.path}:{line}: {top}")
    return missing


def test_what_the_program_imports_is_declared() -> None:
    assert not undeclared(PACKAGES, names(RUNTIME) | names(EXTRAS["pkcs11"]))


def test_what_tests_and_tools_import_is_declared() -> None:
    with_pytest = {"packaging"}  # pytest itself requires it
    assert not undeclared(
        ("tests", "benchmarks", "tools"), names(RUNTIME) | names(EXTRAS["dev"]) | names(EXTRAS["pkcs11"]) | with_pytest
    )


# Used without an import of ours: by the address of the database, by FastAPI for forms, by the standard library, by redis.
SILENT = {"psycopg", "python-multipart", "tzdata", "async-timeout"}


@pytest.mark.skipif(
    not all((ROOT / room / "__init__.py").exists() for room in ("yisong/web", "yisong/cli", "flows")),
    reason="the rooms that use half of them are not there yet",
)
def test_what_is_declared_is_used() -> None:
    brought_by = packages_distributions()
    used = {
        canonicalize_name(brought)
        for source in python_files(*PACKAGES)
        for _, name in imports_of(source)
        for brought in brought_by.get(name.split(".")[0], ())
    }
    idle = names(RUNTIME) - used - SILENT
    assert not idle, f"take these out of pyproject.toml, dependencies.md and the locks: {sorted(idle)}"


def test_every_dependency_is_explained_and_nothing_else_is() -> None:
    text = (
        (ROOT / "docs" / "decisions" / "dependencies.md").read_text(encoding="utf-8").partition("## System packages")[0]
    )
    explained = {canonicalize_name(name) for name in re.findall(r"^\| `([A-Za-z0-9._-]+)` \| \S", text, re.MULTILINE)}
    assert explained == {name for requirements in (RUNTIME, *EXTRAS.values()) for name in names(requirements)}
