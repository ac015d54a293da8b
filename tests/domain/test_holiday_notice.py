"""The State Council's own sentences, read and refused (放假通知)."""

import tomllib
from datetime import date

import pytest

from tests.domain.calendars import ROOT, YEARS, calendar_year, year_file
from yisong.domain.holiday_notice import (
    NoticeError,
    amend,
    fitting_years,
    missing_festivals,
    parse_notice,
    parse_with,
)
from yisong.domain.workdays import CalendarYear

NOTICE_2025 = """国务院办公厅关于2025年
部分节假日安排的通知
国办发明电〔2024〕12号
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经党中央、国务院批准，根据2024年11月修订的《全国年节及纪念日放假办法》，自2025年1月1日起，全体公民放假的假日增加2天，\
国庆节自10月1日起放假调休7天，劳动节放假调休5天。
按照上述原则，现将2025年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
{items}
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作，遇有重大突发事件，要按规定及时报告并妥善处置。
国务院办公厅
2024年11月12日
"""


def whole_notice() -> str:
    return NOTICE_2025.format(items="\n".join(year_file(2025)["sentences"]))


def new_year(sentence: str, *, year: int = 2026) -> CalendarYear:
    return parse_notice(f"一、元旦：{sentence}", year=year)


@pytest.mark.parametrize("year", YEARS)
def test_the_sentences_of_every_year_say_what_the_rules_hold(year: int) -> None:
    held, file = calendar_year(year), year_file(year)
    read = parse_notice("\n".join(file["sentences"]), year=year)
    for amendment in file.get("amendments", ()):
        text = "\n".join([amendment["notice"], amendment["number"], *amendment["sentences"]])
        read = amend(read, text)
        assert amendment["number"] in read.source
    assert read.holidays == held.holidays
    assert read.makeup_workdays == held.makeup_workdays
    assert missing_festivals(held) == ()


@pytest.mark.parametrize(
    "text",
    [
        whole_notice(),
        whole_notice().replace("\n", ""),
        whole_notice().replace("\n", "\r\n\r\n　　"),
        whole_notice().translate(str.maketrans("（），：；", "(),:;")).replace("至", " — "),
    ],
    ids=["as printed", "on one line", "with blank lines", "with western punctuation"],
)
def test_a_whole_notice_needs_nothing_added(text: str) -> None:
    read = parse_notice(text)
    assert read.year == 2025
    assert (read.holidays, read.makeup_workdays) == (calendar_year(2025).holidays, calendar_year(2025).makeup_workdays)
    assert read.source == "国务院办公厅关于2025年部分节假日安排的通知（国办发明电〔2024〕12号，2024-11-12）"


@pytest.mark.parametrize(
    "text",
    [
        "元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。",
        "2026年元旦：1月1日周四至3日周六放假调休，共3天，1月4日周日上班",
        "（一）元旦：1月1日-3日放假3天。1月4日补班。",
        "1. 元旦：1月1日～1月3日放假，共3天；1月4日（星期日）上班",
        "——元旦：１月１日到３日放假公休，共３天。1月4日（星期天）照常上班",
        "一、元旦：1月1日、2日、3日放假，1月4日（星期日）公休日调至1月2日（星期五）。",
        "现将安排通知如下：一、元旦：1月1日至3日放假。1月4日（周日）上班，1月5日（周一）起正常上班。国务院办公厅2025年11月4日",
    ],
)
def test_other_wordings_say_the_same(text: str) -> None:
    read = parse_notice(text, year=2026)
    assert [(holiday.name, holiday.first, holiday.last) for holiday in read.holidays] == [
        ("元旦", date(2026, 1, 1), date(2026, 1, 3))
    ]
    assert read.makeup_workdays == (date(2026, 1, 4),)
    assert "文号未注明" in read.source


def test_days_of_the_neighbouring_year_are_understood() -> None:
    for text in ("12月31日至1月2日放假，共3天。", "2025年12月31日（周三）至2026年1月2日（周五）放假，共3天。"):
        assert new_year(text).holidays[0].first == date(2025, 12, 31)
    moved = "2007年12月30日—2008年1月1日放假，共3天。12月29日（星期六）公休日调至12月31日（星期一）。"
    assert new_year(moved, year=2008).makeup_workdays == (date(2007, 12, 29),)
    assert parse_notice("元旦：2025年12月31日至2026年1月2日放假，共3天。").year == 2026


def test_a_holiday_beside_the_weekend_counts_with_it() -> None:
    assert new_year("1月1日放假，与周末连休，共3天。", year=2027).holidays[0].last == date(2027, 1, 1)
    qingming = parse_notice("三、清明节：4月5日放假，4月6日（星期一）补休，共3天。", year=2026)
    assert [holiday.first for holiday in qingming.holidays] == [date(2026, 4, 5)]


def test_an_encouragement_arranges_nothing() -> None:
    read = parse_notice("二、春节：2月10日至17日放假调休，共8天。鼓励各单位安排职工在除夕（2月9日）休息。", year=2024)
    assert read.holidays[0].first == date(2024, 2, 10)


