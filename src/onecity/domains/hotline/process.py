"""The two processes of the hotline on the first day: demands, and petitions with their three levels.

Limits of handling stand by kind in `data/kinds.csv`; the desks' own limits are house defaults.
Source: 信访工作条例 2022, stages and limits; GB/T 33358-2016, the flow of a work order.
"""

from pathlib import Path
from typing import Final

from onecity.domains.hotline.kinds import KIND_SCHEME
from onecity.kernel.deadlines import TimeUnit
from onecity.kernel.text import zh
from onecity.platform.cases.declare import CaseType, DataField, Limit, Stage

DEMAND_TYPE: Final = "hotline.demand"
PETITION_TYPE: Final = "hotline.petition"
TYPES: Final = (DEMAND_TYPE, PETITION_TYPE)
SOLVED: Final = (("yes", zh("已解决")), ("partly", zh("部分解决")), ("no", zh("未解决")))
CALLBACK_FORM: Final = {
    "type": "object",
    "properties": {"solved": {"type": "string", "title": zh("诉求是否解决"), "enum": ["已解决", "部分解决", "未解决"]}},
    "required": ["solved"],
}
_FOLDER: Final = Path(__file__).parent / "processes"
_DATA: Final = (
    DataField("topic", zh("诉求分类")),
    DataField("solved", zh("是否解决")),
    DataField("returns", zh("退单次数"), "number"),
    DataField("reworks", zh("重办次数"), "number"),
    DataField("delays", zh("延期次数"), "number"),
)

DEMAND: Final = CaseType(
    code=DEMAND_TYPE,
    name=zh("热线诉求工单"),
    process=_FOLDER / "demand.bpmn",
    stages=(
        Stage("accept", zh("受理")),
        Stage("dispatch", zh("分办")),
        Stage("sign", zh("签收")),
        Stage("handle", zh("办理")),
        Stage("reply", zh("答复")),
        Stage("callback", zh("回访")),
        Stage("close", zh("办结")),
    ),
    limits={
        "accept": Limit("0.5", TimeUnit.URGENT_HOUR),
        "dispatch": Limit("2", TimeUnit.WORK_HOUR),
        "sign": Limit("1", TimeUnit.WORK_DAY),
        "handle": Limit("13", TimeUnit.WORK_DAY),
        "extend": Limit("5", TimeUnit.WORK_DAY),
        "consent": Limit("4", TimeUnit.WORK_HOUR),
        "redo": Limit("5", TimeUnit.WORK_DAY),
        "reply": Limit("4", TimeUnit.WORK_HOUR),
        "callback": Limit("1", TimeUnit.WORK_DAY),
        "close": Limit("1", TimeUnit.WORK_DAY),
        "whole": Limit("14", TimeUnit.WORK_DAY),
    },
    case_limit="whole",
    data=_DATA,
    forms={"callback": CALLBACK_FORM},
    scheme=KIND_SCHEME,
    icon="message",
)
PETITION: Final = CaseType(
    code=PETITION_TYPE,
    name=zh("信访事项"),
    process=_FOLDER / "petition.bpmn",
    stages=(
        Stage("register", zh("登记")),
        Stage("accept", zh("受理告知")),
        Stage("handle", zh("办理")),
        Stage("answer", zh("答复")),
        Stage("review", zh("复查")),
        Stage("reexamine", zh("复核")),
        Stage("close", zh("办结")),
    ),
    limits={
        "register": Limit("15", TimeUnit.NATURAL_DAY),
        "accept": Limit("15", TimeUnit.NATURAL_DAY),
        "handle": Limit("60", TimeUnit.NATURAL_DAY),
        "extend": Limit("30", TimeUnit.NATURAL_DAY),
        "consent": Limit("2", TimeUnit.WORK_DAY),
        "answer": Limit("2", TimeUnit.WORK_DAY),
        "ask_review": Limit("30", TimeUnit.NATURAL_DAY),
        "review": Limit("30", TimeUnit.NATURAL_DAY),
        "ask_reexamine": Limit("30", TimeUnit.NATURAL_DAY),
        "reexamine": Limit("30", TimeUnit.NATURAL_DAY),
        "whole": Limit("90", TimeUnit.NATURAL_DAY),
    },
    case_limit="whole",
    data=(
        *_DATA,
        DataField("answered_by", zh("作出答复的机构"), "number"),
        DataField("reviewed_by", zh("作出复查的机构"), "number"),
    ),
    scheme=KIND_SCHEME,
    icon="file-text",
)


DIAGRAM_WORDS: Final = (
    zh("热线诉求工单"),
    zh("诉求登记"),
    zh("受理"),
    zh("受理转派"),
    zh("直接答复"),
    zh("不予受理"),
    zh("直接答复办结"),
    zh("派单"),
    zh("派给承办单位"),
    zh("退回受理"),
    zh("签收"),
    zh("退单"),
    zh("记一次退单"),
    zh("办理"),
    zh("办理完毕"),
    zh("申请延期"),
    zh("延期审批"),
    zh("同意延期"),
    zh("不同意延期"),
    zh("记一次延期"),
    zh("延期办理"),
    zh("答复"),
    zh("提交答复"),
    zh("回访"),
    zh("满意"),
    zh("基本满意"),
    zh("不满意（客观原因）"),
    zh("不满意，退回重办"),
    zh("多次联系未果"),
    zh("记一次重办"),
    zh("重办"),
    zh("重办完毕"),
    zh("登记满意度"),
    zh("办结审核"),
    zh("办结归档"),
    zh("退回重办"),
    zh("办结"),
    zh("信访事项"),
    zh("来信来访"),
    zh("登记与转送"),
    zh("转送、交办"),
    zh("依法导入其他程序"),
    zh("受理告知"),
    zh("决定受理"),
    zh("不属本机关职权"),
    zh("告知不予受理"),
    zh("记一次退回"),
    zh("调查处理完毕"),
    zh("申请延长期限"),
    zh("延长期限审批"),
    zh("同意延长"),
    zh("不同意延长"),
    zh("答复意见"),
    zh("出具答复意见书"),
    zh("记录答复机构"),
    zh("等待复查申请"),
    zh("受理复查申请"),
    zh("未申请复查、息诉"),
    zh("核对复查机关"),
    zh("复查"),
    zh("维持答复意见"),
    zh("变更或撤销答复意见"),
    zh("记录复查机构"),
    zh("等待复核申请"),
    zh("受理复核申请"),
    zh("未申请复核、息诉"),
    zh("核对复核机关"),
    zh("复核"),
    zh("维持复查意见"),
    zh("变更或撤销复查意见"),
    zh("登记办理结果"),
    zh("办结（终结）"),
)
"""What the diagrams say to people, named here so that the catalogues have it; a test compares both."""
