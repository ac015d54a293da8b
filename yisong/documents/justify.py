"""Justify Chinese lines in WeasyPrint (汉字两端对齐).

WeasyPrint stretches spaces only, and a Chinese line has none: lines that hold digits or end before a punctuation mark would stay
ragged. Here the missing width is spread between all characters of the line, as office programs do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_WIDEST_STRETCH = 0.35  # of the type size, per character: beyond that a line stays ragged


def install() -> None:
    """Replace WeasyPrint's line justification in this process (weasyprint is pinned; tests hold the right edge)."""
    from weasyprint.layout import inline

    inline.justify_line = _justify_line


def _text_boxes(box: Any) -> Iterator[Any]:
    from weasyprint.formatting_structure import boxes

    if isinstance(box, boxes.TextBox):
        if box.text:
            yield box
    elif isinstance(box, boxes.LineBox | boxes.InlineBox):
        for child in box.children:
            if child.is_in_normal_flow():
                yield from _text_boxes(child)


def _justify_line(context: Any, line: Any, extra_width: float) -> None:
    characters = sum(len(box.text) for box in _text_boxes(line))
    if characters < 2:
        return
    step = extra_width / (characters - 1)
    if step > _WIDEST_STRETCH * line.style["font_size"]:
        return
    _stretch(context, line, step, 0.0, [characters])


def _stretch(context: Any, box: Any, step: float, advance: float, left: list[int]) -> float:
    """Widen every text box by `step` per character but the line's last; shift what follows. Returns the total shift."""
    from weasyprint.formatting_structure import boxes
    from weasyprint.text.line_break import create_layout

    if isinstance(box, boxes.TextBox):
        box.position_x += advance
        if box.text:
            left[0] -= len(box.text)
            spacing = box.style["letter_spacing"]
            box.style = box.style.copy()
            box.style["letter_spacing"] = (0 if spacing == "normal" else spacing) + step
            layout = create_layout(box.text, box.style, context, None, 0)
            layout.deactivate()
            box.pango_layout = layout
            gain = step * (len(box.text) if left[0] else len(box.text) - 1)
            box.width += gain
            advance += gain
    elif isinstance(box, boxes.LineBox | boxes.InlineBox):
        box.position_x += advance
        before = advance
        for child in box.children:
            if child.is_in_normal_flow():
                advance = _stretch(context, child, step, advance, left)
        box.width += advance - before
    else:
        box.translate(advance, 0)
    return advance
