"""Figures of sharing that the city sets by date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from onecity.kernel.text import zh
from onecity.platform.exchange.models import SharingParameter
from onecity.platform.exchange.rules.sharing.times import Night
from onecity.platform.exchange.rules.sharing.unusual import Watch


@dataclass(frozen=True, slots=True)
class ParameterKind:
    """A figure. first: what it is on the first day; low, high: what may be set."""

    code: str
    name: str
    first: int
    low: int
    high: int


KINDS: Final[Sequence[ParameterKind]] = (
    ParameterKind("renewal_notice_days", zh("到期前提醒（自然日）"), 30, 1, 180),
    ParameterKind("longest_days", zh("授权最长期限（自然日）"), 1096, 30, 3653),
    ParameterKind("queries_per_day", zh("每日查询次数默认上限"), 1000, 1, 1_000_000),
    ParameterKind("calls_per_minute", zh("每分钟调用次数上限"), 600, 1, 60_000),
    ParameterKind("unusual_factor", zh("异常查询倍数"), 5, 2, 100),
    ParameterKind("unusual_least", zh("异常查询起算次数"), 50, 1, 100_000),
    ParameterKind("night_from", zh("夜间起始时刻（时）"), 22, 0, 23),
    ParameterKind("night_to", zh("夜间截止时刻（时）"), 6, 0, 23),
    ParameterKind("night_least", zh("夜间异常起算次数"), 10, 1, 100_000),
    ParameterKind("watched_days", zh("对照天数"), 30, 7, 366),
)


def parameters(*, today: date) -> dict[str, int]:
    """Return every figure that holds today: the newest row whose day has come, else the first day's."""
    values = {kind.code: kind.first for kind in KINDS}
    rows = SharingParameter.objects.filter(valid_from__lte=today).order_by("code", "valid_from")
    values.update(rows.values_list("code", "value"))
    return values


def parameter_rows() -> list[SharingParameter]:
    """Return every row, newest day first: what held, holds and will hold."""
    return list(SharingParameter.objects.order_by("code", "-valid_from"))


def night_of(values: dict[str, int]) -> Night:
    """Return the hours of the night."""
    return Night(values["night_from"], values["night_to"])


def watch_of(values: dict[str, int]) -> Watch:
    """Return the figures by which use is watched."""
    return Watch(values["unusual_factor"], values["unusual_least"], values["night_least"])
