"""What a wording may do with a fact (措辞过滤器): dates, sums, lists, check boxes. Pure functions on clean values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from yisong.documents.errors import DocumentError
from yisong.documents.facts import Absent, Record
from yisong.documents.letter import chinese_date

_DIGITS = "零一二三四五六七八九"
_FORMAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_CLOSING = "。；，、,;. \n"


class Numeral(str):
    """A number written out by a filter; the only text besides whole numbers that may build structure (序数)."""

    __slots__ = ()


def format_date(value: Any) -> str:
    """2026-01-05 → 2026年1月5日 (日期); of an instant, its own local date."""
    text = str(value)
    try:
        return chinese_date(date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text).date())
    except ValueError:
        raise DocumentError("bad-fact", f"“{text[:40]}”不是有效日期，应为 YYYY-MM-DD。") from None


def format_instant(value: Any) -> str:
    """2026-01-05T14:30:00+08:00 → 2026年1月5日14时30分 (时刻), in the offset it carries."""
    try:
        instant = datetime.fromisoformat(str(value))
    except ValueError:
        raise DocumentError("bad-fact", f"“{str(value)[:40]}”不是有效时刻。") from None
    return f"{chinese_date(instant.date())}{instant.hour}时{instant.minute:02d}分"


def _decimal(value: Any) -> Decimal:
    try:
        amount = Decimal(str(value).replace(",", ""))
    except InvalidOperation:
        raise DocumentError("bad-fact", f"“{str(value)[:40]}”不是有效金额。") from None
    if not amount.is_finite() or amount < 0 or amount >= Decimal(10) ** 12:
        raise DocumentError("bad-fact", f"金额“{str(value)[:40]}”超出可书写的范围。")
    return amount.quantize(Decimal("0.01"))


def format_amount(value: Any) -> str:
    """12345.6 → 12,345.60元 (金额)."""
    return f"{_decimal(value):,.2f}元"


def format_formal_amount(value: Any) -> str:
    """12345.6 → 壹万贰仟叁佰肆拾伍元陆角整 (大写金额)."""
    amount = _decimal(value)
    whole, cents = divmod(int(amount * 100), 100)
    words = _formal_whole(whole) + "元" if whole else ""
    jiao, fen = divmod(cents, 10)
    if not cents:
        return (words or "零元") + "整"
    if jiao:
        words += _FORMAL_DIGITS[jiao] + "角"
    elif words:
        words += "零"
    return words + (_FORMAL_DIGITS[fen] + "分" if fen else "整")


def _formal_whole(whole: int) -> str:
    groups: list[str] = []
    for unit in ("", "万", "亿"):
        whole, group = divmod(whole, 10_000)
        digits = ""
        for place, name in enumerate(("", "拾", "佰", "仟")):
            digit = group // 10**place % 10
            digits = (_FORMAL_DIGITS[digit] + name if digit else "零") + digits
        while "零零" in digits:
            digits = digits.replace("零零", "零")
        groups.insert(0, digits.rstrip("零") + unit if group else "零")
    text = "".join(groups)
    while "零零" in text:
        text = text.replace("零零", "零")
    return text.strip("零")


def format_ordinal(value: Any) -> Numeral:
    """1 → 一, 12 → 十二 (序号); 1 to 99."""
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 99:
        raise DocumentError("bad-fact", f"“{value}”不能写成中文序号，应为 1 至 99 的整数。")
    tens, ones = divmod(value, 10)
    return Numeral(
        ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十") + (_DIGITS[ones] if ones or not tens else "")
    )


def join_names(value: Any, field: str = "") -> str:
    """[甲, 乙] → 甲、乙 (顿号); of records, their `field`."""
    if isinstance(value, Absent):
        str(value)
    if isinstance(value, str) or not isinstance(value, Iterable):
        return str(value)
    return "、".join(
        str(item.get(field, Absent(name=f"{item.path}.{field}")) if isinstance(item, Record) else item)
        for item in value
    )


def close_sentence(value: Any) -> str:
    """End a text with exactly one 。 (句)."""
    text = strip_end(value)
    return text if text.endswith(("！", "？", "。”", "）。")) else text + "。"


def strip_end(value: Any) -> str:
    """Take closing punctuation off (去尾)."""
    return str(value).strip().rstrip(_CLOSING)


def mask_name(value: Any) -> str:
    """张三丰 → 张** (脱敏), for published sheets."""
    text = str(value)
    return text[:1] + "*" * max(len(text) - 1, 1)


def tick(value: Any) -> str:
    """■ or □ (勾选框)."""
    return "■" if value else "□"


def options(value: Any, *choices: str) -> str:
    """□合格　■不合格 (选项); `value` may be a list."""
    chosen = {str(item) for item in value} if isinstance(value, tuple | list) else {str(value)} if value else set()
    return "　".join(tick(choice in chosen) + choice for choice in choices)


def blank(count: int) -> str:
    """Full-width blanks to write in (空白), at most 40."""
    return "　" * min(int(count), 40)


FILTERS = {
    "日期": format_date, "时刻": format_instant, "金额": format_amount, "大写": format_formal_amount, "序号": format_ordinal,
    "顿号": join_names, "句": close_sentence, "去尾": strip_end, "脱敏": mask_name,
}  # fmt: skip
FUNCTIONS = {"勾": tick, "选项": options, "空白": blank}
BUILT_IN_FILTERS = (
    "default", "d", "first", "last", "length", "count", "join", "map", "select", "selectattr", "reject", "rejectattr", "list",
    "int", "sum", "unique", "sort", "trim", "replace", "batch", "string",
)  # fmt: skip
BUILT_IN_TESTS = (
    "defined", "undefined", "none", "equalto", "eq", "ne", "in", "gt", "ge", "lt", "le", "true", "false", "string", "number",
    "mapping", "sequence", "divisibleby", "odd", "even", "==", "!=", ">", ">=", "<", "<=",
)  # fmt: skip
