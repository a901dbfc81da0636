"""Which column holds which item, and rows as rules take them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from onecity.domains.environment.models.water import WaterFigures
from onecity.domains.environment.rules.water.items import Item

ITEM_COLUMNS: Final[Mapping[Item, str]] = {
    Item.PH: "ph",
    Item.DO: "do_mg_l",
    Item.CODMN: "codmn_mg_l",
    Item.NH3N: "nh3n_mg_l",
    Item.TP: "tp_mg_l",
    Item.TN: "tn_mg_l",
}


def values_of(row: WaterFigures) -> dict[Item, Decimal]:
    """Return a row's values, to the places that are kept."""
    found = {item: getattr(row, column) for item, column in ITEM_COLUMNS.items()}
    return {item: value for item, value in found.items() if value is not None}
