"""How the due dates of a case were reckoned, as pages of its dossier (期限推算说明): a strip of days for each clock, and each day in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yisong.documents.pdf import print_markup
from yisong.documents.photo_pages import page_of, text_of

COUNTED, ROLLED, LEFT_OUT, START = "counted", "rolled", "out", "start"
"""What a day is in the strip: counted, the day to which the last one rolled, not counted, or day 0."""
_COLOURS = {COUNTED: "#dfeaf6", ROLLED: "#cfe8d6", LEFT_OUT: "#eeeeee", START: "#ffffff"}
_LEGEND = ((COUNTED, "计入"), (LEFT_OUT, "不计入"))


@dataclass(frozen=True, slots=True)
class WalkedDay:
    """One day of a walk (逐日): `number` its place in the count, 0 = none; `kind` as above."""

    words: str
    short: str
    number: int
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Walk:
    """One clock and its walk (一项期限): its name, what it is about, and lines told before the days."""

    name: str
    about: str
    told: tuple[tuple[str, str], ...]
    days: tuple[WalkedDay, ...]


def render_walks(walks: Sequence[Walk], *, case: str, created: date) -> bytes:
    """The pages, as PDF/A (期限推算说明). Same walks, same bytes."""
    legend = "".join(
        f'<span style="background:{_COLOURS[kind]};padding:0 6pt">{word}</span> ' for kind, word in _LEGEND
    )
    body = f'<p class="right">案件编号：{text_of(case)}</p><p>{legend}（格内上为日期，下为第几日）</p>' + "".join(
        map(_walk, walks)
    )
    return print_markup(page_of("期限推算说明", body, created))


def _walk(walk: Walk) -> str:
    about = f"（{walk.about}）" if walk.about else ""
    told = "".join(
        f'<tr><td class="s">{text_of(label)}</td><td>{text_of(value)}</td></tr>' for label, value in walk.told if value
    )
    cells = "".join(_cell(day) for day in walk.days if day.short)
    rows = "".join(
        f'<tr><td class="c">{text_of(day.words)}</td><td class="c">{day.number or "—"}</td><td>{text_of(day.why)}</td></tr>'
        for day in walk.days
    )
    two = '<col style="width:18%"/><col style="width:82%"/>'
    three = '<col style="width:24%"/><col style="width:10%"/><col style="width:66%"/>'
    return (
        f'<p style="font-family:YisongHei;margin-top:12pt;page-break-after:avoid">{text_of(walk.name + about)}</p>'
        f'<table style="page-break-inside:avoid;page-break-after:avoid"><colgroup>{two}</colgroup><tbody>{told}</tbody></table>'
        f'<div style="margin:6pt 0;page-break-inside:avoid;font-size:8pt;line-height:10pt">{cells}</div>'
        f"<table><colgroup>{three}</colgroup><thead><tr><th>日期</th><th>第几日</th><th>为什么</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _cell(day: WalkedDay) -> str:
    style = f"display:inline-block;width:28pt;text-align:center;border:0.4pt solid #999;margin:0 1.5pt 2pt 0;background:{_COLOURS[day.kind]}"
    return f'<span style="{style}">{text_of(day.short)}<br/>{day.number or "·"}</span>'
