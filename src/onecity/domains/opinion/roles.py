"""Roles of public opinion as they exist on the first day."""

from typing import Final

from onecity.domains.opinion.permissions import APPROVE, CASES_VIEW, CONFIGURE, HANDLE, JUDGE, VIEW
from onecity.kernel.text import zh
from onecity.platform.identity.declare import Role

ANALYST: Final = "opinion.analyst"
LEADER: Final = "opinion.leader"
UNDERTAKER: Final = "opinion.undertaker"

ROLES: Final = (
    Role(ANALYST, zh("舆情分析员"), zh("看文章、话题和预警，研判并转办，生成日报"), (CASES_VIEW, VIEW, JUDGE)),
    Role(
        LEADER,
        zh("舆情负责人"),
        zh("审核办结，设置采集源、监测方案和预警阈值，训练模型"),
        (CASES_VIEW, VIEW, JUDGE, APPROVE, CONFIGURE),
    ),
    Role(UNDERTAKER, zh("舆情承办人员"), zh("责任单位处置舆情事项并反馈"), (CASES_VIEW, HANDLE)),
)
