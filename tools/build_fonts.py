"""Build the slim role fonts that lie in fonts/ (文书字体).

One static TrueType face per role, with the characters a Chinese official letter needs, and nothing else: no layout tables, the
same vertical metrics in every face (a fallback character must not push its line off the 22-line grid). Small faces make a PDF
2-3 times faster to write and 3 times smaller than the distribution's CJK collections.

Sources, on Debian 12 (none of them is needed at run time):

    apt-get install fonts-noto-cjk fonts-noto-cjk-extra
    apt-get download texlive-lang-chinese unicode-data
    for f in *.deb; do dpkg-deb -x "$f" unpacked; done
    python tools/build_fonts.py --fandol unpacked/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol \
        --noto /usr/share/fonts/opentype/noto --unihan unpacked/usr/share/unicode --out fonts
"""

from __future__ import annotations

import argparse
import bz2
import re
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

UNITS_PER_EM = 1000
ASCENT, DESCENT = 880, -120
CURVE_ERROR = 1.6  # thousandths of an em: 0.009 mm at 三号 (16 pt), below a laser printer's dot
NAMES_BEYOND_THE_TABLE = "㐂𠮷龘燚堃喆昇犇玥翀赟䶮𬭎𫖮𬘭𬺈𡈼囍禛祎旸晞彧頔頫甯琇嫚媭婳珺烨皛曌淼焱垚骉羴蟲靐鱻"
SYMBOLS = "·—‘’“”…‰′″※€℃№㎡㎏㎜㎝㎞㏄²³°±×÷§©®½¼¾①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ■□▲△●○★☆√〇〔〕【】《》「」『』"


@dataclass(frozen=True)
class Role:
    """One face to build: family name, source file, face in it, weight class, licence line, character set."""

    family: str
    file_name: str
    source: str
    face: str
    weight: int
    licence: str
    charset: str  # gb2312 | table | rare | ascii


OFL = "SIL Open Font License 1.1; modified: subset, TrueType outlines, renamed"
GPL = "GNU GPL version 3 with font exception; modified: subset, TrueType outlines, renamed"
ROLES = (
    Role("Yisong Fang", "YisongFang.ttf", "FandolFang-Regular.otf", "", 400, GPL, "gb2312"),
    Role("Yisong Kai", "YisongKai.ttf", "FandolKai-Regular.otf", "", 400, GPL, "gb2312"),
    Role("Yisong Hei", "YisongHei.ttf", "NotoSansCJK-Regular.ttc", "Noto Sans CJK SC", 400, OFL, "table"),
    Role("Yisong Biaosong", "YisongBiaosong.ttf", "NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC", 700, OFL, "table"),
    Role("Yisong Rare", "YisongRare.ttf", "NotoSerifCJK-Light.ttc", "Noto Serif CJK SC Light", 400, OFL, "rare"),
    Role("Yisong Song", "YisongSong.ttf", "NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC", 400, OFL, "ascii"),
)


