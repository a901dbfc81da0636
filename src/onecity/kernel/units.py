"""Units of measure: a small catalogue under UCUM codes.

A code is what observations, declarations and APIs carry; the symbol and the Chinese name are for people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from onecity.kernel.text import zh


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure.

    code: UCUM, case-sensitive form; curly brackets hold what is counted, as UCUM allows.
    name: Chinese. symbol: as printed behind a number.
    """

    code: str
    name: str
    symbol: str


ONE = Unit("1", zh("个"), "")
PERCENT = Unit("%", zh("百分比"), "%")
MICROGRAM_PER_CUBIC_METRE = Unit("ug/m3", zh("微克每立方米"), "μg/m³")
MILLIGRAM_PER_CUBIC_METRE = Unit("mg/m3", zh("毫克每立方米"), "mg/m³")
MILLIGRAM_PER_LITRE = Unit("mg/L", zh("毫克每升"), "mg/L")
DEGREE_CELSIUS = Unit("Cel", zh("摄氏度"), "℃")
KILOPASCAL = Unit("kPa", zh("千帕"), "kPa")
MEGAPASCAL = Unit("MPa", zh("兆帕"), "MPa")
HECTOPASCAL = Unit("hPa", zh("百帕"), "hPa")
METRE_PER_SECOND = Unit("m/s", zh("米每秒"), "m/s")
KILOMETRE_PER_HOUR = Unit("km/h", zh("千米每小时"), "km/h")
DEGREE = Unit("deg", zh("度（角）"), "°")
DECIBEL = Unit("dB", zh("分贝"), "dB")
MILLIMETRE = Unit("mm", zh("毫米"), "mm")
METRE = Unit("m", zh("米"), "m")
KILOMETRE = Unit("km", zh("千米"), "km")
SQUARE_METRE = Unit("m2", zh("平方米"), "m²")
CUBIC_METRE = Unit("m3", zh("立方米"), "m³")
LITRE_PER_SECOND = Unit("L/s", zh("升每秒"), "L/s")
CUBIC_METRE_PER_HOUR = Unit("m3/h", zh("立方米每小时"), "m³/h")
CUBIC_METRE_PER_SECOND = Unit("m3/s", zh("立方米每秒"), "m³/s")
KILOGRAM = Unit("kg", zh("千克"), "kg")
TONNE = Unit("t", zh("吨"), "t")
SECOND = Unit("s", zh("秒"), "s")
MINUTE = Unit("min", zh("分钟"), "min")
HOUR = Unit("h", zh("小时"), "h")
DAY = Unit("d", zh("天"), "d")
LITRE = Unit("L", zh("升"), "L")
REVOLUTION_PER_MINUTE = Unit("{rev}/min", zh("转每分钟"), "r/min")
KILOHM = Unit("kOhm", zh("千欧"), "kΩ")
MILLIVOLT = Unit("mV", zh("毫伏"), "mV")
VOLT = Unit("V", zh("伏"), "V")
AMPERE = Unit("A", zh("安"), "A")
WATT = Unit("W", zh("瓦"), "W")
KILOWATT = Unit("kW", zh("千瓦"), "kW")
KILOWATT_HOUR = Unit("kW.h", zh("千瓦时"), "kW·h")
LUX = Unit("lx", zh("勒克斯"), "lx")
PH = Unit("[pH]", zh("酸碱度"), "")
MICROSIEMENS_PER_CENTIMETRE = Unit("uS/cm", zh("微西门子每厘米"), "μS/cm")
TURBIDITY = Unit("{NTU}", zh("散射浊度单位"), "NTU")
PARTS_PER_MILLION = Unit("[ppm]", zh("百万分之一"), "ppm")

UNITS: Mapping[str, Unit] = MappingProxyType(
    {item.code: item for item in tuple(globals().values()) if isinstance(item, Unit)}
)
"""Every unit of the catalogue by its code."""
