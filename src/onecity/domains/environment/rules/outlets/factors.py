"""What is measured at an outlet."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from onecity.kernel.text import zh


class Kind(StrEnum):
    """What an outlet lets out."""

    WATER = "water"
    GAS = "gas"


KIND_NAMES: Final[Mapping[str, str]] = {Kind.WATER: zh("废水排口"), Kind.GAS: zh("废气排口")}


class Factor(StrEnum):
    """A monitored factor. Its code is the code of the observed property."""

    PH = "ph"
    COD = "cod"
    NH3N = "nh3n"
    TP = "tp"
    TN = "tn"
    SS = "ss"
    SO2 = "so2"
    NOX = "nox"
    DUST = "dust"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return FACTOR_NAMES[self]

    @property
    def unit(self) -> str:
        """The unit of concentrations as people read it."""
        return "" if self is Factor.PH else "mg/L" if self in FACTORS_OF[Kind.WATER] else "mg/m³"

    @property
    def share_code(self) -> str:
        """The derived property that tells iot how much of the limit an hour took, per cent."""
        return f"{self.value}_share"


FACTOR_NAMES: Final[Mapping[str, str]] = {
    Factor.PH: zh("pH值"),
    Factor.COD: zh("化学需氧量"),
    Factor.NH3N: zh("氨氮"),
    Factor.TP: zh("总磷"),
    Factor.TN: zh("总氮"),
    Factor.SS: zh("悬浮物"),
    Factor.SO2: zh("二氧化硫"),
    Factor.NOX: zh("氮氧化物"),
    Factor.DUST: zh("颗粒物"),
}
FACTORS_OF: Final[Mapping[Kind, tuple[Factor, ...]]] = {
    Kind.WATER: (Factor.PH, Factor.COD, Factor.NH3N, Factor.TP, Factor.TN, Factor.SS),
    Kind.GAS: (Factor.SO2, Factor.NOX, Factor.DUST),
}
HJ212_CODES: Final[Mapping[Factor, str]] = {
    Factor.PH: "w01001",
    Factor.COD: "w01018",
    Factor.NH3N: "w21003",
    Factor.TP: "w21011",
    Factor.TN: "w21001",
    Factor.SS: "w01012",
    Factor.SO2: "a21026",
    Factor.NOX: "a21002",
    Factor.DUST: "a34013",
}
"""Names on the wire. Source: HJ 212-2017, appendix B."""
FLOW: Final = "flow"
"""Property of both kinds of outlets: L/s of waste water, m³/s of waste gas."""
