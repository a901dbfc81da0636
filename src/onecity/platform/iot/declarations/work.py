"""What iot does by itself: what it looks at every so often, what it does at length, and whom it tells."""

from onecity.kernel.text import zh
from onecity.platform.iot.services import upkeep
from onecity.platform.iot.services.imports.asking import JOB
from onecity.platform.iot.services.imports.job import import_devices
from onecity.platform.iot.services.telling import TEMPLATE
from onecity.platform.jobs.declare import Job, Tick
from onecity.platform.messages.declare import Template

ITEMS = (
    Template(TEMPLATE, zh("物联告警"), zh("告警：{device}"), "{text}", urgent=True),
    Tick("iot.watch_silence", zh("检查失联设备和数据中断"), upkeep.WATCH_EVERY_S, upkeep.watch_silence),
    Tick("iot.end_orders", zh("关闭超时未应答的设备命令"), upkeep.EXPIRE_EVERY_S, upkeep.end_orders),
    Tick("iot.advance_campaigns", zh("推进固件升级任务"), upkeep.CAMPAIGN_EVERY_S, upkeep.bring_firmware),
    Tick("iot.prepare_days", zh("准备监测数据分区"), upkeep.PREPARE_EVERY_S, upkeep.prepare_days),
    Job(JOB, zh("批量登记设备"), import_devices),
)
