"""What the NGSI-LD interface plugs into the city."""

from typing import Final

from onecity.kernel.registry import Declared
from onecity.kernel.text import zh
from onecity.platform.identity.declare import Permission, Role
from onecity.platform.iot import permissions
from onecity.platform.iot.ngsild import upkeep
from onecity.platform.jobs.declare import Tick

ITEMS: Final[tuple[Declared, ...]] = (
    Permission(permissions.VIEW_CONTEXT, zh("读取情境信息（NGSI-LD）")),
    Permission(permissions.EDIT_CONTEXT, zh("写入情境信息、订阅和情境源（NGSI-LD）")),
    Role(
        code="iot.context_client",
        name=zh("情境信息应用"),
        description=zh("通过 NGSI-LD 接口读写情境实体，订阅变化，并读取物联设备"),
        permissions=(permissions.VIEW_CONTEXT, permissions.EDIT_CONTEXT, permissions.VIEW_DEVICES),
    ),
    Tick("iot.drop_context_history", zh("清理过期的情境历史"), upkeep.EVERY_S, upkeep.drop_old_instances),
)
