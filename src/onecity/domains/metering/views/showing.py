"""How metering's values look: badges, charts, quantities."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Literal

from django.utils.translation import gettext

from onecity.domains.metering.models import Abnormality, MeterDay, ZoneDay
from onecity.domains.metering.rules.codes import EVIDENCE_NAMES, UNITS, Evidence
from onecity.domains.metering.rules.losses import Balance
from onecity.kernel.text import zh
from onecity.web.listing import Badge

Tone = Literal["grey", "blue", "green", "yellow", "orange", "red", "purple"]
_STATE_TONES: Final[dict[str, Tone]] = {"open": "red", "handling": "orange", "closed": "grey"}
SEVERITY_NAMES: Final = {"critical": zh("紧急"), "major": zh("重要"), "minor": zh("一般"), "notice": zh("提示")}
_SEVERITY_TONES: Final[dict[str, Tone]] = {"critical": "red", "major": "orange", "minor": "yellow", "notice": "blue"}
GOOD_UP_TO, NEAR_UP_TO = Decimal(10), Decimal(20)


def state_badge(row: Abnormality) -> Badge:
    """Return where the handling is."""
    return Badge(str(Abnormality.State(row.state).label), _STATE_TONES[row.state])


def severity_badge(code: str) -> Badge:
    """Return how grave it is."""
    return Badge(SEVERITY_NAMES.get(code, code), _SEVERITY_TONES.get(code, "grey"))


def evidence_badge(row: MeterDay) -> Badge:
    """Return how a day's usage is known."""
    tones: dict[str, Tone] = {Evidence.READ: "green", Evidence.SPREAD: "blue", Evidence.ESTIMATED: "orange"}
    return Badge(EVIDENCE_NAMES[row.evidence], tones[row.evidence])


def plain(value: Decimal | None) -> str:
    """Return a quantity without trailing noughts; "" for none."""
    if value is None:
        return ""
    return f"{value.normalize():f}"


def rate(day: ZoneDay) -> Decimal | None:
    """Return a zone's loss in per cent, to one place."""
    found = Balance(day.supplied, day.used).rate
    return None if found is None else found.quantize(Decimal("0.1"))


def verdict(value: Decimal | None) -> str:
    """Return how a loss is judged by colour: good up to 10 %, near up to 20 %.

    Source: House rule; GB 50013 and the cities' targets differ, so the indicator's target is what counts.
    """
    if value is None:
        return "unknown"
    if value <= GOOD_UP_TO:
        return "good"
    return "near" if value <= NEAR_UP_TO else "bad"


def usage_chart(days: Sequence[MeterDay], *, supply: str) -> dict[str, object]:
    """Return the chart of a meter's days; estimates and spread usages are series of their own."""
    names = [Evidence.READ, Evidence.SPREAD, Evidence.ESTIMATED]
    return {
        "kind": "bar",
        "unit": UNITS[supply],
        "at": [row.date.strftime("%m-%d") for row in days],
        "series": [
            {
                "name": gettext(EVIDENCE_NAMES[name]),
                "values": [_float(row.usage) if row.evidence == name else None for row in days],
            }
            for name in names
            if any(row.evidence == name and row.usage is not None for row in days)
        ],
        "target": None,
    }


def zone_chart(days: Sequence[ZoneDay], *, supply: str) -> dict[str, object]:
    """Return the chart of a zone's supply and use."""
    return _lines(
        days,
        UNITS[supply],
        {
            gettext("供入量"): [_float(row.supplied) for row in days],
            gettext("售出量"): [_float(row.used) for row in days],
        },
    )


def night_chart(days: Sequence[ZoneDay], *, supply: str) -> dict[str, object]:
    """Return the chart of the least flow of the nights."""
    return _lines(days, f"{UNITS[supply]}/h", {gettext("夜间最小流量"): [_float(row.night_flow) for row in days]})


def _lines(days: Sequence[ZoneDay], unit: str, series: dict[str, list[float | None]]) -> dict[str, object]:
    return {
        "kind": "line",
        "unit": unit,
        "at": [row.date.strftime("%m-%d") for row in days],
        "series": [{"name": name, "values": values} for name, values in series.items()],
        "target": None,
    }


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
