"""Every fault of domain.md 3.7 is found, and the shipped types have none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.documents.conftest import sample_letter, shipped
from yisong.documents.check import check_templates
from yisong.documents.letter import Paragraph, Run
from yisong.documents.lint import lint


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("云应急移[2026]1号", "year-bracket"), ("云应急移（2026）1号", "year-bracket"), ("云应急移〔2026〕第1号", "number-word"),
        ("云应急移〔2026〕001号", "number-zero"), ("云应急移〔26〕1号", "short-year"), ("2026年01月05日", "date-zero"), ("2026年1月05日", "date-zero"),
        ("请于2026-01-05前", "date-iso"), ("1、整改", "ordinal-comma"), ("（一）、整改", "bracket-comma"), ("（此页无正文）", "blank-page"),
        ("名称：{{ x }}", "leftover"), ("整改,完毕", "half-width"), ("整改。。", "doubled"), ("电话：，地址", "empty-value"), ("抄送：县司法局", "copies-stop"),
    ],
)  # fmt: skip
def test_each_fault_is_named(text: str, code: str) -> None:
    assert code in {fault.code for fault in lint(text)}


@pytest.mark.parametrize(
    "text",
    [
        "云应急移〔2026〕1号",
        "2026年10月20日",
        "编号XZJC-339927-2026-000347",
        "抄送：县司法局。",
        "1. 整改",
        "（一）整改",
        "行政行为码JC-2026-01-05-1",
    ],
)
def test_good_text_has_no_fault(text: str) -> None:
    assert lint(text) == []


def test_faults_of_a_whole_letter() -> None:
    letter = sample_letter("yisong")
    assert lint(letter) == []
    commanding = replace(letter, blocks=(Paragraph((Run("请遵照执行。"),)), *letter.blocks))
    assert [fault.code for fault in lint(commanding)] == ["tone"]
    assert "title-stop" in {fault.code for fault in lint(replace(letter, title=("关于移送的函。",)))}
    assert "attachment-stop" in {fault.code for fault in lint(replace(letter, attachment_names=("清单；",)))}
    assert "no-signature" in {fault.code for fault in lint(replace(letter, blocks=letter.blocks[:1]))}


@pytest.mark.parametrize("code", shipped().types)
def test_a_shipped_type_is_sound(code: str) -> None:
    from datetime import date

    assert check_templates(shipped(), codes=[code], created=date(2026, 11, 20), printing=False) == []
