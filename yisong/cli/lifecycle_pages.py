"""The life cycles in words (生命周期说明): rows for a table, Markdown, and a Mermaid diagram of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from yisong.domain.lifecycle import ALL_CLOCKS, VERB_LABELS, Kin, Lifecycle, Transition
from yisong.domain.lifecycles import ALL
from yisong.domain.roles import PARTY_LABELS

COLUMNS = ("步骤", "由 → 到", "谁可以办", "须填", "条件", "期限", "文书", "告知", "连带", "依据", "置信度")
KIN_LABELS = {
    Kin.CASE: "本案", Kin.FINDINGS: "所涉发现", Kin.ORDER: "责改", Kin.REVIEW: "复查", Kin.CRIMINAL: "涉罪线", Kin.LISTING: "名单", Kin.SEIZURE: "查封扣押", Kin.SUBJECT: "所涉事项",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Names:
    """What codes are called (名称): terms by rule code, papers by type code."""

    terms: Mapping[str, str] = field(default_factory=dict)
    papers: Mapping[str, str] = field(default_factory=dict)

    def term(self, code: str) -> str:
        if code == ALL_CLOCKS:
            return "全部期限"
        return f"{code} {self.terms[code]}" if code in self.terms else code

    def paper(self, code: str) -> str:
        return f"{code} {self.papers[code]}" if code in self.papers else code


def state_label(table: Lifecycle, state: str) -> str:
    return table.states.get(state, state) if state else "（新立）"


def row_cells(table: Lifecycle, row: Transition, *, names: Names) -> tuple[str, ...]:
    """One row of a life cycle, a cell per column of COLUMNS (流转一行)."""
    target = "（状态不变）" if row.target == "=" else state_label(table, row.target)
    needs = [f"{need.label}{'' if need.required else '（选填）'}" for need in row.needs]
    conditions = [f"仅限{row.when.label}"] if row.when is not None else []
    conditions += [guard.message for guard in row.guards]
    conditions += [f"不得由办理“{table.actions().get(action, action)}”的人办理" for action in row.not_by]
    clocks = []
    for effect in row.clocks:
        extra = [] if effect.chased else ["不催督"]
        if effect.lapse:
            extra.append(f"届满：{_action_label(effect.lapse)}")
        clocks.append(
            f"{VERB_LABELS[effect.verb]} {names.term(effect.rule)}" + (f"（{'，'.join(extra)}）" if extra else "")
        )
    papers = [
        f"{names.paper(paper.code)}（{PARTY_LABELS[paper.issuer]} → {PARTY_LABELS[paper.to]}{'，须送达' if paper.service else ''}）"
        for paper in row.papers
    ]
    tells = [f"{PARTY_LABELS[tell.party]}：{tell.notice}{'（紧急）' if tell.urgent else ''}" for tell in row.tells]
    also = [f"{KIN_LABELS[entry.kin]}：{_action_label(entry.action)}" for entry in row.also]
    if row.opens:
        also.append(f"另立{ALL[row.opens].label if row.opens in ALL else row.opens}")
    return (
        f"{row.label} {row.action}", f"{'、'.join(state_label(table, source) for source in row.source)} → {target}", "或".join(who.label for who in row.by),
        "；".join(needs), "；".join(conditions), "；".join(clocks), "；".join(papers), "；".join(tells), "；".join(also), row.basis, row.confidence,
    )  # fmt: skip


def _action_label(action: str) -> str:
    return next((table.actions()[action] for table in ALL.values() if action in table.actions()), action)


def mermaid(table: Lifecycle) -> str:
    """A state diagram of a life cycle (状态图), for Mermaid."""
    lines = ["stateDiagram-v2", *(f'    state "{label}" as {state}' for state, label in table.states.items())]
    arrows: dict[tuple[str, str], dict[str, None]] = {}
    for row in table.transitions:
        for source in row.source:
            arrows.setdefault((source or "[*]", row.end(source)), {})[row.label] = None
    lines += [f"    {source} --> {target} : {'／'.join(labels)}" for (source, target), labels in arrows.items()]
    lines += [f"    {state} --> [*]" for state in table.states if state in table.final]
    return "\n".join(lines) + "\n"


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown (表格)."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(
        "| " + " | ".join(cell.replace("|", "｜").replace("\n", " ") for cell in line) + " |\n" for line in lines
    )


def lifecycles_markdown(names: Names) -> str:
    """`docs/lifecycles.md`: every life cycle with its states, diagram and rows (生命周期总表)."""
    parts = [
        "# 生命周期\n",
        "本页由 `yisong book --write docs` 从 `yisong/domain/lifecycles/` 的表生成，请勿手工修改。\n",
        "每一行是一个可以办理的步骤：谁可以办、须填什么、满足什么条件、启动或停止哪个期限、出具什么文书、告知谁、连带什么、依据是什么。\n",
        "目录：" + " · ".join(f"[{table.label}](#{kind})" for kind, table in ALL.items()) + "\n",
    ]
    for kind, table in ALL.items():
        ends = "、".join(table.states[state] for state in table.states if state in table.final)
        rows = [row_cells(table, row, names=names) for row in table.transitions]
        parts += [
            f'<a id="{kind}"></a>\n\n## {table.label}（{kind}）\n',
            f"状态 {len(table.states)} 种，步骤 {len(rows)} 行；终结状态：{ends or '无'}。\n",
            f"```mermaid\n{mermaid(table)}```\n",
            markdown_table(COLUMNS, rows),
        ]
    return "\n".join(parts)