def test_a_local_festival_does_not_run_into_the_one_before() -> None:
    read = parse_notice("三、清明节：4月4日至6日放假，共3天。\n四、三月三：4月19日至20日放假，共2天。", year=2026)
    assert [holiday.name for holiday in read.holidays] == ["清明节", "三月三"]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("weekday_mismatch", "1月1日（周五）至3日（周六）放假调休，共3天"),
        ("weekday_mismatch", "1月1日星期五放假"),
        ("count_mismatch", "1月1日（周四）至3日（周六）放假调休，共4天"),
        ("count_mismatch", "1月1日放假3天"),
        ("count_mismatch", "1月2日放假，与周末连休，共2天"),
        ("makeup_not_weekend", "1月5日（周一）上班"),
        ("makeup_not_weekend", "1月1日至3日放假，1月5日（星期一）公休日调至1月2日（星期五）"),
        ("off_and_worked", "1月1日至3日放假，1月3日（周六）上班"),
        ("moved_outside", "1月1日放假，1月4日（星期日）公休日调至1月5日（星期一）"),
        ("rest_outside", "1月1日放假，1月2日为法定节假日"),
        ("resumed_on_weekend", "1月1日放假，1月3日（周六）起正常上班"),
        ("weekend_not_adjacent", "1月1日放假，与周末连休"),
        ("date_impossible", "2月30日放假"),
        ("date_impossible", "13月1日放假"),
        ("date_impossible", "3日放假"),
        ("span_reversed", "1月1日至5月1日放假"),
        ("span_reversed", "1月3日至1日放假"),
        ("sentence_unclear", "1月1日开联欢会"),
        ("sentence_unclear", "1月1日至3日"),
    ],
)
def test_a_faulty_sentence_is_refused_and_quoted(code: str, sentence: str) -> None:
    with pytest.raises(NoticeError) as refusal:
        new_year(sentence + "。")
    assert refusal.value.code == code
    assert f"原文：“{sentence}”" in refusal.value.message


@pytest.mark.parametrize(
    ("code", "text", "year"),
    [
        ("notice_empty", "", 2026),
        ("notice_empty", "各省、自治区：大家好。", 2026),
        ("notice_empty", "一、元旦：放假三天。", 2026),
        ("nothing_arranged", "一、元旦：1月4日（周日）照常公休。二、春节：2月15日至23日放假。", 2026),
        ("year_unknown", "一、元旦：1月1日放假。", None),
        ("year_mismatch", whole_notice(), 2026),
        ("holiday_unnamed", "1月1日至3日放假。", 2026),
        ("day_twice", "一、元旦：1月1日至3日放假。二、春节：1月3日至9日放假。", 2026),
        ("off_and_worked", "一、元旦：1月1日至4日放假。二、春节：2月15日至23日放假，1月4日（周日）上班。", 2026),
        ("amendment_alone", "延长2026年春节假期至2月25日（星期三），2月26日起正常上班。", 2026),
    ],
)
def test_a_notice_that_does_not_hold_together_is_refused(code: str, text: str, year: int | None) -> None:
    with pytest.raises(NoticeError) as refusal:
        parse_notice(text, year=year)
    assert refusal.value.code == code
    assert refusal.value.message.endswith(("。", "”"))


def test_what_a_notice_leaves_out_is_named() -> None:
    assert missing_festivals(new_year("1月1日至3日放假。")) == ("春节", "清明", "劳动", "端午", "中秋", "国庆")


# --- later notices --------------------------------------------------------------------------------------------------


def first_issue(year: int) -> CalendarYear:
    return parse_notice("\n".join(year_file(year)["sentences"]), year=year, source=f"{year}年通知")


def days_off(year: CalendarYear, name: str) -> list[tuple[date, date]]:
    return [(holiday.first, holiday.last) for holiday in year.holidays if name in holiday.name]


def test_the_labour_day_of_2019_was_changed() -> None:
    base = first_issue(2019)
    assert days_off(base, "劳动节") == [(date(2019, 5, 1), date(2019, 5, 1))]
    text = """国务院办公厅关于调整2019年劳动节假期安排的通知
    国办发明电〔2019〕3号
    经国务院批准，现将调整2019年劳动节放假安排通知如下。
    一、2019年5月1日至4日放假调休，共4天。4月28日（星期日）、5月5日（星期日）上班。
    二、各地区、各部门要抓紧做好本地区、本领域的劳动节假期调整落实工作，采取有效措施。
    三、劳动节期间，要妥善安排好值班和安全、保卫等工作。
    国务院办公厅
    2019年3月22日"""
    changed = amend(base, text)
    assert days_off(changed, "劳动节") == [(date(2019, 5, 1), date(2019, 5, 4))]
    assert set(changed.makeup_workdays) - set(base.makeup_workdays) == {date(2019, 4, 28), date(2019, 5, 5)}
    assert changed.source == (
        "2019年通知；国务院办公厅关于调整2019年劳动节假期安排的通知（国办发明电〔2019〕3号，2019-03-22）"
    )


