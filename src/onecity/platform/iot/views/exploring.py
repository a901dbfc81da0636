"""What the data explorer was asked for, read from its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.http import QueryDict

from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.contracts import HistoryQuery

MOST_STREAMS: Final = 24
POINTS: Final = 600
SPANS: Final[Mapping[str, tuple[str, timedelta]]] = {
    "day": (zh("24小时"), timedelta(days=1)),
    "week": (zh("7天"), timedelta(days=7)),
    "month": (zh("30天"), timedelta(days=30)),
    "year": (zh("一年"), timedelta(days=365)),
}
STEPS: Final[Mapping[str, tuple[str, int]]] = {
    "auto": (zh("自动"), 0),
    "raw": (zh("逐条读数"), 0),
    "minute": (zh("1分钟"), 60),
    "5m": (zh("5分钟"), 300),
    "15m": (zh("15分钟"), 900),
    "hour": (zh("1小时"), 3_600),
    "day": (zh("1天"), 86_400),
    "week": (zh("1周"), 604_800),
}
VALUES: Final[Mapping[str, str]] = {
    "mean": zh("平均值"),
    "weighted_mean": zh("时间加权平均"),
    "low": zh("最小值"),
    "high": zh("最大值"),
    "last": zh("末值"),
    "total": zh("合计"),
}
COMPARED: Final[Mapping[str, tuple[str, timedelta | None]]] = {
    "": (zh("不对比"), None),
    "before": (zh("上一周期"), timedelta()),
    "day": (zh("前一天同期"), timedelta(days=1)),
    "week": (zh("上周同期"), timedelta(days=7)),
    "year": (zh("去年同期"), timedelta(days=364)),
}
"""What a stretch is laid beside; a year back is 52 weeks, so that weekdays meet weekdays."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the explorer. span: code of a stretch that ends now, "" where since and until were given."""

    streams: tuple[int, ...]
    since: datetime
    until: datetime
    span: str
    step: str
    value: str
    compare: str

    def query(self, *, points: int = POINTS) -> HistoryQuery:
        """Return it as the history takes it; `auto` asks for so many points."""
        auto = self.step == "auto"
        return HistoryQuery(self.streams, self.since, self.until, STEPS[self.step][1], points if auto else 0)

    def beside(self) -> tuple[HistoryQuery, timedelta] | None:
        """Return the question for the stretch to compare with, and how far back that lies; None for none."""
        shift = COMPARED[self.compare][1]
        if shift is None:
            return None
        back = shift or self.until - self.since
        query = self.query()
        return HistoryQuery(query.datastreams, self.since - back, self.until - back, query.step_s, query.points), back


def question_of(given: QueryDict, *, now: datetime) -> Question:
    """Read a question. now: city time.

    Raises: Invalid naming the fields.
    """
    texts = [text for value in given.getlist("s") for text in value.split(",") if text]
    if not all(text.isascii() and text.isdigit() and len(text) < 10 for text in texts):
        raise Invalid(fields={"s": zh("应为整数")})
    streams = tuple(dict.fromkeys(map(int, texts)))
    if len(streams) > MOST_STREAMS:
        raise Invalid(fields={"s": zh("最多同时分析24条曲线，请先移除一些")})
    chosen = {
        name: _choice(given, name, choices)
        for name, choices in (("step", STEPS), ("value", VALUES), ("compare", COMPARED))
    }
    since, until, span = _stretch(given, now)
    return Question(streams, since, until, span, chosen["step"], chosen["value"], chosen["compare"])


def _stretch(given: QueryDict, now: datetime) -> tuple[datetime, datetime, str]:
    if given.get("since") or given.get("until"):
        until = _moment(given, "until") if given.get("until") else now
        since = _moment(given, "since") if given.get("since") else until - timedelta(days=1)
        if since >= until:
            raise Invalid(fields={"until": zh("结束时间应晚于起始时间")})
        return since, until, ""
    span = given.get("span", "") or "week"
    if span not in SPANS:
        raise Invalid(fields={"span": zh("没有这个选项")})
    return now - SPANS[span][1], now, span


def _moment(given: QueryDict, name: str) -> datetime:
    try:
        found = datetime.fromisoformat(given.get(name, ""))
    except ValueError:
        raise Invalid(fields={name: zh("日期应写成 2026-03-01 的形式")}) from None
    return found if found.tzinfo else found.replace(tzinfo=CITY_ZONE)


def _choice(given: QueryDict, name: str, choices: Mapping[str, object]) -> str:
    text = given.get(name, "") or next(iter(choices))
    if text not in choices:
        raise Invalid(fields={name: zh("没有这个选项")})
    return text
