"""`docs/glossary.md`: every English identifier of the business with its Chinese word (术语对照)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from yisong.cli.lifecycle_pages import markdown_table
from yisong.domain import casestate
from yisong.domain.deadlines import Unit
from yisong.domain.entries import Confidence, RectifyMode, Severity, Source
from yisong.domain.lifecycle import VERB_LABELS
from yisong.domain.lifecycles import ALL
from yisong.domain.organs import OrganLevel, OrganRole
from yisong.domain.roles import PARTY_LABELS, ROLE_LABELS
from yisong.domain.workdays import DayKind

if TYPE_CHECKING:
    from yisong.domain.rulebook import RuleBook

Line = tuple[str, str]


def _sections(book: RuleBook, papers: Mapping[str, str]) -> dict[str, list[Line]]:
    terms: dict[str, str] = {}
    for rule in book.deadline_rules:
        terms.setdefault(rule.code, rule.name)
    needs = {need.name: need.label for table in ALL.values() for row in table.transitions for need in row.needs}
    return {
        "事项类别": [(kind, table.label) for kind, table in ALL.items()],
        "文书": sorted(papers.items()),
        "期限规则": list(terms.items()),
        "时钟动作": [(verb.value, label) for verb, label in VERB_LABELS.items()],
        "期限单位": [(unit.value, unit.label) for unit in Unit],
        "日别": [(kind.value, kind.label) for kind in DayKind],
        "当事各方": [(party.value, label) for party, label in PARTY_LABELS.items()],
        "岗位": [(role.value, label) for role, label in ROLE_LABELS.items()],
        "机关层级": [(level.value, level.label) for level in OrganLevel],
        "机关职能": [(role.value, role.label) for role in OrganRole],
        "来源": [(source.value, source.label) for source in Source],
        "置信度": [(confidence.value, confidence.label) for confidence in Confidence],
        "严重程度": [(severity.value, severity.label) for severity in Severity],
        "改正方式": [(mode.value, mode.label) for mode in RectifyMode],
        "案件总状态": list(casestate.LABELS.items()),
        "填写项": sorted(needs.items()),
    }


def glossary_markdown(book: RuleBook, *, papers: Mapping[str, str]) -> str:
    """The glossary (术语对照). `papers`: type code → name of every folder of `templates/documents/`."""
    parts = [
        "# 术语对照\n",
        "本页由 `yisong book --write docs` 生成，请勿手工修改。左列是代码、接口和命令里的英文标识，右列是使用者看到的中文。\n",
    ]
    for kind, table in ALL.items():
        actions: dict[str, list[str]] = {}
        for row in table.transitions:
            labels = actions.setdefault(row.action, [])
            if row.label not in labels:
                labels.append(row.label)
        parts.append(f"## {table.label}（{kind}）\n")
        parts.append(markdown_table(("状态", "中文"), [(f"`{state}`", label) for state, label in table.states.items()]))
        parts.append(
            markdown_table(("步骤", "中文"), [(f"`{action}`", "；".join(labels)) for action, labels in actions.items()])
        )
    for title, lines in _sections(book, papers).items():
        parts.append(f"## {title}\n")
        parts.append(markdown_table(("标识", "中文"), [(f"`{name}`", label) for name, label in lines]))
    return "\n".join(parts)
