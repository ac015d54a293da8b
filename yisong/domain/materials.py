"""What must accompany a transfer (移送材料): the points of the list, and which of them stand in the way of submitting it.

A point is hard where an article asks for it, or where the county says so; otherwise it is a hint. Every point is data, dated
and cited; what is only our default says 系统默认. A point is met by a file, by a name that a person has given, by what the
registers hold, or by a person who vouches for what is there on paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from yisong.domain.entries import Confidence, Source, in_force

FEWEST_OFFICERS = 2
"""行政处罚法第四十二条: at least two officers with certificates."""


class Proof(StrEnum):
    """What meets a point (以何证明)."""

    LETTER = "letter"
    LIST = "list"
    RECORD = "record"
    EVIDENCE = "evidence"
    IDENTITY = "identity"
    MEASURES = "measures"
    OFFICERS = "officers"
    BEHAVIOUR = "behaviour"
    PLAN = "plan"
    LAW = "law"
    TEST_REPORT = "test_report"


@dataclass(frozen=True, slots=True)
class MaterialPoint:
    """One point of the list (材料项). `remedy` says what to do where it is not met."""

    code: str
    name: str
    proof: Proof
    hard: bool
    remedy: str
    basis: str
    source: Source = Source.DEFAULT
    confidence: Confidence = Confidence.LOW
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What has been put together for one transfer (已有材料).

    `files` and `named`: (kind of evidence, name) of files, and of what a person has named as being there. `vouched`: by point,
    in the words of whoever vouches. `measures`: (name, day it ends or None) of measures taken; `measured` says that something
    tells of one (a list of things kept or sealed). `report` says that a measured result is an element of the breach.
    """

    files: tuple[tuple[str, str], ...] = ()
    named: tuple[tuple[str, str], ...] = ()
    vouched: Mapping[str, str] = field(default_factory=dict)
    registered: bool = False
    measures: tuple[tuple[str, date | None], ...] = ()
    measured: bool = False
    officers: tuple[tuple[str, str], ...] = ()
    roster: tuple[tuple[str, str], ...] = ()
    """Who bears a certificate in the organs that inspected, for an inspection that does not say who went."""
    behaviour_code: str = ""
    law: bool = False
    report: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """How one point stands (核对结果). `by` says what meets it; `asked` is False where nothing asks for it in this case."""

    point: MaterialPoint
    met: bool
    by: str = ""
    asked: bool = True
    problem: str = ""

    @property
    def blocking(self) -> bool:
        """Whether the transfer may not be submitted because of it (是否妨碍提交)."""
        return self.asked and self.point.hard and not self.met

    @property
    def advice(self) -> str:
        """What is missing and what to do (缺项及补法)."""
        return f"缺{self.point.name}：{self.problem or self.point.remedy}"


def check_materials(points: Iterable[MaterialPoint], *, held: Held, on: date) -> tuple[Checked, ...]:
    """Go through the points in force on a day (移送材料核对)."""
    return tuple(_check(point, held) for point in points if in_force(point.valid_from, point.valid_to, on=on))


def missing(checked: Iterable[Checked]) -> tuple[str, ...]:
    """Everything that stands in the way, all at once (缺项)."""
    return tuple(each.advice for each in checked if each.blocking)


def _check(point: MaterialPoint, held: Held) -> Checked:
    vouched = held.vouched.get(point.code, "").strip()
    by, asked, problem = _ANSWERS[point.proof](held)
    if by:
        return Checked(point, True, by, asked)
    if vouched and not (point.proof is Proof.MEASURES and problem):
        return Checked(point, True, f"已核对：{vouched}", True)
    return Checked(point, False, "", asked, problem)


Answer = tuple[str, bool, str]
"""What meets the point ("" = nothing), whether it is asked for, and what exactly is wrong ("" = the point's own remedy)."""


def _issued(held: Held) -> Answer:
    return "批准移送时由系统出具", True, ""


def _record(held: Held) -> Answer:
    return (
        _shown([entry for entry in held.files if entry[0] == "record"], [e for e in held.named if e[0] == "record"]),
        True,
        "",
    )


def _evidence(held: Held) -> Answer:
    others = [entry for entry in held.named if entry[0] != "record"]
    return _shown([entry for entry in held.files if entry[0] != "record"], others), True, ""


def _identity(held: Held) -> Answer:
    words = ("营业执照", "身份证", "登记证", "法人证书", "主体")
    papers = _shown(
        *([entry for entry in group if any(word in entry[1] for word in words)] for group in (held.files, held.named))
    )
    return papers or ("单位登记信息已核对（信用代码、住所、负责人）" if held.registered else ""), True, ""


def _measures(held: Held) -> Answer:
    undated = [name for name, until in held.measures if until is None]
    if undated:
        return "", True, f"措施“{'、'.join(undated)}”没有写到期日，请填写；期限在移送期间继续计算"
    told = "、".join(f"{name}（至 {until}）" for name, until in held.measures)
    return told, held.measured or bool(held.measures), ""


