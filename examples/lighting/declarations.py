"""What lighting plugs into the city."""

from onecity.domains.lighting import selectors

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.kernel.units import ONE, WATT
from onecity.platform.indicators.declare import Indicator
from onecity.platform.iot.declare import DeviceType, ObservedProperty
from onecity.web.declare import Menu

VIEW = "iot.view_devices"

DECLARATION = Domain(
    code="lighting",
    name=zh("城市照明"),
    items=(
        DeviceType(
            code=selectors.LAMP,
            name=zh("单灯控制器"),
            properties=(
                ObservedProperty("power", zh("有功功率"), WATT),
                ObservedProperty("on", zh("开灯指令"), ONE, decimals=0),
            ),
            icon="bulb",
        ),
        Indicator(
            code="lighting.lit_rate",
            name=zh("亮灯率"),
            definition=zh("有数据的路灯中未发生故障的占比；应亮而功率不足额定值五分之一的为故障"),
            unit="%",
            compute=selectors.lit_rate,
            rows=selectors.failed_rows,
            group=zh("城市照明"),
            better="higher",
            target=98.0,
            decimals=1,
            permission=VIEW,
        ),
        Menu(
            "lighting.lamps",
            zh("路灯"),
            "lighting:lamps",
            permission=VIEW,
            group=zh("城市照明"),
            icon="bulb",
            order=300,
        ),
    ),
)
