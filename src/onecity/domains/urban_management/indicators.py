"""Indicators of digital urban management, built from the metrics."""

from typing import Final

from onecity.domains.urban_management.permissions import CASES_VIEW
from onecity.domains.urban_management.rules.metrics import STEP_RATES, StepRate
from onecity.domains.urban_management.selectors import measures
from onecity.kernel.text import zh
from onecity.platform.indicators.declare import Indicator

GROUP: Final = zh("数字城管")
SOURCE: Final = "GB/T 30428.4"
# The rates that a mayor sees; all others are on the pages of indicators.
ON_BOARD: Final = frozenset({"intime_archive_rate", "archive_rate", "intime_dispose_rate", "rework_rate"})


def _rate(rate: StepRate, order: int) -> Indicator:
    return Indicator(
        code=f"urban_management.{rate.code}",
        name=rate.name,
        definition=rate.definition,
        unit="%",
        compute=measures.step_measure(rate),
        rows=measures.step_rows(rate),
        group=GROUP,
        better=rate.better,
        target=rate.target,
        decimals=1,
        every_s=15.0,
        period="month",
        permission=CASES_VIEW,
        source=SOURCE,
        on_board=rate.code in ON_BOARD,
        order=order,
    )


_COUNTS: Final = (
    Indicator(
        "urban_management.open_cases",
        zh("在办案件"),
        zh("此刻尚未结案的城市管理案件数"),
        zh("件"),
        measures.counted(measures.open_cases),
        measures.case_rows(measures.open_cases),
        GROUP,
        permission=CASES_VIEW,
        order=200,
    ),
    Indicator(
        "urban_management.overdue_cases",
        zh("超期未结"),
        zh("此刻已过办结时限仍未结案的案件数"),
        zh("件"),
        measures.counted(measures.overdue_cases),
        measures.case_rows(measures.overdue_cases),
        GROUP,
        better="lower",
        target=0.0,
        permission=CASES_VIEW,
        order=201,
    ),
    Indicator(
        "urban_management.reported_cases",
        zh("今日上报"),
        zh("今日各来源上报的案件数"),
        zh("件"),
        measures.counted(measures.reported),
        measures.case_rows(measures.reported),
        GROUP,
        period="today",
        permission=CASES_VIEW,
        order=202,
    ),
    Indicator(
        "urban_management.filed_cases",
        zh("立案数"),
        zh("本月受理立案的案件数"),
        zh("件"),
        measures.counted(measures.filed),
        measures.case_rows(measures.filed),
        GROUP,
        period="month",
        permission=CASES_VIEW,
        source=SOURCE,
        order=203,
    ),
)
_SHARES: Final = (
    ("valid_report_rate", zh("有效上报率"), zh("本月有效上报数（已立案）÷上报数"), measures.valid, measures.reported),
    ("archive_rate", zh("结案率"), zh("本月结案数÷应结案数"), measures.closed_of_due, measures.should_close),
    (
        "intime_archive_rate",
        zh("按期结案率"),
        zh("本月按期结案数÷应结案数"),
        measures.closed_on_time,
        measures.should_close,
    ),
    (
        "overtime_archive_rate",
        zh("超期结案率"),
        zh("本月超期结案数÷应结案数"),
        measures.closed_late,
        measures.should_close,
    ),
    ("to_archive_rate", zh("未结案率"), zh("本月上报且未结案数÷上报数"), measures.still_open, measures.reported),
    ("repeat_rate", zh("重复案件率"), zh("本月合并到其他案件的上报数÷上报数"), measures.repeated, measures.reported),
)
_LOWER: Final = {"overtime_archive_rate", "to_archive_rate", "repeat_rate"}
_TARGETS: Final = {"archive_rate": 90.0, "intime_archive_rate": 90.0}

INDICATORS: Final = (
    *_COUNTS,
    *(
        Indicator(
            code=f"urban_management.{code}",
            name=name,
            definition=definition,
            unit="%",
            compute=measures.share(top, bottom),
            rows=measures.case_rows(bottom),
            group=GROUP,
            better="lower" if code in _LOWER else "higher",
            target=_TARGETS.get(code),
            decimals=1,
            every_s=15.0,
            period="month",
            permission=CASES_VIEW,
            source=SOURCE,
            order=210 + place,
            on_board=code in ON_BOARD,
        )
        for place, (code, name, definition, top, bottom) in enumerate(_SHARES)
    ),
    *(_rate(rate, 220 + place) for place, rate in enumerate(STEP_RATES)),
)
