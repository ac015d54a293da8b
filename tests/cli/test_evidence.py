"""`yisong evidence` and `yisong import --evidence`: files in, out, verified; packages beside a ledger (证据命令)."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import LEDGER, Run
from tests.intake.photographs import PDF, photograph, zipped

CASE = "YX-2026-0001"


def files(folder: Path) -> Path:
    package = folder / "ledger.zip"
    package.write_bytes(
        zipped(
            {
                "F01/现场.jpg": photograph(),
                "JC-2026-003/现场检查笔录.pdf": PDF,
                "无主.jpg": photograph(colour="red"),
                "病毒.exe": b"MZ",
            }
        )
    )
    return package


def test_a_package_comes_in_beside_its_ledger_and_is_told_before_and_after(
    home: Path, run: Run, tmp_path: Path
) -> None:
    package = files(tmp_path)
    before = json.loads(run("import", str(LEDGER), "--evidence", str(package), "--json").stdout)["evidence"]
    assert (before["written"], before["matched"], before["added"]) == (False, 2, 0)
    done = run("import", str(LEDGER), "--confirm", "--evidence", str(package))
    assert (
        "证据入卷 2 件" in done.stdout
        and "无主.jpg" in done.stderr
        and "程序" in done.stderr
        and "没有现场检查笔录" in done.stderr
    )
    again = json.loads(run("import", str(LEDGER), "--confirm", "--evidence", str(package), "--json").stdout)["evidence"]
    assert (again["added"], again["already"]) == (0, 2)
    listed = json.loads(run("evidence", "list", "F01", "--json").stdout)
    assert {row["label"] for row in listed["evidence"]} == {"视听资料", "勘验笔录、现场笔录"}


def test_files_are_added_ticked_voided_verified_and_sent_on(home: Path, run: Run, tmp_path: Path) -> None:
    run("import", str(LEDGER), "--confirm")
    run("step", "F01", "assign", "--as", "U07", "--set", "kind=lead", "--set", "department=HBJ")
    photo = tmp_path / "现场.jpg"
    photo.write_bytes(photograph())
    assert "入卷 1 件" in run("evidence", "add", CASE, str(photo), "--as", "U07", "--kind", "视听资料").stdout
    assert (
        "没有“照片”这种证据" in run("evidence", "add", CASE, str(photo), "--as", "U07", "--kind", "照片", code=2).stderr
    )
    assert "找不到文件" in run("evidence", "add", CASE, str(tmp_path / "没有.jpg"), "--as", "U07", code=2).stderr
    wrong = tmp_path / "程序.jpg"
    wrong.write_bytes(b"MZ")
    assert "没有入卷" in run("evidence", "add", CASE, str(wrong), "--as", "U07", code=1).stderr
    assert "已核对" in run("evidence", "tick", CASE, "PLAN", "有因检查，无需备案", "--as", "U07").stdout
    points = {each["point"]: each for each in json.loads(run("evidence", "list", CASE, "--json").stdout)["materials"]}
    assert points["PLAN"]["met"] and points["LETTER"]["met"] and not any(each["blocking"] for each in points.values())
    assert "完好" in run("evidence", "verify").stdout
    out = tmp_path / "标准包.zip"
    run("evidence", "export", CASE, "--out", str(out))
    assert json.loads(run("evidence", "import", str(out), "--as", "U07", "--json").stdout) == {"added": 0, "already": 1}
    run("evidence", "void", "1", "--as", "U07", "--reason", "传错")
    assert json.loads(run("evidence", "list", CASE, "--json").stdout)["evidence"] == []
    kept = next(
        path
        for path in (home / "var" / "evidence").rglob("*")
        if path.is_file() and path.stat().st_size == len(photograph())
    )
    kept.write_bytes(b"other")
    broken = run("evidence", "verify", "--json", code=1)
    assert [(fault["title"], fault["state"]) for fault in json.loads(broken.stdout)["faults"]] == [("现场", "changed")]


def test_every_hour_a_package_of_the_same_name_comes_in_with_its_ledger(home: Path, run: Run) -> None:
    from datetime import datetime

    from flows import intake
    from yisong.services.evidence_packages import beside

    folder = home / "var" / "intake"
    folder.mkdir(parents=True, exist_ok=True)
    ledger = folder / "ledger.xlsx"
    ledger.write_bytes(LEDGER.read_bytes())
    assert beside(ledger) is None
    package, at = files(folder), datetime.fromisoformat("2026-11-20T18:00+08:00")
    assert beside(ledger) == package
    run("import", str(ledger), "--confirm")
    done = intake.bring_evidence.fn(ledger, package, package.name, at)
    assert (done["added"], done["already"]) == (2, 0) and any("无主.jpg" in problem for problem in done["problems"])
    assert intake.bring_evidence.fn(ledger, package, package.name, at)["already"] == 2
    package.write_bytes(zipped({"a.txt": b"0" * 3_000_000}))
    refused = intake.bring_evidence.fn(ledger, package, package.name, at)
    assert refused["added"] == 0 and "压缩炸弹" in refused["problems"][0]
