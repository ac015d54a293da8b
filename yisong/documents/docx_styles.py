"""Styles of a word-processor file (DOCX样式): one per element of an official paper, so that a clerk can restyle or reuse them.

Lengths in twips (1/20 pt), sizes in half points. Sources of the measures: `measures.py`.
"""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
FONTS = {"body": "仿宋_GB2312", "kai": "楷体_GB2312", "hei": "黑体", "title": "方正小标宋简体", "song": "宋体"}
LINE, FORM_LINE, CELL_LINE = 579, 500, 360  # 580 x 22 lines would exceed 225 mm
INDENT, FORM_INDENT = 630, 560
TRACKING = -5
RED = "E60012"


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


def size_of(half_points: int) -> str:
    """A type size, in half points."""
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def styles() -> str:
    plain = (
        '<w:widowControl w:val="0"/><w:overflowPunct w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
    )
    tight = f'<w:spacing w:val="{TRACKING}"/>'
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
        f'{HEAD}<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>{fonts("body")}<w:kern w:val="0"/>{size_of(32)}'
        f'<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>'
        + _style("Normal", "Normal", plain + _spacing(LINE) + both, tight)
        + _style("LetterBody", "公文正文", first)
        + _style("Addressee", "主送机关", "<w:keepNext/>")
        + "".join(heading)
        + _style("Title", "Title", "<w:keepNext/>" + centre, fonts("title") + '<w:spacing w:val="0"/>' + size_of(44))
        + _style("Mark", "发文机关标志", centre, fonts("title") + f'<w:color w:val="{RED}"/><w:spacing w:val="0"/>')
        + _style("Number", "发文字号", centre)
        + _style("Names", "附件说明", '<w:keepLines/><w:jc w:val="left"/>')
        + _style("Signature", "署名", "<w:keepLines/>" + right)
        + _style("Note", "附注", first)
        + _style("AttachmentMark", "附件标记", '<w:keepNext/><w:pageBreakBefore/>', fonts("hei"))
        + _style("Imprint", "版记", _spacing(480), '<w:spacing w:val="0"/>' + size_of(28))
        + _style("Small", "分隔", _spacing(20), size_of(2))
        + _style("FormText", "文书顶格", _spacing(FORM_LINE), '<w:spacing w:val="0"/>' + size_of(28))
        + _style("FormBody", "文书正文", form_first, based="FormText")
        + _style("FormOrgan", "文书机关", _spacing(540) + centre, fonts("title") + '<w:spacing w:val="0"/>' + size_of(36))
        + _style("FormTitle", "文书标题", "<w:keepNext/>" + _spacing(680) + centre, fonts("title") + '<w:spacing w:val="0"/>' + size_of(44))
        + _style("FormNumber", "文书编号", _spacing(480, before=80) + right, based="FormText")
        + _style("PartTitle", "回执标题", "<w:keepNext/>" + _spacing(600, before=160, after=120) + centre, fonts("title") + '<w:spacing w:val="0"/>' + size_of(36))
        + _style("Cut", "裁切线", "<w:keepNext/>" + _spacing(240, before=280) + centre, '<w:spacing w:val="0"/>' + size_of(18))
        + _style("Cell", "表格文字", _spacing(CELL_LINE) + '<w:jc w:val="left"/>', '<w:spacing w:val="0"/>' + size_of(24))
        + _style("Footer", "footer", _spacing(280), fonts("song") + '<w:spacing w:val="0"/>' + size_of(28))
        + _style("Header", "header", _spacing(20), size_of(2))
        + "</w:styles>"
    )  # fmt: skip
