"""The two processes of welfare as they stand on the first day, and their limits by kind of aid.

The limits are a classification: each edition is dated data, and an application keeps the edition it began with.
"""

from pathlib import Path
from typing import Final

from onecity.domains.welfare import permissions
from onecity.domains.welfare.rules.codes import AID_NAMES, Aid
from onecity.kernel.deadlines import TimeUnit
from onecity.kernel.text import zh
from onecity.platform.cases.declare import CaseClass, CaseType, Classification, DataField, Limit, Source, Stage

ASSISTANCE: Final = "welfare.assistance"
QUESTION: Final = "welfare.question"
SCHEME: Final = "welfare.aids"
WINDOW: Final = "welfare.window"
ONLINE: Final = "welfare.online"
CHECKING: Final = "welfare.checking"
_FOLDER: Final = Path(__file__).parent / "processes"


def _days(amount: str, *, work: bool = True) -> Limit:
    return Limit(amount, TimeUnit.WORK_DAY if work else TimeUnit.NATURAL_DAY)


# Defaults of one city until it publishes an edition of its own: check report 10 work days, street 15, whole 30.
_LIMITS: Final = {
    "accept": _days("3"),
    "supplement": _days("10"),
    "verify": _days("10"),
    "clarify": _days("10"),
    "opinion": _days("5"),
    "publish": _days("10", work=False),
    "decide": _days("10"),
    "whole": _days("30"),
}
# Aid to the destitute is decided faster.
_DESTITUTE: Final = {**_LIMITS, "opinion": _days("3"), "decide": _days("5"), "whole": _days("20")}

AIDS: Final = Classification(
    SCHEME,
    zh("救助类别"),
    tuple(
        CaseClass(aid.value, name, limits=_DESTITUTE if aid is Aid.DESTITUTE else _LIMITS)
        for aid, name in AID_NAMES.items()
    ),
)
ASSISTANCE_CASE: Final = CaseType(
    code=ASSISTANCE,
    name=zh("社会救助申请"),
    process=_FOLDER / "assistance.bpmn",
    stages=(
        Stage("accept", zh("申请受理")),
        Stage("authorise", zh("授权")),
        Stage("verify", zh("经济状况核对")),
        Stage("opinion", zh("街道审核")),
        Stage("publish", zh("公示")),
        Stage("decide", zh("县级审批")),
    ),
    view=permissions.VIEW,
    limits=_LIMITS,
    case_limit="whole",
    scheme=SCHEME,
    icon="heart-handshake",
)
QUESTION_CASE: Final = CaseType(
    code=QUESTION,
    name=zh("核对矛盾核实"),
    process=_FOLDER / "question.bpmn",
    stages=(
        Stage("explain", zh("家庭说明")),
        Stage("inspect", zh("街道核实")),
        Stage("recheck", zh("县级复核")),
    ),
    view=permissions.VIEW,
    limits={"explain": _days("5"), "inspect": _days("5"), "recheck": _days("3"), "whole": _days("15")},
    case_limit="whole",
    data=(DataField("questions", zh("矛盾数"), "number"),),
    icon="zoom-question",
)
SOURCES: Final = (
    Source(WINDOW, zh("街道救助窗口"), icon="building", order=210),
    Source(ONLINE, zh("网上救助申请"), icon="world", order=220),
    Source(CHECKING, zh("经济状况核对"), icon="scale", order=230),
)
DIAGRAM_WORDS: Final = (
    zh("提出申请"),
    zh("受理"),
    zh("予以受理"),
    zh("通知补正"),
    zh("不予受理"),
    zh("补正材料"),
    zh("材料已补齐"),
    zh("逾期未补正，撤回申请"),
    zh("收集核对授权"),
    zh("授权已签署"),
    zh("拒绝授权，终止申请"),
    zh("经济状况核对"),
    zh("核对报告已签发"),
    zh("授权或材料不足，退回街道"),
    zh("等待矛盾核实"),
    zh("核实完毕，按原报告办理"),
    zh("重新核对"),
    zh("街道审核意见"),
    zh("拟予以救助"),
    zh("拟不予救助"),
    zh("街道公示"),
    zh("公示期满无异议"),
    zh("有异议，重新核对"),
    zh("县级审批"),
    zh("批准"),
    zh("不予批准"),
    zh("退回街道"),
    zh("发放救助证并公布"),
    zh("记录不予批准"),
    zh("终止申请"),
    zh("办结"),
    zh("不予受理或撤回"),
    zh("核对发现矛盾"),
    zh("家庭说明"),
    zh("已作说明"),
    zh("逾期未说明"),
    zh("街道入户核实"),
    zh("矛盾属实"),
    zh("情况有误，已更正"),
    zh("县级复核"),
    zh("更正后重新核对"),
    zh("维持核对结果"),
    zh("退回街道再核实"),
    zh("形成结论"),
)
"""What the diagrams say to people, named here so that the catalogues have it; a test compares both."""
