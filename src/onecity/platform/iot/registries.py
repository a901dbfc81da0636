"""What all modules declared to iot."""

from functools import cache

from onecity.kernel.registry import Registry, declared
from onecity.platform.iot.declare import AlarmRule, DeviceType, ObservationWatch, PointTable


@cache
def device_types() -> Registry[DeviceType]:
    """Return every declared type of device."""
    return declared(DeviceType)


@cache
def declared_rules() -> Registry[AlarmRule]:
    """Return every alarm rule that applies from the first day."""
    return declared(AlarmRule)


@cache
def point_tables() -> Registry[PointTable]:
    """Return every declared point table."""
    return declared(PointTable)


@cache
def watched() -> frozenset[tuple[str, str]]:
    """Return the (device type, period) pairs of which somebody wants to hear."""
    return frozenset((watch.device_type, period) for watch in declared(ObservationWatch) for period in watch.periods)
