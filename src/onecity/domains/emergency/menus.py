"""The places of emergency management in the menus and on the home pages."""

from typing import Final

from onecity.domains.emergency import permissions
from onecity.kernel.text import zh
from onecity.web.declare import HomeEntry, Menu

GROUP: Final = zh("应急管理")
MENUS: Final = (
    Menu(
        "emergency.desk",
        zh("应急值班台"),
        "emergency:desk",
        permission=permissions.VIEW,
        group=GROUP,
        icon="bell",
        order=310,
    ),
    Menu(
        "emergency.incidents",
        zh("突发事件"),
        "emergency:incidents",
        permission=permissions.VIEW,
        group=GROUP,
        icon="alert-triangle",
        order=320,
    ),
    Menu(
        "emergency.duty",
        zh("值班与交接"),
        "emergency:duty",
        permission=permissions.VIEW,
        group=GROUP,
        icon="calendar",
        order=330,
    ),
    Menu(
        "emergency.responses",
        zh("应急响应"),
        "emergency:responses",
        permission=permissions.VIEW,
        group=GROUP,
        icon="activity",
        order=340,
    ),
    Menu(
        "emergency.plans",
        zh("应急预案"),
        "emergency:plans",
        permission=permissions.VIEW,
        group=GROUP,
        icon="book",
        order=350,
    ),
    Menu(
        "emergency.rules",
        zh("分级与报送时限"),
        "emergency:rules",
        permission=permissions.VIEW,
        group=GROUP,
        icon="adjustments",
        order=390,
    ),
    HomeEntry(
        "emergency.desk_home",
        zh("应急值班台"),
        zh("当班、在处置事件、待报送信息，一页看全"),
        "emergency:desk",
        portal="workbench",
        permission=permissions.REPORT,
        icon="bell",
        order=80,
    ),
)
