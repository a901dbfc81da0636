"""What surface water is judged by: items of the standard, classes, bodies of water."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from onecity.kernel.text import zh


class Item(StrEnum):
    """The basic items but water temperature, which has no limits of its own. Source: GB 3838-2002, table 1."""

    PH = "ph"
    DO = "do"
    CODMN = "codmn"
    COD = "cod"
    BOD5 = "bod5"
    NH3N = "nh3n"
    TP = "tp"
    TN = "tn"
    CU = "cu"
    ZN = "zn"
    FLUORIDE = "fluoride"
    SE = "se"
    AS = "as"
    HG = "hg"
    CD = "cd"
    CR6 = "cr6"
    PB = "pb"
    CYANIDE = "cyanide"
    PHENOL = "phenol"
    PETROLEUM = "petroleum"
    SURFACTANT = "surfactant"
    SULPHIDE = "sulphide"
    COLIFORM = "coliform"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return ITEM_NAMES[self]


ITEM_NAMES: Final[Mapping[Item, str]] = {
    Item.PH: zh("pH值"),
    Item.DO: zh("溶解氧"),
    Item.CODMN: zh("高锰酸盐指数"),
    Item.COD: zh("化学需氧量"),
    Item.BOD5: zh("五日生化需氧量"),
    Item.NH3N: zh("氨氮"),
    Item.TP: zh("总磷"),
    Item.TN: zh("总氮"),
    Item.CU: zh("铜"),
    Item.ZN: zh("锌"),
    Item.FLUORIDE: zh("氟化物"),
    Item.SE: zh("硒"),
    Item.AS: zh("砷"),
    Item.HG: zh("汞"),
    Item.CD: zh("镉"),
    Item.CR6: zh("铬（六价）"),
    Item.PB: zh("铅"),
    Item.CYANIDE: zh("氰化物"),
    Item.PHENOL: zh("挥发酚"),
    Item.PETROLEUM: zh("石油类"),
    Item.SURFACTANT: zh("阴离子表面活性剂"),
    Item.SULPHIDE: zh("硫化物"),
    Item.COLIFORM: zh("粪大肠菌群"),
}


class Body(StrEnum):
    """What kind of water: lakes and reservoirs have limits of total phosphorus of their own."""

    RIVER = "river"
    LAKE = "lake"


BODY_NAMES: Final[Mapping[str, str]] = {Body.RIVER: zh("河流"), Body.LAKE: zh("湖库")}


class Direction(StrEnum):
    """Which side of a limit is good."""

    MAX = "max"
    MIN = "min"
    RANGE = "range"


@dataclass(frozen=True, slots=True)
class WaterClass:
    """A class of water quality. number: 1-6, 6 for worse than V. rating: of a section. css: variable of its colour.

    roman: where there is little room.
    """

    number: int
    numeral: str
    rating: str
    css: str
    roman: str


CLASSES: Final = (
    WaterClass(1, zh("Ⅰ类"), zh("优"), "--water-1", "I"),
    WaterClass(2, zh("Ⅱ类"), zh("优"), "--water-2", "II"),
    WaterClass(3, zh("Ⅲ类"), zh("良好"), "--water-3", "III"),
    WaterClass(4, zh("Ⅳ类"), zh("轻度污染"), "--water-4", "IV"),
    WaterClass(5, zh("Ⅴ类"), zh("中度污染"), "--water-5", "V"),
    WaterClass(6, zh("劣Ⅴ类"), zh("重度污染"), "--water-6", ">V"),
)
"""Classes of GB 3838-2002 and their ratings. Source: GB 3838-2002, 3; ratings from background."""
WORST: Final = 6
GOOD_UP_TO: Final = 3
"""Up to this class water counts as good (优良). Source: GB 3838-2002, 3; the ministry's monthly reports."""
