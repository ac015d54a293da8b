"""Rule files: what is written is read back, and whatever is wrong is told by file, line and remedy."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from yisong import countyfile, rulefiles
from yisong.domain.calendar_feeds import difference
from yisong.domain.entries import Severity
from yisong.domain.escalation import Ladder
from yisong.domain.routing import RoutingRow
from yisong.domain.rulebook import RuleBookError

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "rules"
BOOK = rulefiles.read(RULES)

Edit = Callable[[str], str]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A copy of the rule book, without its calendar."""
    target = tmp_path / "rules"
    target.mkdir()
    for file in RULES.iterdir():
        if file.is_file():
            shutil.copy(file, target)
    return target


def broken(directory: Path, name: str, old: str, new: str) -> list[rulefiles.Problem]:
    """Change one place of one file and look."""
    file = directory / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return rulefiles.check(directory, calendar=BOOK.calendar)


def line_of(directory: Path, name: str, text: str) -> int:
    lines = (directory / name).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def test_the_book_in_the_repository_is_sound() -> None:
    assert rulefiles.check(RULES) == []


def test_the_book_in_the_repository_is_that_of_the_demonstration_county() -> None:
    county = countyfile.read(ROOT / "samples" / "yunxi.yaml", calendar=BOOK.calendar)
    assert difference(BOOK.calendar, county.book.calendar) == ()
    assert county.book.with_calendar(BOOK.calendar) == BOOK


def test_the_files_are_as_the_book_would_write_them() -> None:
    for name, text in rulefiles.files_of(BOOK).items():
        assert (RULES / name).read_text(encoding="utf-8") == text, (
            f"rules/{name} differs from what rulefiles.write() gives"
        )


def test_the_page_about_the_rules_is_current() -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert page == rulefiles.rules_markdown(BOOK), "docs/rules.md is not what rules/ gives; run `make docs`"


def test_what_is_written_is_read_back_equal(tmp_path: Path) -> None:
    rulefiles.write(BOOK, tmp_path / "book")
    again = rulefiles.read(tmp_path / "book", calendar=BOOK.calendar)
    assert again == BOOK and again.digest == BOOK.digest


def test_versions_variants_and_odd_texts_survive_the_round_trip(tmp_path: Path) -> None:
    old = replace(BOOK.deadline_rule("R-ACCEPT", date(2026, 1, 1)), valid_to=date(2026, 12, 31))
    new = replace(old, amount=5, valid_from=date(2027, 1, 1), valid_to=None, departments=(), pause_on=("停机",))
    odd = replace(BOOK.items[0], note='带"引号"、反斜杠\\、\n换行 [[item]] = 1', severity=Severity.CRITICAL)
    organ = replace(BOOK.organs[0], names=(replace(BOOK.organs[0].names[0], valid_from=date(2019, 3, 1)),))
    ladder = Ladder(
        "acceptance",
        BOOK.ladders[0].rungs[3:],
        rules=("R-ACCEPT",),
        severities=("critical",),
        valid_from=date(2026, 1, 1),
    )
    book = replace(
        BOOK,
        deadline_rules=(*(rule for rule in BOOK.deadline_rules if rule.code != "R-ACCEPT"), old, new),
        items=(odd, *BOOK.items[1:]),
        organs=(organ, *BOOK.organs[1:]),
        ladders=(*BOOK.ladders, ladder),
        routing_rows=(
            *BOOK.routing_rows,
            RoutingRow("YL-06", "SPEC", "MZJ", "", date(2027, 1, 1), date(2027, 6, 30), "依据,带逗号"),
        ),
    )
    rulefiles.write(book, tmp_path / "book")
    assert rulefiles.read(tmp_path / "book", calendar=BOOK.calendar) == book


def test_a_calendar_of_its_own_is_read_from_the_folder(directory: Path) -> None:
    problems = rulefiles.check(directory)
    assert [problem.file for problem in problems] == ["calendar"]
    shutil.copytree(RULES / "calendar", directory / "calendar")
    assert rulefiles.read(directory) == BOOK


