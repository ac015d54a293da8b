"""What a word-processor file of one layout has before anything is written in it (DOCX底稿): styles, settings, headers, footers.

Written out once per process and layout; python-docx opens it for every letter. It is lean: python-docx's own template brings themes,
numbering, pictures and 160 styles that no letter uses, and takes ten times as long.
Lengths in twips (1/20 pt) unless a name says otherwise. Sources of the measures: `measures.py`.
"""

from __future__ import annotations

import io
import zipfile
from functools import cache
from xml.sax.saxutils import escape

from yisong.documents.docx_styles import FONTS, HEAD, LINE, RED, W, fonts, size_of, styles
from yisong.documents.letter import Layout

R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{R}" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_SUBSTITUTES = {
    "仿宋_GB2312": "仿宋",
    "楷体_GB2312": "楷体",
    "黑体": "SimHei",
    "方正小标宋简体": "方正小标宋_GBK",
    "宋体": "SimSun",
}


def millimetres(length: float) -> int:
    """Millimetres to twips."""
    return round(length * 1440 / 25.4)


def _settings() -> str:
    return (
        f'{HEAD}<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/><w:bordersDoNotSurroundHeader/><w:bordersDoNotSurroundFooter/>'
        '<w:evenAndOddHeaders/><w:characterSpacingControl w:val="doNotCompress"/>'
        "<w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/><w:ulTrailSpace/>"
        "<w:doNotExpandShiftReturn/><w:adjustLineHeightInTable/><w:useFELayout/>"
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )


def _font_table() -> str:
    faces = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{_SUBSTITUTES[name]}"/><w:charset w:val="86"/><w:family w:val="auto"/>'
        '<w:pitch w:val="variable"/></w:font>'
        for name in FONTS.values()
    )
    return f'{HEAD}<w:fonts xmlns:w="{W}">{faces}</w:fonts>'


def field(instruction: str) -> str:
    """A field that the word processor fills: PAGE, NUMPAGES."""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _text(words: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(words)}</w:t></w:r>'


def _footer(shape: str, content: str) -> str:
    return f'{HEAD}<w:ftr xmlns:w="{W}"><w:p><w:pPr><w:pStyle w:val="Footer"/>{shape}</w:pPr>{content}</w:p></w:ftr>'


def _header(height: int) -> str:
    shape = f'<w:pStyle w:val="Header"/><w:spacing w:before="0" w:after="0" w:line="{height}" w:lineRule="exact"/>'
    return f'{HEAD}<w:hdr xmlns:w="{W}"><w:p><w:pPr>{shape}</w:pPr></w:p></w:hdr>'


def rule(position: str, kind: str, *, space: int = 1, size: int = 24) -> str:
    """A red rule at the top or bottom of a paragraph."""
    return f'<w:pBdr><w:{position} w:val="{kind}" w:sz="{size}" w:space="{space}" w:color="{RED}"/></w:pBdr>'


WIDE = f'<w:ind w:left="-{millimetres(8)}" w:right="-{millimetres(6)}"/>'  # 170 mm, centred on the page


def _parts() -> dict[str, str]:
    number = _text("— ") + field("PAGE") + _text(" —")
    after = millimetres(
        3.1
    )  # lifts the number to 7 mm below the type area; the footer itself stands 20 mm above the page's edge
    spacing = f'<w:spacing w:before="0" w:after="{after}" w:line="280" w:lineRule="exact"/>'
    return {
        "word/styles.xml": styles(),
        "word/settings.xml": _settings(),
        "word/fontTable.xml": _font_table(),
        "word/header_none.xml": _header(20),
        "word/header_drop.xml": _header(millimetres(22)),
        "word/footer_odd.xml": _footer(
            f'{spacing}<w:ind w:rightChars="100" w:right="280"/><w:jc w:val="right"/>', number
        ),
        "word/footer_even.xml": _footer(
            f'{spacing}<w:ind w:leftChars="100" w:left="280"/><w:jc w:val="left"/>', number
        ),
        "word/footer_rule.xml": _footer(
            rule("bottom", "thinThickSmallGap")
            + '<w:spacing w:before="0" w:after="0" w:line="60" w:lineRule="exact"/>'
            + WIDE,
            "",
        ),
        "word/footer_form.xml": _footer(
            '<w:jc w:val="center"/>',
            "".join(
                piece.replace("<w:r>", f"<w:r><w:rPr>{fonts('body')}{size_of(21)}</w:rPr>")
                for piece in (_text("第"), field("PAGE"), _text("页　共"), field("NUMPAGES"), _text("页"))
            ),
        ),
    }


