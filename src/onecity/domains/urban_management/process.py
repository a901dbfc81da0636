"""The process of a city case on the first day: stages, limits and data of its type.

Stages are the seven that municipal rules print. Limits of the offices are house defaults of one platform (wall clock);
how long handling may take comes from the class under which the case is filed.
"""

from pathlib import Path
from typing import Final

from onecity.domains.urban_management import permissions
from onecity.domains.urban_management.classification import GB_SCHEME
from onecity.kernel.deadlines import TimeUnit
from onecity.kernel.text import zh
from onecity.platform.cases.declare import CaseType, DataField, Limit, RequestRule, Stage

TYPE_CODE: Final = "urban_management.city_case"

# House defaults, as all limits here: a later version changes them. Postponement is drawn in the diagram itself.
REQUESTS: Final = (
    RequestRule(
        "suspend",
        zh("挂账申请"),
        "suspend",
        approver=permissions.CLOSE,
        limit="consent",
        longest="180 natural_day",
        reasons=(
            ("season", zh("受季节或天气限制")),
            ("project", zh("已纳入工程或整治计划")),
            ("dispute", zh("权属不清，正在协调")),
            ("funds", zh("资金未落实")),
        ),
    ),
    RequestRule(
        "force_close",
        zh("强制结案申请"),
        "force_close",
        asker=permissions.DISPATCH,
        approver=permissions.CLOSE,
        limit="consent",
    ),
    RequestRule(
        "reopen",
        zh("重新办理申请"),
        "reopen",
        asker=permissions.ACCEPT,
        approver=permissions.CLOSE,
        limit="consent",
        most=2,
        within="30 natural_day",
        target="dispatch",
    ),
)

CITY_CASE: Final = CaseType(
    code=TYPE_CODE,
    name=zh("城市管理案件"),
    process=Path(__file__).parent / "processes" / "city_case.bpmn",
    stages=(
        Stage("collect", zh("信息收集")),
        Stage("file", zh("案卷建立")),
        Stage("dispatch", zh("任务派遣")),
        Stage("handle", zh("任务处理")),
        Stage("feedback", zh("处理反馈")),
        Stage("check", zh("核查结案")),
        Stage("evaluate", zh("综合评价")),
    ),
    create=permissions.REPORT,
    limits={
        "accept": Limit("0.25", TimeUnit.URGENT_HOUR),
        "verify": Limit("0.5", TimeUnit.URGENT_HOUR),
        "dispatch": Limit("0.25", TimeUnit.URGENT_HOUR),
        "handle": Limit("5", TimeUnit.WORK_DAY),
        "consent": Limit("4", TimeUnit.WORK_HOUR),
        "feedback": Limit("4", TimeUnit.WORK_HOUR),
        "check": Limit("0.5", TimeUnit.URGENT_HOUR),
        "close": Limit("0.25", TimeUnit.URGENT_HOUR),
        "whole": Limit("6", TimeUnit.WORK_DAY),
    },
    case_limit="whole",
    data=(
        DataField("returns", zh("回退次数"), "number"),
        DataField("reworks", zh("返工次数"), "number"),
        DataField("delays", zh("延期次数"), "number"),
        DataField("score", zh("办理得分"), "number"),
    ),
    scheme=GB_SCHEME,
    icon="building-community",
    requests=REQUESTS,
)

DIAGRAM_WORDS: Final = (
    zh("城市管理案件"),
    zh("问题上报"),
    zh("受理"),
    zh("受理立案"),
    zh("派监督员核实"),
    zh("不予立案"),
    zh("现场核实"),
    zh("情况属实"),
    zh("情况不属实"),
    zh("补录立案类别"),
    zh("类别已录入"),
    zh("派遣"),
    zh("派遣专业部门"),
    zh("退回受理"),
    zh("记一次回退"),
    zh("处置"),
    zh("处置完毕"),
    zh("申请延期"),
    zh("退回派遣"),
    zh("延期审批"),
    zh("同意延期"),
    zh("不同意延期"),
    zh("记一次延期"),
    zh("延期处置"),
    zh("处理反馈"),
    zh("提交反馈"),
    zh("现场核查"),
    zh("核查通过"),
    zh("核查不通过"),
    zh("记一次返工"),
    zh("结案"),
    zh("退回返工"),
    zh("返工处置"),
    zh("综合评价"),
    zh("结案归档"),
)
"""What the diagram says to people, named here so that the catalogues have it; a test compares both."""
