"""Which times clients may tell of."""

from datetime import datetime, timedelta
from typing import Final

from onecity.kernel import clock
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.rules.clocks import OLDEST
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.sensorthings.observing.drafts import Draft

FORECAST: Final = timedelta(days=400)


class TimeOutside(Invalid):
    """A phenomenon time beyond what the store keeps."""

    code = "iot.sensorthings_outside"
    message = zh("观测时间超出可存储的范围（过去二十年至未来四百天）")


def check_time(draft: Draft, *, now: datetime) -> None:
    """Refuse times of which there is no telling; Datastreams of clients may hold forecasts.

    A demonstration's city time may differ from what clients' clocks say: both count.
    Raises: TimeOutside.
    Source: House rule.
    """
    first, last = span(now)
    if not first <= draft.begins <= last:
        raise TimeOutside


def span(now: datetime) -> tuple[int, int]:
    """Return the first and the last time that may be told, microseconds since 2000. now: city time."""
    times = (now, clock.real_now())
    return micros(min(times) - OLDEST), micros(max(times) + FORECAST)
