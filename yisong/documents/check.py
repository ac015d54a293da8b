"""Try every type with its sample and tell a clerk what is wrong (模板检查)."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable
from datetime import date

from yisong.documents.catalogue import Catalogue
from yisong.documents.docx import render_docx
from yisong.documents.environment import Problem
from yisong.documents.errors import DocumentError
from yisong.documents.letter import Letter, Paragraph
from yisong.documents.lint import lint
from yisong.documents.pdf import render_pdf

_RIGHTS = ("陈述", "申辩", "行政复议", "行政诉讼", "异议")


def check_templates(
    catalogue: Catalogue, *, codes: Iterable[str] | None = None, created: date, printing: bool = True
) -> list[Problem]:
    """Compose, lint and print every sample, variants included; empty = all types are sound.

    `created`: the date written into trial prints. `printing=False` leaves out the two renderers (a second instead of ten).
    """
    problems: list[Problem] = []
    for code in codes or catalogue.types:
        for organ in (None, *catalogue.variants(code)):
            label = f"{catalogue.type_for(code, organ=organ).name}（{code}{'/' + organ if organ else ''}）"
            try:
                facts = catalogue.sample(code, organ=organ)
                letter = catalogue.compose(code, facts, organ=organ)
                problems += [
                    Problem(fault.code, f"{label}：{fault.message}见“{fault.excerpt}”") for fault in lint(letter)
                ]
                if catalogue.type_for(code, organ=organ).for_unit and not _states_rights(letter):
                    problems.append(Problem("no-rights", f"{label}：面向当事人的文书应当告知陈述申辩或者救济途径。"))
                if printing:
                    render_pdf(
                        letter, facts_json=json.dumps(facts, ensure_ascii=False, default=str).encode(), created=created
                    )
                    render_docx(letter, created=created)
            except DocumentError as error:
                problems.append(Problem(error.code, f"{label}：{error.message}{_hint(error, catalogue, code, organ)}"))
    return problems


def _states_rights(letter: Letter) -> bool:
    text = "".join(letter.texts())
    return any(word in text for word in _RIGHTS) and any(
        isinstance(block, Paragraph) or block for block in letter.blocks
    )


def _hint(error: DocumentError, catalogue: Catalogue, code: str, organ: str | None) -> str:
    """A name that no declaration knows is a typing error, or was never declared (写错的名称)."""
    named = re.search("缺少事实“(.+?)”", error.message) if error.code == "missing-fact" else None
    if named is None:
        return ""
    declared = [*catalogue.type_for(code, organ=organ).facts, "number", "copies", "verify_url", "urgency"]
    name = re.sub(r"\[\d+\]", "[]", named[1])
    if name in declared:
        return "样例 sample.toml 中也要有这一项。"
    near = difflib.get_close_matches(name, declared, n=2, cutoff=0.7)
    return f"“{name}”没有在 document.toml 的 [facts] 中登记" + (
        f"，是不是“{'”或“'.join(near)}”？" if near else "；确是新增内容的，请登记，并在 sample.toml 中写一个虚构的值。"
    )
