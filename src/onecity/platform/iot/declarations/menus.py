"""Where iot stands in the menu and on the home page."""

from onecity.kernel.text import zh
from onecity.platform.iot import permissions
from onecity.web.declare import HomeEntry, Menu

GROUP = zh("物联感知")

ITEMS = (
    Menu(
        "iot.devices",
        zh("物联设备"),
        "iot:devices",
        permission=permissions.VIEW_DEVICES,
        group=GROUP,
        icon="router",
        order=30,
    ),
    Menu(
        "iot.types",
        zh("设备类型"),
        "iot:types",
        permission=permissions.VIEW_DEVICES,
        group=GROUP,
        icon="category",
        order=36,
    ),
    Menu(
        "iot.products",
        zh("产品"),
        "iot:products",
        permission=permissions.VIEW_DEVICES,
        group=GROUP,
        icon="package",
        order=37,
    ),
    Menu(
        "iot.batches",
        zh("批量命令"),
        "iot:batches",
        permission=permissions.COMMAND_DEVICES,
        group=GROUP,
        icon="send",
        order=38,
    ),
    Menu(
        "iot.firmware",
        zh("固件升级"),
        "iot:campaigns",
        permission=permissions.MANAGE_FIRMWARE,
        group=GROUP,
        icon="cpu",
        order=39,
    ),
    Menu(
        "iot.alarms", zh("告警"), "iot:alarms", permission=permissions.VIEW_ALARMS, group=GROUP, icon="bell", order=31
    ),
    Menu(
        "iot.rules",
        zh("告警规则"),
        "iot:rules",
        permission=permissions.MANAGE_RULES,
        group=GROUP,
        icon="adjustments",
        order=32,
    ),
    Menu(
        "iot.unknown",
        zh("未登记设备"),
        "iot:unknown",
        permission=permissions.MANAGE_DEVICES,
        group=GROUP,
        icon="help",
        order=33,
    ),
    Menu(
        "iot.quarantine",
        zh("隔离报文"),
        "iot:quarantine",
        permission=permissions.HANDLE_QUARANTINE,
        group=GROUP,
        icon="alert-triangle",
        order=34,
    ),
    Menu(
        "iot.gateways",
        zh("接入网关"),
        "iot:gateways",
        permission=permissions.WATCH_GATEWAYS,
        group=GROUP,
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
