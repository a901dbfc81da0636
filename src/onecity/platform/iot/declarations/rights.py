"""Rights over devices and alarms, and the roles that hold them."""

from onecity.kernel.text import zh
from onecity.platform.identity.declare import Permission, Role
from onecity.platform.iot import permissions

PERMISSIONS = (
    Permission(permissions.VIEW_DEVICES, zh("查看物联设备和监测数据")),
    Permission(permissions.MANAGE_DEVICES, zh("登记和管理物联设备")),
    Permission(permissions.COMMAND_DEVICES, zh("向物联设备下达命令")),
    Permission(permissions.VIEW_ALARMS, zh("查看物联告警")),
    Permission(permissions.HANDLE_ALARMS, zh("确认和解除物联告警")),
    Permission(permissions.HANDLE_QUARANTINE, zh("处理隔离报文")),
    Permission(permissions.SEND_TELEMETRY, zh("代设备上报监测数据")),
    Permission(permissions.MANAGE_TYPES, zh("管理设备类型（物模型）"), scoped=False),
    Permission(permissions.MANAGE_FIRMWARE, zh("管理固件和升级任务")),
    Permission(permissions.MANAGE_RULES, zh("管理告警规则"), scoped=False),
    Permission(permissions.MANAGE_HISTORY, zh("管理监测数据的保留和归档"), scoped=False),
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
            permissions.TRACE_DEVICES,
            permissions.VIEW_LINKAGE,
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
            permissions.MANAGE_TYPES,
            permissions.MANAGE_FIRMWARE,
            permissions.COMMAND_DEVICES,
            permissions.VIEW_ALARMS,
            permissions.MANAGE_RULES,
            permissions.MANAGE_HISTORY,
            permissions.VIEW_LINKAGE,
            permissions.MANAGE_LINKAGE,
        ),
    ),
)
ITEMS = (*PERMISSIONS, *ROLES)
