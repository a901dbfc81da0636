"""Location reports (0x0200), alone, in answers (0x0201, 0x0500) and in batches (0x0704).

alarm 4 | status 4 | latitude 4 | longitude 4 | altitude 2 | speed 2 | direction 2 | time 6 | id 1, n 1, value n …
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from onecity.platform.iot.codecs.jt808 import flags
from onecity.platform.iot.codecs.jt808.bcd import instant
from onecity.platform.iot.codecs.jt808.items import Item
from onecity.platform.iot.codecs.octets import Octets, Short
from onecity.platform.iot.codecs.refusals import BadBody

_MILLION: Final = 1_000_000
_BASIC: Final = 28
MOST_IN_BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class Location:
    """A location report as sent. latitude_e6, longitude_e6: degrees × 10⁶ without sign. speed_dkmh: 0.1 km/h.

    altitude_m: metres. direction_deg: from north, clockwise. time: six BCD bytes. items: in the order sent.
    rest: bytes behind the last whole item, which belong to none.
    """

    alarms: int
    status: int
    latitude_e6: int
    longitude_e6: int
    altitude_m: int
    speed_dkmh: int
    direction_deg: int
    time: bytes
    items: tuple[Item, ...] = ()
    rest: bytes = b""

    @property
    def at(self) -> datetime | None:
        """When it was measured, UTC; None if the time is none."""
        return instant(self.time)

    @property
    def speed_kmh(self) -> float:
        """Kilometres per hour."""
        return self.speed_dkmh / 10

    @property
    def place(self) -> tuple[float, float] | None:
        """Longitude and latitude in degrees, WGS 84; None where there is no fix, or one that cannot be.

        Source: JT/T 808-2019, 8 (状态位 1, 2, 3, 5).
        """
        if not self.status & flags.LOCATED or self.status & flags.ENCRYPTED:
            return None
        longitude, latitude = self.longitude_e6 / _MILLION, self.latitude_e6 / _MILLION
        if longitude > 180 or latitude > 90:
            return None
        return (-longitude if self.status & flags.WEST else longitude), (
            -latitude if self.status & flags.SOUTH else latitude
        )


class Batch(NamedTuple):
    """Several reports in one message. kind: 0 normal, 1 replayed from a blind area (盲区补报)."""

    kind: int
    locations: tuple[Location, ...]


def decode_location(body: bytes) -> Location:
    """Read a location report.

    Raises: BadBody if the basic part is not whole.
    Source: JT/T 808-2013, 8 and JT/T 808-2019, 8 (位置信息汇报).
    """
    if len(body) < _BASIC:
        raise BadBody("the basic part of a location takes 28 bytes")
    octets = Octets(body)
    alarms, status, latitude, longitude = (octets.number(4) for _ in range(4))
    altitude, speed, direction = (octets.number(2) for _ in range(3))
    time = octets.take(6)
    items, rest = _items(octets)
    return Location(alarms, status, latitude, longitude, altitude, speed, direction, time, items, rest)


def encode_location(location: Location) -> bytes:
    """Return the report's body; `decode_location` reads an equal report from it.

    Raises: OverflowError for numbers out of range.
    """
    words = (location.alarms, location.status, location.latitude_e6, location.longitude_e6)
    halves = (location.altitude_m, location.speed_dkmh, location.direction_deg)
    basic = b"".join(word.to_bytes(4, "big") for word in words) + b"".join(half.to_bytes(2, "big") for half in halves)
    items = b"".join(bytes([item.id, len(item.value)]) + item.value for item in location.items)
    return basic + location.time + items + location.rest


def decode_answer(body: bytes) -> tuple[int, Location]:
    """Read an answer to a position query or a vehicle control: the serial it answers, and the report.

    Raises: BadBody.
    Source: JT/T 808-2019, 8 (位置信息查询应答、车辆控制应答).
    """
    return int.from_bytes(body[:2], "big"), decode_location(body[2:])


def decode_batch(body: bytes) -> Batch:
    """Read a batch of reports.

    Raises: BadBody if the count does not fit what follows.
    Source: JT/T 808-2019, 8 (定位数据批量上传).
    """
    octets = Octets(body)
    try:
        count, kind = octets.number(2), octets.number(1)
        if count > MOST_IN_BATCH:
            raise BadBody("too many reports in a batch")
        locations = tuple(decode_location(octets.take(octets.number(2))) for _ in range(count))
    except Short:
        raise BadBody("a batch ends before its last report") from None
    if octets.left:
        raise BadBody("a batch holds more than its reports")
    return Batch(kind, locations)


def encode_batch(batch: Batch) -> bytes:
    """Return the batch's body."""
    bodies = [encode_location(location) for location in batch.locations]
    head = len(bodies).to_bytes(2, "big") + bytes([batch.kind])
    return head + b"".join(len(body).to_bytes(2, "big") + body for body in bodies)


def _items(octets: Octets) -> tuple[tuple[Item, ...], bytes]:
    items: list[Item] = []
    while octets.left >= 2:
        head = octets.take(2)
        if octets.left < head[1]:
            return tuple(items), head + octets.rest()
        items.append(Item(head[0], octets.take(head[1])))
    return tuple(items), octets.rest()
