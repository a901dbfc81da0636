"""Roles of sharing as they exist on the first day."""

from typing import Final

from onecity.kernel.text import zh
from onecity.platform.exchange.permissions import (
    APPROVE_SHARING,
    DECIDE_SHARING,
    QUERY_SHARED,
    REQUEST_DATA,
    SUPERVISE_SHARING,
    VIEW_CATALOGUE,
    VIEW_USES,
)
from onecity.platform.identity.declare import Role

CASES_VIEW: Final = "cases.view"
CASES_SUPERVISE: Final = "cases.supervise"

ROLES: Final = (
    Role(
        "exchange.data_user",
        zh("数据使用专员"),
        zh("为本单位申请共享数据、办理补正和续期，管理订阅，查看本单位的使用回执"),
        (CASES_VIEW, VIEW_CATALOGUE, REQUEST_DATA, VIEW_USES),
    ),
    Role(
        "exchange.query_clerk",
        zh("数据查询经办人"),
        zh("按授权逐人、逐户查询共享数据，每次填写事由"),
        (VIEW_CATALOGUE, QUERY_SHARED),
    ),
    Role(
        "exchange.data_provider",
        zh("数据提供专员"),
        zh("受理、审核对本单位数据的共享申请，设置供数方式，暂停或撤销授权，查看使用回执"),
        (CASES_VIEW, VIEW_CATALOGUE, APPROVE_SHARING, VIEW_USES),
    ),
    Role(
        "exchange.data_leader",
        zh("数据共享审批人"),
        zh("对本单位数据的共享申请作出决定"),
        (CASES_VIEW, VIEW_CATALOGUE, APPROVE_SHARING, DECIDE_SHARING, VIEW_USES),
    ),
    Role(
        "exchange.data_administrator",
        zh("数据主管部门"),
        zh("督办超期未答复的共享申请，设定共享参数，暂停或撤销授权，查看全部授权和使用回执"),
        (CASES_VIEW, CASES_SUPERVISE, VIEW_CATALOGUE, SUPERVISE_SHARING, VIEW_USES),
    ),
)
