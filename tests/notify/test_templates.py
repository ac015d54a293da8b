"""Every notice in the repository can be worded, with much to say and with little (通知模板)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.house.sources import ROOT
from yisong.notify.message import LONGEST_SUBJECT, render

FOLDER = ROOT / "templates" / "notices"
NOTICES = sorted(file.stem for file in FOLDER.glob("*.j2"))
FULL: dict[str, Any] = {
    "platform": "某县综合查一次平台",
    "case": {"code": "2026-0001", "title": "某化工有限公司动火作业未审批"},
    "department": "某县应急管理局",
    "unit": "某化工有限公司",
    "due_on": "2026-03-05",
    "days_late": 3,
    "number": "某应急移〔2026〕1号",
    "url": "https://yisong.invalid/cases/2026-0001",
    "lines": ["第一项", "第二项"],
}
SPARE = FULL | {"number": "", "url": "", "lines": [], "unit": ""}
WITHOUT_CLOCK = SPARE | {"due_on": "", "days_late": 0}
ABOUT_A_CLOCK = ("due_soon", "due_today", "reminder", "supervision")  # the ladder sends these: there is a due day


def word(notice: str, facts: dict[str, Any], folder: Path = FOLDER) -> tuple[str, str]:
    message = render(notice, folder=folder, key="k", facts=facts)
    return message.subject, message.body


def test_there_are_notices() -> None:
    assert len(NOTICES) > 8


@pytest.mark.parametrize("notice", NOTICES)
def test_it_is_worded_with_everything(notice: str) -> None:
    subject, body = word(notice, FULL)
    assert len(subject) < LONGEST_SUBJECT / 2, "a subject is read on a telephone"
    assert FULL["url"] in body and FULL["platform"] in body
    assert "2026-03-05" not in body, "a date is written the way people write it"
    assert "\n\n\n" not in body and "{" not in body + subject


@pytest.mark.parametrize("notice", NOTICES)
def test_it_is_worded_with_little(notice: str) -> None:
    subject, body = word(notice, SPARE if notice in ABOUT_A_CLOCK else WITHOUT_CLOCK)
    assert body != word(notice, FULL)[1]
    for trace in ("None", "“”", "：。", "于前", "https://"):
        assert trace not in subject + body, trace
