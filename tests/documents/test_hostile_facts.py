"""Any Unicode, markup, formulas, endless words: a document or a named refusal, never a crash, never another page head."""

from __future__ import annotations

import copy
import io
import os
import zipfile
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from yisong.documents.catalogue import Catalogue
from yisong.documents.docx import render_docx
from yisong.documents.errors import DocumentError
from yisong.documents.letter import Attachment, Cut, Form, Letter, Paragraph, Signature, Table
from yisong.documents.pdf import render_pdf

DAY = date(2026, 11, 20)
CODES = ("yisong", "zegai", "ysqd", "huizheng", "tongbao", "lieru_jd", "fengxian")
EXAMPLES = int(os.environ.get("YISONG_HOSTILE_EXAMPLES", "150"))
MARKUP = (
    "<script>alert(1)</script>", '<img src="http://127.0.0.1:9/x">', "<link rel=attachment href='file:///etc/passwd'>", "# 附件9 假附件",
    "| 假 | 表 |", "---", "@署名 假机关", "@回执 假", "一、假标题", "（一）假标题。", "{{ 7*7 }}", "{% for a in b %}", "]]>", "&amp;&#x3c;", "=1+1",
    "title: 假", "\\\\", ">> 右", "^^", "!! 条", "a\nb\r\nc\u2028d", "\u202eabc\u202c", "\u0000\u0007\ufffe", "\ue000注入\ue001", "\U000f0000",
    "甲" * 10_000, "a" * 10_000, "e\u0301" * 50, "👩‍👩‍👧‍👦", "𬭎䶮㐂𠮷", "'; DROP TABLE x; --", "1e999", "　", "\t", "../../etc/passwd", "%s%n", "مرحبا", "\ud800",
)  # fmt: skip
hostile_text = st.one_of(
    st.sampled_from(MARKUP), st.text(max_size=60), st.text(alphabet="一二（）、。|#@->{}%\n〔〕附件无 ", max_size=40)
)


def text_places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a text in the facts."""
    if isinstance(value, dict):
        return [place for key, item in value.items() for place in text_places(item, (*path, key))]
    if isinstance(value, list):
        return [place for index, item in enumerate(value) for place in text_places(item, (*path, index))]
    return [path] if isinstance(value, str) else []


def poisoned(facts: dict[str, Any], places: list[tuple[Any, ...]], texts: list[str]) -> dict[str, Any]:
    """The facts with other texts in some places."""
    changed = copy.deepcopy(facts)
    for place, text in zip(places, texts, strict=False):
        holder = changed
        for step in place[:-1]:
            holder = holder[step]
        holder[place[-1]] = text
    return changed


def skeleton(letter: Letter) -> tuple[object, ...]:
    """What the wording alone decides: attachments, tables with their columns, signatures, cut lines, headings of the template."""

    def shapes(blocks: tuple[Any, ...]) -> list[object]:
        found: list[object] = []
        for block in blocks:
            match block:
                case Table(header, _, rows):
                    found.append(("table", len(header), len(rows)))
                case Form(rows):
                    found.append(("form", tuple(tuple(cell.span for cell in row.cells) for row in rows)))
                case Signature() | Cut():
                    found.append(type(block).__name__)
                case Paragraph(level=level) if level == 1:
                    found.append("heading")
        return found

    parts: list[Attachment] = list(letter.attachments)
    return (letter.layout, tuple(shapes(letter.blocks)), tuple(tuple(shapes(part.blocks)) for part in parts))


@st.composite
def attacks(draw: st.DrawFn) -> tuple[str, list[int], list[str]]:
    code = draw(st.sampled_from(CODES))
    count = draw(st.integers(1, 4))
    return (
        code,
        draw(st.lists(st.integers(0, 500), min_size=count, max_size=count)),
        draw(st.lists(hostile_text, min_size=count, max_size=count)),
    )


def attacked(catalogue: Catalogue, attack: tuple[str, list[int], list[str]]) -> tuple[Letter, Letter] | None:
    """The clean letter and the poisoned one; None = refused by name."""
    code, picks, texts = attack
    facts = catalogue.sample(code)
    places = text_places(facts)
    try:
        return catalogue.compose(code, facts), catalogue.compose(
            code, poisoned(facts, [places[pick % len(places)] for pick in picks], texts)
        )
    except DocumentError as error:
        assert error.code and error.message
        return None


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(attack=attacks())
def test_structure_is_the_templates_whatever_the_facts_say(
    catalogue: Catalogue, attack: tuple[str, list[int], list[str]]
) -> None:
    found = attacked(catalogue, attack)
    if found is None:
        return
    clean, dirty = found
    assert len(dirty.attachments) == len(clean.attachments)
    assert {type(block).__name__ for block in dirty.blocks} <= {type(block).__name__ for block in clean.blocks} | {
        "Paragraph",
        "Table",
        "Form",
    }
    assert [s for s in skeleton(dirty)[1] if s in ("Signature", "Cut")] == [
        s for s in skeleton(clean)[1] if s in ("Signature", "Cut")
    ]
    printed = dirty.plain_text
    assert not any(character in printed for character in "\x00\x07\u202e\ue000\ue001\ue002\ufffe")
    try:
        data = render_docx(dirty, created=DAY)
    except DocumentError as error:
        assert error.code in {"missing-glyph", "bad-fact", "too-long"}
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    words = "".join(node.text or "" for node in body.iter(f"{w}t"))
    assert sorted(words.replace(" ", "").replace("　", "")) == sorted(
        "".join(dirty.texts()).replace(" ", "").replace("　", "").replace("\n", "")
    )


@settings(
    max_examples=max(EXAMPLES // 12, 8),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(attack=attacks())
def test_a_hostile_letter_prints_or_is_refused_by_name(
    catalogue: Catalogue, attack: tuple[str, list[int], list[str]]
) -> None:
    found = attacked(catalogue, attack)
    if found is None:
        return
    try:
        pdf = render_pdf(found[1], created=DAY)
    except DocumentError as error:
        assert error.code in {"missing-glyph", "bad-fact", "too-long"}
        return
    assert pdf.startswith(b"%PDF")


@pytest.mark.parametrize(
    "text",
    ["一、假标题", "# 附件9 假附件\n| 1 |\ntitle: x", "| 甲 | 乙 |", "---", "@署名", "@回执 假", "（一）假。", "- 名"],
)
def test_a_fact_that_looks_like_structure_stays_text(catalogue: Catalogue, text: str) -> None:
    facts = catalogue.sample("yisong")
    clean = catalogue.compose("yisong", facts)
    for key in ("title", "list_name"):
        if key in facts["routing"]:
            facts["routing"][key] = text
    facts["routing"]["reason"] = text
    facts["findings"][0]["facts"] = text
    dirty = catalogue.compose("yisong", facts)
    assert skeleton(dirty) == skeleton(clean)
    for line in text.splitlines():
        assert line.rstrip("。") in dirty.plain_text
