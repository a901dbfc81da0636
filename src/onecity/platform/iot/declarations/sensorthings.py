"""What SensorThings plugs into the city."""

from onecity.kernel.text import zh
from onecity.platform.identity.declare import Permission
from onecity.platform.iot import permissions
from onecity.platform.iot.declare import DeviceType
from onecity.platform.iot.sensorthings.city import enter_names
from onecity.platform.iot.sensorthings.writing.creating import TYPE_CODE
from onecity.platform.jobs.declare import Tick

NAMES_EVERY_S = 60.0

ITEMS = (
    DeviceType(TYPE_CODE, zh("SensorThings 设备"), properties=()),
    Permission(permissions.WRITE_SENSORTHINGS, zh("通过 SensorThings 接口创建和修改物联实体")),
    Tick("iot.sensorthings_names", zh("更新 SensorThings 观测属性名称"), NAMES_EVERY_S, enter_names),
)