_COMMON = (
    ("styles", "styles.xml", "rStyles"),
    ("settings", "settings.xml", "rSettings"),
    ("fontTable", "fontTable.xml", "rFonts"),
)
_NUMBERED = (("footer", "footer_odd.xml", "rOdd"), ("footer", "footer_even.xml", "rEven"))
_FORM = (("footer", "footer_form.xml", "rForm"),)
_RELATIONS = {
    "letter": (
        ("header", "header_none.xml", "rHeaderNone"),
        ("header", "header_drop.xml", "rHeaderDrop"),
        ("footer", "footer_rule.xml", "rRule"),
        *_NUMBERED,
    ),
    "gongwen": _NUMBERED,
    "form": _FORM,
    "internal": _FORM,
}
PICTURE_RELATION = "rVerify"


@cache
def base(layout: Layout) -> bytes:
    """An empty document of a layout, as python-docx opens it: not packed, because it never leaves this process."""
    relations = (*_COMMON, *_RELATIONS[layout])
    written = _parts()
    parts = {f"word/{target}": written[f"word/{target}"] for _, target, _ in relations}
    kinds = {f"word/{target}": f"{_KIND}.{kind}+xml" for kind, target, _ in relations}
    kinds["word/document.xml"] = f"{_KIND}.document.main+xml"
    kinds["docProps/core.xml"] = "application/vnd.openxmlformats-package.core-properties+xml"
    parts["word/document.xml"] = f"{HEAD}<w:document {NAMESPACES}><w:body>{section(layout)}</w:body></w:document>"
    parts["docProps/core.xml"] = (
        f'{HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>'
    )
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds.items())
    parts["[Content_Types].xml"] = (
        f'{HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>'
    )
    parts["_rels/.rels"] = (
        f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{R}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="r2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>'
    )
    rows = "".join(
        f'<Relationship Id="{identity}" Type="{R}/{kind}" Target="{target}"/>' for kind, target, identity in relations
    )
    parts["word/_rels/document.xml.rels"] = (
        f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


def section(layout: Layout) -> str:
    """The section properties of a layout."""

    def reference(kind: str, when: str, identity: str) -> str:
        return f'<w:{kind}Reference w:type="{when}" r:id="{identity}"/>'

    top, bottom, footer_distance = 37.0, 35.0, 20.0
    grid = f'<w:docGrid w:type="lines" w:linePitch="{LINE}"/>'
    title_page = ""
    if layout == "letter":
        top, title_page = 30.0, "<w:titlePg/>"
        grid = f'<w:docGrid w:linePitch="{LINE}"/>'  # 232 mm is no whole number of lines: a typed grid would shift the first one
        references = "".join(
            (
                reference("header", "first", "rHeaderNone"), reference("header", "default", "rHeaderDrop"),
                reference("header", "even", "rHeaderDrop"), reference("footer", "first", "rRule"),
                reference("footer", "default", "rOdd"), reference("footer", "even", "rEven"),
            )
        )  # fmt: skip
    elif layout == "gongwen":
        references = reference("footer", "default", "rOdd") + reference("footer", "even", "rEven")
    else:
        top, bottom, footer_distance = 27.0, 25.0, 14.0
        grid = '<w:docGrid w:linePitch="312"/>'
        references = reference("footer", "default", "rForm") + reference("footer", "even", "rForm")
    return (
        f'<w:sectPr>{references}<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="{millimetres(top)}" w:right="{millimetres(26)}" '
        f'w:bottom="{millimetres(bottom)}" w:left="{millimetres(28)}" w:header="{millimetres(15)}" '
        f'w:footer="{millimetres(footer_distance)}" w:gutter="0"/>{title_page}{grid}</w:sectPr>'
    )