def _officers(held: Held) -> Answer:
    certified = [name for name, certificate in held.officers if certificate.strip()]
    if len(certified) >= FEWEST_OFFICERS:
        return "、".join(certified), True, ""
    known = [name for name, certificate in held.roster if certificate.strip()]
    if not held.officers and len(known) >= FEWEST_OFFICERS:
        return f"检查部门登记在册的持证人员：{'、'.join(known[:3])}{'等' if len(known) > 3 else ''}", True, ""
    return (
        "",
        True,
        f"有执法证号的检查人员现有 {len(certified)} 名，不少于 {FEWEST_OFFICERS} 名才可移送，请补录姓名和证号",
    )


def _behaviour(held: Held) -> Answer:
    return held.behaviour_code, True, ""


def _plan(held: Held) -> Answer:
    return "", True, ""


def _law(held: Held) -> Answer:
    return "事项清单所载行为时有效的条款" if held.law else "", True, ""


def _test_report(held: Held) -> Answer:
    words = ("检测报告", "检验报告", "监测报告", "鉴定")
    papers = _shown(
        *([entry for entry in group if any(word in entry[1] for word in words)] for group in (held.files, held.named))
    )
    return papers, held.report, ""


def _shown(files: list[tuple[str, str]], named: list[tuple[str, str]]) -> str:
    if files:
        more = f" 等 {len(files)} 份" if len(files) > 1 else ""
        return f"文件“{files[0][1]}”{more}"
    return "、".join(name for _, name in named[:3]) + ("等" if len(named) > 3 else "") if named else ""


_ANSWERS = {
    Proof.LETTER: _issued, Proof.LIST: _issued, Proof.RECORD: _record, Proof.EVIDENCE: _evidence, Proof.IDENTITY: _identity, Proof.MEASURES: _measures,
    Proof.OFFICERS: _officers, Proof.BEHAVIOUR: _behaviour, Proof.PLAN: _plan, Proof.LAW: _law, Proof.TEST_REPORT: _test_report,
}  # fmt: skip
_LAW, _DEFAULT, _HIGH, _MEDIUM, _LOW = Source.LAW, Source.DEFAULT, Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW
DEFAULT_POINTS = (
    MaterialPoint("LETTER", "移送函", Proof.LETTER, True, "请批准移送，由系统出具移送函", "安全生产法第六十九条（及时移送并形成记录备查）", _LAW, _HIGH),
    MaterialPoint("RECORD", "现场检查笔录", Proof.RECORD, True, "请上传现场检查笔录（当事人拒签的附拒签说明），只有纸质原件的请核对确认并写明存放处", "安全生产法第六十八条（检查作书面记录、拒签记录在案）、行政处罚法第四十七条（全过程记录）", _LAW, _HIGH),
    MaterialPoint("EVIDENCE", "证据", Proof.EVIDENCE, True, "请至少上传一份照片、视频、复印件或检测报告，只有实物的请核对确认并写明物证清单", "行政处罚法第四十条（事实不清、证据不足不得处罚）、第四十六条（证据种类）", _LAW, _HIGH),
    MaterialPoint("IDENTITY", "当事人主体证明", Proof.IDENTITY, True, "请补全单位登记信息，或者上传营业执照、身份证复印件", "系统默认：移送材料通常含主体证明；单位登记信息核对完整的视为具备", _DEFAULT, _LOW),
    MaterialPoint("LIST", "移送材料清单", Proof.LIST, True, "请批准移送，由系统出具清单，双方签字", "系统默认：清单随函一式两联、双方签字", _DEFAULT, _LOW),
    MaterialPoint("MEASURES", "已采取措施及到期日", Proof.MEASURES, True, "材料中提到登记保存或者查封扣押，请填写措施名称和到期日；确实没有采取的写“无”", "行政处罚法第五十六条（登记保存七日内处理）、行政强制法第二十五条（查封扣押三十日）", _LAW, _HIGH),
    MaterialPoint("OFFICERS", "检查人员执法证信息", Proof.OFFICERS, True, "请补录两名以上检查人员的姓名和执法证号", "行政处罚法第四十二条（执法人员不得少于两人、具有执法资格）", _LAW, _HIGH),
    MaterialPoint("BEHAVIOUR", "行政行为码", Proof.BEHAVIOUR, False, "请补录行政行为码；紧急检查请写明事后补办情况", "系统默认：地方“亮码检查”要求，没有的提示不拦截", _DEFAULT, _MEDIUM),
    MaterialPoint("PLAN", "检查计划备案号", Proof.PLAN, False, "请写明备案号；有因检查、紧急检查请写明情况", "系统默认：地方检查计划备案要求，没有的提示不拦截", _DEFAULT, _LOW),
    MaterialPoint("LAW", "法律依据条款", Proof.LAW, True, "请在事项清单中补写检查当日有效的义务条款和罚则", "系统默认：移送函须写明涉嫌违反的条款和处理依据，取自事项清单中行为时有效的版本", _DEFAULT, _MEDIUM),
    MaterialPoint("TEST_REPORT", "检测报告", Proof.TEST_REPORT, False, "违法构成含检测结果，请补充检测报告，否则受理部门会要求补正", "系统默认：缺检测报告的可以移送，受理部门会要求补正", _DEFAULT, _MEDIUM),
)  # fmt: skip
"""The points of a county that says nothing of its own (系统默认材料清单)."""
