"""The faces a letter is printed with, and what they can print (字体与字符覆盖).

The committed faces in fonts/ suffice; an operator may lay licensed office faces (方正小标宋, 仿宋_GB2312 …) into a directory of their own
(the setting YISONG_FONTS, handed over by `use`), and they win by name (assets/fonts.conf).
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from yisong.documents.errors import DocumentError

ASSETS = Path(__file__).parent / "assets"
SHIPPED_FONTS = Path(__file__).parents[2] / "fonts"
INSTALLED_FONTS = Path(sys.prefix) / "share" / "yisong" / "fonts"  # where a wheel puts them (setup.py)
ROLE_FILES = {
    "仿宋": "YisongFang.ttf",
    "楷体": "YisongKai.ttf",
    "黑体": "YisongHei.ttf",
    "小标宋": "YisongBiaosong.ttf",
    "宋体": "YisongSong.ttf",
    "生僻字": "YisongRare.ttf",
}


@dataclass(slots=True)
class _Chosen:
    """What the operator chose, and whether the libraries have already read it: they do so once per process."""

    folder: Path | None = None
    read: bool = False


_chosen = _Chosen()


def use(folder: Path) -> None:
    """Look for faces in the operator's directory before ours (指定字体目录).

    Raises `DocumentError` `fonts-in-use` where letters have already been printed with other faces in this process.
    """
    own = None if folder.resolve() in (SHIPPED_FONTS.resolve(), INSTALLED_FONTS.resolve()) else folder
    if own == _chosen.folder:
        return
    if _chosen.read:
        raise DocumentError("fonts-in-use", f"字体目录改成了 {folder}，但本进程已经用原来的字体排版。请重新启动。")
    _chosen.folder = own
    covered_characters.cache_clear()


def chosen() -> Path | None:
    """The operator's own directory, for a further process to `use`."""
    return _chosen.folder


def font_directories() -> tuple[Path, ...]:
    """Where faces are looked for: the operator's directory first, then ours."""
    own = () if _chosen.folder is None else (_chosen.folder,)
    return tuple(path for path in (*own, SHIPPED_FONTS, INSTALLED_FONTS) if path.is_dir())


def face_file(name: str) -> Path | None:
    """Where a face lies, by the name of its file."""
    return next((folder / name for folder in font_directories() if (folder / name).is_file()), None)


def _cache_directory() -> Path:
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for candidate in (base / "yisong", Path(tempfile.gettempdir()) / f"yisong-{os.getuid()}"):
        try:
            (candidate / "fontconfig").mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(candidate / "fontconfig", os.W_OK):
            return candidate
    raise DocumentError("no-cache", "找不到可写的缓存目录。请设置 XDG_CACHE_HOME 或者保证临时目录可写。")


def font_configuration_file() -> Path:
    """Write, once per content, the fontconfig file that knows our faces only; return its path."""
    cache = _cache_directory()
    text = (ASSETS / "fonts.conf").read_text(encoding="utf-8")
    lines = "\n  ".join(f"<dir>{escape(str(path))}</dir>" for path in font_directories())
    text = text.replace("{directories}", lines, 2).replace("{cache}", escape(str(cache / "fontconfig")), 2)
    target = cache / f"fonts-{hashlib.sha256(text.encode()).hexdigest()[:16]}.conf"
    if not target.is_file():
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=cache, delete=False) as draft:
            draft.write(text)
        os.replace(draft.name, target)
    return target


@contextmanager
def own_fontconfig() -> Iterator[None]:
    """Point fontconfig at our file while libraries initialise, then restore the environment for child processes."""
    _chosen.read = True
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(font_configuration_file())
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


@lru_cache(maxsize=1)
def covered_characters() -> frozenset[int]:
    """Code points that at least one face can print."""
    from fontTools.ttLib import TTCollection, TTFont, TTLibError  # type: ignore[import-untyped]

    found: set[int] = set()
    for directory in font_directories():
        for path in sorted(directory.rglob("*")):
            if path.suffix.lower() not in (".ttf", ".otf", ".ttc"):
                continue
            try:
                fonts = (
                    TTCollection(str(path), lazy=True).fonts
                    if path.suffix.lower() == ".ttc"
                    else [TTFont(path, lazy=True)]
                )
                for font in fonts:
                    found.update(font.getBestCmap() or {})
            except (TTLibError, OSError) as error:
                raise DocumentError("bad-font", f"字体文件 {path} 不能读取（{error}）。请更换或移走该文件。") from None
    return frozenset(found)


def refuse_missing_glyphs(text: str) -> None:
    """Raise `missing-glyph`, naming every character no face can print; never print a blank."""
    missing = sorted({c for c in set(text) if c != "\n" and ord(c) not in covered_characters()})
    if missing:
        names = "、".join(f"“{character}”（U+{ord(character):04X}）" for character in missing[:8])
        more = f"等{len(missing)}个字" if len(missing) > 8 else ""
        raise DocumentError(
            "missing-glyph",
            f"字体中没有 {names}{more}，不能打印。请核对用字，或将含有该字的字体放入 YISONG_FONTS 指定的目录。",
        )
