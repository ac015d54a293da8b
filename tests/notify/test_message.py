"""A clerk's notice template is worded, or refused with file, line and remedy (通知措辞)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from yisong.notify.errors import NotifyError
from yisong.notify.message import render


def word(folder: Path, text: str, **facts: Any) -> tuple[str, str]:
    (folder / "due_soon.j2").write_text(text, encoding="utf-8")
    message = render("due_soon", folder=folder, key="outbox-7", facts=facts)
    assert message.key == "outbox-7"
    return message.subject, message.body


def refusal(folder: Path, text: str, **facts: Any) -> NotifyError:
    with pytest.raises(NotifyError) as caught:
        word(folder, text, **facts)
    return caught.value


def test_the_first_line_is_the_subject_and_the_rest_the_body(tmp_path: Path) -> None:
    text = "请于{{ due | 日期 }}前办理：{{ unit }}\n\n{% for item in items %}\n{{ loop.index }}. {{ item }}\n{% endfor %}\n"
    subject, body = word(tmp_path, text, due=date(2026, 3, 5), unit="某厂", items=["动火未审批", "通道堵塞"])
    assert subject == "请于2026年3月5日前办理：某厂"
    assert body == "1. 动火未审批\n2. 通道堵塞"


@pytest.mark.parametrize("due", [date(2026, 12, 31), datetime(2026, 12, 31, 23, tzinfo=UTC), "2026-12-31"])
def test_a_date_may_come_as_a_date_an_instant_or_text(tmp_path: Path, due: object) -> None:
    assert word(tmp_path, "限期\n\n{{ due | 日期 }}", due=due)[1] == "2026年12月31日"


def test_a_line_break_in_a_fact_cannot_reach_into_the_headers_or_the_body(tmp_path: Path) -> None:
    subject, body = word(tmp_path, "关于{{ unit }}\n\n正文", unit="某厂\r\nBcc: everybody@example.invalid")
    assert subject == "关于某厂 Bcc: everybody@example.invalid"
    assert body == "正文"


def test_a_missing_fact_is_named(tmp_path: Path) -> None:
    error = refusal(tmp_path, "标题\n\n{{ deadline }}")
    assert error.code == "notice.fact"
    assert "due_soon.j2" in error.message and "deadline" in error.message


def test_a_mistake_of_syntax_is_placed_on_its_line_of_the_file(tmp_path: Path) -> None:
    error = refusal(tmp_path, "标题\n\n一\n二 {{ unit }\n", unit="某厂")
    assert error.code == "notice.template"
    assert "due_soon.j2 第 4 行" in error.message


@pytest.mark.parametrize("text", ["\n\n正文", "标题\n\n", "标题", "{% if no %}标题{% endif %}\n\n正文"])
def test_a_notice_without_subject_or_body_is_refused(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, text, no=False).code == "notice.empty"


@pytest.mark.parametrize("code", ["absent", "../due_soon", "Due Soon", ""])
def test_an_unknown_notice_is_refused(tmp_path: Path, code: str) -> None:
    with pytest.raises(NotifyError) as caught:
        render(code, folder=tmp_path, key="k", facts={})
    assert caught.value.code == "notice.unknown"


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ unit.__init__.__globals__ }}",
        "{{ 'a' * 999999999 }}",
        "{{ 9 ** 999999999 }}",
        "{{ '%999999999s' % 1 }}",
        "{{ unit | attr('__class__') }}",
        "{{ items.append(1) }}",
        "{{ range(999999999) | list }}",
        "{{ cycler.__init__ }}",
        "{% include 'secret.j2' %}",
    ],
)
def test_a_template_cannot_leave_its_sandbox(tmp_path: Path, attack: str) -> None:
    assert refusal(tmp_path, f"标题\n\n{attack}", unit="某厂", items=[]).code in ("notice.fact", "notice.template")


def test_an_endless_notice_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "标题\n\n{{ words }}", words="长" * 20_001).code == "notice.too_long"
    assert refusal(tmp_path, "{{ words }}\n\n正文", words="长" * 121).code == "notice.too_long"
