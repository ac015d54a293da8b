"""Write the blocks of a letter as paragraphs and tables of a word processor (块转OOXML)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from xml.sax.saxutils import escape

from yisong.documents.docx_fit import Setting, fitting
from yisong.documents.docx_parts import PICTURE_RELATION, millimetres
from yisong.documents.docx_styles import CELL_LINE, FORM_INDENT, FORM_LINE, INDENT, LINE, TRACKING, fonts
from yisong.documents.letter import (
    CUT_LABEL,
    GRID_COLUMNS,
    Block,
    Cell,
    Cut,
    Form,
    Layout,
    PageBreak,
    Paragraph,
    Row,
    Signature,
    Table,
)
from yisong.documents.measures import CHARACTER, CHARACTERS, FORM_CELL_SIZE, FORM_SIZE, TEXT_WIDTH_MM, signature_indents

TABLE_WIDTH = millimetres(TEXT_WIDTH_MM)
CELL_MARGIN = 80
LETTER_SIZE, FORM_TEXT_SIZE, CELL_SIZE = 320, FORM_SIZE * 20, FORM_CELL_SIZE * 20  # in twips
_EMU = 36_000  # per millimetre
_GAP = 120


@lru_cache(maxsize=8)
def _face(role: str) -> str:
    return fonts(role) if role != "body" else '<w:rFonts w:hint="eastAsia"/>'


def run(text: str, properties: str = "") -> str:
    """A stretch of text; the hint keeps quotes and dashes full width."""
    return f'<w:r><w:rPr>{properties or _face("body")}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(style: str, content: str, shape: str = "") -> str:
    """A paragraph; `shape` = further properties in schema order."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{shape}</w:pPr>{content}</w:p>'


def spacing(*, before: int = 0, after: int = 0, line: int = 0) -> str:
    """Extra space in twips around a paragraph."""
    height = f' w:line="{line}" w:lineRule="exact"' if line else ""
    return f'<w:spacing w:before="{before}" w:after="{after}"{height}/>'


def picture(width_mm: float, *, left_mm: float, top_mm: float, relative: str) -> str:
    """The verification code, anchored; `relative`: what `top_mm` counts from (paragraph | page)."""
    size = round(width_mm * _EMU)
    return (
        '<w:r><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="1" locked="0" '
        'layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        f'<wp:positionH relativeFrom="margin"><wp:posOffset>{round(left_mm * _EMU)}</wp:posOffset></wp:positionH>'
        f'<wp:positionV relativeFrom="{relative}"><wp:posOffset>{round(top_mm * _EMU)}</wp:posOffset></wp:positionV>'
        f'<wp:extent cx="{size}" cy="{size}"/><wp:wrapNone/><wp:docPr id="1" name="verify" descr="核验二维码"/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        '<pic:nvPicPr><pic:cNvPr id="1" name="verify.png"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{PICTURE_RELATION}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{size}" cy="{size}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>"
    )


def _tight(properties: str, text: str, setting: Setting) -> str:
    """Run properties with the tracking that keeps a paragraph's lines; as they are where none is needed."""
    tracking = fitting(text, setting)
    return (
        properties if tracking == setting.tracking else f'{properties or _face("body")}<w:spacing w:val="{tracking}"/>'
    )


def _cell(cell: Cell, width: int, *, merge: str = "", keep: bool = False) -> str:
    shape = ("<w:keepNext/>" if keep else "") + ('<w:jc w:val="center"/>' if cell.centred else "")
    properties = _face("hei") if cell.strong else ""
    room = Setting(CELL_SIZE, width - 2 * CELL_MARGIN)
    right = ("<w:keepNext/>" if keep else "") + '<w:jc w:val="right"/>'
    lines = "".join(
        paragraph(
            "Cell",
            run(line.text, _tight(properties, line.text, room)) if line.text else "",
            right if line.right else shape,
        )
        for line in cell.lines
    ) or paragraph("Cell", "", shape)
    span = f'<w:gridSpan w:val="{cell.span}"/>' if cell.span > 1 else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}<w:vAlign w:val="center"/></w:tcPr>{lines}</w:tc>'


