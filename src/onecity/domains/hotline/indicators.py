"""Indicators of the hotline, built from the rates."""

from typing import Final

from onecity.domains.hotline.permissions import CASES_VIEW
from onecity.domains.hotline.rules.measures import RATES, Rate
from onecity.domains.hotline.selectors import measures
from onecity.kernel.text import zh
from onecity.platform.indicators.declare import Indicator

GROUP: Final = zh("政务服务热线")


def _rate(item: Rate, order: int) -> Indicator:
    return Indicator(
        code=f"hotline.{item.code}",
        name=item.name,
        definition=item.definition,
        unit="%",
        compute=measures.rate(item.code),
        rows=measures.below(item.code),
        group=GROUP,
        better="lower" if item.better == "lower" else "higher",
        target=item.target,
        decimals=1,
        every_s=15.0,
        period="month",
        permission=CASES_VIEW,
        order=order,
        on_board=item.on_board,
    )


INDICATORS: Final = (
    Indicator(
        "hotline.taken_in",
        zh("今日诉求"),
        zh("今日各渠道受理的诉求数"),
        zh("件"),
        measures.counted(measures.taken_in),
        measures.rows_behind(measures.taken_in),
        GROUP,
        period="today",
        permission=CASES_VIEW,
        order=300,
    ),
    Indicator(
        "hotline.open_demands",
        zh("在办诉求"),
        zh("此刻尚未办结的诉求数"),
        zh("件"),
        measures.counted(measures.still_open),
        measures.rows_behind(measures.still_open),
        GROUP,
        permission=CASES_VIEW,
        order=301,
    ),
    Indicator(
        "hotline.overdue_demands",
        zh("超期诉求"),
        zh("此刻已过办结时限仍未办结的诉求数"),
        zh("件"),
        measures.counted(measures.overdue),
        measures.rows_behind(measures.overdue),
        GROUP,
        better="lower",
        target=0.0,
        permission=CASES_VIEW,
        order=302,
    ),
    *(_rate(item, 310 + place) for place, item in enumerate(RATES)),
)
