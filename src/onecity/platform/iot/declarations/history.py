"""The history of readings: what is done for it every so often, its pages, its long work."""

from onecity.kernel.text import zh
from onecity.platform.iot import permissions
from onecity.platform.iot.declarations.menus import GROUP
from onecity.platform.iot.services import history_upkeep as upkeep
from onecity.platform.iot.services.exports import make_export
from onecity.platform.jobs.declare import Job, Tick
from onecity.web.declare import Gauge, Menu
from onecity.web.figures import counted

_DUE = "SELECT count(*) FROM iot_rollupdue"

ITEMS = (
    Menu(
        "iot.explorer",
        zh("数据分析"),
        "iot:explorer",
        permission=permissions.VIEW_DEVICES,
        group=GROUP,
        icon="chart-line",
        order=31,
    ),
    Menu(
        "iot.retention",
        zh("数据保留与归档"),
        "iot:retention",
        permission=permissions.MANAGE_HISTORY,
        group=GROUP,
        icon="archive",
        order=36,
    ),
    Job("iot.export_history", zh("导出监测数据"), make_export, attempts=3),
    Tick("iot.roll_up", zh("汇总监测数据"), upkeep.ROLL_UP_EVERY_S, upkeep.roll_up),
    Tick("iot.keep_history", zh("归档和清理监测数据"), upkeep.KEEP_EVERY_S, upkeep.keep_history),
    Gauge("iot.rollups_due", "stretches of datastreams that wait to be rolled up", lambda: counted(_DUE)),
)
