"""What the NGSI-LD interface plugs into the city."""

from typing import Final

from onecity.kernel.registry import Declared
from onecity.kernel.text import zh
from onecity.platform.identity.declare import Permission
from onecity.platform.iot import permissions

ITEMS: Final[tuple[Declared, ...]] = (
    Permission(permissions.VIEW_CONTEXT, zh("读取情境信息（NGSI-LD）")),
    Permission(permissions.EDIT_CONTEXT, zh("写入情境信息、订阅和情境源（NGSI-LD）")),
)
