"""From a packet to readings: what a datastream stores."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from onecity.platform.iot.codecs.hj212.packet import Packet
from onecity.platform.iot.codecs.hj212.reasons import Reason

MEASURED: Final = frozenset(
    {
        *("Rtd", "Min", "Avg", "Max", "Cou"),
        *("ZsRtd", "ZsMin", "ZsAvg", "ZsMax"),
        *("Data", "DayData", "NightData"),
        *("RS", "RT"),
    }
)
"""Kinds of sub-values that are measurements. Source: HJ 212-2017, 6 (字段对照表)."""

UPLOADS: Final = frozenset({"2011", "2021", "2031", "2041", "2051", "2061"})
"""Commands that carry measurements from the field. Source: HJ 212-2017, 6 (命令编码)."""

FLAG: Final = "Flag"
DATA_TIME: Final = "DataTime"


@dataclass(frozen=True, slots=True)
class Reading:
    """One measured value.

    cn: the command it came by, which tells real-time, minute, hour and day data apart.
    at: UTC; for minute, hour and day data the START of the period. value: None where the text was no number; its unit
    is the device's setting, the wire carries none. flag: the data flag as sent, empty if there was none.
    """

    mn: str
    cn: str
    factor: str
    kind: str
    at: datetime
    value: float | None
    flag: str


def readings(packet: Packet) -> tuple[Reading, ...] | Reason:
    """Return the readings in an upload, in the order sent; none for other packets.

    Sub-values that are no measurement (Flag aside: EFlag, SampleTime, Info, unknown ones) stay in the packet only.
    Refused: NO_DATA_TIME if there are measurements without a valid time, which nothing may replace.
    """
    if packet.cn not in UPLOADS:
        return ()
    measured = [(item, value) for item in packet.items for value in item.values if value.kind in MEASURED]
    if not measured:
        return ()
    at = packet.data_at
    if at is None:
        return Reason.NO_DATA_TIME
    return tuple(
        Reading(packet.mn, packet.cn, item.name, value.kind, at, value.number, item.text(FLAG) or "")
        for item, value in measured
    )
