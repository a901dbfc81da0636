"""What the flows of exchange plug into the city."""

from typing import Final

from onecity.kernel.registry import Declared
from onecity.kernel.text import zh
from onecity.platform.exchange import permissions
from onecity.platform.exchange.services.flows import receipts, telling, upkeep
from onecity.platform.exchange.services.flows.connections import SECRET as CONNECTION_SECRET
from onecity.platform.exchange.services.flows.publishing import RELEASE_JOB
from onecity.platform.exchange.services.flows.quarantine import keeping
from onecity.platform.exchange.services.flows.running import JOB
from onecity.platform.identity.declare import Permission, PersonalColumn, Role
from onecity.platform.jobs.declare import Job, Tick
from onecity.platform.messages.declare import Template
from onecity.web.declare import Gauge, Menu
from onecity.web.figures import counted

_GROUP: Final = zh("数据共享")
_OPEN_RUNS: Final = "SELECT count(*) FROM exchange_run WHERE state IN ('waiting', 'running', 'retrying')"

PERMISSIONS: Final = (
    Permission(permissions.VIEW_FLOWS, zh("查看数据交换流程和运行")),
    Permission(permissions.MANAGE_FLOWS, zh("管理数据连接和交换流程")),
    Permission(permissions.RUN_FLOWS, zh("启动和取消数据交换")),
    Permission(permissions.MEND_ROWS, zh("更正、重放和作废不合格数据")),
    Permission(permissions.VIEW_RECEIPTS, zh("查看交换回执")),
)
ROLES: Final = (
    Role(
        code="exchange.engineer",
        name=zh("数据交换管理员"),
        description=zh("管理本机构的数据连接和交换流程，处理不合格数据"),
        permissions=(
            permissions.VIEW_FLOWS,
            permissions.MANAGE_FLOWS,
            permissions.RUN_FLOWS,
            permissions.MEND_ROWS,
            permissions.VIEW_RECEIPTS,
        ),
    ),
    Role(
        code="exchange.observer",
        name=zh("数据交换监察员"),
        description=zh("查看数据交换的流程、运行、质量和回执"),
        permissions=(permissions.VIEW_FLOWS, permissions.VIEW_RECEIPTS),
    ),
)
_ENTRIES: Final = (
    ("flows", zh("交换流程"), permissions.VIEW_FLOWS, "arrows-exchange", 50),
    ("runs", zh("交换运行"), permissions.VIEW_FLOWS, "progress-check", 51),
    ("refused", zh("不合格数据"), permissions.MEND_ROWS, "alert-triangle", 52),
    ("connections", zh("数据连接"), permissions.MANAGE_FLOWS, "plug-connected", 53),
    ("receipts", zh("交换回执"), permissions.VIEW_RECEIPTS, "certificate", 54),
    ("quality", zh("数据质量"), permissions.VIEW_FLOWS, "chart-bar", 55),
)
MENUS: Final = tuple(
    Menu(f"exchange.{code}", name, f"exchange:{code}", permission=right, group=_GROUP, icon=icon, order=order)
    for code, name, right, icon, order in _ENTRIES
)
TEMPLATES: Final = (
    Template(telling.FAILED, zh("数据交换失败"), zh("数据交换失败：{flow}"), "{error}", urgent=True),
    Template(telling.LATE, zh("数据交换逾期"), zh("数据交换逾期：{flow}"), zh("应于{due}运行，至今没有完成")),
    Template(
        telling.UNEQUAL,
        zh("数据交换核对不一致"),
        zh("数据交换核对不一致：{flow}"),
        zh("来源与目标的行数或校验和不一致，请查看运行记录"),
        urgent=True,
    ),
)
ITEMS: Final[tuple[Declared, ...]] = (
    *PERMISSIONS,
    *ROLES,
    *MENUS,
    *TEMPLATES,
    PersonalColumn(CONNECTION_SECRET, zh("数据连接口令"), "exchange_connection", "secret"),
    PersonalColumn(receipts.SECRET, zh("回执签名私钥"), "exchange_signingkey", "secret"),
    PersonalColumn(keeping.SEALED, zh("不合格数据的敏感内容"), "exchange_refusedrow", "sealed"),
    PersonalColumn(keeping.MENDED, zh("更正后数据的敏感内容"), "exchange_refusedrow", "mended_sealed"),
    Job(JOB, zh("数据交换"), upkeep.run_flow),
    Job(RELEASE_JOB, zh("停止为流程保留变更"), upkeep.release_source),
    Tick("exchange.start_due", zh("启动到时的数据交换"), upkeep.START_EVERY_S, upkeep.start_due),
    Tick("exchange.watch_runs", zh("检查中断和逾期的数据交换"), upkeep.WATCH_EVERY_S, upkeep.watch),
    Tick("exchange.forget_refused", zh("清理过期的不合格数据"), upkeep.FORGET_EVERY_S, upkeep.forget),
    Gauge("exchange.open_runs", "exchange runs that have not ended", lambda: counted(_OPEN_RUNS)),
)
