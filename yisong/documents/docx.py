"""Write a letter for word processors (公文转DOCX): real styles, exact line pitch, fields for page numbers, paragraphs throughout.

python-docx opens a lean base of the letter's layout (`docx_parts`), takes the body in as its own elements, and saves it.
Same letter and date: same bytes.
The names of faces are those of the national standard; an office has them, and the font table names substitutes.
"""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date, datetime

from yisong.documents.docx_blocks import BlockWriter, paragraph, picture, run, spacing
from yisong.documents.docx_parts import NAMESPACES, PICTURE_RELATION, WIDE, base, millimetres, rule
from yisong.documents.docx_styles import FORM_LINE, LINE, RED, fonts
from yisong.documents.fonts import refuse_missing_glyphs
from yisong.documents.letter import Form, Letter, Table, attachment_label, copies_line, printed_on
from yisong.documents.measures import CHARACTER, IMPRINT_PITCH, IMPRINT_SIZE, imprint_lines, mark_size
from yisong.documents.qr import qr_png

_FIRST_DAY = b"\x00\x00\x21\x00"  # 1 January 1980, midnight, as an archive writes it
_LONGEST_PROPERTY = 255  # python-docx refuses longer ones


def render_docx(letter: Letter, *, created: date) -> bytes:
    """A letter as DOCX; `created` goes into its properties. Raises `DocumentError` `missing-glyph` as the PDF does."""
    from docx import Document
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import parse_xml

    refuse_missing_glyphs(letter.plain_text)
    document = Document(io.BytesIO(base(letter.layout)))
    document.element.body[:0] = list(parse_xml(body_xml(letter)))  # before the section's own properties
    if letter.verify_url:
        image = document.part.package.get_or_add_image_part(io.BytesIO(qr_png(letter.verify_url)))
        document.part.load_rel(RELATIONSHIP_TYPE.IMAGE, image, PICTURE_RELATION)
    properties = document.core_properties
    properties.title = "".join(letter.title)[:_LONGEST_PROPERTY]
    properties.author = letter.issuer[:_LONGEST_PROPERTY]
    properties.identifier = letter.verify_url[:_LONGEST_PROPERTY]
    properties.created = properties.modified = datetime(created.year, created.month, created.day)  # noqa: DTZ001 python-docx counts in UTC
    out = io.BytesIO()
    document.save(out)
    return _timeless(out.getbuffer())


def _timeless(archive: memoryview) -> bytes:
    """The archive with the same first day on every entry, where python-docx leaves the minute of saving."""
    data = bytearray(archive)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        place = opened.start_dir
        for entry in opened.infolist():
            data[entry.header_offset + 10 : entry.header_offset + 14] = _FIRST_DAY
            data[place + 12 : place + 16] = _FIRST_DAY
            name, extra, comment = struct.unpack_from("<3H", data, place + 28)
            place += 46 + name + extra + comment
    return bytes(data)


def body_xml(letter: Letter) -> str:
    """Everything that the letter says, as one body for python-docx to read."""
    writer = BlockWriter(letter.layout, code=bool(letter.verify_url))
    main, receipt = letter.split()
    closing = letter.closing(main)
    follows = bool(letter.attachment_names or closing)
    imprint_follows = bool(letter.copies or letter.layout == "gongwen") and not receipt and not letter.attachments
    body = [
        _head(letter),
        writer.write(main[: len(main) - len(closing)], ends=follows),
        _names(letter, writer.letter),
        writer.write(closing, keep=bool(letter.note) or imprint_follows),
    ]
    if letter.note:
        hold = "<w:keepNext/>" if imprint_follows else ""
        body.append(paragraph("Note" if writer.letter else "FormBody", run(f"（{letter.note}）"), hold))
    if receipt:
        body.append(writer.write(receipt, keep=True))
    for attachment in letter.attachments:
        body.append(paragraph("AttachmentMark", run(attachment.mark, fonts("hei"))))
        body.append(_title(attachment.title, writer.letter, before=LINE if writer.letter else 160, after=160))
        body.append(writer.write(attachment.blocks))
    body.append(_imprint(letter))
    if body[-1] or ((letter.attachments or receipt or letter.blocks) and _ends_with_table("".join(body))):
        body.append(paragraph("Small", ""))
    return f"<w:body {NAMESPACES}>{''.join(body)}</w:body>"


def _ends_with_table(xml: str) -> bool:
    return xml.endswith("</w:tbl>")


def _starts_with_table(letter: Letter) -> bool:
    return bool(letter.blocks) and isinstance(letter.blocks[0], Form | Table)


def _blank(count: int = 1) -> str:
    return paragraph("Normal", "") * count


def _spacer(line: int) -> str:
    return paragraph("Small", "", spacing(line=line))


def _mark(letter: Letter, shape: str) -> str:
    half_points = round(mark_size(letter.organ) * 2)
    size = f'{fonts("title")}<w:color w:val="{RED}"/><w:spacing w:val="0"/><w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'
    return paragraph("Mark", run(letter.organ, size), shape)


def _title(lines: tuple[str, ...], letter: bool, *, before: int = 0, after: int = LINE) -> str:
    style, line = ("Title", LINE) if letter else ("FormTitle", 680)
    last = len(lines) - 1
    return "".join(
        paragraph(
            style,
            run(text, fonts("title")),
            spacing(
                before=0 if index else before, after=(LINE if letter else after) if index == last else 0, line=line
            ),
        )
        for index, text in enumerate(lines)
    )


