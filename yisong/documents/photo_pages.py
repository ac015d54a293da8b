"""Evidence as pages of a dossier (证据入卷页): one list of all files with their digests, and a page for each photograph.

A photograph is drawn above its caption: kind, title, time and place, who brought it, and the SHA-256 of the original.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from yisong.documents.fonts import covered_characters
from yisong.documents.pdf import print_markup

_ORDINARY = re.compile(r"[\x20-\x7e\u4e00-\u9fa5，。、；：（）“”〔〕《》·—]*")
_LEFT, _BOTTOM, _WIDTH, _HEIGHT = 79.4, 372.0, 442.0, 345.0
"""The box that a photograph is fitted into, in points from the lower left corner of an A4 page."""


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """One piece of evidence as the dossier shows it (证据). `picture`: an upright JPEG, or b"" where it is no picture."""

    number: int
    title: str
    kind: str
    name: str
    size: str
    sha256: str
    taken: str = ""
    place: str = ""
    brought: str = ""
    about: str = ""
    remark: str = ""
    picture: bytes = b""


def render_list(pieces: Sequence[EvidencePage], *, case: str, created: date) -> bytes:
    """The list of all evidence with digests (电子证据目录). Same pieces, same bytes."""
    head = "".join(f"<th>{word}</th>" for word in ("序号", "种类", "名称（原文件名）", "大小", "SHA-256"))
    rows = "".join(
        f'<tr><td class="c">{piece.number}</td><td>{text_of(piece.kind)}</td><td>{text_of(piece.title)}（{text_of(piece.name)}）</td>'
        f"<td>{piece.size}</td><td>{piece.sha256[:32]}<br/>{piece.sha256[32:]}</td></tr>"
        for piece in pieces
    )
    widths = "".join(f'<col style="width:{width}%"/>' for width in (7, 14, 34, 11, 34))
    body = (
        f'<p class="right">案件编号：{text_of(case)}</p><table><colgroup>{widths}</colgroup><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
        "<p>原始文件随案卷压缩包“证据材料”目录保存，以摘要核对。</p>"
    )
    return print_markup(page_of("电子证据目录", body, created))


def render_photograph(piece: EvidencePage, *, case: str, created: date) -> bytes:
    """A page with one photograph and its caption (证据照片页). Same photograph and caption, same bytes."""
    told = [
        ("案件编号", case), ("证据名称", piece.title), ("证据种类", piece.kind), ("证明事项", piece.about), ("拍摄时间", piece.taken or "（原图未载明）"),
        ("拍摄地点", piece.place or "（原图未载明）"), ("提交", piece.brought), ("说明", piece.remark), ("原始文件", f"{piece.name}，{piece.size}"),
        ("SHA-256", piece.sha256),
    ]  # fmt: skip
    rows = "".join(f'<tr><td class="s">{label}</td><td>{text_of(value)}</td></tr>' for label, value in told if value)
    widths = '<col style="width:18%"/><col style="width:82%"/>'
    body = f'<div style="height:358pt"></div><table><colgroup>{widths}</colgroup><tbody>{rows}</tbody></table>'
    return _drawn(print_markup(page_of(f"证据照片（{piece.number}）", body, created)), piece.picture)


def page_of(title: str, body: str, created: date) -> str:
    """A page of a form under a title, ready to print (页面)."""
    day = created.isoformat()
    return (
        f'<html lang="zh-CN"><head><title>{escape(title)}</title><meta name="dcterms.created" content="{day}"/>'
        f'<meta name="dcterms.modified" content="{day}"/></head><body class="form"><div class="form-head"><h1><span>{escape(title)}</span></h1></div>{body}</body></html>'
    )  # fmt: skip


def printable(words: str) -> str:
    """Words as a page can print them: a sign that no face has becomes a square (缺字以□代). File names bring such signs."""
    if _ORDINARY.fullmatch(words):
        return words
    known = covered_characters()
    return "".join(sign if ord(sign) in known or sign == " " else "□" for sign in words)


def text_of(words: str) -> str:
    """Words as markup that can be printed (可印文字)."""
    return escape(printable(words))


def _drawn(page: bytes, picture: bytes) -> bytes:
    import pikepdf
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as image:
        width, height = image.size
    scale = min(_WIDTH / width, _HEIGHT / height)
    wide, high = width * scale, height * scale
    left, bottom = _LEFT + (_WIDTH - wide) / 2, _BOTTOM + (_HEIGHT - high) / 2
    with pikepdf.open(io.BytesIO(page)) as pdf:
        drawn = pdf.make_stream(picture)
        drawn.Type, drawn.Subtype, drawn.Filter = pikepdf.Name.XObject, pikepdf.Name.Image, pikepdf.Name.DCTDecode
        drawn.Width, drawn.Height, drawn.BitsPerComponent, drawn.ColorSpace = width, height, 8, pikepdf.Name.DeviceRGB
        first = pdf.pages[0]
        name = first.add_resource(drawn, pikepdf.Name.XObject, pikepdf.Name.Evidence)
        first.contents_add(
            b"q", prepend=True
        )  # the page is drawn upside down: leave its measures before drawing in ours
        place = f"{wide:.2f} 0 0 {high:.2f} {left:.2f} {bottom:.2f} cm"
        first.contents_add(f"Q /Artifact BMC q {place} {name} Do Q EMC".encode())
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()
