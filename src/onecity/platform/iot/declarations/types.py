"""Types of devices that iot itself knows."""

from onecity.kernel.text import zh
from onecity.platform.iot.declare import DeviceType

ITEMS = (DeviceType("iot.generic", zh("通用设备"), properties=()),)