def gb2312() -> set[int]:
    """GB/T 2312 as Python decodes it: 6 763 characters and the symbol rows."""
    found: set[int] = set()
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((high, low)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return found


def common_traditional() -> set[int]:
    """Big5 level 1: the 5 401 common traditional characters (names of owners from 港澳台)."""
    found: set[int] = set()
    for high in range(0xA4, 0xC7):
        for low in [*range(0x40, 0x7F), *range(0xA1, 0xFF)]:
            if (high, low) > (0xC6, 0x7E):
                break
            try:
                found.add(ord(bytes((high, low)).decode("big5")))
            except UnicodeDecodeError:
                continue
    return found


def standard_table(unihan: Path) -> set[int]:
    """《通用规范汉字表》(2013), 8 105 characters, from Unihan's kTGH."""
    text = bz2.decompress((unihan / "Unihan_OtherMappings.txt.bz2").read_bytes()).decode()
    found = {int(m.group(1), 16) for m in re.finditer(r"^U\+([0-9A-F]+)\tkTGH\t2013:", text, re.MULTILINE)}
    if len(found) != 8105:
        raise SystemExit(f"kTGH: expected 8105 characters, found {len(found)}")
    return found


def characters(charset: str, table: set[int]) -> set[int]:
    """What one role holds; the rare face closes the gaps of 仿宋 and 楷体 and adds what personal names use."""
    ascii_range = set(range(0x20, 0x7F)) | {0xA0, 0x2014, 0x2013}
    symbols = set(map(ord, SYMBOLS)) | set(range(0xFF01, 0xFF5F)) | set(range(0x3000, 0x3020))
    if charset == "ascii":
        return ascii_range
    plain = ascii_range | symbols | gb2312()
    if charset == "gb2312":
        return plain
    names = set(map(ord, NAMES_BEYOND_THE_TABLE))
    if charset == "table":
        return plain | table | names
    beyond = set(range(0x20000, 0x32000))  # whatever the source has of extensions B to H
    return (table - gb2312()) | names | symbols | common_traditional() - gb2312() | beyond


def open_face(path: Path, face: str) -> TTFont:
    """A font file, or the named face of a collection."""
    if path.suffix != ".ttc":
        return TTFont(path, lazy=True)
    for font in TTCollection(str(path), lazy=True).fonts:
        if face in {str(record) for record in font["name"].names if record.nameID in (1, 4, 16)}:
            return font
    raise SystemExit(f"{path}: no face {face!r}")


def build(role: Role, source: Path, out: Path, table: set[int]) -> str:
    """Write one face and say what it holds."""
    font = open_face(source, role.face)
    cmap = font.getBestCmap()
    scale = UNITS_PER_EM / font["head"].unitsPerEm
    if scale != 1:
        raise SystemExit(f"{source}: {font['head'].unitsPerEm} units per em, expected {UNITS_PER_EM}")
    wanted = sorted(characters(role.charset, table) & set(cmap))
    glyph_set = font.getGlyphSet()
    order, glyphs, metrics, mapping = [".notdef"], {}, {}, {}
    names: dict[str, str] = {".notdef": ".notdef"}
    for code in wanted:
        origin = cmap[code]
        if origin not in names:
            names[origin] = f"u{code:05X}"
            order.append(names[origin])
        mapping[code] = names[origin]
    for origin, name in names.items():
        pen = TTGlyphPen(None)
        glyph_set[origin].draw(Cu2QuPen(pen, CURVE_ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
        metrics[name] = (round(glyph_set[origin].width), 0)
    builder = FontBuilder(UNITS_PER_EM, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(mapping)
    builder.setupGlyf(glyphs)
    built = builder.font["glyf"]
    builder.setupHorizontalMetrics({n: (w, getattr(built[n], "xMin", 0)) for n, (w, _) in metrics.items()})
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT, lineGap=0)
    builder.setupNameTable({
        "familyName": role.family, "styleName": "Regular", "uniqueFontIdentifier": f"{role.family} 1.0",
        "fullName": role.family, "psName": role.family.replace(" ", "") + "-Regular", "version": "Version 1.0",
        "copyright": str(font["name"].getDebugName(0) or ""), "licenseDescription": role.licence,
        "description": f"Made from {source.name} by tools/build_fonts.py",
    })  # fmt: skip
    builder.setupOS2(
        sTypoAscender=ASCENT, sTypoDescender=DESCENT, sTypoLineGap=0, usWinAscent=ASCENT, usWinDescent=-DESCENT,
        usWeightClass=400, fsType=0, fsSelection=0x40, achVendID="YISO",
    )  # fmt: skip
    builder.setupPost(keepGlyphNames=False)
    builder.font["head"].created = builder.font["head"].modified = 3_850_000_000  # fixed: same input, same bytes
    builder.font.recalcTimestamp = False
    target = out / role.file_name
    builder.save(target)
    return f"{role.file_name}: {len(mapping)} characters, {target.stat().st_size / 1e6:.2f} MB"


def main() -> None:
    """Build every role (生成全部字体)."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("--fandol", "--noto", "--unihan", "--out"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    table = standard_table(arguments.unihan)
    arguments.out.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(arguments.jobs) as pool:
        jobs = []
        for role in ROLES:
            folder = arguments.fandol if role.source.startswith("Fandol") else arguments.noto
            if not arguments.only or arguments.only in role.file_name:
                jobs.append(pool.submit(build, role, folder / role.source, arguments.out, table))
        for job in jobs:
            print(job.result())


if __name__ == "__main__":
    main()
