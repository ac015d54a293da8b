"""What a person should weigh before a finding is dealt with (处置提示): exemption, suspected crime, urgency. Proposed, never decided.

Law: 行政处罚法第三十三条第一款 (轻微并及时改正、没有造成危害后果的，不予处罚; 初次违法且危害后果轻微并及时改正的，可以不予处罚) and 第二十七条
(涉嫌犯罪的，及时移送司法机关; 不得以罚代移), both 高.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yisong.domain.entries import CheckItem, Severity


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier finding of the same item at the unit (此前的同类发现)."""

    code: str
    found_on: date


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing to weigh (提示). `kind`: exempt · not_first · not_listed · criminal · urgent."""

    kind: str
    title: str
    words: str
    basis: str


_FIRST = "行政处罚法第三十三条第一款；本县首违不罚、轻微不罚事项清单"
_CRIME = "行政处罚法第二十七条；行政执法机关移送涉嫌犯罪案件的规定第三条、第五条"


def hints_of(
    item: CheckItem, *, urgent: bool, said_criminal: bool, said_exempt: bool, earlier: Sequence[Earlier], severity: str = ""
) -> tuple[Hint, ...]:  # fmt: skip
    """What there is to weigh about a finding (处置提示), what presses first.

    Args:
        item: the check item; the county says by `exempt_candidate` whether an exemption may be weighed at all.
        urgent: the finding was registered as urgent.
        said_criminal, said_exempt: what the ledger's row said of its disposal.
        earlier: findings of the same item at the same unit, found before this one and not void.
        severity: as registered; "" = the item's own.
    """
    found = []
    if urgent:
        words = "登记为紧急：发现后 24 小时内移送；现场危险由发现部门先行处置并留痕。"
        found.append(Hint("urgent", "紧急移送", words, "移送时限为系统默认，可在期限规则中调整"))
    if said_criminal or item.criminal_hint:
        why = "台账登记为涉嫌犯罪" if said_criminal else f"该事项可能涉嫌{item.criminal_hint}"
        words = f"{why}：请判断是否走涉嫌犯罪移送，不得以罚代移。"
        found.append(Hint("criminal", "涉嫌犯罪", words, _CRIME))
    found += _exemption(item, said=said_exempt, earlier=earlier, severity=severity or item.severity.value)
    return tuple(found)


def _exemption(item: CheckItem, *, said: bool, earlier: Sequence[Earlier], severity: str) -> list[Hint]:
    if not item.exempt_candidate or severity == Severity.CRITICAL.value:
        if not said:
            return []
        words = "台账写了不予处罚，但该事项不在本县首违不罚、轻微不罚清单内：请核对后按一般程序办理。"
        return [Hint("not_listed", "不在免罚清单", words, _FIRST)]
    if not earlier:
        words = "在清单内，且该单位此前没有同一事项的检查发现：危害后果轻微并及时改正的，可以不予处罚。是否适用由承办部门判断。"
        return [Hint("exempt", "可评估首违不罚", words, _FIRST)]
    last = max(earlier, key=lambda each: each.found_on)
    words = (
        f"该单位此前已有 {len(earlier)} 次同一事项的检查发现（最近 {last.found_on.isoformat()}，{last.code}），不属初次；"
        "仍可评估轻微不罚（轻微并及时改正、没有造成危害后果）。是否适用由承办部门判断。"
    )
    return [Hint("not_first", "非首次，可评估轻微不罚", words, _FIRST)]
