"""Words of offices: numbered findings, lists, disposals, column names (文字识别)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yisong.intake.disposal import parse_disposal
from yisong.intake.headers import match_header
from yisong.intake.splitting import split_list, split_numbered
from yisong.intake.values import halfwidth


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("1.灭火器失压；2.通道堵塞。", ("灭火器失压", "通道堵塞。")), ("①甲问题 ②乙问题", ("甲问题", "乙问题")), ("一是未培训；二是未演练", ("未培训", "未演练")),
        ("（一）未培训\n（二）未演练", ("未培训", "未演练")), ("存在以下问题：1、没有台账\n2、标志缺失", ("没有台账", "标志缺失")), ("1）电线裸露 2）配电箱无盖", ("电线裸露", "配电箱无盖")),
        ("1.违反第1.1条 2.缺3.5公斤", ("违反第1.1条", "缺3.5公斤")), ("（1）甲处堵塞（2）乙处堵塞", ("甲处堵塞", "乙处堵塞")),
    ],
)  # fmt: skip
def test_numbered_findings_are_split(cell: str, parts: tuple[str, ...]) -> None:
    assert split_numbered(cell) == parts


@pytest.mark.parametrize(
    "cell",
    [
        "3号、4号加油枪未开启",
        "1、2、3号枪未检定",
        "1.5米处无护栏，2.5米处亦无",
        "一、二级标志缺失",
        "1、2号枪未检定；3、4号枪正常",
        "仅1.5人，2.未培训",
        "2.只有第二条",
        "共 2 处：门口、仓库",
        "1.一 2.",
    ],
)
def test_numbers_that_are_part_of_the_facts_do_not_split_them(cell: str) -> None:
    assert split_numbered(cell) == (cell,)


@given(
    st.lists(st.text("甲乙丙丁戊己庚辛的问题未按规定", min_size=2, max_size=12), min_size=2, max_size=9),
    st.sampled_from(["{}.", "{}、", "（{}）"]),
    st.sampled_from(["\n", "；", "。"]),
)
def test_what_was_numbered_comes_apart_again(parts: list[str], mark: str, between: str) -> None:
    cell = between.join(mark.format(number) + part for number, part in enumerate(parts, start=1))
    kept = tuple(
        part.strip("；") + ("。" if between == "。" and place < len(parts) - 1 else "")
        for place, part in enumerate(parts)
    )
    assert split_numbered(cell) == kept


def test_lists_are_split_outside_brackets_only() -> None:
    assert split_list("现场检查笔录、照片（IMG_1、IMG_2）；检定证书\n台账") == (
        "现场检查笔录",
        "照片（IMG_1、IMG_2）",
        "检定证书",
        "台账",
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("移送", ("transfer", False, False)), ("移送综合执法局处理", ("transfer", False, False)), ("当场改正", ("onsite", False, False)), ("已现场整改到位", ("onsite", False, False)),
        ("立行立改", ("onsite", False, False)), ("自办", ("own", False, False)), ("责令限期改正", ("own", False, False)), ("立案查处", ("own", False, False)),
        ("紧急移送（24小时）", ("transfer", True, False)), ("涉嫌犯罪移送公安", ("transfer", False, True)), ("责令整改并移送消防大队", ("transfer", False, False)),
        ("本部门处理，抄送主管部门", ("own", False, False)), ("不移送，自行处理", ("own", False, False)), ("转市场监管局处理", ("transfer", False, False)), ("transfer", ("transfer", False, False)),
    ],
)  # fmt: skip
def test_disposals_in_the_words_of_offices(written: str, expected: tuple[str, bool, bool]) -> None:
    found, notes = parse_disposal(written)
    assert found is not None
    assert (found.way, found.urgent, found.criminal) == expected
    assert not any(note.level == "error" for note in notes)


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("移送消防大队处理", "消防大队"),
        ("移送至：市场监管局", "市场监管局"),
        ("移送相关部门", ""),
        ("移送处理", ""),
        ("转应急局查处", "应急局"),
    ],
)
def test_the_department_named_in_a_disposal(written: str, target: str) -> None:
    found, _ = parse_disposal(written)
    assert found is not None
    assert found.target == target


def test_an_unknown_disposal_is_refused_and_says_what_to_write() -> None:
    found, notes = parse_disposal("再说")
    assert found is None
    assert notes[0].code == "DISPOSAL_UNKNOWN"
    assert "当场改正" in notes[0].text


def test_words_keep_their_chinese_punctuation() -> None:
    assert halfwidth("　“１２３”，ＡＢＣ；甲\u200b。") == "“123”，ABC；甲。"


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("被检查单位（盖章）", "unit_name"), ("企业名称*", "unit_name"), ("*统一社会信用代码", "uscc"), ("检 查 日 期", "inspected_on"), ("检查时间（年月日）", "inspected_on"),
        ("牵头单位/发起部门", "initiator"), ("存在的主要问题：", "facts"), ("整改期限", None), ("联系电话", None), ("法定代表人", None), ("本次检查日期", "inspected_on"),
        ("统一社会信用代吗", "uscc"), ("被检查单位联系电话", None), ("整改情况", None),
    ],
)  # fmt: skip
def test_column_names(header: str, field: str | None) -> None:
    assert match_header(header)[0] == field
