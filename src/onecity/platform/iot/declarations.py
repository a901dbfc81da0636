"""What iot plugs into the city."""

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.iot.declare import DeviceType

DECLARATION = Domain(
    code="iot",
    name=zh("物联感知"),
    items=(DeviceType("iot.generic", zh("通用设备"), properties=()),),
)
