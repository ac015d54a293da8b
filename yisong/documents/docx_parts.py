"""The parts of a word-processor file that are the same for every letter (DOCX底稿): styles, settings, headers, footers, relations.

Written out once per process; a letter adds `word/document.xml` and, where it has one, the picture of its verification code.
Lengths in twips (1/20 pt) unless a name says otherwise. Sources of the measures: `measures.py`.
"""

from __future__ import annotations

from functools import cache
from xml.sax.saxutils import escape, quoteattr

from yisong.documents.letter import Layout

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
FONTS = {"body": "仿宋_GB2312", "kai": "楷体_GB2312", "hei": "黑体", "title": "方正小标宋简体", "song": "宋体"}
_SUBSTITUTES = {
    "仿宋_GB2312": "仿宋",
    "楷体_GB2312": "楷体",
    "黑体": "SimHei",
    "方正小标宋简体": "方正小标宋_GBK",
    "宋体": "SimSun",
}
LINE, FORM_LINE, CELL_LINE = 579, 500, 360  # 580 x 22 lines would exceed 225 mm
INDENT, FORM_INDENT = 630, 560
RED = "E60012"


def millimetres(length: float) -> int:
    """Millimetres to twips."""
    return round(length * 1440 / 25.4)


def fonts(role: str) -> str:
    """Face attributes for all scripts, so that digits and quotes stay in the role's face."""
    name = FONTS[role]
    return f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}" w:hint="eastAsia"/>'


def _style(
    identity: str,
    name: str,
    paragraph: str = "",
    run: str = "",
    *,
    based: str = "Normal",
    following: str = "",
    kind: str = "paragraph",
) -> str:
    default = ' w:default="1"' if identity == "Normal" else ""
    base = f'<w:basedOn w:val="{based}"/>' if identity != based and kind == "paragraph" else ""
    after = f'<w:next w:val="{following}"/>' if following else ""
    shape = f"<w:pPr>{paragraph}</w:pPr>" if paragraph else ""
    face = f"<w:rPr>{run}</w:rPr>" if run else ""
    return (
        f'<w:style w:type="{kind}"{default} w:styleId="{identity}"><w:name w:val={quoteattr(name)}/>{base}{after}<w:qFormat/>'
        f"{shape}{face}</w:style>"
    )


def _spacing(line: int, *, before: int = 0, after: int = 0) -> str:
    return f'<w:snapToGrid w:val="0"/><w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="exact"/>'


