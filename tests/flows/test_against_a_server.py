"""The flows against a real Prefect server and worker (Prefect 服务器上的流程): deployed from prefect.yaml, run unchanged."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from yisong.settings import SOURCE_ROOT
from yisong.store import database

pytestmark = pytest.mark.slow
PREFECT = str(Path(sys.executable).with_name("prefect"))


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@pytest.fixture
def surroundings(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A Prefect server of this test's own, and an installation for the flows to work on."""
    port = free_port()
    home = tmp_path / "office"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "YISONG_"))},
        "PREFECT_HOME": str(tmp_path / "prefect"), "PREFECT_API_URL": f"http://127.0.0.1:{port}/api", "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1", "PREFECT_LOGGING_LEVEL": "WARNING", "YISONG_HOME": str(home), "YISONG_RULES": str(SOURCE_ROOT / "rules"),
        "PYTHONPATH": str(SOURCE_ROOT),
    }  # fmt: skip
    database.upgrade(f"sqlite:///{home}/var/yisong.db")
    log = (tmp_path / "server.log").open("w")
    server = subprocess.Popen(
        [PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(port)],
        env=environment,
        stdout=log,
        stderr=log,
    )
    try:
        for _ in range(240):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=2):
                    break
            except (urllib.error.URLError, OSError):
                assert server.poll() is None, (tmp_path / "server.log").read_text()
                time.sleep(0.5)
        yield environment
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def prefect(environment: dict[str, str], *words: str, folder: Path) -> str:
    done = subprocess.run([PREFECT, *words], env=environment, cwd=folder, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def ask(environment: dict[str, str], path: str) -> list[dict[str, object]]:
    request = urllib.request.Request(
        environment["PREFECT_API_URL"] + path, data=b"{}", headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: list[dict[str, object]] = json.load(answer)
    return found


def test_every_flow_is_deployed_with_its_schedule_and_runs_from_a_worker_in_another_folder(
    surroundings: dict[str, str], tmp_path: Path
) -> None:
    prefect(surroundings, "work-pool", "create", "yisong", "--type", "process", folder=tmp_path)
    prefect(surroundings, "--no-prompt", "deploy", "--all", folder=SOURCE_ROOT)
    deployments = ask(surroundings, "/deployments/filter")
    assert len(deployments) == len(list((SOURCE_ROOT / "prefect.yaml").read_text().split("entrypoint:"))) - 1
    for deployment in deployments:
        schedules = deployment["schedules"]
        assert isinstance(schedules, list) and schedules[0]["schedule"]["timezone"] == "Asia/Shanghai", deployment[
            "name"
        ]
        assert "/" not in str(deployment["entrypoint"]) and ".py" not in str(deployment["entrypoint"]), (
            "module entrypoints only"
        )
        limit = deployment["concurrency_options"]
        assert limit, deployment["name"]

    for name in ("sweep-deadlines/deadlines", "audit-journal/audit"):
        prefect(surroundings, "deployment", "run", name, folder=tmp_path)
    prefect(surroundings, "worker", "start", "--pool", "yisong", "--run-once", folder=tmp_path)
    for _ in range(60):
        runs = [run for run in ask(surroundings, "/flow_runs/filter") if run["state_type"] != "SCHEDULED"]
        if len(runs) >= 2 and all(run["state_type"] in ("COMPLETED", "FAILED", "CRASHED") for run in runs):
            break
        time.sleep(0.5)
    assert sorted(str(run["state_type"]) for run in runs) == ["COMPLETED", "COMPLETED"]
    names = {str(task["name"]) for task in ask(surroundings, "/task_runs/filter")}
    assert any(name.startswith("期限巡查至") for name in names)
    assert {artifact["key"] for artifact in ask(surroundings, "/artifacts/filter")} >= {"deadlines", "audit"}

    engine = database.open_engine(f"sqlite:///{surroundings['YISONG_HOME']}/var/yisong.db")
    with database.reading(engine) as session:
        from yisong.store import deadlines

        swept = deadlines.last_swept(session)
    engine.dispose()
    assert swept is not None and abs((datetime.now(UTC).date() - swept).days) <= 1
