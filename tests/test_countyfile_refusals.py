"""County files that cannot be used: each fault is told with its path, its line and what to write."""

from pathlib import Path

import pytest

from tests.support.counties import CALENDAR, OTHER, SAMPLE
from yisong import countyfile
from yisong.countyfile import CountyFileError


def refused(old: str, new: str, *, file: Path = OTHER) -> CountyFileError:
    text = file.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(CountyFileError) as error:
        countyfile.parse(text.replace(old, new, 1), calendar=CALENDAR)
    return error.value


@pytest.mark.parametrize(
    ("old", "new", "path", "says"),
    [
        ("{date: 2025-05-07, event: transfer", "{date: 2025-05-32, event: transfer", "cases[0].events[1].date", "“2025-05-32”不是日期"),
        ("{date: 2025-05-07, event: transfer", "{event: transfer", "cases[0].events[1].date", "缺少“date”"),
        ("due_rule: R-TRANSFER", "due_rule: R-NONE", "cases[0].events[1].due_rule", "期限规则“R-NONE”没有登记"),
        ("due_from: 2025-05-06, due: 2025-05-13", "due_from: 2025-05-06, due: 2025-05-05", "cases[0].events[1].due", "早于起算日"),
        ("findings: [F1]", "findings: [F9]", "cases[0].findings[0]", "检查发现“F9”没有登记"),
        ("    entity: U1\n", "    entity: U9\n", "cases[0].entity", "监管对象“U9”没有登记"),
        ("    from: D03", "    from: D99", "cases[0].from", "部门“D99”没有登记"),
        ("    state: pending_acceptance\n", "", "cases[0].state", "缺少“state”"),
        ("inspection: J1", "inspection: J9", "findings[0].inspection", "检查“J9”没有登记"),
        ("item: Y-3", "item: Y-9", "findings[0].item", "事项“Y-9”没有登记"),
        ("disposal: transfer", "disposal: 移送", "findings[0].disposal", "处置方式“移送”没有登记"),
        ("theme: T1, entity", "theme: T9, entity", "inspections[0].theme", "主题“T9”没有登记"),
        ("scanned_in: true", "scanned_in: 是", "inspections[0].scanned_in", "不是 true 或 false"),
        ('uscc: "91999901MA00000011"', "uscc: 9.19999E+17", "entities[0].uscc", "科学计数"),
        ("trigger: 逾期2个工作日", "trigger: 逾期一阵子", "escalation_rules[1].trigger", "看不懂触发条件“逾期一阵子”"),
        ("doc_type: CB", "doc_type: ZZ", "escalation_rules[1].doc_type", "文书“ZZ”没有登记"),
        ("cc: [D02]", "cc: [D99]", "escalation_rules[1].cc[0]", "部门“D99”没有登记"),
        ("expr: 同一企业 45 日内有三个以上部门的检查计划", "expr: 计划太多", "risk_rules[0].expr", "没有写明"),
        ("unit: wd, value: 5, start: 次日, source: local, basis: 本县规定, confidence: high}\n  - {code: R-ACCEPT,", "unit: 周, value: 5, start: 次日, source: local, basis: 本县规定, confidence: high}\n  - {code: R-ACCEPT,", "deadline_rules[0].unit", "不认识的期限单位“周”"),
        ("value: 12", "value: -1", "deadline_rules[4].value", "不是非负整数"),
        ("source: local, basis: 本县规定", "source: state, basis: 本县规定", "deadline_rules[0].source", "不在允许的取值内"),
        ("basis: 本县规定, ", "", "deadline_rules[0].basis", "缺少“basis”"),
        ("roles: [supervise]", "roles: [judge]", "departments[1].roles[0]", "不在允许的取值内"),
        ("code: D02", "code: D01", "departments[1].code", "部门代码“D01”重复"),
        ("code: Y-2", "code: Y-1", "check_items[1].code", "事项代码“Y-1”重复"),
        ("list: ZQD", "list: NONE", "check_items[0].list", "清单“NONE”没有登记"),
        ("severity: major", "severity: 严重", "check_items[0].severity", "不在允许的取值内"),
        ("rectify: {mode: term, days: 12}", "rectify: 12天", "check_items[0].rectify", "应为“键: 值”的形式"),
        ("towns: [Z01]", "towns: Z01", "item_lists[1].towns", "应为列表"),
        ("rule: 其余按 ZQD 登记部门", "rule: 其余照旧", "routing_order[2].rule", "看不懂路由次序“其余照旧”"),
        ('number: "{prefix}催〔{year}〕{seq}号"', 'number: "{prefix}催[{year}]{seq}号"', "document_types[1]", "六角括号"),
        ("to: 2025-05-05}", "to: 2025-04-30}", "calendar[0].holidays[0]", "早于起日"),
        ("makeup_workdays: [2025-04-27]", "makeup_workdays: [2025-04-28]", "calendar[0]", "不是星期六或星期日"),
        ("schema_version: 1", "schema_version: 7", "meta.schema_version", "第 7 版"),
        ("timezone: Asia/Shanghai", "timezone: Asia/Yunxi", "meta", "时区“Asia/Yunxi”不存在"),
        ("  name: 海东县\n", "  name: 海东县\n  name: 海西县\n", "county.name", "写了两次"),
        ("demo_as_of: \"2025-06-30T18:00:00+08:00\"", "demo_as_of: 六月底", "meta.demo_as_of", "“六月底”不是时刻"),
        ("kind: wd, start", "kind: 工作, start", "calendar[0].test_vectors[0].kind", "不在允许的取值内"),
    ],
)  # fmt: skip
def test_what_is_malformed_is_told_with_its_path(old: str, new: str, path: str, says: str) -> None:
    error = refused(old, new)
    assert error.path == path
    assert says in error.message
    assert error.line > 0 or path.startswith("meta.schema")


@pytest.mark.parametrize(
    "section",
    [
        "county",
        "departments",
        "item_lists",
        "routing_order",
        "check_items",
        "deadline_rules",
        "escalation_rules",
        "calendar",
        "document_types",
    ],
)
def test_a_missing_section_is_named(section: str) -> None:
    assert refused(f"\n{section}:", f"\nx_{section}:").path == section


def test_text_that_is_no_yaml_is_told_with_its_line() -> None:
    error = refused("users:\n", "users: [\n")
    assert error.line > 0 and "YAML 写法有误" in error.message


@pytest.mark.parametrize("text", ["", "# nothing\n", "- 1\n", "just words\n"])
def test_a_file_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(CountyFileError):
        countyfile.parse(text)


def test_the_file_is_named(tmp_path: Path) -> None:
    for name, content, says in (
        ("gone.yaml", None, "文件不存在"),
        ("gb.yaml", "县".encode("gb18030"), "UTF-8"),
        ("bad.yaml", b"meta: {}\n", "county"),
    ):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(CountyFileError) as error:
            countyfile.read(path)
        assert name in str(error.value) and says in str(error.value)


def test_an_instant_on_another_day_than_its_event_is_refused() -> None:
    error = refused('{date: 2026-10-15, at: "2026-10-15T09:30', '{date: 2026-10-15, at: "2026-10-16T09:30', file=SAMPLE)
    assert error.path == "cases[8].events[1].at" and "不是同一天" in error.message


def test_thresholds_of_one_year_must_agree() -> None:
    error = refused(
        "threshold_rule: {year: 2026, refusals_required: 3, distinct_orders: true}",
        "threshold_rule: {year: 2026, refusals_required: 2, distinct_orders: true}",
        file=SAMPLE,
    )
    assert error.path == "key_supervision[1].threshold_rule.refusals_required" and "不一致" in error.message
