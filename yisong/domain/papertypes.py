"""The papers that the life cycles speak of (系统默认文书种类): name, layout and the word of their numbers.

A county's own list of types goes first; what it leaves out is numbered in this common manner, labelled 系统默认.
"""

from __future__ import annotations

from yisong.domain.entries import Confidence
from yisong.domain.numbering import DocumentNumbering

_TYPES = (
    ("XCBL", "现场检查笔录", "form", "检录"),
    ("JGGZ", "行政检查结果告知书", "form", "检告"),
    ("YISONG", "案件（线索）移送函", "letter", "移"),
    ("YSQD", "移送材料清单", "form", None),
    ("HUIZHI", "移送回执（受理通知书）", "form", "移回"),
    ("BUZHENG", "补正材料通知书", "letter", "补"),
    ("BUSHOU", "不予受理（退回）函", "letter", "不受"),
    ("XIETIAO", "管辖争议协调函", "letter", "协"),
    ("ZHIDING", "指定管辖通知书", "gongwen", "指管"),
    ("ZEGAI", "责令改正通知书", "form", "责改"),
    ("ZGBG", "整改报告", "form", None),
    ("YANSQ", "延期整改申请", "form", None),
    ("YANPI", "延期整改批复", "letter", "延批"),
    ("FUCHA", "整改复查意见书", "form", "复查"),
    ("CUIBAN", "催办函", "letter", "催"),
    ("DUBAN", "督办通知书", "gongwen", "督"),
    ("GUAPAI", "挂牌督办通知书", "gongwen", "挂督"),
    ("YUETAN", "约谈通知书", "letter", "约"),
    ("TONGBAO", "通报", "gongwen", "通"),
    ("FENGXIAN", "风险提示函", "letter", "提"),
    ("ZUIYI", "涉嫌犯罪案件移送书", "form", "罪移"),
    ("LIERU_GZ", "列入重点监管对象事先告知书", "form", "重监告"),
    ("LIERU_FH", "陈述申辩复核意见书", "form", "重监复"),
    ("LIERU_JD", "列入重点监管对象决定书", "form", "重监列"),
    ("YICHU", "移出重点监管对象决定书", "form", "重监移"),
    ("CHEXIAO", "撤销列入决定书", "form", "重监撤"),
    ("XIUFU", "信用修复告知书", "form", "信修告"),
    ("BUFA", "不予行政处罚（首违不罚/轻微不罚）决定/告知书", "form", "不罚"),
    ("GONGSHI", "公示表", "form", None),
    ("HUIZHENG", "送达回证", "form", None),
    ("JUANNEI", "卷宗封面及卷内目录", "form", None),
    ("CHEHUI", "文书撤回（更正）通知书", "form", "撤"),
    ("GUAXIAO", "挂牌督办销号通知书", "gongwen", "挂销"),
    ("HEGUI", "行政合规建议书", "form", "合规"),
    ("XIECHA", "协助调查函", "letter", "协查"),
    ("ZHONGZHI", "终止（中止）通知书", "form", "终"),
    ("LIAN", "立案审批表", "internal", "立"),
)
BASIS = "系统默认：县文书目录未列，按发文机关代字＋文书字编号"
_OWN_BASIS = {"LIAN": "系统默认：立案编号为内部审批号（处罚法54条要求及时立案，未定文号）"}

DEFAULTS: dict[str, DocumentNumbering] = {
    code: DocumentNumbering(
        code=code,
        name=name,
        layout=layout,
        pattern=f"{{prefix}}{word}〔{{year}}〕{{seq}}号" if word else None,
        basis=_OWN_BASIS.get(code, BASIS),
        confidence=Confidence.LOW,
    )
    for code, name, layout, word in _TYPES
}
"""Code → how it is numbered where the county does not say (系统默认文号)."""
