"""Another system that calls the interface, for the tests (测试用调用方)."""

from __future__ import annotations

import json
from typing import Any

from fastapi.testclient import TestClient
from sqlmodel import select

from models import Event, Finding, ImportRun, Inspection, Submission
from tests.web.office import Office, Response, keep_unit
from yisong.services import tokens


def inspection(number: int = 1, *findings: dict[str, Any], **changed: Any) -> dict[str, Any]:
    usual = {
        "finding_code": f"N{number}",
        "item": "GS-06",
        "facts": "未建立台账",
        "disposal": "移送",
        "department": "应急管理局",
        "evidence": ["现场检查笔录", "现场照片"],
    }
    return {
        "inspection_code": f"JC-{number}", "behaviour_code": f"XZJC-{number}", "unit_name": "云溪县示例单位", "inspected_on": "2026-11-13",
        "initiator": "市场监管局", "scanned_in": True, "officers": ["张三（33990001）", "李四（33990002）"], "findings": list(findings) or [usual],
    } | changed  # fmt: skip


class Caller:
    """Another system with a token of its own."""

    def __init__(
        self, office: Office, *, department: str = "SJJ", system: str = "智慧监管平台", account: str = ""
    ) -> None:
        self.client = TestClient(office.app, base_url="http://testserver")
        with office.desk.transaction() as session:
            unit = keep_unit(session)
            self.unit = {"uscc": unit.uscc, "unit_name": unit.name}
            self.token, self.text = tokens.issue(
                session, book=office.desk.book, at=office.desk.now, by="U01", system="" if account else system, account=account,
                department=department, county=not (department or account),
            )  # fmt: skip

    def sent(self, number: int = 1, *findings: dict[str, Any], **changed: Any) -> dict[str, Any]:
        return inspection(number, *findings, **(self.unit | changed))

    def post(self, body: Any, *, key: str = "", path: str = "/api/v1/findings", **headers: str) -> Response:
        given = {
            "Authorization": f"Bearer {self.text}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        } | headers
        content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return self.client.post(path, content=content, headers={name: value for name, value in given.items() if value})

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(path, headers={"Authorization": f"Bearer {self.text}"} | headers)


def counted(office: Office) -> tuple[int, ...]:
    with office.desk.reading() as session:
        return tuple(
            len(session.scalars(select(table)).all()) for table in (Inspection, Finding, ImportRun, Submission, Event)
        )


def refused(answer: Response, status: int, code: str) -> str:
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    return str(answer.json()["error"]["message"])
