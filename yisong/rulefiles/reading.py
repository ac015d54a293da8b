"""From the files of `rules/` to entries (规则库读入): every entry remembers its file and its place there."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from yisong.domain.calendar_feeds import calendar_year_from_toml
from yisong.domain.entries import CheckItem, DeadlineRule, ItemList, ItemVersion, Measure, Theme
from yisong.domain.escalation import Ladder, Rung, Special, rung_key
from yisong.domain.materials import MaterialPoint
from yisong.domain.numbering import DocumentNumbering
from yisong.domain.organs import DatedName, Organ, dated_names
from yisong.domain.refusal import RefusalRule
from yisong.domain.risk import RiskRule
from yisong.domain.routing import RoutingRow, RoutingStep
from yisong.domain.rulebook import CountyNames
from yisong.domain.workdays import CalendarError, CalendarYear, WorkCalendar
from yisong.rulefiles import keys
from yisong.rulefiles.keys import Key, read_entry
from yisong.rulefiles.toml import Problem, TomlFile, read_toml

CSV_COLUMNS = ("item_code", "list", "department", "town", "valid_from", "valid_to", "basis")


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry and where it stands (条目及位置)."""

    entry: Any
    file: str
    line: int
    lines: Mapping[str, int] = field(default_factory=dict)

    def problem(self, key: str, message: str) -> Problem:
        """Something wrong with this entry (条目问题)."""
        return Problem(self.file, self.lines.get(key, self.line), key, message)


@dataclass
class Loaded:
    """Everything that was read, by kind (已读入的条目)."""

    county: CountyNames | None = None
    calendar: WorkCalendar | None = None
    refusal: RefusalRule | None = None
    entries: dict[str, list[Placed]] = field(default_factory=dict)

    def of(self, kind: str) -> list[Placed]:
        """The entries of a kind, in the order of the file (按类取)."""
        return self.entries.get(kind, [])

    def all(self, kind: str) -> tuple[Any, ...]:
        """The bare entries of a kind (只取条目)."""
        return tuple(placed.entry for placed in self.of(kind))


def load(directory: Path, problems: list[Problem], *, calendar: WorkCalendar | None = None) -> Loaded:
    """Read every file of a rule book (读入规则库); what is wrong goes to `problems`."""
    loaded = Loaded()
    county = read_toml(directory / "county.toml", problems)
    _only(county, ("county", "calendar"), problems)
    values = _single(county, "county", keys.COUNTY, problems)
    loaded.county = CountyNames(**values) if values else None
    rest = _single(county, "calendar", keys.CALENDAR, problems) if "calendar" in county.data else None
    loaded.calendar = calendar or read_calendar(
        directory / "calendar", problems, weekend_is_rest=bool((rest or {"weekend_is_rest": True})["weekend_is_rest"])
    )
    refusal = read_toml(directory / "refusal.toml", problems)
    _only(refusal, ("rule",), problems)
    values = _single(refusal, "rule", keys.REFUSAL, problems)
    loaded.refusal = _made(RefusalRule, values, refusal, (("rule", 0),), problems) if values else None
    plain: tuple[tuple[str, str, tuple[Key, ...], Callable[..., Any]], ...] = (
        ("themes.toml", "theme", keys.THEME, Theme),
        ("deadlines.toml", "rule", keys.DEADLINE, DeadlineRule),
        ("risk.toml", "rule", keys.RISK, RiskRule),
        ("measures.toml", "measure", keys.MEASURE, Measure),
        ("documents.toml", "document", keys.DOCUMENT, DocumentNumbering),
    )
    for name, table, spec, make in plain:
        file = read_toml(directory / name, problems)
        _only(file, (table,), problems)
        _tables(loaded, file, table, spec, make, problems)
    if (directory / "materials.toml").is_file():  # a county that keeps none goes by the system's own
        materials = read_toml(directory / "materials.toml", problems)
        _only(materials, ("material",), problems)
        _tables(loaded, materials, "material", keys.MATERIAL, MaterialPoint, problems)
    lists = read_toml(directory / "lists.toml", problems)
    _only(lists, ("list", "step"), problems)
    _tables(loaded, lists, "list", keys.LIST, ItemList, problems)
    _tables(loaded, lists, "step", keys.STEP, RoutingStep, problems)
    nested: tuple[tuple[str, str, tuple[Key, ...], Callable[..., Any]], ...] = (
        ("organs.toml", "organ", keys.ORGAN, _organ),
        ("items.toml", "item", keys.ITEM, CheckItem),
        ("escalation.toml", "ladder", keys.LADDER, Ladder),
    )
    for name, table, spec, make in nested:
        file = read_toml(directory / name, problems)
        _only(file, (table,), problems)
        _nested_tables(loaded, file, table, spec, make, problems)
    _routing(loaded, directory / "routing.csv", problems)
    return loaded


