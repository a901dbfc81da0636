"""CJ/T 188 of 2004 and 2018, the language of water, gas and heat meters (户用计量仪表数据传输技术条件).

bytes → cutter → decode → Frame → reading → Reading
bytes ← encode ← Frame ← requests
"""

from onecity.platform.iot.codecs.cjt188.frames import (
    ANYBODY,
    Frame,
    Function,
    MeterType,
    NotEncodable,
    cutter,
    decode,
    encode,
)
from onecity.platform.iot.codecs.cjt188.items import (
    READING,
    VALVE,
    NotUnderstood,
    Reading,
    Status,
    StatusBits,
    clock,
    identifier,
    reading,
    status,
)
from onecity.platform.iot.codecs.cjt188.quantities import UNITS, Quantity, quantity, written
from onecity.platform.iot.codecs.cjt188.requests import Orders, read, read_address, set_clock, set_valve

__all__ = [
    "ANYBODY",
    "READING",
    "UNITS",
    "VALVE",
    "Frame",
    "Function",
    "MeterType",
    "NotEncodable",
    "NotUnderstood",
    "Orders",
    "Quantity",
    "Reading",
    "Status",
    "StatusBits",
    "clock",
    "cutter",
    "decode",
    "encode",
    "identifier",
    "quantity",
    "read",
    "read_address",
    "reading",
    "set_clock",
    "set_valve",
    "status",
    "written",
]
