"""The limits of GB 3838-2002, as they are entered on the first day; the rows in the table are what counts."""

from datetime import date
from decimal import Decimal
from typing import Final

from onecity.domains.environment.rules.water.items import Direction, Item
from onecity.domains.environment.rules.water.limits import ItemLimits

EDITION: Final = "GB 3838-2002"
IN_FORCE: Final = date(2002, 6, 1)
_ROWS: Final = (
    (Item.PH, Direction.RANGE, "9 9 9 9 9", "", "6", ""),
    (Item.DO, Direction.MIN, "7.5 6 5 3 2", "", "", "mg/L"),
    (Item.CODMN, Direction.MAX, "2 4 6 10 15", "", "", "mg/L"),
    (Item.COD, Direction.MAX, "15 15 20 30 40", "", "", "mg/L"),
    (Item.BOD5, Direction.MAX, "3 3 4 6 10", "", "", "mg/L"),
    (Item.NH3N, Direction.MAX, "0.15 0.5 1.0 1.5 2.0", "", "", "mg/L"),
    (Item.TP, Direction.MAX, "0.02 0.1 0.2 0.3 0.4", "0.01 0.025 0.05 0.1 0.2", "", "mg/L"),
    (Item.TN, Direction.MAX, "0.2 0.5 1.0 1.5 2.0", "", "", "mg/L"),
    (Item.CU, Direction.MAX, "0.01 1.0 1.0 1.0 1.0", "", "", "mg/L"),
    (Item.ZN, Direction.MAX, "0.05 1.0 1.0 2.0 2.0", "", "", "mg/L"),
    (Item.FLUORIDE, Direction.MAX, "1.0 1.0 1.0 1.5 1.5", "", "", "mg/L"),
    (Item.SE, Direction.MAX, "0.01 0.01 0.01 0.02 0.02", "", "", "mg/L"),
    (Item.AS, Direction.MAX, "0.05 0.05 0.05 0.1 0.1", "", "", "mg/L"),
    (Item.HG, Direction.MAX, "0.00005 0.00005 0.0001 0.001 0.001", "", "", "mg/L"),
    (Item.CD, Direction.MAX, "0.001 0.005 0.005 0.005 0.01", "", "", "mg/L"),
    (Item.CR6, Direction.MAX, "0.01 0.05 0.05 0.05 0.1", "", "", "mg/L"),
    (Item.PB, Direction.MAX, "0.01 0.01 0.05 0.05 0.1", "", "", "mg/L"),
    (Item.CYANIDE, Direction.MAX, "0.005 0.05 0.2 0.2 0.2", "", "", "mg/L"),
    (Item.PHENOL, Direction.MAX, "0.002 0.002 0.005 0.01 0.1", "", "", "mg/L"),
    (Item.PETROLEUM, Direction.MAX, "0.05 0.05 0.05 0.5 1.0", "", "", "mg/L"),
    (Item.SURFACTANT, Direction.MAX, "0.2 0.2 0.2 0.3 0.3", "", "", "mg/L"),
    (Item.SULPHIDE, Direction.MAX, "0.05 0.1 0.2 0.5 1.0", "", "", "mg/L"),
    (Item.COLIFORM, Direction.MAX, "200 2000 10000 20000 40000", "", "", "个/L"),
)
"""Item, direction, classes I to V, the same for lakes where they differ, lower end of a range, unit."""

LIMITS: Final = tuple(
    ItemLimits(
        item=item,
        direction=direction,
        steps=tuple(Decimal(step) for step in steps.split()),
        lake=tuple(Decimal(step) for step in lake.split()),
        lower=Decimal(lower) if lower else None,
        unit=unit,
        edition_code=EDITION,
        valid_from=IN_FORCE,
    )
    for item, direction, steps, lake, lower, unit in _ROWS
)
"""Total nitrogen is meant for lakes and reservoirs; oxygen's 90 % of saturation is left out.

Source: GB 3838-2002, table 1.
"""
