"""What the nodes of exchange plug into the city."""

from typing import Final

from onecity.kernel.registry import Declared
from onecity.kernel.text import zh
from onecity.platform.exchange import permissions
from onecity.platform.exchange.services.nodes.authority import SECRET
from onecity.platform.identity.declare import Permission, PersonalColumn, Role
from onecity.web.declare import Menu

ITEMS: Final[tuple[Declared, ...]] = (
    Permission(permissions.MANAGE_NODES, zh("登记和吊销前置机")),
    PersonalColumn(SECRET, zh("前置机证书签发私钥"), "exchange_nodeauthority", sealed="key_sealed"),
    Role(
        "exchange.node_keeper",
        zh("前置机管理员"),
        zh("登记、续期和吊销部门前置机"),
        permissions=(permissions.MANAGE_NODES,),
    ),
    Menu(
        "exchange.nodes",
        zh("前置机"),
        "exchange:nodes",
        permission=permissions.MANAGE_NODES,
        group=zh("数据共享"),
        icon="server",
        order=56,
    ),
)
