"""What the registers plug into the city: matching."""

from typing import Final

from onecity.kernel.registry import Declared
from onecity.kernel.text import zh
from onecity.platform.identity.declare import Permission, Role
from onecity.platform.jobs.declare import Job
from onecity.platform.registers import permissions
from onecity.platform.registers.services.matching.addresses import run_match_addresses
from onecity.platform.registers.services.matching.jobs import run_search_doubles
from onecity.web.declare import Menu

ITEMS: Final[tuple[Declared, ...]] = (
    Permission(permissions.JUDGE_PAIRS, zh("核对疑似同一人的记录")),
    Role(
        "registers.matcher",
        zh("数据比对员"),
        zh("核对疑似同一人的记录，合并重复档案"),
        permissions=(permissions.VIEW_PERSONS, permissions.MAINTAIN_PERSONS, permissions.JUDGE_PAIRS),
    ),
    Job("registers.search_doubles", zh("查找重复档案"), run_search_doubles),
    Job("registers.match_addresses", zh("人口地址匹配"), run_match_addresses),
    Menu(
        "registers.pairs",
        zh("疑似同一人"),
        "registers:pairs",
        permission=permissions.JUDGE_PAIRS,
        group=zh("基础信息库"),
        icon="users-group",
        order=58,
    ),
    Menu(
        "registers.match_models",
        zh("匹配模型"),
        "registers:match_models",
        permission=permissions.MANAGE_SOURCES,
        group=zh("基础信息库"),
        icon="adjustments",
        order=59,
    ),
)
