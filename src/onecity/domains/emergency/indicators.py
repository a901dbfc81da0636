"""Indicators of emergency management."""

from typing import Final

from onecity.domains.emergency.permissions import VIEW
from onecity.domains.emergency.selectors import measures
from onecity.kernel.text import zh
from onecity.platform.indicators.declare import Indicator

GROUP: Final = zh("应急管理")
INDICATORS: Final = (
    Indicator(
        "emergency.under_way",
        zh("在处置突发事件"),
        zh("此刻待核实和处置中的突发事件数，不含演练"),
        zh("件"),
        measures.counted(measures.under_way),
        measures.incidents_behind(measures.under_way),
        GROUP,
        better="lower",
        permission=VIEW,
        order=400,
    ),
    Indicator(
        "emergency.received",
        zh("本月突发事件"),
        zh("本月接报的突发事件数，不含演练、不属实和并报的事件"),
        zh("件"),
        measures.counted(measures.received),
        measures.incidents_behind(measures.received),
        GROUP,
        period="month",
        permission=VIEW,
        order=401,
    ),
    Indicator(
        "emergency.first_report_rate",
        zh("首报及时率"),
        zh("本月应报送的首报中，电话和书面报告都在时限内完成的比例，不含演练"),
        "%",
        measures.report_rate("first"),
        measures.reports_behind("first"),
        GROUP,
        better="higher",
        target=100.0,
        decimals=1,
        every_s=15.0,
        period="month",
        permission=VIEW,
        order=402,
    ),
    Indicator(
        "emergency.further_report_rate",
        zh("续报终报及时率"),
        zh("本月应报送的续报和终报中，在时限内完成的比例，不含演练"),
        "%",
        measures.report_rate("follow_up", "final"),
        measures.reports_behind("follow_up", "final"),
        GROUP,
        better="higher",
        target=100.0,
        decimals=1,
        every_s=15.0,
        period="month",
        permission=VIEW,
        order=403,
        on_board=False,
    ),
)
