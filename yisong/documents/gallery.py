"""Write docs/documents.md: every type with a small picture of its first page (文书样例图册).

    python -m yisong.documents.gallery            write the page and its pictures
    python -m yisong.documents.gallery --check    say whether the page still lists the types as they are

Pictures need poppler-utils (pdftoppm); they are reduced to twelve greys and reds, about 25 kB each.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from yisong.documents.catalogue import Catalogue, DocumentType
from yisong.documents.pdf import render_pdf

ROOT = Path(__file__).parents[2]
PAGE, PICTURES = Path("docs/documents.md"), Path("docs/images/documents")
CREATED = date(2026, 11, 20)
_RESOLUTION, _COLOURS, _COLUMNS = 60, 12, 3
_LAYOUTS = {"letter": "函（信函格式）", "gongwen": "红头公文", "form": "执法文书", "internal": "内部文书、当事人文书"}
_ISSUERS = {
    "origin": "移送（发现）部门", "responsible": "责任部门", "guidance": "综合执法指导机构", "supervisor": "行政执法监督机关", "government": "本级政府",
    "issuer": "按升级规则确定的机关", "unit": "当事人",
}  # fmt: skip
_ADDRESSEES = {
    "origin": "移送部门", "responsible": "责任部门", "unit": "当事人", "police": "公安机关", "departments": "各部门", "own": "本机关", "issuer": "出具机关",
    "public": "社会公众",
}  # fmt: skip


def first_page_picture(pdf: bytes) -> bytes:
    """The first page as a small PNG. Raises `FileNotFoundError` where pdftoppm is missing."""
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "x.pdf"
        source.write_bytes(pdf)
        out = Path(folder) / "x"
        command = [
            "pdftoppm",
            "-r",
            str(_RESOLUTION),
            "-f",
            "1",
            "-l",
            "1",
            "-singlefile",
            "-png",
            str(source),
            str(out),
        ]
        subprocess.run(command, check=True, capture_output=True)
        picture = Image.open(out.with_suffix(".png")).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    data = io.BytesIO()
    picture.save(data, "PNG", optimize=True)
    return data.getvalue()


def _entry(kind: DocumentType) -> str:
    basis = "；".join(item.article for item in kind.basis) or "—"
    word = f"“{kind.number_word}”字" if kind.number_word else "不编号"
    return (
        f'<td valign="top" width="33%"><a href="images/documents/{kind.code}.png"><img src="images/documents/{kind.code}.png" '
        f'alt="{kind.name}" width="240"></a><br><b>{kind.name}</b> <code>{kind.code}</code><br>'
        f"{_ISSUERS[kind.issuer]} → {_ADDRESSEES[kind.addressed_to]} · {word}<br><sub>{basis}</sub></td>"
    )


def page(catalogue: Catalogue) -> str:
    """The whole page as Markdown."""
    kinds = list(catalogue.types.values())
    parts = [
        "# 文书\n",
        "本页由 `python -m yisong.documents.gallery` 从 `templates/documents/` 生成，请勿手工修改。\n",
        f"共 {len(kinds)} 种文书，每种一个目录：`document.toml`（是什么）、`body.j2`（措辞）、`sample.toml`（样例）。"
        "措辞语法见 [decisions/0005-documents.md](decisions/0005-documents.md)，事实词汇见 "
        "[decisions/0003-document-facts.md](decisions/0003-document-facts.md)。图为样例首页，内容均为虚构。\n",
    ]
    for layout, heading in _LAYOUTS.items():
        members = [kind for kind in kinds if kind.layout == layout]
        if not members:
            continue
        parts.append(f"## {heading}（{len(members)} 种）\n\n<table>")
        for start in range(0, len(members), _COLUMNS):
            parts.append("<tr>\n" + "\n".join(_entry(kind) for kind in members[start : start + _COLUMNS]) + "\n</tr>")
        parts.append("</table>\n")
    return "\n".join(parts)


def write(catalogue: Catalogue, root: Path) -> int:
    """Write page and pictures below `root`; returns the bytes of all pictures."""
    folder = root / PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        if old.stem not in catalogue.types:
            old.unlink()
    total = 0
    for code in catalogue.types:
        letter = catalogue.compose(code, catalogue.sample(code))
        picture = first_page_picture(render_pdf(letter, created=CREATED))
        (folder / f"{code}.png").write_bytes(picture)
        total += len(picture)
    (root / PAGE).write_text(page(catalogue), encoding="utf-8")
    return total


def main(arguments: list[str] | None = None) -> int:
    """Write or check (生成或核对)."""
    parser = argparse.ArgumentParser(description="docs/documents.md")
    parser.add_argument("--check", action="store_true")
    chosen = parser.parse_args(arguments)
    catalogue = Catalogue.read(ROOT / "templates" / "documents")
    if chosen.check:
        current = (ROOT / PAGE).read_text(encoding="utf-8") if (ROOT / PAGE).is_file() else ""
        missing = [code for code in catalogue.types if not (ROOT / PICTURES / f"{code}.png").is_file()]
        if current == page(catalogue) and not missing:
            return 0
        print(
            "docs/documents.md 与 templates/documents/ 不一致，请运行：python -m yisong.documents.gallery",
            file=sys.stderr,
        )
        return 1
    print(f"{len(catalogue.types)} types, {write(catalogue, ROOT) / 1000:.0f} kB of pictures")
    return 0


if __name__ == "__main__":
    sys.exit(main())
