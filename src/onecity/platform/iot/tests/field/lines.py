"""What the tests of sessions share: moments, and picking out of what was said."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from onecity.platform.iot.gateways.field.contract import Moment, Reading, Said

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
Kind = TypeVar("Kind", bound=Said)


def moment(seconds: float = 0.0) -> Moment:
    """Return a moment so many seconds after the line was made."""
    return Moment(NOON, seconds)


def only(said: Sequence[Said], kind: type[Kind]) -> Kind:
    """Return the one thing of a kind among what was said."""
    (found,) = [item for item in said if isinstance(item, kind)]
    return found


def values(readings: Iterable[Reading]) -> dict[str, float | None]:
    """Return readings by name."""
    return {reading.name: reading.value for reading in readings}