def _table(widths: Iterable[int], rows: str) -> str:
    edge = 'w:val="single" w:sz="5" w:space="0" w:color="000000"'
    sides = "".join(f"<w:{side} {edge}/>" for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{TABLE_WIDTH}" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/><w:tblBorders>{sides}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="50" w:type="dxa"/><w:left w:w="{CELL_MARGIN}" w:type="dxa"/>'
        f'<w:bottom w:w="50" w:type="dxa"/><w:right w:w="{CELL_MARGIN}" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>'
    )


_APART = (
    '<w:p><w:pPr><w:pStyle w:val="Small"/><w:keepNext/><w:spacing w:before="0" w:after="0" w:line="1" w:lineRule="exact"/>'
    "<w:rPr><w:vanish/></w:rPr></w:pPr></w:p>"
)
"""Between two tables: side by side they would be taken for one, and the second one's header would not be repeated."""


def _row(cells: str, height: int = 1, *, header: bool = False) -> str:
    tall = f'<w:trHeight w:val="{height * CELL_LINE + 100}" w:hRule="atLeast"/>' if height > 1 else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{tall}{'<w:tblHeader/>' if header else ''}</w:trPr>{cells}</w:tr>"


def _columns(weights: tuple[int, ...]) -> list[int]:
    total = sum(weights)
    ends = [round(TABLE_WIDTH * sum(weights[: index + 1]) / total) for index in range(len(weights))]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def table_xml(table: Table, *, keep: bool) -> str:
    """A list with a repeating header."""
    widths = _columns(table.widths)
    header = _row(
        "".join(_cell(cell, width, keep=True) for cell, width in zip(table.header, widths, strict=True)), header=True
    )
    last = len(table.rows) - 1
    body = (
        _row("".join(_cell(c, w, keep=keep or index == last - 1) for c, w in zip(row.cells, widths, strict=True)))
        for index, row in enumerate(table.rows)
    )
    return _table(widths, header + "".join(body))


def form_xml(form: Form, *, keep: bool) -> str:
    """A form on the grid of 12 columns; cells that reach down become vertical merges."""
    grid = _columns((1,) * GRID_COLUMNS)
    reaching: dict[int, tuple[Cell, int]] = {}
    rows: list[str] = []
    last = len(form.rows) - 1
    for index, row in enumerate(form.rows):
        rows.append(_form_row(row, grid, reaching, keep=keep or row.is_bar or index == last - 1))
    return _table(grid, "".join(rows))


def _form_row(row: Row, grid: list[int], reaching: dict[int, tuple[Cell, int]], *, keep: bool) -> str:
    written: list[str] = []
    waiting = list(row.cells)
    column = 0
    while column < GRID_COLUMNS:
        if column in reaching:
            cell, left = reaching.pop(column)
            written.append(
                _cell(Cell((), cell.span), sum(grid[column : column + cell.span]), merge="<w:vMerge/>", keep=keep)
            )
            if left > 1:
                reaching[column] = (cell, left - 1)
        else:
            cell = waiting.pop(0)
            merge = '<w:vMerge w:val="restart"/>' if cell.rows > 1 else ""
            written.append(_cell(cell, sum(grid[column : column + cell.span]), merge=merge, keep=keep))
            if cell.rows > 1:
                reaching[column] = (cell, cell.rows - 1)
        column += cell.span
    return _row("".join(written), row.height)


def is_short(block: Block) -> bool:
    """A last paragraph of one line, such as 特此函告: it may not open a page alone with the signature."""
    return isinstance(block, Paragraph) and len(block.text) < CHARACTERS


def goes_whole(block: Block) -> bool:
    """A paragraph of two lines before a short last one goes to the next page with it, as a word processor would have it; a longer one parts."""
    return isinstance(block, Paragraph) and len(block.text) <= 2 * CHARACTERS - 2


