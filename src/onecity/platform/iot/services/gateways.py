"""What gateway processes report of themselves."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from onecity.platform.iot.models import Gateway

KEPT: Final = timedelta(days=1)
GONE_AFTER: Final = timedelta(seconds=10)


def report(
    name: str, *, protocol: str, listens: str, started: datetime, now: datetime, figures: Mapping[str, float]
) -> None:
    """Write a gateway's row anew. Times are real."""
    Gateway.objects.update_or_create(
        name=name,
        defaults={
            "protocol": protocol,
            "listens": listens[:80],
            "started_at": started,
            "reported_at": now,
            "stopped_at": None,
            "figures": dict(figures),
        },
    )


def stopped(name: str, *, now: datetime, figures: Mapping[str, float]) -> None:
    """Note that a gateway has ended in good order."""
    Gateway.objects.filter(name=name).update(stopped_at=now, reported_at=now, figures=dict(figures))


def forget_gone(now: datetime) -> int:
    """Drop gateways that have not reported for a day; returns how many."""
    return Gateway.objects.filter(reported_at__lt=now - KEPT).delete()[0]
