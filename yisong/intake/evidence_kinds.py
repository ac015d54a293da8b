"""The eight kinds of evidence of 行政处罚法 article 46 (证据种类; source: article read in full, confidence high)."""

from __future__ import annotations

import re
from enum import StrEnum

from yisong.intake.content import ContentType


class EvidenceKind(StrEnum):
    """A kind of evidence (证据种类)."""

    DOCUMENTARY = "documentary"
    PHYSICAL = "physical"
    AUDIOVISUAL = "audiovisual"
    ELECTRONIC = "electronic"
    WITNESS = "witness"
    PARTY = "party"
    EXPERT = "expert"
    RECORD = "record"

    @property
    def label(self) -> str:
        """The words of the law (法定名称)."""
        return _LABELS[self]


_LABELS = {
    EvidenceKind.DOCUMENTARY: "书证",
    EvidenceKind.PHYSICAL: "物证",
    EvidenceKind.AUDIOVISUAL: "视听资料",
    EvidenceKind.ELECTRONIC: "电子数据",
    EvidenceKind.WITNESS: "证人证言",
    EvidenceKind.PARTY: "当事人的陈述",
    EvidenceKind.EXPERT: "鉴定意见",
    EvidenceKind.RECORD: "勘验笔录、现场笔录",
}
_WORDS: tuple[tuple[EvidenceKind, re.Pattern[str]], ...] = (
    (EvidenceKind.PARTY, re.compile(r"(?:当事人|负责人|经营者|法定代表人).{0,4}(?:陈述|询问|谈话)|询问笔录|陈述申辩|情况说明")),
    (EvidenceKind.WITNESS, re.compile(r"证人|证言")),
    (EvidenceKind.EXPERT, re.compile(r"鉴定(?:意见|报告|书|结论)|司法鉴定|专家意见")),
    (EvidenceKind.RECORD, re.compile(r"勘验|现场(?:检查)?笔录|检查(?:（[^）]*）)?笔录|检查记录|现场记录|监督检查记录")),
    (EvidenceKind.ELECTRONIC, re.compile(r"截图|截屏|聊天记录|电子(?:数据|邮件|台账)|后台数据|监测数据|平台数据|日志|导出")),
    (EvidenceKind.PHYSICAL, re.compile(r"物证|样品|实物|封存物")),
    (EvidenceKind.DOCUMENTARY, re.compile(r"复印件|执照|许可证|身份证|合同|票据|发票|台账|证书|检定|检测报告|检验报告|通知书|告知书|名册|登记表|协议|清单|凭证|预案|证明")),
    (EvidenceKind.AUDIOVISUAL, re.compile(r"照片|图片|录像|视频|录音|影像|拍摄")),
)  # fmt: skip


def propose_kind(name: str, *, content: ContentType | None = None) -> EvidenceKind:
    """Propose the kind of a piece of evidence from its name and content (证据种类建议); a person may change it."""
    for kind, pattern in _WORDS:
        if pattern.search(name):
            return kind
    if content is not None and content.family in ("image", "audio", "video"):
        return EvidenceKind.AUDIOVISUAL
    if content is not None and content.extension in ("txt", "html"):
        return EvidenceKind.ELECTRONIC
    return EvidenceKind.DOCUMENTARY
