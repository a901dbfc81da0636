"""The process of a sharing request on the first day: stages, limits and data of its type.

The limits are the city's: ten working days to answer and twenty to provide are what is understood of the regulation.
Staff publish a later version of the type when they change; running requests keep theirs.
"""

from pathlib import Path
from typing import Final

from onecity.kernel.deadlines import TimeUnit
from onecity.kernel.text import zh
from onecity.platform.cases.declare import CaseType, DataField, Limit, Stage
from onecity.platform.exchange.services.sharing.asking import CASE_TYPE

REFUSAL_FORM: Final = {
    "type": "object",
    "properties": {
        "refusal_ground": {
            "type": "string",
            "title": zh("不予共享的法律、行政法规或国家有关规定"),
            "maxLength": 500,
            "format": "textarea",
        },
        "refusal": {"type": "string", "title": zh("不予共享的理由"), "maxLength": 500, "format": "textarea"},
    },
    "required": ["refusal_ground", "refusal"],
}

SHARING_REQUEST: Final = CaseType(
    code=CASE_TYPE,
    name=zh("共享需求申请"),
    process=Path(__file__).parents[2] / "processes" / "sharing_request.bpmn",
    stages=(
        Stage("accept", zh("受理")),
        Stage("review", zh("审核")),
        Stage("decide", zh("决定")),
        Stage("provide", zh("提供")),
    ),
    limits={
        "accept": Limit("2", TimeUnit.WORK_DAY),
        "review": Limit("5", TimeUnit.WORK_DAY),
        "decide": Limit("3", TimeUnit.WORK_DAY),
        "supplement": Limit("10", TimeUnit.WORK_DAY),
        "answer": Limit("10", TimeUnit.WORK_DAY),
        "provide": Limit("20", TimeUnit.WORK_DAY),
    },
    case_limit="answer",
    data=(
        DataField("supplied", zh("已可供数"), "flag"),
        DataField("refusal_ground", zh("不予共享依据")),
        DataField("refusal", zh("不予共享理由")),
    ),
    forms={"refusal": REFUSAL_FORM},
    icon="share",
)

DIAGRAM_WORDS: Final = (
    zh("共享需求申请"),
    zh("提出申请"),
    zh("受理申请"),
    zh("受理"),
    zh("退回补正"),
    zh("审核申请"),
    zh("建议同意共享"),
    zh("建议不予共享"),
    zh("作出决定"),
    zh("同意共享"),
    zh("不予共享"),
    zh("退回审核"),
    zh("登记共享授权"),
    zh("提供数据"),
    zh("数据已提供"),
    zh("核实供数设置"),
    zh("共享办结"),
    zh("转申请单位补正"),
    zh("补正申请"),
    zh("重新提交"),
    zh("撤回申请"),
    zh("恢复办理"),
    zh("登记撤回"),
    zh("申请撤回"),
    zh("出具不予共享决定"),
    zh("出具决定"),
    zh("登记不予共享"),
)
"""What the diagram says to people, named here so that the catalogues have it; a test compares both."""
