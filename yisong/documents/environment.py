"""Say whether this machine can make letters (文书环境检查), and with which faces."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from dataclasses import dataclass

from yisong.documents.errors import DocumentError
from yisong.documents.fonts import ROLE_FILES, covered_characters, face_file, font_directories

LIBRARIES = {
    "libgobject-2.0.so.0": "libpangoft2-1.0-0",
    "libpango-1.0.so.0": "libpangoft2-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz.so.0": "libpangoft2-1.0-0",
    "libfontconfig.so.1": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
STANDARD_FACES = {
    "仿宋": ("仿宋_GB2312", "FangSong_GB2312", "仿宋", "FangSong"),
    "楷体": ("楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi"),
    "黑体": ("黑体", "SimHei"),
    "小标宋": ("方正小标宋_GBK", "方正小标宋简体", "FZXiaoBiaoSong-B05S"),
    "宋体": ("宋体", "SimSun"),
}
_OURS = {
    "仿宋": "Yisong Fang",
    "楷体": "Yisong Kai",
    "黑体": "Yisong Hei",
    "小标宋": "Yisong Biaosong",
    "宋体": "Yisong Song",
    "生僻字": "Yisong Rare",
}
_PROBE = "关于移送案件的函〔2026〕1号𬭎䶮㐂𠮷"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps letters from being made (问题): stable code, and a Chinese message with the remedy."""

    code: str
    message: str


def check_environment() -> list[Problem]:
    """Missing system libraries and faces; empty = letters can be made. Takes about 0.1 s."""
    problems: list[Problem] = []
    missing: dict[str, list[str]] = {}
    for library, package in LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.setdefault(package, []).append(library)
    for package, libraries in missing.items():
        problems.append(
            Problem("missing-library", f"缺少系统库 {'、'.join(libraries)}。请安装：apt-get install {package}")
        )
    try:
        printed_by = substitutions()
    except (DocumentError, OSError) as error:
        return [*problems, Problem("bad-font", f"字体不能读取（{error}）。请更换或移走该文件。")]
    lacking = [f"“{role}”（{ROLE_FILES[role]}）" for role, face in printed_by.items() if not face]
    if lacking:
        problems.append(
            Problem(
                "missing-font",
                f"缺少{'、'.join(lacking)}的字体，不能排版文书。请把程序自带的 fonts 目录一起部署，或者把该字体放入 YISONG_FONTS 指定的目录。",
            )
        )
        return problems
    try:
        uncovered = [character for character in _PROBE if ord(character) not in covered_characters()]
    except DocumentError as error:
        return [*problems, Problem(error.code, error.message)]
    if uncovered:
        problems.append(Problem("missing-glyph", f"字体缺少 {'、'.join(uncovered)}，请用仓库中的字体文件覆盖。"))
    return problems


def substitutions() -> dict[str, str]:
    """Role → the face that prints it: the standard's own if the operator has laid it in, else ours, else "" (字体替代)."""
    present = _names(str(path) for directory in font_directories() for path in sorted(directory.rglob("*")))
    return {
        role: next((name for name in STANDARD_FACES.get(role, ()) if name in present), "")
        or (_OURS[role] if face_file(file) else "")
        for role, file in ROLE_FILES.items()
    }


def _names(paths: Iterable[str]) -> set[str]:
    from fontTools.ttLib import TTCollection, TTFont, TTLibError  # type: ignore[import-untyped]

    present: set[str] = set()
    for path in paths:
        kind = path.lower().rpartition(".")[2]
        if kind not in ("ttf", "otf", "ttc"):
            continue
        try:
            fonts = TTCollection(path, lazy=True).fonts if kind == "ttc" else [TTFont(path, lazy=True)]
            present.update(str(record) for font in fonts for record in font["name"].names if record.nameID in (1, 4))
        except (TTLibError, KeyError) as error:
            raise DocumentError("bad-font", f"{path}：{error}") from None
    return present
