"""What the registers plug into the city: economy."""

from typing import Final

from onecity.kernel.registry import Declared
from onecity.kernel.text import zh
from onecity.platform.identity.declare import Permission, Role
from onecity.platform.registers.permissions import MAINTAIN_ECONOMY, VIEW_ECONOMY
from onecity.web.declare import Menu

ITEMS: Final[tuple[Declared, ...]] = (
    Permission(VIEW_ECONOMY, zh("查看宏观经济指标")),
    Permission(MAINTAIN_ECONOMY, zh("定义指标、导入统计表")),
    Role(
        code="registers.statistician",
        name=zh("统计数据管理员"),
        description=zh("定义宏观经济指标，导入、修订和撤销统计表"),
        permissions=(VIEW_ECONOMY, MAINTAIN_ECONOMY),
    ),
    Menu(
        "registers.economy",
        zh("宏观经济"),
        "registers:economy",
        permission=VIEW_ECONOMY,
        group=zh("基础信息库"),
        icon="chart-bar",
        order=54,
    ),
)
