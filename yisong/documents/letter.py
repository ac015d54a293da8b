"""The block model of an official paper (公文块模型): what it says and how it is built, before any font or page.

`yisong.documents.wording` makes it from a template and facts; `pdf` and `docx` print it. All values are frozen; text is clean
(no control or bidirectional format characters). Lengths inside forms count columns of a grid of 12.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

Layout = Literal["letter", "gongwen", "form", "internal"]
Role = Literal["body", "hei", "kai"]
Align = Literal["indent", "flush", "centre", "right"]

GRID_COLUMNS = 12


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one role's face (文字段): body 仿宋, hei 黑体, kai 楷体."""

    text: str
    role: Role = "body"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph (段落). `level` is 1 or 2 for 一、 and （一） headings, 0 otherwise; a run-in heading has several runs."""

    runs: tuple[Run, ...]
    align: Align = "indent"
    level: int = 0

    @property
    def text(self) -> str:
        """The paragraph's words without roles."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Line:
    """One line-broken piece of a cell (单元格内的一行)."""

    text: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A box of a form or a list (单元格). `rows` > 1 = it reaches over the next rows, which then have no cell there."""

    lines: tuple[Line, ...]
    span: int = 1
    rows: int = 1
    centred: bool = False
    strong: bool = False

    @property
    def text(self) -> str:
        """The words of the cell, lines joined."""
        return "".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a form (行); `height` = least number of text lines."""

    cells: tuple[Cell, ...]
    height: int = 1

    @property
    def is_bar(self) -> bool:
        """The heading of a part of the form, which never stands alone at the foot of a page."""
        return len(self.cells) == 1 and self.cells[0].strong


@dataclass(frozen=True, slots=True)
class Form:
    """A form on the grid of 12 columns (表格式文书)."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A list with a header that repeats on every page (清单). `widths` are relative."""

    header: tuple[Cell, ...]
    widths: tuple[int, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """发文机关署名 and 成文日期. `sealed`: the issuer's seal goes over it, so the date stands four characters from the right."""

    name: str
    date_text: str
    sealed: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """Dashed cut line and the title of the part to be sent back (回执联)."""

    title: str


@dataclass(frozen=True, slots=True)
class PageBreak:
    """Start a new page (另页)."""


Block = Paragraph | Form | Table | Signature | Cut | PageBreak


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment on its own page (附件): mark `附件1`, title lines, blocks."""

    mark: str
    title: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A whole paper (一份文书), ready to be printed in either format."""

    code: str
    name: str
    layout: Layout
    organ: str
    number: str
    urgency: str
    title: tuple[str, ...]
    addressee: str
    blocks: tuple[Block, ...]
    attachment_names: tuple[str, ...]
    note: str
    copies: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    issuer: str
    issued_on: date | None
    verify_url: str

    def texts(self) -> Iterator[str]:
        """Every printed piece of text in reading order, page numbers left out (全部文字)."""
        yield from (text for text in (self.organ, self.number, self.urgency) if text)
        yield from self.title
        if self.addressee:
            yield self.addressee + "："
        main, receipt = self.split()
        closing = self.closing(main)
        yield from _block_texts(main[: len(main) - len(closing)])
        for index, name in enumerate(self.attachment_names, start=1):
            yield attachment_label(index, len(self.attachment_names)) + name
        yield from _block_texts(closing)
        if self.note:
            yield f"（{self.note}）"
        yield from _block_texts(receipt)
        for attachment in self.attachments:
            yield attachment.mark
            yield from attachment.title
            yield from _block_texts(attachment.blocks)
        if self.copies:
            yield copies_line(self.copies)
        if self.layout == "gongwen" and self.issued_on:
            yield self.issuer
            yield printed_on(self.issued_on)

    def split(self) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
        """Main text and receipt part (正文与回执联)."""
        for index, block in enumerate(self.blocks):
            if isinstance(block, Cut):
                return self.blocks[:index], self.blocks[index:]
        return self.blocks, ()

    @staticmethod
    def closing(main: tuple[Block, ...]) -> tuple[Block, ...]:
        """The signature that closes the main text, if it is its last block (落款): the 附件说明 stands before it."""
        return main[-1:] if main and isinstance(main[-1], Signature) else ()

    @property
    def plain_text(self) -> str:
        """The printed words, one piece per line."""
        return "\n".join(self.texts())


def attachment_label(index: int, total: int) -> str:
    """`附件：1.` before the first name of several, `2.` before the next, `附件：` before a single one."""
    if total == 1:
        return "附件："
    return f"附件：{index}." if index == 1 else f"{index}."


def chinese_date(day: date) -> str:
    """2026年1月5日: no leading zeros (GB/T 9704-2012, 7.3.5)."""
    return f"{day.year}年{day.month}月{day.day}日"


def printed_on(day: date) -> str:
    """印发日期."""
    return chinese_date(day) + "印发"


def copies_line(copies: tuple[str, ...]) -> str:
    """抄送：甲，乙。 (GB/T 9704-2012, 7.4.2)."""
    return f"抄送：{'，'.join(copies)}。"


def _block_texts(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Paragraph():
                yield block.text
            case Form(rows):
                yield from (cell.text for row in rows for cell in row.cells if cell.text)
            case Table(header, _, rows):
                yield from (cell.text for cell in header)
                yield from (cell.text for row in rows for cell in row.cells if cell.text)
            case Signature(name, date_text):
                yield from (text for text in (name, date_text) if text)
            case Cut(title):
                yield CUT_LABEL
                yield title
            case PageBreak():
                continue


CUT_LABEL = "（沿此线裁开）"
