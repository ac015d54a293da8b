"""Every flow is deployed and everything deployed is a flow, on the county's own clock, never two at once (部署)."""

from __future__ import annotations

import ast
from typing import Any

import pytest
import yaml

from tests.house.sources import ROOT, imports_of, last_name, python_files

DEPLOYED = ROOT / "prefect.yaml"

pytestmark = pytest.mark.skipif(
    not DEPLOYED.exists() and not (ROOT / "flows").exists(), reason="neither flows/ nor prefect.yaml is there yet"
)


def deployments() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(DEPLOYED.read_text(encoding="utf-8"))["deployments"]
    return found


def flows_in_the_code() -> set[str]:
    """`flows.module.function` of everything that is decorated as a flow."""
    found = set()
    for source in python_files("flows"):
        for node in source.tree.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if any(last_name(decorator) == "flow" for decorator in node.decorator_list):
                found.add(f"{source.module}.{node.name}")
    return found


def entrypoint(deployment: dict[str, Any]) -> str:
    return str(deployment["entrypoint"]).replace(":", ".")


def test_every_flow_is_deployed_and_the_reverse() -> None:
    assert len(flows_in_the_code()) >= 5
    assert {entrypoint(each) for each in deployments()} == flows_in_the_code()


def test_entrypoints_are_modules_not_paths() -> None:
    """A path entrypoint leaves flows/ at the head of sys.path and loads classes twice."""
    for each in deployments():
        assert "/" not in each["entrypoint"] and ".py" not in each["entrypoint"], each["entrypoint"]


def test_deployments_have_names_of_their_own() -> None:
    names = [each["name"] for each in deployments()]
    assert len(set(names)) == len(names)


def test_schedules_keep_the_countys_time() -> None:
    scheduled = 0
    for each in deployments():
        for schedule in each.get("schedules") or []:
            scheduled += 1
            assert len(schedule["cron"].split()) == 5, each["name"]
            assert schedule["timezone"] == "Asia/Shanghai", each["name"]
    assert scheduled >= 4


def test_no_flow_runs_beside_itself() -> None:
    for each in deployments():
        limit = each.get("concurrency_limit")
        assert isinstance(limit, dict), f"{each['name']} may run twice at once"
        assert limit["limit"] == 1 and limit["collision_strategy"] in ("CANCEL_NEW", "ENQUEUE"), each["name"]


def test_a_flow_holds_no_rule() -> None:
    """Flows say when to look and in which order; tables, SQL and wording belong to other rooms."""
    forbidden = ("sqlalchemy", "sqlmodel", "models", "jinja2", "yisong.domain")
    broken = [
        f"{source.path}:{line}: {name}"
        for source in python_files("flows")
        for line, name in imports_of(source)
        if any(name == each or name.startswith(each + ".") for each in forbidden)
    ]
    assert not broken