def _only(file: TomlFile, tables: tuple[str, ...], problems: list[Problem]) -> None:
    for name in file.data:
        if name not in tables:
            line = file.line(((name, 0),)) or file.line((), name)
            known = "、".join(tables)
            problems.append(
                Problem(file.name, line, name, f"不认识的表或键“{name}”，请删去或改正；本文件可用：{known}。")
            )


def _lines(file: TomlFile, path: keys.Path, table: Mapping[str, Any]) -> dict[str, int]:
    return {name: file.line(path, name) for name in table}


def _single(file: TomlFile, table: str, spec: tuple[Key, ...], problems: list[Problem]) -> dict[str, Any] | None:
    if table not in file.data:
        if file.data:
            problems.append(Problem(file.name, 0, table, f"缺少 [{table}] 一节，请补写。"))
        return None
    return read_entry(spec, file.data[table], file=file, path=((table, 0),), problems=problems)


def _made(
    make: Callable[..., Any], values: Mapping[str, Any], file: TomlFile, path: keys.Path, problems: list[Problem]
) -> Any | None:
    try:
        return make(**values)
    except ValueError as error:
        problems.append(Problem(file.name, file.line(path), path[-1][0], str(error)))
        return None


def _array(file: TomlFile, data: Mapping[str, Any], table: str, path: keys.Path, problems: list[Problem]) -> list[Any]:
    found = data.get(table, [])
    if not isinstance(found, list):
        problems.append(
            Problem(file.name, file.line((*path, (table, 0))), table, f"每个条目应以双方括号 [[{table}]] 开头。")
        )
        return []
    return found


def _tables(
    loaded: Loaded, file: TomlFile, table: str, spec: tuple[Key, ...], make: Callable[..., Any], problems: list[Problem]
) -> None:
    placed = loaded.entries.setdefault(f"{file.name}:{table}", [])
    for index, row in enumerate(_array(file, file.data, table, (), problems)):
        path = ((table, index),)
        values = read_entry(spec, row, file=file, path=path, problems=problems)
        entry = _made(make, values, file, path, problems) if values is not None else None
        if entry is not None:
            placed.append(Placed(entry, file.name, file.line(path), _lines(file, path, row)))


_NESTED: dict[str, tuple[str, tuple[Key, ...], str]] = {
    "organ": ("history", keys.ORGAN_HISTORY, "history"),
    "item": ("version", keys.ITEM_VERSION, "versions"),
    "ladder": ("rung", keys.RUNG, "rungs"),
}


def _nested_tables(
    loaded: Loaded, file: TomlFile, table: str, spec: tuple[Key, ...], make: Callable[..., Any], problems: list[Problem]
) -> None:
    inner, inner_spec, attribute = _NESTED[table]
    placed = loaded.entries.setdefault(f"{file.name}:{table}", [])
    makers: dict[str, Callable[..., Any]] = {"version": ItemVersion, "rung": _rung, "history": DatedName}
    for index, row in enumerate(_array(file, file.data, table, (), problems)):
        path: keys.Path = ((table, index),)
        before = len(problems)
        values = read_entry(spec, row, file=file, path=path, problems=problems, nested=(inner,))
        inners = []
        for inner_index, inner_row in enumerate(
            _array(file, row if isinstance(row, dict) else {}, inner, path, problems)
        ):
            inner_path = (*path, (inner, inner_index))
            inner_values = read_entry(inner_spec, inner_row, file=file, path=inner_path, problems=problems)
            if inner_values is not None:
                inners.append(_made(makers[inner], inner_values, file, inner_path, problems))
        if not inners and inner != "history" and len(problems) == before:
            what = "法律依据版本 [[item.version]]" if inner == "version" else "层级 [[ladder.rung]]"
            problems.append(Problem(file.name, file.line(path), inner, f"此条没有{what}，请补写。"))
        if values is None or len(problems) > before:
            continue
        entry = _made(make, {**values, attribute: tuple(inners)}, file, path, problems)
        if entry is not None:
            placed.append(Placed(entry, file.name, file.line(path), _lines(file, path, row)))


