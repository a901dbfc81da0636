"""What indicators keep and give: the hourly series of those that everybody may see."""

from typing import Final

from onecity.kernel.text import zh
from onecity.platform.exchange.declare import DataField, Dataset
from onecity.platform.indicators.selectors import public_points

SERIES: Final = Dataset(
    code="indicators.series",
    name=zh("城市运行体征时序"),
    abstract=zh("向公众公布的城市运行体征每小时的数值，含指标编码、名称、单位和统计时点。"),
    provider="command_centre",
    class_code="201001",
    fields=(
        DataField("indicator_code", zh("指标编码"), nullable=False, length=80),
        DataField("name", zh("指标名称"), nullable=False),
        DataField("at", zh("统计时点"), "timestamp", nullable=False),
        DataField("value", zh("指标值"), "float"),
        DataField("unit", zh("计量单位")),
    ),
    key=("indicator_code", "at"),
    batches=public_points,
    last_at="SELECT max(at) FROM indicators_point",
    cycle="realtime",
    opening="unconditional",
    keywords=("运行体征", "指标"),
)
