"""What the citizens' portal plugs into the city."""

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.identity.declare import Role

DECLARATION = Domain(
    code="citizen",
    name=zh("市民首页"),
    items=(
        Role(
            code="citizen.citizen",
            name=zh("市民"),
            description=zh("在市民首页办事、反映问题、查询本人事项"),
            permissions=(),
        ),
    ),
)
