"""Specimen seals and dossiers from the command line (样章与案卷命令)."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import LEDGER, Run

CASE = "YX-2026-0001"


@pytest.fixture
def waiting(home: Path, run: Run) -> Path:
    """A transfer has just been approved, and every organ has a specimen seal."""
    run("import", LEDGER, "--confirm")
    run("step", "F28", "assign", "--as", "U07", "--set", "department=HBJ")
    run("step", CASE, "submit", "--as", "U07")
    run("step", CASE, "approve", "--as", "U08")
    return home


def test_specimen_seals_are_made_once_and_show_on_what_is_issued(
    waiting: Path, run: Run, run_json: Callable[..., Any]
) -> None:
    made = run_json("documents", "demo-seals")
    folder = Path(made["folder"])
    assert folder == waiting / "var" / "seals" and {"YJJ", "HBJ"} <= set(made["organs"])
    assert (folder / "passphrase.txt").stat().st_mode & 0o777 == 0o600
    assert "不予覆盖" in run("documents", "demo-seals", code=2).stderr
    held = run_json("documents", "seals")["organs"]
    assert all(organ["kind"] == "file" and organ["demonstration"] and not organ["problem"] for organ in held)
    (folder / "HBJ.p12").unlink()
    (folder / "YJJ.toml").write_text("", encoding="utf-8")
    said = run("documents", "seals", code=2).stdout
    assert "生态环境局云溪分局：不盖章" in said and "既有证书文件 YJJ.p12，又有令牌配置 YJJ.toml" in said
    (folder / "YJJ.toml").unlink()
    run("outbox", "run")
    [paper] = [paper for paper in run_json("cases", CASE)["papers"] if paper["type"] == "YISONG"]
    [file] = (waiting / "var" / "letters").rglob(f"{paper['pdf']}.pdf")
    found = run_json("document", "verify", file)
    assert found["genuine"] and found["verdict"] == "genuine" and found["code"].startswith(CASE)
    assert found["seal"]["intact"] and found["seal"]["trusted"] and found["seal"]["demonstration"]
    assert "样章" in run("document", "verify", file).stdout


def test_a_case_is_bound_into_a_folder(waiting: Path, run: Run, run_json: Callable[..., Any], tmp_path: Path) -> None:
    out = tmp_path / "案卷"
    assert "正在出具" in run("documents", "dossier", CASE, "--out", out, code=1).stderr and not out.exists()
    run("outbox", "run")
    made = run_json("documents", "dossier", CASE, "--out", out, "--keeper", "王保管")
    assert made["case"] == CASE and made["not_enclosed"] == [] and made["pages"] >= len(made["papers"]) >= 2
    pdf, package = (Path(name) for name in made["files"])
    assert pdf.read_bytes().startswith(b"%PDF-")
    with zipfile.ZipFile(package) as archive:
        assert "manifest.json" in archive.namelist() and archive.testzip() is None
    assert f"文书 {len(made['papers'])} 份" in run("documents", "dossier", CASE, "--out", out).stdout
    assert "不是案件" in run("documents", "dossier", "F28", "--out", out, code=1).stderr
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    assert "不能写入" in run("documents", "dossier", CASE, "--out", blocked, code=2).stderr
