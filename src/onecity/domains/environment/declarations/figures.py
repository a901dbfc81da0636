"""What the city's air is measured by."""

from typing import Final

from onecity.domains.environment.selectors.indicators import (
    city_aqi,
    day_rows,
    good_days,
    reporting_share,
    station_rows,
)
from onecity.kernel.text import zh
from onecity.platform.indicators.declare import Indicator

_GROUP: Final = zh("空气质量")

FIGURES: Final = (
    Indicator(
        code="environment.city_aqi",
        name=zh("全市空气质量指数"),
        definition=zh(
            "最近一小时各在用站点的污染物浓度取平均，按空气质量指数技术规定算出的指数；三小时内没有新数据则不给出"
        ),
        unit="",
        compute=city_aqi,
        rows=station_rows,
        group=_GROUP,
        better="lower",
        target=100,
        source="HJ 633-2026; HJ 633-2012",
        order=30,
    ),
    Indicator(
        code="environment.stations_reporting",
        name=zh("空气站有效报数率"),
        definition=zh("三小时内有空气质量指数的站点数 ÷ 在用站点数"),
        unit="%",
        compute=reporting_share,
        rows=station_rows,
        group=_GROUP,
        better="higher",
        target=90,
        decimals=1,
        order=31,
    ),
    Indicator(
        code="environment.good_days",
        name=zh("今年空气优良天数"),
        definition=zh("今年以来全市日空气质量指数不超过100的天数；没有日指数的日子不计"),
        unit=zh("天"),
        compute=good_days,
        rows=day_rows,
        group=_GROUP,
        better="higher",
        source="HJ 633-2026; HJ 633-2012",
        every_s=30.0,
        order=32,
    ),
)
