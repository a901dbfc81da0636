"""Additional items of a location report (位置附加信息项): id, length, value; unknown ones are kept as they came."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

Named = tuple[str, float | None]


class Item(NamedTuple):
    """One item as sent."""

    id: int
    value: bytes


class Layout(NamedTuple):
    """What an item means. sizes: bytes that its value may have. read: names and numbers."""

    sizes: frozenset[int]
    read: Callable[[bytes], list[Named]]


def _number(name: str, *, size: int, scale: float = 1) -> Layout:
    def read(value: bytes) -> list[Named]:
        whole = int.from_bytes(value, "big")
        return [(name, whole if scale == 1 else round(whole * scale, 6))]

    return Layout(frozenset({size}), read)


def _tyres(value: bytes) -> list[Named]:
    return [(f"tyre_pressure_{place}", pressure) for place, pressure in enumerate(value, start=1) if pressure != 0xFF]


def _cabin(value: bytes) -> list[Named]:
    whole = int.from_bytes(value, "big")
    return [("cabin_temperature", -(whole & 0x7FFF) if whole & 0x8000 else whole)]


def _analogue(value: bytes) -> list[Named]:
    return [("analogue_0", int.from_bytes(value[2:], "big")), ("analogue_1", int.from_bytes(value[:2], "big"))]


def _bits(names: Mapping[int, str], *, size: int) -> Layout:
    def read(value: bytes) -> list[Named]:
        whole = int.from_bytes(value, "big")
        return [(name, whole >> bit & 1) for bit, name in names.items()]

    return Layout(frozenset({size}), read)


SIGNALS: Final = MappingProxyType(
    {
        0: "dipped_beam",
        1: "high_beam",
        2: "right_turn",
        3: "left_turn",
        4: "brake",
        5: "reverse_gear",
        6: "fog_light",
        7: "clearance_light",
        8: "horn",
        9: "air_conditioning",
        10: "neutral_gear",
        11: "retarder",
        12: "abs_active",
        13: "heater",
        14: "clutch",
    }
)
"""Source: JT/T 808-2019, 8 (扩展车辆信号状态位)."""

ITEMS: Final[Mapping[int, Layout]] = MappingProxyType(
    {
        0x01: _number("mileage", size=4, scale=0.1),
        0x02: _number("fuel", size=2, scale=0.1),
        0x03: _number("recorder_speed", size=2, scale=0.1),
        0x04: _number("alarm_to_confirm", size=2),
        0x05: Layout(frozenset({30}), _tyres),
        0x06: Layout(frozenset({2}), _cabin),
        0x25: _bits(SIGNALS, size=4),
        0x2A: _bits({0: "deep_sleep", 1: "sleep"}, size=2),
        0x2B: Layout(frozenset({4}), _analogue),
        0x30: _number("signal_strength", size=1),
        0x31: _number("satellites", size=1),
    }
)
"""Items that are numbers; those about areas and routes are told in words. Source: JT/T 808-2019, 8."""

_AREA_KINDS: Final = MappingProxyType({0: "无特定位置", 1: "圆形区域", 2: "矩形区域", 3: "多边形区域", 4: "路段"})


def numbers(items: tuple[Item, ...]) -> Iterator[Named]:
    """Yield what the known items say. mileage: km; fuel: L; speeds: km/h; temperature: degrees Celsius.

    An item of another length than the standard's is a vendor's own and says nothing here.
    """
    for item in items:
        layout = ITEMS.get(item.id)
        if layout is not None and len(item.value) in layout.sizes:
            yield from layout.read(item.value)


def alarm_words(items: tuple[Item, ...]) -> dict[int, str]:
    """Return what the items 11, 12 and 13 add to an alarm, in Chinese, by item id.

    Source: JT/T 808-2019, 8 (超速、进出区域路线、路段行驶时间报警附加信息).
    """
    return {item.id: _words(item) for item in items if item.id in _ALARM_SIZES.get(len(item.value), ())}


_ALARM_SIZES: Final = MappingProxyType({1: {0x11}, 5: {0x11}, 6: {0x12}, 7: {0x13}})


def _words(item: Item) -> str:
    value = item.value
    if item.id == 0x13:
        seconds = int.from_bytes(value[4:6], "big")
        return f"路段{int.from_bytes(value[:4], 'big')}行驶{seconds}秒，{'过长' if value[6] else '不足'}"
    where = _AREA_KINDS.get(value[0], f"类型{value[0]}")
    if len(value) > 1:
        where += str(int.from_bytes(value[1:5], "big"))
    if item.id == 0x12:
        where += "（驶出）" if value[5] else "（驶入）"
    return where
