"""Reports of the air ready for templates: words, colours, figures as people read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from django.utils import timezone
from django.utils.translation import gettext

from onecity.domains.environment.contracts import AirFigures, DayAir, HourAir, StationAir
from onecity.domains.environment.rules.advice import ADVICE, Advice
from onecity.domains.environment.rules.editions import Pollutant
from onecity.domains.environment.rules.levels import Level, level_of
from onecity.domains.environment.rules.times import HOUR
from onecity.domains.environment.selectors.wording import category, level, pollutants
from onecity.kernel.text import zh
from onecity.web.http import CityRequest
from onecity.web.listing import Badge

SYMBOLS: Final = {
    Pollutant.PM2_5: "PM₂.₅",
    Pollutant.PM10: "PM₁₀",
    Pollutant.O3: "O₃",
    Pollutant.NO2: "NO₂",
    Pollutant.SO2: "SO₂",
    Pollutant.CO: "CO",
}
"""In the order in which people look for them."""
_TONES: Final[Mapping[int, Literal["green", "yellow", "orange", "red", "purple"]]] = {
    1: "green",
    2: "yellow",
    3: "orange",
    4: "red",
    5: "purple",
    6: "red",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One pollutant of a report. value, index: "—" where it is missing. level: of its own index, 0 for none."""

    symbol: str
    name: str
    value: str
    unit: str
    index: str
    level: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A report with its words."""

    figures: AirFigures

    @property
    def aqi(self) -> str:
        """The index, or a dash."""
        return "—" if self.figures.aqi is None else str(self.figures.aqi)

    @property
    def level(self) -> int:
        """The level's number; 0 without an index."""
        return self.figures.level or 0

    @property
    def words(self) -> Level | None:
        """The level's words and colour."""
        return level(self.figures.level)

    @property
    def category(self) -> str:
        """The level in words; an unjudged report says so."""
        return category(self.figures.level) or gettext("数据不足")

    @property
    def primary(self) -> str:
        """The primary pollutants in words; "无" when the index is good enough to have none."""
        return pollutants(self.figures.primary) or ("—" if self.figures.aqi is None else gettext("无"))

    @property
    def primary_symbols(self) -> str:
        """The primary pollutants by their symbols; empty for none."""
        return " ".join(SYMBOLS[Pollutant(code)] for code in self.figures.primary)

    @property
    def missing(self) -> str:
        """The pollutants without a value, in words."""
        return pollutants(self.figures.missing)

    @property
    def advice(self) -> Advice | None:
        """What such air means for people."""
        return ADVICE[self.level] if self.level else None

    @property
    def parts(self) -> list[Part]:
        """The six pollutants."""
        return [_part(item, self.figures) for item in SYMBOLS]


def shown(report: HourAir | DayAir | None) -> Shown | None:
    """Return a report with its words; None for none."""
    return Shown(report.figures) if report else None


def badge(figures: AirFigures) -> Badge:
    """Return a report's level as a badge."""
    if figures.level is None:
        return Badge(zh("数据不足"))
    return Badge(category(figures.level), _TONES[figures.level])


def amount(pollutant: Pollutant, figures: AirFigures) -> str:
    """Return a concentration as people read it: whole µg/m³, CO with one place; "" where it is missing."""
    value = figures.concentrations.get(pollutant)
    if value is None:
        return ""
    place = Decimal("0.1") if pollutant is Pollutant.CO else Decimal(1)
    return str(value.quantize(place, ROUND_HALF_UP))


def hours_chart(hours: Sequence[HourAir]) -> dict[str, object]:
    """Return the chart of indices hour by hour, each bar in its level's colour; hours are named by their end.

    hours: the oldest first; those between them that are missing leave a gap.
    """
    known = {item.begins_at: item.figures for item in hours}
    count = (hours[-1].begins_at - hours[0].begins_at) // HOUR + 1 if hours else 0
    all_hours = [hours[0].begins_at + number * HOUR for number in range(count)]
    return {
        "kind": "bar",
        "unit": "",
        "at": [_label(at + HOUR) for at in all_hours],
        "series": [{"name": gettext("空气质量指数"), "values": [_bar(known.get(at)) for at in all_hours]}],
        "target": None,
    }


def frame(request: CityRequest) -> str:
    """Return the frame of a page that staff and passers-by share."""
    return "web/workbench.html" if request.actor.kind == "account" else "web/portal.html"


def rows_of(stations: Sequence[StationAir]) -> list[tuple[StationAir, Shown | None]]:
    """Return stations with their reports in words."""
    return [(item, shown(item.hour)) for item in stations]


def _bar(figures: AirFigures | None) -> dict[str, object] | None:
    words = level(figures.level) if figures else None
    return {"value": figures.aqi, "itemStyle": {"color": words.css}} if figures and words else None


def _label(at: datetime) -> str:
    return timezone.localtime(at).strftime("%m-%d %H:%M")


def _part(pollutant: Pollutant, figures: AirFigures) -> Part:
    index = figures.indices.get(pollutant)
    return Part(
        symbol=SYMBOLS[pollutant],
        name=gettext(pollutant.label),
        value=amount(pollutant, figures) or "—",
        unit=pollutant.unit.symbol,
        index="—" if index is None else str(index),
        level=0 if index is None else level_of(index).number,
    )
