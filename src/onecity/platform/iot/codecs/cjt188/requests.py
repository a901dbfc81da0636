"""What a master asks of water, gas and heat meters."""

from dataclasses import dataclass
from datetime import datetime

from onecity.platform.iot.codecs.cjt188.frames import ANYBODY, Frame, Function, MeterType, NotEncodable
from onecity.platform.iot.codecs.cjt188.items import ADDRESS, BEIJING, CLOCK, READING, VALVE

_OPEN, _CLOSE = 0x55, 0x99


@dataclass(frozen=True, slots=True)
class Orders:
    """In which order a make of meters wants the two bytes of an identifier: when it is read, when it is written."""

    read_low_first: bool = True
    write_low_first: bool = False


USUAL_ORDERS = Orders()


def read(meter_type: int, address: str, *, serial: int, code: str = READING, orders: Orders = USUAL_ORDERS) -> Frame:
    """Ask for a value. serial: 0 … 255, repeated by the meter."""
    return Frame(meter_type, address, Function.READ, _head(code, serial, low_first=orders.read_low_first))


def read_address(*, serial: int, meter_type: int = MeterType.COLD_WATER, orders: Orders = USUAL_ORDERS) -> Frame:
    """Ask the only meter on the line who it is."""
    data = _head(ADDRESS, serial, low_first=orders.read_low_first)
    return Frame(meter_type, ANYBODY, Function.READ_ADDRESS, data)


def set_valve(meter_type: int, address: str, *, serial: int, is_open: bool, orders: Orders = USUAL_ORDERS) -> Frame:
    """Order the valve to open or to close; what it did is read afterwards.

    Source: CJ/T 188-2004, A017 (阀门控制): 55H opens, 99H closes.
    """
    data = _head(VALVE, serial, low_first=orders.write_low_first) + bytes([_OPEN if is_open else _CLOSE])
    return Frame(meter_type, address, Function.WRITE, data)


def set_clock(meter_type: int, address: str, *, serial: int, at: datetime, orders: Orders = USUAL_ORDERS) -> Frame:
    """Order the clock to be set. at: aware.

    Source: CJ/T 188-2004, A015 (标准时间): ss mm hh DD MM YY CC.
    """
    local = at.astimezone(BEIJING)
    value = bytes.fromhex(f"{local:%Y%m%d%H%M%S}")[::-1]
    return Frame(meter_type, address, Function.WRITE, _head(CLOCK, serial, low_first=orders.write_low_first) + value)


def _head(code: str, serial: int, *, low_first: bool) -> bytes:
    if not 0 <= serial <= 255:
        raise NotEncodable(f"serial {serial}")
    high_first = bytes.fromhex(code)
    return (high_first[::-1] if low_first else high_first) + bytes([serial])
