"""Samples and means ready for templates: words, colours, figures as people read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

from django.utils import timezone
from django.utils.translation import gettext

from onecity.domains.environment.models import WaterSample, WaterSection
from onecity.domains.environment.models.water import WaterFigures
from onecity.domains.environment.rules.times import day_of
from onecity.domains.environment.rules.water.items import Body, Item, WaterClass
from onecity.domains.environment.rules.water.judging import item_class, method_on, rounded
from onecity.domains.environment.rules.water.limits import limits_on
from onecity.domains.environment.selectors.water.columns import ITEM_COLUMNS, values_of
from onecity.domains.environment.selectors.water.methods import water_limits, water_methods
from onecity.domains.environment.selectors.water.sections import main_with_multiples
from onecity.domains.environment.selectors.water.wording import items, joined, water_class
from onecity.kernel.text import zh
from onecity.web.listing import Badge

_TONES: Final[Mapping[int, Literal["blue", "green", "yellow", "orange", "red"]]] = {
    1: "blue",
    2: "blue",
    3: "green",
    4: "yellow",
    5: "orange",
    6: "red",
}
PLACES: Final = {Item.PH: 2, Item.DO: 2, Item.CODMN: 1, Item.NH3N: 3, Item.TP: 3, Item.TN: 2}
COLOURS: Final = {1: "#9ad1ff", 2: "#4b9cf5", 3: "#3fbf86", 4: "#f2d94c", 5: "#f2994a", 6: "#e5605c"}


@dataclass(frozen=True, slots=True)
class Part:
    """One item of a sample. value: a dash where missing. level: its own class, 0 for none. limit: of class III."""

    name: str
    value: str
    unit: str
    level: int
    numeral: str
    limit: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A sample or mean with its words."""

    row: WaterFigures

    @property
    def level(self) -> int:
        """The class's number; 0 without one."""
        return self.row.water_class or 0

    @property
    def words(self) -> WaterClass | None:
        """The class's words."""
        return water_class(self.row.water_class)

    @property
    def worst(self) -> str:
        """The items that make the class."""
        return items(self.row.worst)

    @property
    def main(self) -> str:
        """The main pollutants with their multiples."""
        pairs = main_with_multiples(self.row)
        return joined(
            gettext("%(name)s（%(times)s倍）") % {"name": items([code]), "times": multiple} for code, multiple in pairs
        )

    @property
    def missing(self) -> str:
        """The needed items without a value."""
        return items(self.row.missing)


def shown(row: WaterFigures | None) -> Shown | None:
    """Return a row with its words; None for none."""
    return Shown(row) if row else None


def badge(number: int | None) -> Badge:
    """Return a class as a badge."""
    found = water_class(number)
    return Badge(found.numeral, _TONES[found.number]) if found else Badge(zh("数据不足"))


def parts(sample: WaterSample, *, section: WaterSection) -> list[Part]:
    """Return the items of a sample, each with its own class and the limit of class III."""
    day, values = day_of(sample.measured_at), values_of(sample)
    book, method = limits_on(day, limits=water_limits()), method_on(day, methods=water_methods())
    found = []
    for item in ITEM_COLUMNS:
        value, limits = values.get(item), book.get(item)
        level = 0
        if value is not None and limits is not None and item not in method.not_judged:
            level = item_class(rounded(item, value, method=method), limits=limits, body=Body(section.body))
        words = water_class(level or None)
        third = limits.of(Body(section.body))[2] if limits else None
        lower = f"{plain(limits.lower)}–" if limits and limits.lower is not None else ""
        found.append(
            Part(
                item.label,
                amount(item, value) or "—",
                limits.unit if limits else "",
                level,
                words.numeral if words else "",
                f"{lower}{plain(third)}" if third is not None else "",
            )
        )
    return found


def amount(item: Item, value: Decimal | None) -> str:
    """Return a concentration as people read it; "" where it is missing."""
    if value is None:
        return ""
    return str(value.quantize(Decimal(1).scaleb(-PLACES[item]), ROUND_HALF_UP))


def plain(value: Decimal) -> str:
    """Return a limit without trailing noughts."""
    return f"{value.normalize():f}"


def classes_chart(samples: Sequence[WaterSample], *, target: int) -> dict[str, object]:
    """Return the chart of classes sample by sample, each bar in its class's colour, with the target as a line."""
    return {
        "kind": "bar",
        "unit": "",
        "at": [timezone.localtime(row.measured_at).strftime("%m-%d %H:%M") for row in samples],
        "series": [
            {
                "name": gettext("水质类别"),
                "values": [
                    {"value": row.water_class, "itemStyle": {"color": COLOURS[row.water_class]}}
                    if row.water_class
                    else None
                    for row in samples
                ],
            }
        ],
        "target": target,
    }