def _size(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def _styles() -> str:
    plain = (
        '<w:widowControl w:val="0"/><w:overflowPunct w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
    )
    tight = '<w:spacing w:val="-5"/>'
    centre, right, both = '<w:jc w:val="center"/>', '<w:jc w:val="right"/>', '<w:jc w:val="both"/>'
    first = f'<w:ind w:firstLine="{INDENT}" w:firstLineChars="200"/>'
    form_first = f'<w:ind w:firstLine="{FORM_INDENT}" w:firstLineChars="200"/>'
    heading = [
        _style(
            "Heading1",
            "heading 1",
            '<w:keepNext/><w:outlineLvl w:val="0"/>',
            fonts("hei"),
            based="LetterBody",
            following="LetterBody",
        ),
        _style(
            "Heading2",
            "heading 2",
            '<w:keepNext/><w:outlineLvl w:val="1"/>',
            fonts("kai"),
            based="LetterBody",
            following="LetterBody",
        ),
        _style(
            "FormHeading1",
            "表格一级标题",
            '<w:keepNext/><w:outlineLvl w:val="0"/>',
            fonts("hei"),
            based="FormBody",
            following="FormBody",
        ),
        _style(
            "FormHeading2",
            "表格二级标题",
            '<w:keepNext/><w:outlineLvl w:val="1"/>',
            fonts("kai"),
            based="FormBody",
            following="FormBody",
        ),
    ]
    return (
        f'{_HEAD}<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>{fonts("body")}<w:kern w:val="0"/>{_size(32)}'
        f'<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>'
        + _style("Normal", "Normal", plain + _spacing(LINE) + both, tight)
        + _style("LetterBody", "公文正文", first)
        + _style("Addressee", "主送机关", "<w:keepNext/>")
        + "".join(heading)
        + _style("Title", "Title", "<w:keepNext/>" + centre, fonts("title") + '<w:spacing w:val="0"/>' + _size(44))
        + _style("Mark", "发文机关标志", centre, fonts("title") + f'<w:color w:val="{RED}"/><w:spacing w:val="0"/>')
        + _style("Number", "发文字号", centre)
        + _style("Names", "附件说明", '<w:keepLines/><w:jc w:val="left"/>')
        + _style("Signature", "署名", "<w:keepLines/>" + right)
        + _style("Note", "附注", first)
        + _style("AttachmentMark", "附件标记", '<w:keepNext/><w:pageBreakBefore/>', fonts("hei"))
        + _style("Imprint", "版记", _spacing(480), '<w:spacing w:val="0"/>' + _size(28))
        + _style("Small", "分隔", _spacing(20), _size(2))
        + _style("FormText", "文书顶格", _spacing(FORM_LINE), '<w:spacing w:val="0"/>' + _size(28))
        + _style("FormBody", "文书正文", form_first, based="FormText")
        + _style("FormOrgan", "文书机关", _spacing(540) + centre, fonts("title") + '<w:spacing w:val="0"/>' + _size(36))
        + _style("FormTitle", "文书标题", "<w:keepNext/>" + _spacing(680) + centre, fonts("title") + '<w:spacing w:val="0"/>' + _size(44))
        + _style("FormNumber", "文书编号", _spacing(480, before=80) + right, based="FormText")
        + _style("PartTitle", "回执标题", "<w:keepNext/>" + _spacing(600, before=160, after=120) + centre, fonts("title") + '<w:spacing w:val="0"/>' + _size(36))
        + _style("Cut", "裁切线", "<w:keepNext/>" + _spacing(240, before=280) + centre, '<w:spacing w:val="0"/>' + _size(18))
        + _style("Cell", "表格文字", _spacing(CELL_LINE) + '<w:jc w:val="left"/>', '<w:spacing w:val="0"/>' + _size(24))
        + _style("Footer", "footer", _spacing(280), fonts("song") + '<w:spacing w:val="0"/>' + _size(28))
        + _style("Header", "header", _spacing(20), _size(2))
        + "</w:styles>"
    )  # fmt: skip


def _settings() -> str:
    return (
        f'{_HEAD}<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/><w:bordersDoNotSurroundHeader/><w:bordersDoNotSurroundFooter/>'
        '<w:evenAndOddHeaders/><w:characterSpacingControl w:val="compressPunctuation"/>'
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
    return f'{_HEAD}<w:fonts xmlns:w="{W}">{faces}</w:fonts>'


def field(instruction: str) -> str:
    """A field that the word processor fills: PAGE, NUMPAGES."""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _text(words: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(words)}</w:t></w:r>'


def _footer(shape: str, content: str) -> str:
    return f'{_HEAD}<w:ftr xmlns:w="{W}"><w:p><w:pPr><w:pStyle w:val="Footer"/>{shape}</w:pPr>{content}</w:p></w:ftr>'


def _header(height: int) -> str:
    shape = f'<w:pStyle w:val="Header"/><w:spacing w:before="0" w:after="0" w:line="{height}" w:lineRule="exact"/>'
    return f'{_HEAD}<w:hdr xmlns:w="{W}"><w:p><w:pPr>{shape}</w:pPr></w:p></w:hdr>'


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
        "word/styles.xml": _styles(),
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
                piece.replace("<w:r>", f"<w:r><w:rPr>{fonts('body')}{_size(21)}</w:rPr>")
                for piece in (_text("第"), field("PAGE"), _text("页　共"), field("NUMPAGES"), _text("页"))
            ),
        ),
    }


_RELATIONS = (
    ("styles", "styles.xml", "rStyles"),
    ("settings", "settings.xml", "rSettings"),
    ("fontTable", "fontTable.xml", "rFonts"),
    ("header", "header_none.xml", "rHeaderNone"),
    ("header", "header_drop.xml", "rHeaderDrop"),
    ("footer", "footer_odd.xml", "rOdd"),
    ("footer", "footer_even.xml", "rEven"),
    ("footer", "footer_rule.xml", "rRule"),
    ("footer", "footer_form.xml", "rForm"),
)
PICTURE = "word/media/verify.png"
PICTURE_RELATION = "rVerify"


def _relations(*, picture: bool) -> str:
    rows = "".join(
        f'<Relationship Id="{identity}" Type="{R}/{kind}" Target="{target}"/>' for kind, target, identity in _RELATIONS
    )
    if picture:
        rows += f'<Relationship Id="{PICTURE_RELATION}" Type="{R}/image" Target="media/verify.png"/>'
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


@cache
def fixed_parts(*, picture: bool) -> dict[str, bytes]:
    """All parts but the letter's own, encoded."""
    overrides = {
        "word/document.xml": f"{_KIND}.document.main+xml",
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    }
    parts = _parts()
    for kind, target, _ in _RELATIONS:
        overrides[f"word/{target}"] = f"{_KIND}.{kind}+xml"
    types = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in overrides.items())
    parts["[Content_Types].xml"] = (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="png" ContentType="image/png"/>{types}</Types>'
    )
    parts["_rels/.rels"] = (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{R}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="r2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>'
    )
    parts["word/_rels/document.xml.rels"] = _relations(picture=picture)
    return {name: text.encode() for name, text in parts.items()}


@cache
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
