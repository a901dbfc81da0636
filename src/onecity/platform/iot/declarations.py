"""What iot plugs into the city."""

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.geo.declare import Layer, LayerField, StyleClass
from onecity.platform.identity.declare import Permission, Role
from onecity.platform.indicators.declare import Indicator
from onecity.platform.iot import permissions
from onecity.platform.iot.declare import DeviceType
from onecity.platform.iot.ngsild import declared as ngsild
from onecity.platform.iot.selectors import figures
from onecity.platform.iot.selectors.layers import DEVICES_SQL
from onecity.platform.iot.services import upkeep
from onecity.platform.iot.services.telling import TEMPLATE
from onecity.platform.jobs.declare import Tick
from onecity.platform.messages.declare import Template
from onecity.web.declare import Gauge, HomeEntry, Menu
from onecity.web.figures import counted

_GROUP = zh("物联感知")
_FIGURES = zh("物联感知")

PERMISSIONS = (
    Permission(permissions.VIEW_DEVICES, zh("查看物联设备和监测数据")),
    Permission(permissions.MANAGE_DEVICES, zh("登记和管理物联设备")),
    Permission(permissions.COMMAND_DEVICES, zh("向物联设备下达命令")),
    Permission(permissions.VIEW_ALARMS, zh("查看物联告警")),
    Permission(permissions.HANDLE_ALARMS, zh("确认和解除物联告警")),
    Permission(permissions.HANDLE_QUARANTINE, zh("处理隔离报文")),
    Permission(permissions.SEND_TELEMETRY, zh("代设备上报监测数据")),
    Permission(permissions.MANAGE_RULES, zh("管理告警规则"), scoped=False),
    Permission(permissions.WATCH_GATEWAYS, zh("查看接入网关运行状态"), scoped=False),
)
ROLES = (
    Role(
        code="iot.operator",
        name=zh("物联运维员"),
        description=zh("监看设备、告警和网关，处理隔离报文，向设备下达命令"),
        permissions=(
            "geo.view",
            permissions.VIEW_DEVICES,
            permissions.COMMAND_DEVICES,
            permissions.VIEW_ALARMS,
            permissions.HANDLE_ALARMS,
            permissions.HANDLE_QUARANTINE,
            permissions.WATCH_GATEWAYS,
        ),
    ),
    Role(
        code="iot.device_manager",
        name=zh("物联设备管理员"),
        description=zh("登记、变更和停用设备，签发设备令牌，管理告警规则"),
        permissions=(
            "geo.view",
            permissions.VIEW_DEVICES,
            permissions.MANAGE_DEVICES,
            permissions.VIEW_ALARMS,
            permissions.MANAGE_RULES,
        ),
    ),
)
MENUS = (
    Menu(
        "iot.devices",
        zh("物联设备"),
        "iot:devices",
        permission=permissions.VIEW_DEVICES,
        group=_GROUP,
        icon="router",
        order=30,
    ),
    Menu(
        "iot.alarms", zh("告警"), "iot:alarms", permission=permissions.VIEW_ALARMS, group=_GROUP, icon="bell", order=31
    ),
    Menu(
        "iot.rules",
        zh("告警规则"),
        "iot:rules",
        permission=permissions.MANAGE_RULES,
        group=_GROUP,
        icon="adjustments",
        order=32,
    ),
    Menu(
        "iot.unknown",
        zh("未登记设备"),
        "iot:unknown",
        permission=permissions.MANAGE_DEVICES,
        group=_GROUP,
        icon="help",
        order=33,
    ),
    Menu(
        "iot.quarantine",
        zh("隔离报文"),
        "iot:quarantine",
        permission=permissions.HANDLE_QUARANTINE,
        group=_GROUP,
        icon="alert-triangle",
        order=34,
    ),
    Menu(
        "iot.gateways",
        zh("接入网关"),
        "iot:gateways",
        permission=permissions.WATCH_GATEWAYS,
        group=_GROUP,
        icon="plug-connected",
        order=35,
    ),
    HomeEntry(
        "iot.standing_alarms",
        zh("当前告警"),
        zh("仍未解除的物联告警，新的在前"),
        "iot:alarms",
        portal="workbench",
        permission=permissions.VIEW_ALARMS,
        icon="bell",
        order=30,
        fragment="iot:alarms_card",
    ),
)
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
INDICATORS = (
    Indicator(
        code="iot.devices_online",
        name=zh("在线设备"),
        definition=zh("在各自静默时限内有过通信的设备数；分子为在线设备数，分母为在用设备数"),
        unit=zh("台"),
        compute=figures.devices_online,
        rows=figures.online_rows,
        group=_FIGURES,
        better="higher",
        permission=permissions.VIEW_DEVICES,
        order=30,
    ),
    Indicator(
        code="iot.devices_total",
        name=zh("在用设备"),
        definition=zh("已登记且未停用的设备数"),
        unit=zh("台"),
        compute=figures.devices_total,
        rows=figures.devices_rows,
        group=_FIGURES,
        permission=permissions.VIEW_DEVICES,
        order=31,
    ),
    Indicator(
        code="iot.alarms_open",
        name=zh("当前告警"),
        definition=zh("已触发且尚未解除的物联告警数"),
        unit=zh("条"),
        compute=figures.alarms_open,
        rows=figures.alarms_rows,
        group=_FIGURES,
        better="lower",
        permission=permissions.VIEW_ALARMS,
        order=32,
    ),
    Indicator(
        code="iot.observations_today",
        name=zh("今日监测数据"),
        definition=zh("监测时间在今日的监测数据条数，迟到补报的计入其监测日"),
        unit=zh("条"),
        compute=figures.observations_today,
        rows=figures.observations_rows,
        group=_FIGURES,
        every_s=60.0,
        period="today",
        permission=permissions.VIEW_DEVICES,
        order=33,
    ),
)
_QUARANTINED = "SELECT count(*) FROM iot_quarantinedmessage WHERE state = 'open'"

DECLARATION = Domain(
    code="iot",
    name=zh("物联感知"),
    items=(
        DeviceType("iot.generic", zh("通用设备"), properties=()),
        Gauge("iot.quarantined", "messages that wait in the quarantine", lambda: counted(_QUARANTINED)),
        *PERMISSIONS,
        *ngsild.ITEMS,
        *ROLES,
        *MENUS,
        *INDICATORS,
        DEVICES_LAYER,
        Template(TEMPLATE, zh("物联告警"), zh("告警：{device}"), "{text}", urgent=True),
        Tick("iot.watch_silence", zh("检查失联设备和数据中断"), upkeep.WATCH_EVERY_S, upkeep.watch_silence),
        Tick("iot.end_orders", zh("关闭超时未应答的设备命令"), upkeep.EXPIRE_EVERY_S, upkeep.end_orders),
        Tick("iot.prepare_days", zh("准备监测数据分区"), upkeep.PREPARE_EVERY_S, upkeep.prepare_days),
    ),
)
