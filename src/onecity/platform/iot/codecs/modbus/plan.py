"""Which requests read a table of points: neighbours together, no more than a request may, no value in halves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from onecity.platform.iot.codecs.modbus.points import Area, Point
from onecity.platform.iot.codecs.modbus.registers import NotAValue, value_of

WIDEST_GAP: Final = 16
_MOST: Final[Mapping[Area, int]] = {Area.COILS: 2_000, Area.INPUTS: 2_000, Area.HOLDING: 125, Area.INPUT_REGISTERS: 125}
"""Source: Modbus Application Protocol V1.1b3, 6.1 to 6.4."""


@dataclass(frozen=True, slots=True)
class Request:
    """One read. points: those that lie whole in its registers."""

    area: Area
    address: int
    count: int
    points: tuple[Point, ...]


def plan(points: Sequence[Point], *, gap: int = WIDEST_GAP, most: int = 2_000) -> tuple[Request, ...]:
    """Return the reads for a table, by area and address.

    gap: registers that may be read without need between two points. most: what the device takes in one request, where
    that is less than the standard's 125 registers and 2000 bits.
    """
    requests: list[Request] = []
    for area in Area:
        here = sorted((point for point in points if point.area is area), key=lambda point: point.address)
        group: list[Point] = []
        for point in here:
            if group and not _joins(group, point, gap=gap, most=min(most, _MOST[area])):
                requests.append(_request(area, group))
                group = []
            group.append(point)
        if group:
            requests.append(_request(area, group))
    return tuple(requests)


def split(request: Request) -> tuple[Request, ...]:
    """Return one read for each point, for a device that refuses addresses between them."""
    if len(request.points) == 1:
        return ()
    return tuple(_request(request.area, [point]) for point in request.points)


def values(request: Request, registers: Sequence[int]) -> dict[str, float | None]:
    """Return what a read brought, by name; None where the registers hold no number.

    registers: at least `count`; for coils and inputs the bits as 0 and 1.
    Raises: ValueError if there are fewer.
    """
    if len(registers) < request.count:
        raise ValueError(f"{len(registers)} of {request.count} registers")
    found: dict[str, float | None] = {}
    for point in request.points:
        begin = point.address - request.address
        try:
            found[point.name] = value_of(point, registers[begin : begin + point.count])
        except NotAValue:
            found[point.name] = None
    return found


def _joins(group: Sequence[Point], point: Point, *, gap: int, most: int) -> bool:
    begin = group[0].address
    end = max(item.address + item.count for item in group)
    return point.address - end <= gap and max(end, point.address + point.count) - begin <= most


def _request(area: Area, group: Sequence[Point]) -> Request:
    begin = group[0].address
    return Request(area, begin, max(item.address + item.count for item in group) - begin, tuple(group))
