"""The raw trace of devices."""

from onecity.kernel.text import zh
from onecity.platform.identity.declare import Permission
from onecity.platform.iot import permissions
from onecity.platform.iot.services import tracing
from onecity.platform.jobs.declare import Tick

ITEMS = (
    Permission(permissions.TRACE_DEVICES, zh("跟踪设备原始报文")),
    Tick("iot.forget_traces", zh("清除过期的设备原始报文"), tracing.FORGET_EVERY_S, tracing.forget_old),
)
