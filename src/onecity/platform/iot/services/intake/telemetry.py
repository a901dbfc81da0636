"""JSON telemetry."""

from collections.abc import Sequence
from typing import Final

from onecity.platform.iot.codecs.telemetry import DevicePoint, NotTelemetry, Point, at_of, decode
from onecity.platform.iot.contracts import Message, Refusal
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.rules import quality, reasons
from onecity.platform.iot.rules.series import split_name
from onecity.platform.iot.services.directory import Directory, Entry, TooManyDatastreams
from onecity.platform.iot.services.intake.collecting import Collected

_JSON: Final = frozenset({Protocol.MQTT, Protocol.HTTP, Protocol.COAP, Protocol.THINGSBOARD})
"""Protocols whose devices may come by another of them, too: they say the same in the same words."""


def admitted(entry: Entry | None, protocol: Protocol) -> Entry | str:
    """Return the device, or the reason for which its message is refused; MQTT and HTTP are open to either's devices."""
    if entry is None:
        return reasons.UNKNOWN_DEVICE
    if entry.retired:
        return reasons.RETIRED_DEVICE
    return entry if entry.protocol in _JSON and protocol in _JSON else reasons.WRONG_PROTOCOL


def take_payload(
    message: Message, *, arrived: int, directory: Directory, collected: Collected, origin: int = 0
) -> None:
    """Put a payload's readings into `collected`, or its refusal. arrived: microseconds since 2000, city time."""
    entry = admitted(directory.find(message.device_key), Protocol(message.protocol))
    if isinstance(entry, str):
        collected.refusals.append(Refusal(message, entry, device_id=_id_of(directory, message)))
        return
    try:
        points = decode(message.raw)
        take_points(points, entry=entry, arrived=arrived, directory=directory, collected=collected, origin=origin)
    except NotTelemetry as error:
        fields = {"at": error.at_fault} if error.at_fault else {}
        collected.refusals.append(Refusal(message, error.reason, fields, device_id=entry.id))
    except TooManyDatastreams:
        collected.refusals.append(Refusal(message, reasons.TOO_MANY_DATASTREAMS, device_id=entry.id))


def take_points(
    points: "Sequence[Point] | Sequence[DevicePoint]",
    *,
    entry: Entry,
    arrived: int,
    directory: Directory,
    collected: Collected,
    origin: int = 0,
) -> None:
    """Put the readings of one device's points into `collected`.

    Raises: NotTelemetry for a time that cannot be read; TooManyDatastreams. What came before stays collected.
    """
    for point in points:
        at = at_of(point.ts, arrived=arrived)
        for name, value in point.values.items():
            head, sub_value = split_name(name)
            number = directory.datastream(entry, period=point.period, name=head, sub_value=sub_value)
            result = None if value is None else entry.ratio(head, sub_value).of(float(value))
            good = point.quality == quality.GOOD
            letter = quality.NO_NUMBER if result is None and good else point.quality
            collected.add(number, at=at, result=result, quality=quality.code(letter), origin=origin)


def _id_of(directory: Directory, message: Message) -> int | None:
    entry = directory.known(message.device_key)
    return entry.id if entry else None
