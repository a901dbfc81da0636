"""Roles of digital urban management as they exist on the first day."""

from typing import Final

from onecity.domains.urban_management.permissions import (
    ACCEPT,
    CASES_LOOK,
    CASES_MERGE,
    CASES_SUPERVISE,
    CASES_VIEW,
    CHECK,
    CLOSE,
    CONFIGURE,
    DISPATCH,
    HANDLE,
    MAP_VIEW,
    REPORT,
    SUBMIT,
    SUPERVISE,
)
from onecity.kernel.text import zh
from onecity.platform.identity.declare import Role

ACCEPTOR: Final = "urban_management.acceptor"
DISPATCHER: Final = "urban_management.dispatcher"
HANDLER: Final = "urban_management.handler"
GRID_SUPERVISOR: Final = "urban_management.grid_supervisor"
DUTY_LEADER: Final = "urban_management.duty_leader"
REPORTING_SYSTEM: Final = "urban_management.reporting_system"

ROLES: Final = (
    Role(
        ACCEPTOR,
        zh("受理员"),
        zh("受理各来源的上报，核对重复，选择立案条件，立案或不予立案"),
        (CASES_VIEW, MAP_VIEW, REPORT, ACCEPT, CASES_MERGE, CASES_LOOK),
    ),
    Role(DISPATCHER, zh("派遣员"), zh("按类别和区域把案件派遣给专业部门"), (CASES_VIEW, MAP_VIEW, DISPATCH)),
    Role(HANDLER, zh("处置人员"), zh("专业部门处置案件并拍照反馈，可申请延期或退回"), (CASES_VIEW, MAP_VIEW, HANDLE)),
    Role(
        GRID_SUPERVISOR,
        zh("网格监督员"),
        zh("在责任网格内巡查上报、现场核实和核查"),
        (CASES_VIEW, MAP_VIEW, REPORT, CHECK),
    ),
    Role(
        DUTY_LEADER,
        zh("值班长"),
        zh("结案、审批延期、督办改派，查看考评，设置处置责任"),
        (
            CASES_VIEW,
            MAP_VIEW,
            REPORT,
            ACCEPT,
            DISPATCH,
            CLOSE,
            CASES_MERGE,
            CASES_LOOK,
            CASES_SUPERVISE,
            SUPERVISE,
            CONFIGURE,
        ),
    ),
    Role(REPORTING_SYSTEM, zh("上报接口"), zh("其他系统通过接口移送城市管理问题并查询进度"), (CASES_VIEW, SUBMIT)),
)
