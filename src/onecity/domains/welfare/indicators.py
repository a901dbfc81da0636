"""Indicators of means checking."""

from typing import Final

from onecity.domains.welfare.permissions import STATISTICS
from onecity.domains.welfare.selectors import measures
from onecity.kernel.text import zh
from onecity.platform.indicators.declare import Indicator

_GROUP: Final = zh("社会救助")

INDICATORS: Final = (
    Indicator(
        code="welfare.verification_minutes",
        name=zh("经济状况核对用时"),
        definition=zh("本月出具的核对报告，从提出核对委托到签发报告所用分钟数的中位数"),
        unit=zh("分钟"),
        compute=measures.median_minutes,
        rows=measures.verification_rows,
        group=_GROUP,
        better="lower",
        target=30.0,
        decimals=1,
        every_s=15.0,
        period="month",
        permission=STATISTICS,
        order=310,
    ),
    Indicator(
        code="welfare.hit_rate",
        name=zh("核对命中率"),
        definition=zh("本月出具的核对报告中，查得差异或矛盾的份数÷报告总份数"),
        unit="%",
        compute=measures.hit_rate,
        rows=measures.verification_rows,
        group=_GROUP,
        decimals=1,
        every_s=15.0,
        period="month",
        permission=STATISTICS,
        order=311,
    ),
    Indicator(
        code="welfare.contradiction_rate",
        name=zh("核对矛盾率"),
        definition=zh("本月出具的核对报告中，查得与申报相矛盾情况的份数÷报告总份数"),
        unit="%",
        compute=measures.contradiction_rate,
        rows=measures.verification_rows,
        group=_GROUP,
        decimals=1,
        every_s=15.0,
        period="month",
        permission=STATISTICS,
        order=312,
        on_board=False,
    ),
)
