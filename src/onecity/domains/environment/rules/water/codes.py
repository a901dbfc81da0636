"""Codes that declarations, services and selectors of surface water share."""

from collections.abc import Mapping
from typing import Final

from onecity.domains.environment.rules.water.items import Item

WATER_STATION: Final = "environment.water_station"
CLASS: Final = "water_class"
GAP: Final = "class_gap"
"""Derived properties: the class as a number, and by how many classes it is worse than the section's target."""
MEASURED: Final[Mapping[str, Item]] = {
    item.value: item for item in (Item.PH, Item.DO, Item.CODMN, Item.NH3N, Item.TP, Item.TN)
}
"""Items that automatic stations measure, by observed property."""
OTHERS: Final[Mapping[str, str]] = {
    "water_temperature": "temperature_c",
    "conductivity": "conductivity_us_cm",
    "turbidity": "turbidity_ntu",
}
"""Further observed properties and the columns that hold them."""
