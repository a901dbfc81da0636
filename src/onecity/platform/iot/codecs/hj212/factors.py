"""The factor codes (监测因子编码) with the units that the standard prints.

The unit is a default for a new datastream only: no frame carries one, and air stations send µg/m³ for particles where
the standard prints ng/m³, so each device and factor has its own setting. Codes that are not here are kept as sent.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from onecity.kernel.text import zh


@dataclass(frozen=True, slots=True)
class Factor:
    """One row of the table. unit: of concentrations and levels; total_unit: of `Cou`; code_2005: the code before 2017.

    source: where the row is from; not every code in use is in the standard.
    """

    code: str
    name: str
    unit: str = ""
    total_unit: str = ""
    code_2005: str = ""
    source: str = "HJ 212-2017, appendix B"


_OZONE_SOURCE: Final = "HJ 524-2009 for the code, which HJ 212-2017 lacks; house rule for the unit"


_WATER: Final = (
    Factor("w00000", zh("污水"), "L/s", "m³", "B01"),
    Factor("w01001", zh("pH值"), "", "", "001"),
    Factor("w01009", zh("溶解氧"), "mg/L"),
    Factor("w01010", zh("水温"), "℃"),
    Factor("w01012", zh("悬浮物"), "mg/L", "kg", "003"),
    Factor("w01014", zh("电导率"), "µS/cm"),
    Factor("w01017", zh("五日生化需氧量"), "mg/L", "kg", "010"),
    Factor("w01018", zh("化学需氧量"), "mg/L", "kg", "011"),
    Factor("w01019", zh("高锰酸盐指数"), "mg/L", "kg"),
    Factor("w01020", zh("总有机碳"), "mg/L", "kg", "015"),
    Factor("w20111", zh("总汞"), "µg/L", "g", "020"),
    Factor("w20115", zh("总镉"), "µg/L", "g", "022"),
    Factor("w20116", zh("总铬"), "mg/L", "kg", "023"),
    Factor("w20117", zh("六价铬"), "µg/L", "g", "024"),
    Factor("w20119", zh("总砷"), "µg/L", "g", "026"),
    Factor("w20120", zh("总铅"), "µg/L", "g", "027"),
    Factor("w21001", zh("总氮"), "mg/L", "kg", "065"),
    Factor("w21003", zh("氨氮"), "mg/L", "kg", "060"),
    Factor("w21011", zh("总磷"), "mg/L", "kg", "101"),
    Factor("w22001", zh("石油类"), "mg/L", "kg", "080"),
)

_AIR: Final = (
    Factor("a00000", zh("废气"), "m³/s", "m³", "B02"),
    Factor("a01001", zh("温度"), "℃"),
    Factor("a01002", zh("湿度"), "%"),
    Factor("a01006", zh("气压"), "kPa"),
    Factor("a01007", zh("风速"), "m/s"),
    Factor("a01008", zh("风向"), "°"),
    Factor("a01011", zh("烟气流速"), "m/s", "", "S02"),
    Factor("a01012", zh("烟气温度"), "℃", "", "S03"),
    Factor("a01013", zh("烟气压力"), "kPa", "", "S08"),
    Factor("a01014", zh("烟气湿度"), "%", "", "S05"),
    Factor("a05024", zh("臭氧"), "µg/m³", "", "", _OZONE_SOURCE),
    Factor("a19001", zh("氧气含量"), "%", "", "S01"),
    Factor("a21001", zh("氨（氨气）"), "ng/m³", "g", "10"),
    Factor("a21002", zh("氮氧化物"), "mg/m³", "kg", "03"),
    Factor("a21003", zh("一氧化氮"), "mg/m³", "kg"),
    Factor("a21004", zh("二氧化氮"), "mg/m³", "kg"),
    Factor("a21005", zh("一氧化碳"), "mg/m³", "kg", "04"),
    Factor("a21026", zh("二氧化硫"), "mg/m³", "kg", "02"),
    Factor("a21028", zh("硫化氢"), "mg/m³", "kg", "05"),
    Factor("a24088", zh("非甲烷总烃"), "mg/m³", "kg"),
    Factor("a34001", zh("总悬浮颗粒物TSP"), "ng/m³", "g"),
    Factor("a34002", zh("可吸入颗粒物PM10"), "ng/m³", "g"),
    Factor("a34004", zh("细微颗粒物PM2.5"), "ng/m³", "g"),
    Factor("a34005", zh("亚微米颗粒物PM1.0"), "ng/m³", "g"),
    Factor("a34013", zh("烟尘"), "mg/m³", "kg", "01"),
)

_NOISE: Final = (
    Factor("LA", zh("A权声级"), "dB"),
    Factor("L5", zh("累计百分声级L5"), "dB"),
    Factor("L10", zh("累计百分声级L10"), "dB"),
    Factor("L50", zh("累计百分声级L50"), "dB"),
    Factor("L90", zh("累计百分声级L90"), "dB"),
    Factor("L95", zh("累计百分声级L95"), "dB"),
    Factor("Leq", zh("等效声级"), "dB"),
    Factor("Ldn", zh("昼夜等效声级"), "dB"),
    Factor("Ld", zh("昼间等效声级"), "dB"),
    Factor("Ln", zh("夜间等效声级"), "dB"),
    Factor("LMx", zh("最大的瞬时声级"), "dB"),
    Factor("LMn", zh("最小的瞬时声级"), "dB"),
)

FACTORS: Final = MappingProxyType({factor.code: factor for factor in (*_WATER, *_AIR, *_NOISE)})
"""Factors by code. Source: HJ 212-2017, appendix B (监测因子编码)."""

FACTORS_2005: Final = MappingProxyType({factor.code_2005: factor for factor in FACTORS.values() if factor.code_2005})
"""Factors by the code of 2005, which frames without version bits use. Source: HJ 212-2017, appendix B (原编码)."""
