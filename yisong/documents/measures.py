"""The measures of a page (版式尺寸), shared by both renderers so that PDF and DOCX cannot drift apart.

Source: GB/T 9704-2012 as quoted in domain.md 3 (5.1-5.2 page and type area, 7 elements, 10.1 letter form; confidence 高).
Sizes in points unless a name says millimetres. 三号 = 16 pt, 二号 = 22 pt, 四号 = 14 pt, 小四 = 12 pt.
"""

from __future__ import annotations

import math
import unicodedata

PAGE_WIDTH_MM, PAGE_HEIGHT_MM = 210, 297
TOP_MM, LEFT_MM, RIGHT_MM, BOTTOM_MM = 37, 28, 26, 35
TEXT_WIDTH_MM, TEXT_HEIGHT_MM = 156, 225
LINES, CHARACTERS = 22, 28
LINE_PITCH = 28.99  # 225 mm / 22
CHARACTER = 15.78  # advance of one character at 三号 with the tracking below
TRACKING = -0.22  # the exact quotient (-0.206) would leave 27 characters on a line
TEXT_WIDTH = TEXT_WIDTH_MM * 72 / 25.4
SEAL_MM = 42
SEAL_RIGHT_CHARACTERS = 4
LETTER_TOP_MM = 30  # 10.1: upper edge of the mark below the page's edge
MARK_LARGEST = 48
TITLE_SIZE = 22
TITLE_CHARACTERS = 20  # of 二号 on one line of the type area
FORM_TITLE_CHARACTERS = 15  # beside the verification code
FORM_SIZE, FORM_PITCH, FORM_CELL_SIZE, FORM_CELL_PITCH = 14, 25.0, 12, 18.0
CELL_PADDING = 4

IMPRINT_SIZE, IMPRINT_PITCH = 14, 24.0


def text_width(text: str) -> float:
    """Width in full-width characters: half for narrow characters (字数)."""
    return sum(1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.5 for character in text)


def mark_size(organ: str) -> float:
    """Size of the 发文机关标志 in points: as large as fits the type area, at most 48."""
    return round(min(MARK_LARGEST, (TEXT_WIDTH - 2) / max(text_width(organ), 1)), 1)


def signature_indents(name: str, date_text: str, *, sealed: bool) -> tuple[float, float]:
    """Right indents of name and date in characters (署名与成文日期右空).

    With a seal (7.3.5.1) the date stands four characters from the right and the name is centred over it; without one (7.3.5.2) the
    longer line stands two characters from the right and the date starts two characters right of the name.
    """
    name_width, date_width = text_width(name), text_width(date_text)
    if sealed:
        indent = SEAL_RIGHT_CHARACTERS + (date_width - name_width) / 2
        if indent >= 0:
            return indent, float(SEAL_RIGHT_CHARACTERS)
        return 0.0, max((name_width - date_width) / 2, float(SEAL_RIGHT_CHARACTERS))
    if not date_text or not name:
        return 2.0, 2.0
    if date_width + 2 >= name_width:
        return 2.0 + date_width + 2 - name_width, 2.0
    return 2.0, 2.0 + name_width - 2 - date_width


def imprint_lines(copies: str) -> int:
    """Lines that 抄送 takes in the 版记, one character free on both sides, hanging under the first name."""
    first = TEXT_WIDTH / IMPRINT_SIZE - 2
    if text_width(copies) <= first:
        return 1
    return 1 + math.ceil((text_width(copies) - first + 1) / (first - 3.5))
