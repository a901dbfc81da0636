"""When a register was last read, and when it last grew: by these a home that stands still is noticed."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from onecity.domains.metering.models import Meter
from onecity.domains.metering.selectors.readings import Registers


def note_registers(meters: Sequence[Meter], found: Registers) -> None:
    """Take newer readings into the meters; older ones change nothing."""
    changed = []
    for meter in meters:
        newer = [item for item in found.get(meter.device_id, []) if meter.read_at is None or item[0] > meter.read_at]
        if newer:
            _take(meter, newer)
            changed.append(meter)
    Meter.objects.bulk_update(changed, ["read_at", "register", "moved_at"])


def _take(meter: Meter, newer: Sequence[tuple[datetime, Decimal]]) -> None:
    for at, register in newer:
        if meter.register is None or register != meter.register:
            meter.moved_at = at
        meter.read_at, meter.register = at, register