def _head(letter: Letter) -> str:
    if letter.layout in ("form", "internal"):
        return _form_head(letter)
    if letter.layout == "gongwen":
        urgency = paragraph("Normal", run(letter.urgency, fonts("hei"))) if letter.urgency else ""
        head = (
            urgency
            + _spacer(millimetres(35) - (LINE if urgency else 0))
            + _mark(letter, spacing(line=960))
            + _blank(2)
            + paragraph("Number", run(letter.number), rule("bottom", "single", space=11, size=10))
            + _blank(2)
        )
    else:
        tab = f'<w:tabs><w:tab w:val="right" w:pos="{millimetres(156)}"/></w:tabs>'
        number = run(letter.urgency, fonts("hei")) + "<w:r><w:tab/></w:r>" if letter.urgency else ""
        shape = (
            tab + spacing(before=140, after=138, line=LINE) + f'<w:jc w:val="{"left" if letter.urgency else "right"}"/>'
        )
        head = (
            _mark(letter, rule("bottom", "thickThinSmallGap", space=11) + spacing(line=960) + WIDE)
            + paragraph("Number", number + run(letter.number), shape)
            + _blank(2)
        )
    addressee = paragraph("Addressee", run(letter.addressee + "：")) if letter.addressee else ""
    return head + _title(letter.title, letter=True) + addressee


def _form_head(letter: Letter) -> str:
    code = picture(18, left_mm=0, top_mm=21, relative="page") if letter.verify_url else ""
    head = paragraph("FormText", run(letter.urgency, fonts("hei"))) if letter.urgency else ""
    if letter.organ:
        head += paragraph("FormOrgan", code + run(letter.organ, fonts("title")))
        code = ""
    title = _title(letter.title, letter=False, after=0 if letter.number else 160)
    head += title.replace("</w:pPr>", "</w:pPr>" + code, 1) if code else title
    if letter.number:
        head += paragraph("FormNumber", run(letter.number), spacing(before=80, after=160, line=480))
    gap = "<w:keepNext/>" + spacing(after=120 if _starts_with_table(letter) else 0, line=FORM_LINE)
    return head + (paragraph("FormText", run(letter.addressee + "："), gap) if letter.addressee else "")


def _names(letter: Letter, spacious: bool) -> str:
    unit = round((CHARACTER if spacious else IMPRINT_SIZE) * 20)
    total = len(letter.attachment_names)
    written: list[str] = []
    for index, name in enumerate(letter.attachment_names, start=1):
        left = 5 if total == 1 else 6
        hanging = 3 if total == 1 else (4 if index == 1 else 1)
        label = attachment_label(index, total)
        stop = f'<w:tabs><w:tab w:val="left" w:pos="{left * unit}"/></w:tabs>'
        content = (
            run(label) + ("<w:r><w:tab/></w:r>" if total > 9 else "") + run(name)
        )  # "1." is as wide as a character
        before = (LINE if spacious else 240) if index == 1 else 0
        shape = "<w:keepNext/>" + stop + spacing(before=before, line=LINE if spacious else 500)
        written.append(
            paragraph("Names", content, shape + f'<w:ind w:left="{left * unit}" w:hanging="{hanging * unit}"/>')
        )
    return "".join(written)


def _imprint(letter: Letter) -> str:
    rows: list[tuple[str, float, str]] = []
    red = letter.layout == "gongwen"
    if letter.copies:
        line = copies_line(letter.copies)
        rows.append(("　" + line, imprint_lines(line) * IMPRINT_PITCH, "first" if red else ""))
    if red and letter.issued_on:
        day = printed_on(letter.issued_on)
        rows.append((f"　{letter.issuer}\t{day}　", IMPRINT_PITCH, "last" if rows else "only"))
    if not rows:
        return ""
    room = paragraph(
        "Small", "", "<w:keepNext/>" + spacing(line=round(sum(height for _, height, _ in rows) * 20) + 120)
    )
    edge = 262.0 if letter.layout in ("letter", "gongwen") else 272.0
    top = edge * 72 / 25.4 - sum(height for _, height, _ in rows)
    written = [room]
    for text, height, place in rows:
        frame = (
            f'<w:framePr w:w="{millimetres(156)}" w:h="{round(height * 20)}" w:hRule="exact" w:wrap="around" w:vAnchor="page" '
            f'w:hAnchor="page" w:x="{millimetres(28)}" w:y="{round(top * 20)}"/>'
        )
        before, tab, after = text.partition("\t")
        content = run(before) + ("<w:r><w:tab/></w:r>" + run(after) if tab else "")
        stop = f'<w:tabs><w:tab w:val="right" w:pos="{millimetres(156)}"/></w:tabs>'
        written.append(paragraph("Imprint", content, frame + _edges(place) + stop + '<w:jc w:val="left"/>'))
        top += height
    return "".join(written)


def _edges(place: str) -> str:
    strong, fine = 'w:sz="8"', 'w:sz="6"'  # 0.35 mm and 0.25 mm
    sides = {"only": (strong, strong), "first": (strong, ""), "last": (fine, strong)}.get(place, ("", ""))
    written = "".join(
        f'<w:{side} w:val="single" {size} w:space="0" w:color="000000"/>'
        for side, size in zip(("top", "bottom"), sides, strict=True)
        if size
    )
    return f"<w:pBdr>{written}</w:pBdr>" if written else ""
