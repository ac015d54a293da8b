"""Say whether this machine can make letters (文书环境检查), and with which faces."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

from yisong.documents.errors import DocumentError
from yisong.documents.fonts import ROLE_FILES, covered_characters, font_directories

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
    directories = font_directories()
    absent = [name for name in ROLE_FILES if not any((directory / name).is_file() for directory in directories)]
    if absent:
        problems.append(
            Problem("missing-font", f"缺少字体文件 {'、'.join(absent)}。请把仓库中的 fonts 目录随程序一起部署。")
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
    """Role → the face that prints it: the standard's own if the operator has laid it in, else ours (字体替代)."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    present: set[str] = set()
    for directory in font_directories():
        for path in directory.rglob("*"):
            if path.suffix.lower() in (".ttf", ".otf"):
                present.update(
                    str(record) for record in TTFont(path, lazy=True)["name"].names if record.nameID in (1, 4)
                )
    return {
        role: next((name for name in names if name in present), _OURS[role]) for role, names in STANDARD_FACES.items()
    }
