"""What indicators plug into the city."""

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.indicators.datasets import SERIES
from onecity.platform.indicators.services import record_running_hour
from onecity.platform.jobs.declare import Tick
from onecity.web.declare import Menu

DECLARATION = Domain(
    code="indicators",
    name=zh("运行体征"),
    items=(
        SERIES,
        Tick("indicators.record_running_hour", zh("记录运行体征"), 10.0, record_running_hour),
        Menu(
            "indicators.list",
            zh("运行体征"),
            "indicators:list",
            group=zh("城市运行"),
            icon="heart-rate-monitor",
            order=40,
        ),
    ),
)
