"""The national platform's published file of automatic stations: one line is one section at one time.

    province,city,basin,river,section,time,class,water_temp_c,ph,do_mg_l,conductivity_us_cm,turbidity_ntu,
    codmn_mg_l,nh3n_mg_l,tp_mg_l,tn_mg_l,chla_mg_l,algae_cells_l,status

Times are Beijing time. Empty means missing. Other columns are passed over, order is free.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from onecity.domains.environment.rules.water.items import CLASSES, Body, Item
from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

ITEM_COLUMNS: Final[Mapping[str, Item]] = {
    "ph": Item.PH,
    "do_mg_l": Item.DO,
    "codmn_mg_l": Item.CODMN,
    "nh3n_mg_l": Item.NH3N,
    "tp_mg_l": Item.TP,
    "tn_mg_l": Item.TN,
}
OTHER_COLUMNS: Final = ("water_temp_c", "conductivity_us_cm", "turbidity_ntu")
NEEDED: Final = ("province", "city", "basin", "river", "section", "time", *ITEM_COLUMNS)
_NUMBERS: Final = {item.numeral.removesuffix("类"): item.number for item in CLASSES}
_STILL: Final = ("湖", "水库", "淀", "泊", "池", "邛海", "洱海", "程海", "宗海")
_LONGEST: Final = 60
_HIGHEST: Final = Decimal(1_000_000)


class NotPublishedFile(Invalid):
    """The file has not the columns of a published one."""

    code = "environment.not_published_file"
    message = zh("文件缺少这些列：{columns}")


class BrokenFile(Invalid):
    """The file cannot be parted into lines and columns."""

    code = "environment.broken_file"
    message = zh("文件不是有效的CSV")


@dataclass(frozen=True, slots=True)
class PublishedLine:
    """One line that can be read. others: temperature, conductivity, turbidity by column. water_class: as published."""

    province: str
    city: str
    basin: str
    river: str
    section: str
    at: datetime
    values: Mapping[Item, Decimal]
    others: Mapping[str, Decimal]
    water_class: int | None

    @property
    def key(self) -> str:
        """The section's name in the whole country."""
        return f"{self.province}/{self.section}"

    @property
    def body(self) -> Body:
        """Whether the water's own name says that it stands still; sections of rivers in reservoirs count as rivers."""
        return Body.LAKE if self.river.split("（")[0].endswith(_STILL) else Body.RIVER


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be read. number: of the line, the first below the head is 2. column: which is at fault."""

    number: int
    column: str


def read_published(lines: Iterable[str]) -> Iterator[PublishedLine | BadLine]:
    """Yield every line of a published file in its order.

    Raises: NotPublishedFile; BrokenFile.
    """
    try:
        yield from _lines(csv.DictReader(lines))
    except csv.Error:
        raise BrokenFile from None


def _lines(reader: "csv.DictReader[str]") -> Iterator[PublishedLine | BadLine]:
    missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
    if missing:
        raise NotPublishedFile(params={"columns": "、".join(missing)})
    for number, row in enumerate(reader, start=2):
        yield _line(number, {name: (text or "").strip() for name, text in row.items() if isinstance(name, str)})


def _line(number: int, row: Mapping[str, str]) -> PublishedLine | BadLine:
    for name in ("province", "section", "river"):
        if not row[name] or len(row[name]) > _LONGEST:
            return BadLine(number, name)
    try:
        at = datetime.strptime(row["time"], "%Y-%m-%d %H:%M").replace(tzinfo=CITY_ZONE)
    except ValueError:
        return BadLine(number, "time")
    numbers: dict[str, Decimal] = {}
    for name in (*ITEM_COLUMNS, *OTHER_COLUMNS):
        value = _number(row.get(name, ""))
        if value is None and row.get(name):
            return BadLine(number, name)
        if value is not None:
            numbers[name] = value
    return PublishedLine(
        province=row["province"],
        city=row["city"],
        basin=row["basin"],
        river=row["river"],
        section=row["section"],
        at=at,
        values={item: numbers[name] for name, item in ITEM_COLUMNS.items() if name in numbers},
        others={name: numbers[name] for name in OTHER_COLUMNS if name in numbers},
        water_class=_NUMBERS.get(row.get("class", "")),
    )


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and -100 < value < _HIGHEST else None
