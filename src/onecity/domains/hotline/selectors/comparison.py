"""How late other cities really were: by their own promise, and by our limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection

from onecity.domains.hotline.selectors.settings import topic_names

_BY_TOPIC: Final = """
    SELECT topic_code, count(*), count(closed_at), count(promised_at),
        count(*) FILTER (WHERE promised_at IS NOT NULL AND coalesce(closed_at, latest.at) > promised_at),
        count(*) FILTER (WHERE coalesce(closed_at, latest.at) > due_at),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM closed_at - opened_at) / 86400)
    FROM hotline_foreignrequest,
        (SELECT max(greatest(opened_at, closed_at)) AS at FROM hotline_foreignrequest WHERE origin = %(origin)s) latest
    WHERE origin = %(origin)s GROUP BY topic_code ORDER BY count(*) DESC, topic_code
"""


@dataclass(frozen=True, slots=True)
class Lateness:
    """A topic of another city. late_there: past its own promise (of `promised`); late_here: past ours (of `total`)."""

    topic_name: str
    total: int
    closed: int
    promised: int
    late_there: int
    late_here: int
    median_days: float | None

    @property
    def share_there(self) -> float | None:
        """Return the share past the city's own promise, per cent."""
        return 100 * self.late_there / self.promised if self.promised else None

    @property
    def share_here(self) -> float:
        """Return the share past our limits, per cent."""
        return 100 * self.late_here / self.total


def lateness(origin: str) -> Sequence[Lateness]:
    """Return how late an imported city was, by topic; what is open counts as of the source's last instant."""
    names = topic_names()
    with connection.cursor() as cursor:
        cursor.execute(_BY_TOPIC, {"origin": origin})
        rows = cursor.fetchall()
    return [Lateness(names.get(row[0], row[0]), *row[1:]) for row in rows]
