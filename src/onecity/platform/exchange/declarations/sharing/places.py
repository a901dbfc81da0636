"""Where sharing stands in menus and on home pages."""

from typing import Final

from onecity.kernel.text import zh
from onecity.platform.exchange import permissions
from onecity.web.declare import HomeEntry, Menu

GROUP: Final = zh("数据共享")

PLACES: Final = (
    Menu(
        "exchange.requests",
        zh("共享申请"),
        "exchange:sharing_requests",
        permission=permissions.REQUEST_DATA,
        group=GROUP,
        icon="file-text",
        order=30,
    ),
    Menu(
        "exchange.provided_requests",
        zh("对本单位的申请"),
        "exchange:sharing_desk",
        permission=permissions.APPROVE_SHARING,
        group=GROUP,
        icon="inbox",
        order=31,
    ),
    Menu(
        "exchange.grants",
        zh("共享授权"),
        "exchange:sharing_grants",
        permission=permissions.REQUEST_DATA,
        group=GROUP,
        icon="shield-lock",
        order=32,
    ),
    Menu(
        "exchange.query",
        zh("数据查询"),
        "exchange:sharing_query",
        permission=permissions.QUERY_SHARED,
        group=GROUP,
        icon="search",
        order=33,
    ),
    Menu(
        "exchange.uses",
        zh("使用回执"),
        "exchange:sharing_uses",
        permission=permissions.VIEW_USES,
        group=GROUP,
        icon="checklist",
        order=34,
    ),
    Menu(
        "exchange.sharing_parameters",
        zh("共享参数"),
        "exchange:sharing_parameters",
        permission=permissions.SUPERVISE_SHARING,
        group=GROUP,
        icon="adjustments",
        order=59,
    ),
    HomeEntry(
        "exchange.query_home",
        zh("数据查询"),
        zh("按授权逐人、逐户查询其他部门的数据，每次填写事由"),
        "exchange:sharing_query",
        portal="workbench",
        permission=permissions.QUERY_SHARED,
        icon="search",
        order=70,
    ),
)
