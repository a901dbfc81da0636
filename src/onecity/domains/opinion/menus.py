"""Public opinion's places in the menus and on the home pages."""

from typing import Final

from onecity.domains.opinion.permissions import CONFIGURE, VIEW
from onecity.kernel.text import zh
from onecity.web.declare import HomeEntry, Menu

GROUP: Final = zh("舆情")


def _menu(code: str, name: str, icon: str, order: int, *, permission: str = VIEW) -> Menu:
    return Menu(f"opinion.{code}", name, f"opinion:{code}", permission=permission, group=GROUP, icon=icon, order=order)


MENUS: Final = (
    _menu("warnings", zh("舆情预警"), "alert-triangle", 310),
    _menu("articles", zh("舆情文章"), "news", 320),
    _menu("themes", zh("舆情话题"), "message", 330),
    _menu("briefs", zh("舆情日报"), "clipboard-list", 340),
    _menu("sources", zh("采集源"), "world", 350),
    _menu("watches", zh("监测方案"), "search", 360),
    _menu("thresholds", zh("预警阈值"), "adjustments", 370, permission=CONFIGURE),
    _menu("models", zh("文本模型"), "chart-bar", 380, permission=CONFIGURE),
    HomeEntry(
        "opinion.warnings_home",
        zh("舆情预警"),
        zh("哪些话题在升温，传播多快，谁在办"),
        "opinion:warnings",
        portal="workbench",
        permission=VIEW,
        icon="alert-triangle",
        order=80,
    ),
)
