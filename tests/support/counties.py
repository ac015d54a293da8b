"""The counties that the tests read (测试用县文件): the demonstration county, and another that shares nothing with it."""

from pathlib import Path

from yisong import countyfile, rulefiles

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples" / "yunxi.yaml"
OTHER = ROOT / "tests" / "data" / "other_county.yaml"
CALENDAR = rulefiles.read_calendar(ROOT / "rules" / "calendar")
COUNTY = countyfile.read(SAMPLE, calendar=CALENDAR)
BOOK = COUNTY.book