# ---- one thing wrong ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "key", "says"),
    [
        ("deadlines.toml", "amount = 3\n", "amuont = 3\n", "amuont", "不认识的键“amuont”"),
        ("deadlines.toml", 'basis = "地方样本', '# basis = "地方样本', "basis", "“R-TRANSFER”缺少依据"),
        ("deadlines.toml", 'basis = "地方样本（重庆长寿区2023、湖北蒋坊乡2021均为3个工作日）；法律仅要求“及时”（安全生产法69条）"', 'basis = "  "', "basis", "不能为空"),
        ("deadlines.toml", 'unit = "wd"', 'unit = "week"', "unit", "不认识的期限单位“week”"),
        ("deadlines.toml", "amount = 3\n", 'amount = "3"\n', "amount", "应写不带引号的非负整数"),
        ("deadlines.toml", "amount = 3\n", "amount = -3\n", "amount", "应写不带引号的非负整数"),
        ("deadlines.toml", 'source = "local"', 'source = "state"', "source", "只能是 law、local、default、order 之一"),
        ("deadlines.toml", 'departments = ["XFJ"]', 'departments = ["XXX"]', "departments", "部门“XXX”没有登记"),
        ("deadlines.toml", 'variant_of = "R-REVIEW"', 'variant_of = "R-NONE"', "variant_of", "期限规则“R-NONE”没有登记"),
        ("items.toml", 'department = "HBJ"', 'department = "XXX"', "department", "部门“XXX”没有登记"),
        ("items.toml", 'list = "SPEC"', 'list = "OTHER"', "list", "清单“OTHER”没有登记"),
        ("items.toml", 'themes = ["T01"]', 'themes = ["T99"]', "themes", "主题“T99”没有登记"),
        ("items.toml", 'code = "GS-02"', 'code = "GS-01"', "code", "事项代码“GS-01”已在第"),
        ("items.toml", "valid_to = 2026-08-14", 'valid_to = "2026-08-14"', "valid_to", "应写不带引号的日期"),
        ("items.toml", "exempt_candidate = false", 'exempt_candidate = "否"', "exempt_candidate", "应写 true 或 false"),
        ("items.toml", 'severity = "major"', 'severity = "grave"', "severity", "只能是 general、major、critical 之一"),
        ("organs.toml", 'uscc = "11339927MBXN00028T"', 'uscc = "11339927MBXN0001XT"', "uscc", "统一社会信用代码“11339927MBXN0001XT”已在第"),
        ("escalation.toml", 'papers = ["CUIBAN"]', 'papers = ["XXX"]', "papers", "文书“XXX”没有登记"),
        ("escalation.toml", "workdays = -1\n", "workdays = -3\n", "ladder", "相同的层级"),
        ("escalation.toml", "workdays = 7\n", 'workdays = "七"\n', "workdays", "应写不带引号的整数"),
        ("risk.toml", "days = 30\n", "", "rule", "缺少时间窗口"),
        ("refusal.toml", "threshold = 3", "threshold = 0", "rule", "须为1次以上"),
        ("documents.toml", "{prefix}移〔{year}〕{seq}号", "{prefix}移[{year}]{seq}号", "document", "六角括号"),
        ("measures.toml", "basis = ", "# basis = ", "basis", "缺少依据"),
        ("county.toml", 'government = "XZF"', 'government = "XXX"', "government", "县人民政府“XXX”没有在 organs.toml 中登记"),
        ("lists.toml", 'list = "TOWN"', 'list = "NONE"', "list", "清单“NONE”没有登记"),
        ("lists.toml", 'owner = "ZFJ"', 'owner = "XXX"', "owner", "部门“XXX”没有登记"),
        ("themes.toml", 'initiator = "YJJ"', 'initiator = "XXX"', "initiator", "部门“XXX”没有登记"),
        ("themes.toml", "[[theme]]", "[[topic]]", "topic", "不认识的表或键“topic”"),
    ],
)  # fmt: skip
def test_one_thing_wrong_is_told_with_its_line_and_remedy(
    directory: Path, name: str, old: str, new: str, key: str, says: str
) -> None:
    problems = broken(directory, name, old, new)
    told = [problem for problem in problems if says in problem.message]
    assert told, [str(problem) for problem in problems]
    assert told[0].file == name and told[0].key == key
    if key not in ("government",):
        lines = (directory / name).read_text(encoding="utf-8").splitlines()
        assert key in lines[told[0].line - 1] or lines[told[0].line - 1].startswith("[["), str(told[0])
    with pytest.raises(RuleBookError) as refused:
        rulefiles.read(directory, calendar=BOOK.calendar)
    assert says in refused.value.message


def test_the_line_is_that_of_the_key_itself(directory: Path) -> None:
    problems = broken(directory, "items.toml", 'department = "HBJ"', 'department = "XXX"')
    assert problems[0].line == line_of(directory, "items.toml", '"XXX"')
    assert str(problems[0]).startswith(f"items.toml 第{problems[0].line}行（department）：")


def test_a_gap_between_two_versions_of_a_law_is_named_by_its_days(directory: Path) -> None:
    problems = broken(directory, "items.toml", "valid_to = 2026-08-14", "valid_to = 2026-07-31")
    assert ["2026-08-01 至 2026-08-14 没有版本" in problem.message for problem in problems] == [True]
    assert (
        problems[0].file == "items.toml" and problems[0].line == line_of(directory, "items.toml", 'code = "GS-01"') - 1
    )


def test_an_overlap_between_two_versions_of_a_law_is_named(directory: Path) -> None:
    problems = broken(directory, "items.toml", "valid_to = 2026-08-14", "valid_to = 2026-08-20")
    assert ["重叠" in problem.message for problem in problems] == [True]


