"""Roles of welfare as they exist on the first day."""

from typing import Final

from onecity.domains.welfare.permissions import (
    ACCEPT,
    CASES_VIEW,
    DECIDE,
    LOOK,
    POLICIES,
    QUERY_SHARED,
    RECHECK,
    STATISTICS,
    VERIFY,
    VIEW,
)
from onecity.kernel.text import zh
from onecity.platform.identity.declare import Role

STREET_CLERK: Final = "welfare.street_clerk"
CHECKER: Final = "welfare.checker"
DECIDER: Final = "welfare.decider"
KEEPER: Final = "welfare.keeper"

ROLES: Final = (
    Role(
        STREET_CLERK,
        zh("救助经办员"),
        zh("街道受理救助申请，登记家庭成员和授权，入户核实，提出意见，公示"),
        (VIEW, ACCEPT, CASES_VIEW),
    ),
    Role(
        CHECKER,
        zh("核对员"),
        zh("在授权范围内向各部门查询，出具经济状况核对报告"),
        (VIEW, VERIFY, LOOK, STATISTICS, CASES_VIEW, QUERY_SHARED),
    ),
    Role(
        DECIDER,
        zh("救助审批人"),
        zh("县级民政部门审批救助申请，查看核对报告"),
        (VIEW, DECIDE, LOOK, STATISTICS, CASES_VIEW),
    ),
    Role(
        KEEPER,
        zh("救助标准管理员"),
        zh("维护救助标准、核对机构和核对数据项，组织定期复核"),
        (VIEW, POLICIES, RECHECK, STATISTICS, CASES_VIEW, QUERY_SHARED),
    ),
)
