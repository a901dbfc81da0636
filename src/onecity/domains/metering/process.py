"""The process of looking into abnormal use, as it stands on the first day."""

from pathlib import Path
from typing import Final

from onecity.domains.metering import permissions
from onecity.kernel.deadlines import TimeUnit
from onecity.kernel.text import zh
from onecity.platform.cases.declare import CaseType, Limit, Source, Stage

INSPECTION: Final = "metering.inspection"
SOURCE: Final = Source("metering.readings", zh("计量数据"), icon="gauge", order=240)
INSPECTION_CASE: Final = CaseType(
    code=INSPECTION,
    name=zh("异常用量核查"),
    process=Path(__file__).parent / "processes" / "inspection.bpmn",
    stages=(Stage("visit", zh("上门核查")), Stage("confirm", zh("确认办结"))),
    view=permissions.VIEW,
    limits={
        "visit": Limit("1", TimeUnit.URGENT_DAY),
        "confirm": Limit("2", TimeUnit.WORK_DAY),
        "whole": Limit("5", TimeUnit.WORK_DAY),
    },
    case_limit="whole",
    icon="gauge",
)
DIAGRAM_WORDS: Final = (
    zh("发现异常用量"),
    zh("上门核查"),
    zh("漏损，已修复"),
    zh("表计故障，已处理"),
    zh("违规用能"),
    zh("用户正常用量"),
    zh("已上门探访"),
    zh("确认办结"),
    zh("同意办结"),
    zh("退回重新核查"),
    zh("办结"),
)
"""What the diagram says to people, named here so that the catalogues have it; a test compares both."""
