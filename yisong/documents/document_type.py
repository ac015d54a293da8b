"""Read one type of paper from its folder (文书种类): what document.toml says, layer over layer, and the files that go with it."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast, get_args

from yisong.documents.errors import DocumentError
from yisong.documents.facts import check_declaration
from yisong.documents.letter import Layout

ISSUERS = ("origin", "responsible", "guidance", "supervisor", "government", "issuer", "unit")
ADDRESSEES = ("origin", "responsible", "unit", "police", "departments", "own", "issuer", "public")
_FILES = ("document.toml", "body.j2", "sample.toml")


@dataclass(frozen=True, slots=True)
class Basis:
    """A legal basis of a type (依据): article, and how sure its wording is (高 / 中 / 低)."""

    article: str
    confidence: str


@dataclass(frozen=True, slots=True)
class DocumentType:
    """What a type of paper is (文书种类); the fields are those of document.toml (docs/decisions/0003)."""

    code: str
    name: str
    gloss: str
    layout: Layout
    number_word: str
    issuer: str
    addressed_to: str
    for_unit: bool
    signers: tuple[str, ...]
    basis: tuple[Basis, ...]
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """The three files that hold for one type and organ."""

    type: DocumentType
    body: str
    sample: Path | None
    digest: str
    where: str


def facts_of(path: Path) -> dict[str, Any]:
    """The facts of a sample.toml: its `[facts]` table, or the whole file."""
    table = _toml(path)
    facts = table.get("facts", table)
    if not isinstance(facts, dict):
        raise DocumentError("bad-template", f"{path}：[facts] 应写成一行“[facts]”，下面写各项内容。")
    return cast(dict[str, Any], facts)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text_of(path))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = f" 第{place[1]}行" if place else ""
        raise DocumentError(
            "bad-template", f'{path}{line}：写法有误。应为：名称 = "文字"，文字用英文引号；多行的列表要有结尾的“]”。'
        ) from None


def text_of(path: Path) -> str:
    """A file of words, saved as UTF-8 (文本文件). Raises `DocumentError` `bad-template`."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DocumentError(
            "bad-template", f"{path}：不是 UTF-8 编码。请用记事本打开，“另存为”时编码选 UTF-8，再保存。"
        ) from None
    except OSError as error:
        raise DocumentError("bad-template", f"{path}：不能读取（{error.strerror}）。请检查文件权限。") from None


def read_source(code: str, layers: list[Path]) -> Source:
    """Layer the files of one type; later layers win. Raises `DocumentError` `bad-template`, naming the file."""
    found = {name: [layer / name for layer in layers if (layer / name).is_file()] for name in _FILES}
    if not found["document.toml"] or not found["body.j2"]:
        missing = "document.toml" if not found["document.toml"] else "body.j2"
        raise DocumentError("bad-template", f"{layers[0]} 缺少 {missing}。")
    table: dict[str, Any] = {}
    digest = hashlib.sha256()
    for path in found["document.toml"]:
        table |= _toml(path)
        digest.update(path.read_bytes())
    body_path = found["body.j2"][-1]
    body = text_of(body_path)
    digest.update(body.encode())
    where = str(found["document.toml"][-1])
    return Source(
        _document_type(code, table, where),
        body,
        next(reversed(found["sample.toml"]), None),
        digest.hexdigest(),
        str(body_path),
    )


def _document_type(code: str, table: Mapping[str, Any], where: str) -> DocumentType:
    def text(key: str, allowed: tuple[str, ...] = ()) -> str:
        value = table.get(key)
        if not isinstance(value, str) or (allowed and value not in allowed):
            raise DocumentError(
                "bad-template", f"{where}：{key} 应为{'、'.join(allowed) if allowed else '文字'}，现为“{value}”。"
            )
        return value

    known = {
        "code",
        "name",
        "gloss",
        "layout",
        "number_word",
        "issuer",
        "addressed_to",
        "for_unit",
        "signers",
        "basis",
        "facts",
    }
    if strange := sorted(set(table) - known):
        raise DocumentError(
            "bad-template", f"{where}：无法识别 {'、'.join(strange)}。可用：{'、'.join(sorted(known))}。"
        )
    if text("code") != code:
        raise DocumentError("bad-template", f"{where}：code 应与目录名“{code}”一致。")
    facts = table.get("facts", {})
    if not isinstance(facts, dict):
        raise DocumentError(
            "bad-template", f'{where}：[facts] 应写成一行“[facts]”，下面每行一项，如 "unit.name" = "text"。'
        )
    check_declaration(facts, where=where)
    signers = table.get("signers", [])
    basis = table.get("basis", [])
    try:
        return DocumentType(
            code=code, name=text("name"), gloss=text("gloss"), layout=cast(Layout, text("layout", get_args(Layout))),
            number_word=text("number_word"), issuer=text("issuer", ISSUERS), addressed_to=text("addressed_to", ADDRESSEES),
            for_unit=bool(table.get("for_unit", False)), signers=tuple([signers] if isinstance(signers, str) else signers),
            basis=tuple(Basis(item["article"], item["confidence"]) for item in basis), facts=MappingProxyType(dict(facts)),
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise DocumentError("bad-template", f"{where}：basis 的每项应有 article 与 confidence（{error}）。") from None