class BlockWriter:
    """Blocks of one layout to XML (版式写出)."""

    def __init__(self, layout: Layout, *, code: bool) -> None:
        self.letter = layout in ("letter", "gongwen")
        self.code = code and self.letter

    def write(self, blocks: tuple[Block, ...], *, keep: bool = False, ends: bool = False) -> str:
        """XML of the blocks; `keep` = on one page, `ends` = the last paragraph stays with what follows."""
        written: list[str] = []
        for index, block in enumerate(blocks):
            before = _GAP if index and isinstance(blocks[index - 1], Form | Table) else 0
            after = _GAP if index + 1 < len(blocks) and isinstance(blocks[index + 1], Form | Table) else 0
            if isinstance(block, Table | Form) and index and isinstance(blocks[index - 1], Table | Form):
                written.append(_APART)
            match block:
                case Paragraph():
                    last = ends and index == len(blocks) - 1
                    short = ends and index == len(blocks) - 2 and is_short(blocks[-1]) and goes_whole(block)
                    written.append(self._paragraph(block, before, after, keep or last or short, whole=last))
                case Form():
                    written.append(form_xml(block, keep=keep))
                case Table():
                    written.append(table_xml(block, keep=keep))
                case Signature():
                    written.append(self._signature(block, after, keep))
                case Cut(title):
                    edge = '<w:pBdr><w:top w:val="dashed" w:sz="6" w:space="2" w:color="000000"/></w:pBdr>'
                    written.append(
                        paragraph("Cut", run(CUT_LABEL), edge) + paragraph("PartTitle", run(title, fonts("title")))
                    )
                case PageBreak():
                    written.append(paragraph("Small", '<w:r><w:br w:type="page"/></w:r>'))
        return "".join(written)

    def _paragraph(self, block: Paragraph, before: int, after: int, keep: bool, *, whole: bool) -> str:
        plain = "Normal" if self.letter else "FormText"
        style = plain if block.align != "indent" else ("LetterBody" if self.letter else "FormBody")
        if block.level and len(block.runs) == 1:
            style = f"{'' if self.letter else 'Form'}Heading{block.level}"
        shape = ("<w:keepNext/>" if keep else "") + ("<w:widowControl/>" if whole else "")
        if before or after:
            shape += spacing(before=before, after=after, line=LINE if self.letter else FORM_LINE)
        if block.align in ("centre", "right"):
            shape += f'<w:jc w:val="{"center" if block.align == "centre" else "right"}"/>'
        indent = (INDENT if self.letter else FORM_INDENT) if block.align == "indent" else 0
        size, tracking = (LETTER_SIZE, TRACKING) if self.letter else (FORM_TEXT_SIZE, 0)
        setting = Setting(size, TABLE_WIDTH, indent, tracking)
        runs = (run(part.text, _tight(_face(part.role), block.text, setting)) for part in block.runs)
        return paragraph(style, "".join(runs), shape)

    def _signature(self, block: Signature, after: int, keep: bool) -> str:
        unit = (CHARACTER if self.letter else FORM_SIZE) * 20
        name, day = (
            round(indent * unit) for indent in signature_indents(block.name, block.date_text, sealed=block.sealed)
        )
        line = LINE if self.letter else FORM_LINE
        gap = (2 * LINE if self.letter else 600) if block.sealed else (LINE if self.letter else 280)
        code = picture(20, left_mm=0, top_mm=-10, relative="paragraph") if self.code and block.sealed else ""
        size = "" if self.letter else _face("body") + '<w:spacing w:val="0"/><w:sz w:val="28"/><w:szCs w:val="28"/>'
        written = ""
        if block.name:
            hold = "<w:keepNext/>" if block.date_text or keep else ""
            shape = (
                hold
                + spacing(before=gap, after=0 if block.date_text else after, line=line)
                + f'<w:ind w:right="{name}"/>'
            )
            written = paragraph("Signature", run(block.name, size), shape)
            gap = 0
        if block.date_text:
            tail = max(after, 0 if self.letter or not block.sealed else 280)
            shape = (
                ("<w:keepNext/>" if keep else "")
                + spacing(before=gap, after=tail, line=line)
                + f'<w:ind w:right="{day}"/>'
            )
            written += paragraph("Signature", code + run(block.date_text, size), shape)
        return written
