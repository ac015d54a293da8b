"""A clerk who edits a template is told in Chinese what is wrong, where, and what to write (模板检查)."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.documents.conftest import ROOT
from yisong.documents.catalogue import Catalogue
from yisong.documents.check import check_templates
from yisong.documents.errors import DocumentError

CODE = "zegai"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / CODE, tmp_path / CODE)
    return tmp_path / CODE


def told(folder: Path) -> str:
    try:
        problems = check_templates(Catalogue.read(folder.parent), created=date(2026, 11, 20), printing=False)
    except DocumentError as error:
        return error.message
    return "\n".join(problem.message for problem in problems)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "parts"),
    [
        ("body.j2", "{{ unit.name }}", "{{ unit。name }}", ("第3行", "英文（半角）标点")),
        ("body.j2", "{% endif %}", "", ("没有用“{% endif %}”结束",)),
        (
            "body.j2",
            "{{ unit.name }}",
            "{{ unit.nmae }}",
            ("没有在 document.toml 的 [facts] 中登记", "是不是“unit.name”"),
        ),
        ("body.j2", "title:", "titel:", ("titel", "可用：title")),
        ("document.toml", 'layout = "form"', 'layout = "brief"', ("layout 应为", "brief")),
        ("document.toml", 'code = "zegai"', "code = zegai", ("第1行", "英文引号")),
        ("document.toml", "[facts]", "[[facts]]", ("[facts]",)),
        ("sample.toml", "〔2026〕", "[2026〕", ("六角括号",)),
        (
            "sample.toml",
            "[facts]",
            '[facts]\nnumber_of_copies = ""\n[other]',
            ("缺少事实", "样例 sample.toml 中也要有"),
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    folder: Path, file: str, old: str, new: str, parts: tuple[str, ...]
) -> None:
    change(folder / file, old, new)
    said = told(folder)
    assert all(part in said for part in parts), said


def test_a_file_of_another_encoding_or_a_missing_one_is_named(folder: Path) -> None:
    body = folder / "body.j2"
    words = body.read_text(encoding="utf-8")
    body.write_text(words, encoding="gb18030")
    assert "不是 UTF-8 编码" in told(folder) and "body.j2" in told(folder)
    body.write_text(words, encoding="utf-8-sig")  # as Windows' editor saves it
    assert told(folder) == ""
    (folder / "sample.toml").unlink()
    assert "缺少 sample.toml" in told(folder) and "body.j2" not in told(folder)
    body.unlink()
    assert "缺少 body.j2" in told(folder)
