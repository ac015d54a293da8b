"""The types of official papers, read from folders (文书目录), and the way from a type and facts to a letter.

A folder `templates/documents/<code>/` is a type; `variants/<organ code>/` in it, and the same tree under an overrides
directory, replace single files for one organ or one deployment. The syntax is in docs/decisions/0005-documents.md.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Template

from yisong.documents.document_type import Basis, DocumentType, Source, facts_of, read_source
from yisong.documents.errors import DocumentError
from yisong.documents.facts import Absent, Record, check_facts, missing_fact, prepare
from yisong.documents.letter import Letter, chinese_date
from yisong.documents.measures import FORM_TITLE_CHARACTERS, TITLE_CHARACTERS
from yisong.documents.parse import NOTHING, OwnSignature, parse_body, parse_head, split_lines
from yisong.documents.sandbox import Sandbox, sandbox
from yisong.documents.wording import compile_wording, render

LONGEST_ORGAN, LONGEST_NUMBER, LONGEST_TITLE = 40, 40, 120


__all__ = ["Basis", "Catalogue", "DocumentType"]


class Catalogue:
    """All types of one deployment (文书目录). Immutable after reading, and safe to share between threads."""

    def __init__(self, sources: Mapping[tuple[str, str], Source]) -> None:
        self._sources = dict(sources)
        self._types = MappingProxyType(
            {code: source.type for (code, organ), source in sorted(sources.items()) if not organ}
        )
        self._environment: Sandbox | None = None
        self._templates: dict[tuple[str, str], Template] = {}
        self._lock = threading.Lock()

    @classmethod
    def read(cls, root: Path, overrides: Path | None = None) -> Catalogue:
        """Read every type below `root`; a file of the same place below `overrides` wins.

        Raises `DocumentError` naming the file and what is wrong with it.
        """
        if not root.is_dir():
            raise DocumentError("no-templates", f"找不到文书模板目录：{root}。")
        roots = [root, *([overrides] if overrides and overrides.is_dir() else [])]
        codes = sorted(
            {entry.name for place in roots for entry in place.iterdir() if (entry / "document.toml").is_file()}
        )
        sources: dict[tuple[str, str], Source] = {}
        for code in codes:
            organs = {
                entry.name
                for place in roots
                if (place / code / "variants").is_dir()
                for entry in (place / code / "variants").iterdir()
                if entry.is_dir()
            }
            for organ in ["", *sorted(organs)]:
                layers = [place / code for place in roots]
                if organ:
                    layers += [place / code / "variants" / organ for place in roots]
                sources[code, organ] = read_source(code, layers)
        return cls(sources)

    @property
    def types(self) -> Mapping[str, DocumentType]:
        """All types by code, variants not counted."""
        return self._types

    def variants(self, code: str) -> tuple[str, ...]:
        """Organ codes that have their own form of a type (部门式样)."""
        return tuple(sorted(organ for kind, organ in self._sources if kind == code and organ))

    def type_for(self, code: str, *, organ: str | None = None) -> DocumentType:
        """The type as it holds for an organ."""
        return self._source(code, organ).type

    def digest(self, code: str, *, organ: str | None = None) -> str:
        """SHA-256 (hex) of the files that decide the wording: document.toml layers and body.j2."""
        return self._source(code, organ).digest

    def sample(self, code: str, *, organ: str | None = None) -> dict[str, Any]:
        """The made-up facts of sample.toml (样例)."""
        source = self._source(code, organ)
        if source.sample is None:
            raise DocumentError("no-sample", f"{Path(source.where).parent} 缺少 sample.toml。")
        return facts_of(source.sample)

    def compose(self, code: str, facts: Mapping[str, Any], *, organ: str | None = None) -> Letter:
        """Make the letter of a type from facts (成文).

        `organ`: code of the issuing organ, for its own form of the type. Raises `DocumentError`: `unknown-type`,
        `missing-fact` (names the fact), `bad-fact`, `bad-template`, `too-long`.
        """
        source = self._source(code, organ)
        prepared: Record = prepare(facts)
        for key in ("number", "copies", "verify_url", "urgency"):
            prepared.setdefault(key, () if key == "copies" else Absent(name=key))
        check_facts(prepared, source.type.facts)
        wording = render(self._template(code, organ), prepared, where=source.where)
        widest = TITLE_CHARACTERS if source.type.layout in ("letter", "gongwen") else FORM_TITLE_CHARACTERS
        head, lines = parse_head(split_lines(wording), where=source.where, widest=widest)
        issuer, day = _issuer_name(prepared), _day(prepared)
        own = OwnSignature(issuer, chinese_date(day) if day else "")
        sign = head.values.get("sign", NOTHING if source.type.layout == "internal" else "机关")
        blocks, attachments = parse_body(lines, own, sign=sign != NOTHING)
        if own.block() in blocks and (not issuer or day is None):
            raise missing_fact("issued_on" if issuer else "issuer.name")
        copies = head.lists.get("copies", prepared["copies"])
        letter = Letter(
            code=code,
            name=source.type.name,
            layout=source.type.layout,
            organ=_unless_nothing(head.values.get("organ", issuer)),
            number=_unless_nothing(head.values.get("number", _text(prepared["number"]))),
            urgency=_unless_nothing(head.values.get("urgency", "")),
            title=head.title,
            addressee=_unless_nothing(head.values.get("to", "")).rstrip("：:"),
            blocks=blocks,
            attachment_names=head.lists.get("attachments", ()),
            note=_unless_nothing(head.values.get("note", "")),
            copies=tuple(_text(name) for name in copies) if isinstance(copies, tuple) else (),
            attachments=attachments,
            issuer=issuer,
            issued_on=day,
            verify_url=_text(prepared["verify_url"]),
        )
        _refuse_oversize(letter)
        return letter

    def _source(self, code: str, organ: str | None) -> Source:
        source = self._sources.get((code, organ or "")) or self._sources.get((code, ""))
        if source is None:
            raise DocumentError("unknown-type", f"没有文书种类“{code}”。现有：{'、'.join(self._types)}。")
        return source

    def _template(self, code: str, organ: str | None) -> Template:
        key = (code, organ or "") if (code, organ or "") in self._sources else (code, "")
        with self._lock:
            if self._environment is None:
                self._environment = sandbox()
            if key not in self._templates:
                source = self._sources[key]
                self._templates[key] = compile_wording(self._environment, source.body, where=source.where)
            return self._templates[key]


def _refuse_oversize(letter: Letter) -> None:
    """What stands in the head of the page has room for so much and no more."""
    for label, text, most in (
        ("发文机关名称", letter.organ, LONGEST_ORGAN),
        ("发文字号", letter.number, LONGEST_NUMBER),
        ("标题", "".join(letter.title), LONGEST_TITLE),
        ("紧急程度", letter.urgency, 8),
    ):
        if len(text) > most:
            raise DocumentError("too-long", f"{label}有{len(text)}字，超过{most}字，版头放不下。现为“{text[:20]}…”。")


def _text(value: Any) -> str:
    return "" if isinstance(value, Absent) else " ".join(str(value).split("\n")).strip()


def _day(facts: Record) -> date | None:
    value = facts.get("issued_on", "")
    try:
        return date.fromisoformat(_text(value)) if _text(value) else None
    except ValueError:
        raise DocumentError("bad-fact", f"成文日期“{_text(value)[:40]}”无效，应为 YYYY-MM-DD。") from None


def _unless_nothing(value: str) -> str:
    return "" if value == NOTHING else value


def _issuer_name(facts: Record) -> str:
    issuer = facts.get("issuer")
    return _text(issuer.get("name", "")) if isinstance(issuer, Record) else ""
