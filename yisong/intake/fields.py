"""The canonical columns of an inspection ledger (台账标准列) and the names offices give them (列名同义词)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

Level = Literal["inspection", "finding", "ignored"]


@dataclass(frozen=True, slots=True)
class Field:
    """One canonical column (标准列).

    `level` tells whom the value belongs to: the inspection as a whole, one finding, or nobody.
    `synonyms` are written as an office would; they are compared after `columns.header_key`.
    """

    name: str
    label: str
    level: Level
    synonyms: tuple[str, ...]
    is_code: bool = False


# One paragraph for each column: field | label | whose value it is; below it the synonyms, apart by blanks.
_TABLE = """
verdict | 校验结果 | ignored
state | 办理状态 | ignored
case_code | 案号（系统） | ignored
owner | 承办部门（系统） | ignored
due_on | 当前期限 | ignored
lateness | 逾期情况 | ignored
documents | 文书文号 | ignored
closed_on | 办结日期 | ignored
system_key | 系统编号 | finding code
serial | 序号 | ignored
    序  行号  No  NO.  排序  顺序号
inspection_code | 检查编号 | inspection code
    检查单号  检查任务编号  任务编号  检查任务号  检查批次号  检查记录编号  检查计划编号  检查号
behaviour_code | 行政行为码 | inspection code
    行为码  检查行为码  行政检查行为码  行政检查码  检查码  赋码  行政行为编码  执法行为码
theme | 检查主题 | inspection
    主题  综合查一次主题  检查场景  联合检查主题  监管一件事  一件事主题  主题名称  检查任务名称
unit_name | 被检查单位 | inspection
    被检查单位名称  被检单位  受检单位  受检单位名称  企业名称  单位名称  检查对象  被检查对象  检查对象名称
    被检查企业  当事人  当事人名称  市场主体名称  经营主体名称  主体名称  被查单位  被检查人  被检查单位全称
    企业（单位）名称  对象名称  行政相对人  行政相对人名称  经营主体  商户名称  市场主体  经营单位  生产经营单位
    受检企业  受检对象  被查企业  被查对象  监管对象  相对人  单位全称  企业全称  主体全称  门店名称  场所名称
uscc | 统一社会信用代码 | inspection code
    信用代码  社会信用代码  统一信用代码  统一代码  企业代码  组织机构代码  税号  纳税人识别号
    统一社会信用代码（18位）  统一社会信用码  社会信用码  主体信用代码  营业执照编号  营业执照号  营业执照号码  执照号  单位代码  USCC  主体代码  社会统一信用代码
inspected_on | 检查日期 | inspection
    检查时间  检查日  现场检查日期  现场检查时间  入企日期  入企时间  检查年月日  实施日期  发现日期  日期
    检查开始时间  检查起始日期  执法日期  巡查日期  到场日期  现场检查日
initiator | 发起部门 | inspection
    牵头部门  牵头单位  发起单位  主查部门  组织部门  组织单位  牵头检查部门  检查部门  检查单位  检查机关
    实施部门  检查主体  主办部门  主办单位  实施单位  执法单位  执法机关  执法部门
participants | 参与部门 | inspection
    参加部门  参与单位  参加单位  联合部门  配合部门  协同部门  联合检查部门  参与检查部门  成员单位  协查部门
    配合单位  协同单位  联合单位  联合检查单位  协办部门  协办单位  参检部门  参检单位
kind | 检查类型 | inspection
    检查类别  检查方式  检查形式  任务类型  检查性质  检查来源  任务来源
scanned_in | 是否扫码 | inspection
    扫码入企  是否扫码入企  扫码  是否亮码  亮码  是否亮码入企  扫码情况  是否扫码检查  亮码检查
town | 属地镇街 | inspection
    镇街  所属镇街  所在镇街  属地  乡镇街道  乡镇（街道）  镇（街道）  所属乡镇  所属街道  所在乡镇  街道
    乡镇  属地乡镇  所属镇（街道）  镇（街）  所属乡镇街道  所在镇（街道）
place | 检查地址 | inspection
    地址  检查地点  现场地址  经营地址  单位地址  住所  企业地址  发现地点  场所地址  详细地址  经营场所
    被检查单位地址  所在地  经营场所地址  生产经营地址  注册地址
officers | 检查人员 | inspection
    执法人员  检查人  执法人  检查组成员  检查人员姓名  执法人员姓名  检查人员及证号  执法人员及证号
    检查人员（执法证号）  检查员  执法检查人员  检查组人员
inspection_note | 检查备注 | inspection
    检查说明  检查备注说明  检查情况说明  检查任务备注
finding_code | 问题编号 | finding code
    问题序号  发现编号  问题号  问题单号  隐患编号  问题编码  线索编号
item | 检查事项 | finding
    事项  事项名称  检查内容  检查项目  检查项  事项编码  检查事项编码  监管事项  执法事项  检查事项名称
    检查要点  事项代码  事项编号  检查条目  检查要素
facts | 发现问题 | finding
    存在问题  问题描述  检查情况  问题  发现的问题  存在的问题  检查发现问题  违法事实  问题情况  隐患描述
    存在隐患  检查结果  主要问题  涉嫌违法事实  具体问题  问题隐患  发现问题描述  违法违规问题  问题内容
    检查发现的问题  存在的主要问题  发现问题情况  问题及隐患  隐患  隐患内容  发现隐患  发现的隐患  存在的隐患  存在问题及隐患
    检查发现  问题详情  不合格项  不符合项  违法行为
disposal | 处置方式 | finding
    处理方式  处理意见  处置意见  处置措施  处理措施  处理结果  处置结果  处置情况  处理情况  处置  后续处理
    办理方式  处理建议  处置建议  后续处置
department | 责任部门 | finding
    移送部门  承办部门  主管部门  接收部门  受移送部门  整改责任部门  移送单位  责任单位  拟移送部门
    建议移送部门  处置部门  处理部门  监管部门  移送至  移交部门  承办单位  受理部门  行业主管部门
    主管单位  行业主管单位  移交单位  转办部门  转办单位  归口部门  处置单位  处理单位  主责部门  主责单位
evidence | 证据材料 | finding
    证据  证据清单  附件  材料  照片  证据名称  佐证材料  证据材料清单  材料清单  照片编号  证据照片  影像资料
    附件材料
remark | 备注 | finding
    说明  备注说明  其他  其他说明  备注信息  备考
"""


def _read(table: str) -> tuple[Field, ...]:
    fields: list[Field] = []
    synonyms: list[str] = []
    for line in table.strip().splitlines():
        if line.startswith(" "):
            synonyms.extend(line.split())
            fields[-1] = Field(fields[-1].name, fields[-1].label, fields[-1].level, tuple(synonyms), fields[-1].is_code)
            continue
        name, label, kind = (part.strip() for part in line.split("|"))
        level, _, code = kind.partition(" ")
        synonyms = []
        fields.append(Field(name, label, cast("Level", level), (), code == "code"))
    return tuple(fields)


FIELDS: tuple[Field, ...] = _read(_TABLE)
BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}
INSPECTION_FIELDS: tuple[str, ...] = tuple(field.name for field in FIELDS if field.level == "inspection")
FINDING_FIELDS: tuple[str, ...] = tuple(field.name for field in FIELDS if field.level == "finding")


def label_of(name: str) -> str:
    """Give the Chinese label of a canonical column (标准列名)."""
    field = BY_NAME.get(name)
    return field.label if field else name
