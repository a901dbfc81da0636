"""Indicators of public opinion."""

from typing import Final

from onecity.domains.opinion.permissions import CASES_VIEW
from onecity.domains.opinion.selectors import measures
from onecity.kernel.text import zh
from onecity.platform.indicators.declare import Indicator

GROUP: Final = zh("舆情")

INDICATORS: Final = (
    Indicator(
        "opinion.articles_today",
        zh("今日舆情文章"),
        zh("今日发布的、采集到的相关文章数，含转载"),
        zh("篇"),
        measures.counted(measures.told),
        measures.article_rows(measures.told),
        GROUP,
        every_s=15.0,
        period="today",
        permission=CASES_VIEW,
        order=340,
    ),
    Indicator(
        "opinion.standing_warnings",
        zh("舆情预警中"),
        zh("此刻尚未解除的舆情预警数"),
        zh("条"),
        measures.counted(measures.standing),
        measures.warning_rows,
        GROUP,
        better="lower",
        every_s=15.0,
        permission=CASES_VIEW,
        order=341,
    ),
    Indicator(
        "opinion.negative_share",
        zh("负面舆情占比"),
        zh("今日负面文章数除以今日已判定情感倾向的文章数"),
        "%",
        measures.negative_share,
        measures.article_rows(measures.negative),
        GROUP,
        better="lower",
        decimals=1,
        every_s=15.0,
        period="today",
        permission=CASES_VIEW,
        order=342,
        on_board=False,
    ),
    Indicator(
        "opinion.closed_in_time",
        zh("舆情按期办结率"),
        zh("本月按期办结的舆情事项数除以本月办结和到期未办结的舆情事项数"),
        "%",
        measures.closed_in_time_share,
        measures.finding_rows,
        GROUP,
        better="higher",
        target=95.0,
        decimals=1,
        every_s=15.0,
        period="month",
        permission=CASES_VIEW,
        order=343,
        on_board=False,
    ),
)
