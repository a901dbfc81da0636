"""SL 651-2014, the language of rain gauges, river and reservoir stations (水文监测数据通信规约), in both encodings.

bytes → cutter → decode → Frame → (Joiner) → report → Report
bytes ← encode ← Frame ← downlink
"""

from onecity.platform.iot.codecs.sl651.checksum import crc16
from onecity.platform.iot.codecs.sl651.downlink import (
    CONFIRMED,
    KEEP_ALIVE,
    PICTURE,
    QUERY_CLOCK,
    QUERY_NOW,
    QUERY_STATUS,
    QUERY_VERSION,
    SET_CLOCK,
    confirmation,
    missing_part,
    parts_confirmation,
    query,
)
from onecity.platform.iot.codecs.sl651.elements import NAMES, Element, groups, number, take
from onecity.platform.iot.codecs.sl651.frames import Control, Frame, NotEncodable, Part, cutter, decode, encode
from onecity.platform.iot.codecs.sl651.joining import Joined, Joiner
from onecity.platform.iot.codecs.sl651.reports import NoReport, Report, Value, report

__all__ = [
    "CONFIRMED",
    "KEEP_ALIVE",
    "NAMES",
    "PICTURE",
    "QUERY_CLOCK",
    "QUERY_NOW",
    "QUERY_STATUS",
    "QUERY_VERSION",
    "SET_CLOCK",
    "Control",
    "Element",
    "Frame",
    "Joined",
    "Joiner",
    "NoReport",
    "NotEncodable",
    "Part",
    "Report",
    "Value",
    "confirmation",
    "crc16",
    "cutter",
    "decode",
    "encode",
    "groups",
    "missing_part",
    "number",
    "parts_confirmation",
    "query",
    "report",
    "take",
]
