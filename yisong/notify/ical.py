"""Write an iCalendar text (日历订阅): RFC 5545, with its line ends, its folding and its escapes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_LONGEST = 75  # octets of a line, without its end


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a feed (日程): a whole day, or an instant (aware). `serial` grows whenever the event has changed."""

    uid: str
    when: date | datetime
    summary: str
    description: str
    url: str = ""
    serial: int = 0
    tentative: bool = False


def calendar_text(
    name: str, *, entries: Iterable[Entry], stamp: datetime, product: str = "-//yisong//deadlines//ZH"
) -> str:
    """The whole feed (日历文本). `stamp`: when it was made (aware). Events take up no time, so that nobody looks busy for a deadline."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{product}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
        "X-WR-TIMEZONE:Asia/Shanghai",
    ]
    for entry in entries:
        lines += ["BEGIN:VEVENT", f"UID:{entry.uid}", f"DTSTAMP:{_instant(stamp)}", f"SEQUENCE:{entry.serial}"]
        if isinstance(entry.when, datetime):
            lines += [f"DTSTART:{_instant(entry.when)}", f"DTEND:{_instant(entry.when)}"]
        else:
            after = entry.when + timedelta(days=1)
            lines += [f"DTSTART;VALUE=DATE:{entry.when:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}"]
        lines += [
            f"SUMMARY:{_escaped(entry.summary)}",
            f"DESCRIPTION:{_escaped(entry.description)}",
            "TRANSP:TRANSPARENT",
        ]
        lines += [f"STATUS:{'TENTATIVE' if entry.tentative else 'CONFIRMED'}"]
        lines += [f"URL:{entry.url}"] if entry.url else []
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _instant(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("an instant of a feed must carry a time zone")
    return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    return (
        text.replace("\\", "\\\\")
        .replace(";", "\\;")
        .replace(",", "\\,")
        .replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\n", "\\n")
    )


def _folded(line: str) -> str:
    """A line cut so that no part is longer than 75 octets, and no character is cut in two."""
    parts, part, size = [], "", 0
    for character in line:
        width = len(character.encode())
        if size + width > _LONGEST:
            parts.append(part)
            part, size = "", 1  # the blank that the next part begins with
        part += character
        size += width
    return "\r\n ".join([*parts, part])
