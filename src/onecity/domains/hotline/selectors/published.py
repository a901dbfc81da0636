"""The hotline's public figures: sums and rates of a month. Sums below five are told as “fewer than five”."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from onecity.domains.hotline.kinds import KIND_NAMES
from onecity.domains.hotline.models import Demand
from onecity.domains.hotline.rules.words import big_class
from onecity.domains.hotline.selectors.measures import by_column, city_rates
from onecity.domains.hotline.selectors.settings import topic_names
from onecity.domains.hotline.sources import SOURCES

SHOWN: Final = ("response_rate", "solved_rate", "satisfaction_rate", "on_time_rate", "direct_answer_rate")
SMALLEST: Final = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """A month's figures. rates: code, per cent, above and below the line. Sums: name, and count or None below five."""

    total: int
    closed: int
    rates: Sequence[tuple[str, float | None, int, int]]
    by_kind: Sequence[tuple[str, int | None]]
    by_topic: Sequence[tuple[str, int | None]]
    by_source: Sequence[tuple[str, int | None]]


def published_figures(*, start: datetime, now: datetime) -> Figures:
    """Return the figures of the month that begins at `start`, as far as it has come. now: city time."""
    end = min((start + timedelta(days=32)).replace(day=1), now)
    rows = Demand.objects.filter(opened_at__gte=start, opened_at__lt=max(end, start))
    names, topics = topic_names(), dict[str, int]()
    for code, number in by_column(rows.exclude(topic_code=""), "topic_code"):
        name = names.get(big_class(code), code)
        topics[name] = topics.get(name, 0) + number
    sources = {item.code: item.name for item in SOURCES}
    return Figures(
        total=rows.count(),
        closed=rows.filter(status=Demand.Status.CLOSED).count(),
        rates=[item for item in city_rates(start=start, end=max(end, start)) if item[0] in SHOWN],
        by_kind=_told((KIND_NAMES.get(code, code), number) for code, number in by_column(rows, "kind")),
        by_topic=_told(sorted(topics.items(), key=lambda item: -item[1])),
        by_source=_told((sources.get(code, code), number) for code, number in by_column(rows, "source_code")),
    )


def _told(sums: Iterable[tuple[str, int]]) -> list[tuple[str, int | None]]:
    return [(name, number if number >= SMALLEST else None) for name, number in sums]
