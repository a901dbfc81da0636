"""Roles of emergency management as they exist on the first day."""

from typing import Final

from onecity.domains.emergency.permissions import (
    APPROVE,
    CASES_VIEW,
    COMMAND,
    CONFIGURE,
    HANDLE,
    KEEP_DUTY,
    MAP_VIEW,
    PUBLISH_PLAN,
    REPORT,
    VERIFY,
    VIEW,
    WRITE_PLAN,
)
from onecity.kernel.text import zh
from onecity.platform.identity.declare import Role

DUTY_OFFICER: Final = "emergency.duty_officer"
DUTY_LEADER: Final = "emergency.duty_leader"
COMMANDER: Final = "emergency.commander"
RESCUER: Final = "emergency.rescuer"
PLAN_EDITOR: Final = "emergency.plan_editor"
ROLES: Final = (
    Role(
        DUTY_OFFICER,
        zh("应急值班员"),
        zh("接报、核实、报送突发事件信息，记值班日志，交接班"),
        (VIEW, MAP_VIEW, REPORT, VERIFY),
    ),
    Role(
        DUTY_LEADER,
        zh("应急带班领导"),
        zh("审批事件级别，安排值班，设置报送时限，办结事件"),
        (VIEW, MAP_VIEW, REPORT, VERIFY, APPROVE, KEEP_DUTY, CONFIGURE),
    ),
    Role(
        COMMANDER,
        zh("应急指挥长"),
        zh("发布预案，启动、调整、终止应急响应，审批事件级别"),
        (VIEW, MAP_VIEW, CASES_VIEW, APPROVE, PUBLISH_PLAN, COMMAND, HANDLE),
    ),
    Role(
        RESCUER,
        zh("应急处置人员"),
        zh("执行应急响应任务并反馈"),
        (VIEW, MAP_VIEW, CASES_VIEW, HANDLE),
    ),
    Role(PLAN_EDITOR, zh("预案编制人员"), zh("编制和修订本单位应急预案"), (VIEW, WRITE_PLAN)),
)
