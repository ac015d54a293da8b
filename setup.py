"""Carry rules/, templates/ and fonts/ into a wheel (打包); everything else about the package stands in pyproject.toml.

They lie beside the packages, because clerks edit them; installed, they are found under ``<prefix>/share/yisong``.
"""

from pathlib import Path

from setuptools import setup

ROOT = Path(__file__).resolve().parent
SHIPPED = ("rules", "templates", "fonts")

folders: dict[str, list[str]] = {}
for name in SHIPPED:
    for file in sorted((ROOT / name).rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            relative = file.relative_to(ROOT)
            folders.setdefault(f"share/yisong/{relative.parent}", []).append(str(relative))

setup(data_files=sorted(folders.items()))
