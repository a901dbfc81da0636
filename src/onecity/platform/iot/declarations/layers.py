"""What iot shows on the one map."""

from onecity.kernel.text import zh
from onecity.platform.geo.declare import Layer, LayerField, StyleClass
from onecity.platform.iot import permissions
from onecity.platform.iot.selectors.layers import DEVICES_SQL

DEVICES_LAYER = Layer(
    code="iot.devices",
    name=zh("物联设备"),
    group=zh("物联感知"),
    source=DEVICES_SQL,
    geometry="point",
    fields=(
        LayerField("name", zh("设备名称")),
        LayerField("key", zh("设备标识"), "code"),
        LayerField("state", zh("状态"), "code"),
        LayerField("address", zh("安装地址")),
        LayerField("last_seen_at", zh("最近通信时间"), "moment"),
    ),
    permission=permissions.VIEW_DEVICES,
    scoped=True,
    live=True,
    style_field="state",
    classes=(
        StyleClass("online", zh("在线"), "--tone-green"),
        StyleClass("alarm", zh("告警"), "--tone-red"),
        StyleClass("faulty", zh("故障"), "--tone-orange"),
        StyleClass("silent", zh("失联"), "--tone-grey"),
        StyleClass("registered", zh("尚未上线"), "--tone-blue"),
    ),
    label_field="name",
    link="/iot/devices/{id}",
    order=20,
)
ITEMS = (DEVICES_LAYER,)
