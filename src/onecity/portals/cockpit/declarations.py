"""What the cockpit plugs into the city."""

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.identity.declare import Permission, Role
from onecity.web.declare import Menu

DECLARATION = Domain(
    code="cockpit",
    name=zh("领导驾驶舱"),
    items=(
        Permission("cockpit.view", zh("查看领导驾驶舱"), scoped=False),
        Role(
            code="cockpit.leader",
            name=zh("市领导"),
            description=zh("查看全市运行体征、超期事项和责任单位"),
            permissions=(
                "cockpit.view",
                "geo.view",
                "cases.view",
                "iot.view_devices",
                "iot.view_alarms",
                "welfare.statistics",
                "metering.statistics",
                "environment.view_outlets",
                "emergency.view",
            ),
        ),
        Menu(
            "cockpit.home",
            zh("领导驾驶舱"),
            "cockpit:home",
            permission="cockpit.view",
            group=zh("城市运行"),
            icon="device-desktop-analytics",
            order=10,
        ),
    ),
)