def test_the_spring_festival_of_2020_was_prolonged_over_a_make_up_workday() -> None:
    base = first_issue(2020)
    assert date(2020, 2, 1) in base.makeup_workdays
    text = "一、延长2020年春节假期至2月2日（农历正月初九，星期日），2月3日（星期一）起正常上班。"
    changed = amend(base, text, source="国办发明电〔2020〕1号")
    assert days_off(changed, "春节") == [(date(2020, 1, 24), date(2020, 2, 2))]
    assert set(base.makeup_workdays) - set(changed.makeup_workdays) == {date(2020, 2, 1)}


def test_an_extra_day_is_named_after_its_occasion() -> None:
    text = """国务院关于中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日
    调休放假的通知
    国发明电〔2015〕1号
    为使全国人民广泛参与纪念活动，2015年9月3日全国放假1天。特作如下调休：9月3日至5日调休放假，共3天。\
其中9月3日（星期四）放假，9月4日（星期五）调休，9月6日（星期日）上班。
    调休放假期间，各地区、各部门要妥善安排好值班。
    国务院
    2015年5月13日"""
    changed = amend(first_issue(2015), text)
    assert days_off(changed, "胜利70周年纪念日") == [(date(2015, 9, 3), date(2015, 9, 5))]
    assert date(2015, 9, 6) in changed.makeup_workdays


@pytest.mark.parametrize(
    ("code", "text", "source"),
    [
        ("holiday_unnamed", "5月1日至4日放假。", "某通知"),
        ("source_missing", "一、劳动节：5月1日至4日放假。", ""),
        ("extension_unknown", "延长春节假期至1月30日。", "某通知"),
        ("extension_unknown", "延长2020年火把节假期至8月30日。", "某通知"),
        ("notice_empty", "劳动节安排另行通知。", "某通知"),
    ],
)
def test_a_change_that_is_not_clear_is_refused(code: str, text: str, source: str) -> None:
    with pytest.raises(NoticeError) as refusal:
        amend(first_issue(2020), text, source=source, name="火把节" if "火把节" in text else "")
    assert refusal.value.code == code


def test_the_rules_mark_what_could_not_be_confirmed() -> None:
    confidence = {year: year_file(year)["confidence"] for year in YEARS}
    assert {year for year, level in confidence.items() if level != "high"} == {2008, 2009}
    assert "〔来源待核〕" in calendar_year(2008).source
    assert sorted(path.stem for path in (ROOT / "rules" / "calendar").glob("*.toml")) == [str(year) for year in YEARS]
    assert all(tomllib.loads(path.read_text(encoding="utf-8"))["year"] for path in (ROOT / "rules").rglob("2*.toml"))


# --- which year, and what only changes one ----------------------------------------------------------------------------


@pytest.mark.parametrize("year", YEARS)
def test_sentences_without_a_year_are_known_by_their_days(year: int) -> None:
    known = {each: calendar_year(each) for each in YEARS}
    text = "\n".join(year_file(year)["sentences"]).replace(f"{year}年", "").replace(f"{year - 1}年", "")
    if year == 2008:
        text = text.replace("12月30日—1月1日", "12月30日至1月1日")
    found = fitting_years(text, years=range(2030, 2007, -1), known=known)
    first = (
        year_file(year).get("amendments")
        and parse_notice(text, year=year).makeup_workdays != known[year].makeup_workdays
    )
    assert year in found and (first or found[0] == year)


def test_sentences_of_a_year_to_come_are_not_taken_for_one_that_is_announced() -> None:
    known = {each: calendar_year(each) for each in YEARS}
    text = "二、春节：2月5日（周五）至11日（周四）放假调休，共7天。"
    assert fitting_years(text, years=range(2030, 2007, -1), known=known)[0] == 2027
    assert fitting_years("一、元旦：1月1日（周五）至4日（周六）放假。", years=range(2008, 2031), known=known) == ()


def test_a_change_is_read_upon_the_year_it_changes_and_twice_is_once() -> None:
    known = {2020: first_issue(2020)}
    text = "国务院办公厅关于延长2020年春节假期的通知\n国办发明电〔2020〕1号\n一、延长2020年春节假期至2月2日（农历正月初九，星期日），2月3日（星期一）起正常上班。\n二、因疫情防控不能休假的职工，应安排补休。"
    changed, amends = parse_with(known, text)
    assert amends and days_off(changed, "春节") == [(date(2020, 1, 24), date(2020, 2, 2))]
    assert parse_with({2020: changed}, text) == (changed, True)
    with pytest.raises(NoticeError) as refusal:
        parse_with({}, text)
    assert refusal.value.code == "amendment_alone"
    bare = "2020年劳动节：5月1日至5日放假。"
    assert parse_with(known, bare) == (parse_notice(bare), False)


def test_a_festival_made_good_on_another_day_is_a_day_off() -> None:
    read = parse_notice("六、国庆节、中秋节：10月1日至7日放假，10月8日（星期四）为中秋节补休。", year=2009)
    assert days_off(read, "中秋节") == [(date(2009, 10, 1), date(2009, 10, 8))]