@pytest.mark.parametrize(
    ("begins", "says"),
    [
        ("2026-10-01", "重叠"),
        ("2026-10-02", "重叠"),
        ("2026-11-03", "2026-11-01 至 2026-11-02 没有版本"),
        ("2026-11-01", ""),
    ],
)
def test_two_versions_of_a_term_follow_each_other_without_gap_or_overlap(
    directory: Path, begins: str, says: str
) -> None:
    file = directory / "deadlines.toml"
    text = file.read_text(encoding="utf-8")
    first = text.index("[[rule]]")
    second = text.index("[[rule]]", first + 1)
    entry = text[first:second].rstrip()
    file.write_text(
        f"{text[:first]}{entry}\nvalid_to = 2026-10-31\n\n{entry.replace('amount = 3', 'amount = 5')}\nvalid_from = {begins}\n\n{text[second:]}",
        encoding="utf-8",
    )
    problems = rulefiles.check(directory, calendar=BOOK.calendar)
    assert [says in problem.message for problem in problems] == ([True] if says else [])


def test_a_rule_written_twice_without_dates_is_an_overlap(directory: Path) -> None:
    file = directory / "risk.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "\n" + text[text.index("[[rule]]") :], encoding="utf-8")
    assert all("重叠" in problem.message for problem in rulefiles.check(directory, calendar=BOOK.calendar))
    assert len(rulefiles.check(directory, calendar=BOOK.calendar)) == len(BOOK.risk_rules)


def test_a_line_that_is_no_toml_is_shown(directory: Path) -> None:
    problems = broken(directory, "themes.toml", 'name = "加油站“综合查一次”"', "name = 加油站")
    assert problems[0].line == line_of(directory, "themes.toml", "name = 加油站")
    assert "name = 加油站" in problems[0].message and "双引号" in problems[0].message


@pytest.mark.parametrize("name", ["county.toml", "deadlines.toml", "routing.csv", "refusal.toml"])
def test_a_missing_file_is_named(directory: Path, name: str) -> None:
    (directory / name).unlink()
    assert (name, "缺少这个规则文件") in [
        (p.file, p.message[:8]) for p in rulefiles.check(directory, calendar=BOOK.calendar)
    ]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert "文件夹不存在" in rulefiles.check(tmp_path / "nowhere")[0].message


def test_a_file_in_another_encoding_is_named(directory: Path) -> None:
    file = directory / "organs.toml"
    file.write_bytes(file.read_text(encoding="utf-8").encode("gb18030"))
    assert "UTF-8" in rulefiles.check(directory, calendar=BOOK.calendar)[0].message


def test_everything_wrong_is_told_at_once(directory: Path) -> None:
    broken(directory, "items.toml", 'department = "HBJ"', 'department = "XXX"')
    broken(directory, "deadlines.toml", "amount = 3\n", "amuont = 3\n")
    problems = broken(directory, "risk.toml", "days = 30\n", "")
    assert {problem.file for problem in problems} == {"items.toml", "deadlines.toml", "risk.toml"}


# ---- the routing table ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "key", "says"),
    [
        ("GS-99,SPEC,HBJ,,,,依据", "item_code", "事项“GS-99”没有登记"),
        ("GS-01,NONE,HBJ,,,,依据", "list", "清单“NONE”没有登记"),
        ("GS-01,SPEC,XXX,,,,依据", "department", "部门“XXX”没有登记"),
        ("CY-11,TOWN,XXX,XXX,,,依据", "town", "镇街“XXX”没有登记"),
        ("CY-11,TOWN,SLZ,,,,依据", "town", "须填镇街 town"),
        ("GS-01,SPEC,HBJ,SLZ,,,依据", "town", "不填镇街 town"),
        ("GS-01,SPEC,HBJ,,2026-9-1,,依据", "valid_from", "日期“2026-9-1”写法有误"),
        ("GS-01,SPEC,HBJ,,2026-09-02,2026-09-01,依据", "valid_to", "早于起日"),
        ("GS-01,SPEC,HBJ,,,,", "basis", "缺少依据"),
        ("GS-01,SPEC,HBJ,,,,依据", "item_code", "重复"),
        ("CY-11,TOWN,YBJ,SLZ,,,依据", "department", "归属不同部门"),
        ("GS-01,SPEC,HBJ", "", "应有7列，实有3列"),
    ],
)
def test_a_wrong_row_of_the_routing_table_is_told_with_its_line(directory: Path, row: str, key: str, says: str) -> None:
    file = directory / "routing.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}{row}\n", encoding="utf-8")
    told = [problem for problem in rulefiles.check(directory, calendar=BOOK.calendar) if says in problem.message]
    assert [(problem.file, problem.line, problem.key) for problem in told] == [
        ("routing.csv", text.count("\n") + 1, key)
    ]


def test_another_header_of_the_routing_table_is_refused(directory: Path) -> None:
    problems = broken(directory, "routing.csv", "item_code,list", "item,list")
    assert problems[0].line == 1 and "item_code,list,department" in problems[0].message


def test_a_county_in_which_nobody_supervises_is_told_so(directory: Path) -> None:
    problems = broken(directory, "organs.toml", 'roles = ["coordinate", "supervise"]', 'roles = ["coordinate"]')
    assert any("执法监督机关" in problem.message for problem in problems)