def _organ(
    *, prefix: str, history: tuple[DatedName, ...], valid_from: date | None, valid_to: date | None, **rest: Any
) -> Organ:
    return Organ(names=dated_names(rest["name"], prefix, history, valid_from=valid_from, valid_to=valid_to), **rest)


def _rung(
    *, critical_hazard: bool, quarter_count: int | None, level: int, offset_workdays: int | None, **rest: Any
) -> Rung:
    special = (Special("critical_hazard"),) if critical_hazard else ()
    if quarter_count is not None:
        special = (*special, Special("quarter_count", quarter_count))
    key = rung_key(level, offset_workdays)
    return Rung(key=key, level=level, offset_workdays=offset_workdays, special=special, **rest)


def _routing(loaded: Loaded, path: Path, problems: list[Problem]) -> None:
    placed = loaded.entries.setdefault("routing.csv:row", [])
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        problems.append(Problem(path.name, 0, "", "缺少这个规则文件，请从规则库备份中取回或重新生成。"))
        return
    except UnicodeDecodeError:
        problems.append(Problem(path.name, 0, "", "文件不是 UTF-8 编码，请另存为“CSV UTF-8”。"))
        return
    rows = csv.reader(io.StringIO(text))
    header = tuple(cell.strip() for cell in next(rows, ()))
    if header != CSV_COLUMNS:
        problems.append(Problem(path.name, 1, "", f"首行应为：{','.join(CSV_COLUMNS)}。"))
        return
    for cells in rows:
        line = rows.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(CSV_COLUMNS):
            problems.append(Problem(path.name, line, "", f"应有{len(CSV_COLUMNS)}列，实有{len(cells)}列，请核对逗号。"))
            continue
        item, list_code, department, town, first, last, basis = (cell.strip() for cell in cells)
        dates: list[date | None] = []
        for column, cell in (("valid_from", first), ("valid_to", last)):
            try:
                dates.append(date.fromisoformat(cell) if cell else None)
            except ValueError:
                problems.append(Problem(path.name, line, column, f"日期“{cell}”写法有误，请写作 2026-01-01。"))
        if not basis:
            problems.append(Problem(path.name, line, "basis", "缺少依据（basis），请写明清单名称和版本或其他文件。"))
        if len(dates) == 2:
            placed.append(
                Placed(RoutingRow(item, list_code, department, town, dates[0], dates[1], basis), path.name, line)
            )


def read_calendar(
    directory: Path, problems: list[Problem] | None = None, *, weekend_is_rest: bool = True
) -> WorkCalendar | None:
    """Read the yearly notices of a folder (读入年度日历).

    Raises:
        CalendarError: if something is wrong and no list of problems is given.
    """
    years: list[CalendarYear] = []
    for path in sorted(directory.glob("*.toml")):
        where = f"calendar/{path.name}"
        try:
            years.append(calendar_year_from_toml(tomllib.loads(path.read_text(encoding="utf-8-sig")), where=where))
        except (CalendarError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            if problems is None:
                raise
            problems.append(Problem(where, 0, "", str(error)))
    if not years:
        if problems is not None:
            problems.append(Problem("calendar", 0, "", "没有任何年度日历，请先导入国务院办公厅的放假通知。"))
        return None
    try:
        return WorkCalendar(years, weekend_is_rest=weekend_is_rest)
    except CalendarError as error:
        if problems is None:
            raise
        problems.append(Problem("calendar", 0, "", error.message))
        return None
