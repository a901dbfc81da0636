"""Outlets ready for templates: badges, quantities, charts."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final, Literal

from django.utils import timezone
from django.utils.translation import gettext

from onecity.domains.environment.models import Excess, OutletHour
from onecity.domains.environment.models.outlets import OutletMean
from onecity.domains.environment.rules.outlets.factors import FACTOR_NAMES, Factor
from onecity.kernel.text import zh
from onecity.web.listing import Badge

Tone = Literal["grey", "blue", "green", "yellow", "orange", "red", "purple"]
_STATE_TONES: Final[dict[str, Tone]] = {"open": "red", "handling": "orange", "closed": "green", "withdrawn": "grey"}
MARK_NAMES: Final = {
    "N": zh("正常"),
    "F": zh("停运"),
    "M": zh("维护"),
    "S": zh("手工输入"),
    "D": zh("故障"),
    "C": zh("校准"),
    "T": zh("超测定上限"),
    "L": zh("低于测定下限"),
    "B": zh("通讯异常"),
}
"""Source: HJ 212-2017, table 8 (数据标记)."""
_HOUR: Final = timedelta(hours=1)


def state_badge(row: Excess) -> Badge:
    """Return where the handling is."""
    return Badge(str(Excess.State(row.state).label), _STATE_TONES[row.state])


def mean_badge(row: OutletMean) -> Badge:
    """Return what a mean comes to: not to be judged, kept, exceeded."""
    if not row.is_valid:
        return Badge(MARK_NAMES.get(row.mark, zh("无效")) if row.mark != "N" else zh("数据不足"))
    if row.share is None:
        return Badge(zh("无限值"), "blue")
    return Badge(zh("超标"), "red") if row.exceeds else Badge(zh("达标"), "green")


def factor_name(code: str) -> str:
    """Return a factor's name in the visitor's language."""
    return gettext(FACTOR_NAMES[Factor(code)])


def plain(value: Decimal | None) -> str:
    """Return a quantity to two places without trailing noughts; a dash for none."""
    if value is None:
        return "—"
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return text or "0"


def limit_text(row: OutletMean | Excess) -> str:
    """Return what was allowed; "" where nothing was limited."""
    if row.limit_upper is None:
        return ""
    lower = f"{plain(row.limit_lower)}–" if row.limit_lower is not None else ""
    return f"{lower}{plain(row.limit_upper)}"


def hours_chart(hours: Sequence[OutletHour], *, factor: str) -> dict[str, object]:
    """Return the chart of a factor's hours beside what was allowed; hours that do not count are a series of their own.

    hours: the oldest first.
    """
    known = {row.begins_at: row for row in hours}
    count = (hours[-1].begins_at - hours[0].begins_at) // _HOUR + 1 if hours else 0
    times = [hours[0].begins_at + number * _HOUR for number in range(count)]
    rows = [known.get(at) for at in times]
    series = [
        {
            "name": factor_name(factor),
            "values": [_float(_value(row)) if row and row.is_valid else None for row in rows],
        },
        {
            "name": gettext("无效数据"),
            "values": [_float(row.mean) if row and not row.is_valid else None for row in rows],
        },
        {"name": gettext("许可上限"), "values": [_float(row.limit_upper) if row else None for row in rows]},
    ]
    return {
        "kind": "line",
        "unit": Factor(factor).unit,
        "at": [timezone.localtime(at).strftime("%m-%d %H:%M") for at in times],
        "series": [item for item in series if any(value is not None for value in item["values"])],
        "target": None,
    }


def _value(row: OutletHour) -> Decimal | None:
    return row.judged if row.judged is not None else row.mean


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
