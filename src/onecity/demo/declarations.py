"""What the demonstration plugs into the city."""

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.identity.declare import Permission, Role
from onecity.web.declare import Menu

GUIDE = "demo.set_time"

DECLARATION = Domain(
    code="demo",
    name=zh("演示"),
    items=(
        Permission(GUIDE, zh("调节演示的城市时间"), scoped=False),
        Role(
            code="demo.guide",
            name=zh("演示讲解员"),
            description=zh("调节城市时间的快慢；仅在演示环境中有效"),
            permissions=(GUIDE,),
        ),
        Menu("demo.time", zh("城市时间"), "demo:time", permission=GUIDE, group=zh("演示"), icon="clock", order=90),
    ),
)
