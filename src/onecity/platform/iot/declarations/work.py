"""What iot does by itself: what it looks at every so often, and whom it tells."""

from onecity.kernel.text import zh
from onecity.platform.iot.services import upkeep
from onecity.platform.iot.services.telling import TEMPLATE
from onecity.platform.jobs.declare import Tick
from onecity.platform.messages.declare import Template

ITEMS = (
    Template(TEMPLATE, zh("物联告警"), zh("告警：{device}"), "{text}", urgent=True),
    Tick("iot.watch_silence", zh("检查失联设备和数据中断"), upkeep.WATCH_EVERY_S, upkeep.watch_silence),
    Tick("iot.end_orders", zh("关闭超时未应答的设备命令"), upkeep.EXPIRE_EVERY_S, upkeep.end_orders),
    Tick("iot.prepare_days", zh("准备监测数据分区"), upkeep.PREPARE_EVERY_S, upkeep.prepare_days),
)
