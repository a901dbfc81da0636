"""What stands in the tables, for tests to compare."""

from onecity.platform.iot.models import Datastream, DeviceCommand, Observation


def readings() -> set[tuple[str, float | None]]:
    """Return every stored reading: property and value."""
    return {(code, value) for _, code, value in readings_by_device()}


def readings_by_device() -> set[tuple[str, str, float | None]]:
    """Return every stored reading: device, property and value."""
    streams = _streams()
    return {(*streams[row.datastream_id], row.result) for row in Observation.objects.all()}


def series(code: str) -> list[tuple[float | None, str]]:
    """Return values and quality letters of a property, oldest first."""
    numbers = [number for number, (_, found) in _streams().items() if found == code]
    rows = Observation.objects.filter(datastream_id__in=numbers).order_by("phenomenon_at")
    return [(row.result, chr(row.quality)) for row in rows]


def newest(code: str) -> float | None:
    """Return the newest value of a property."""
    found = series(code)
    return found[-1][0] if found else None


def state_of(number: int) -> tuple[str, str]:
    """Return an order's state and result."""
    row = DeviceCommand.objects.get(id=number)
    return row.state, row.result


def _streams() -> dict[int, tuple[str, str]]:
    rows = Datastream.objects.values_list("id", "device__key", "property_code")
    return {number: (key, code) for number, key, code in rows}
