"""Read one type of paper from its folder (文书种类): what document.toml says, layer over layer, and the files that go with it."""

from __future__ import annotations

import hashlib
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
    return cast(dict[str, Any], facts)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DocumentError("bad-template", f"{path}：不是有效的 TOML 文件（{error}）。") from None


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
    body = body_path.read_text(encoding="utf-8")
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
