"""Counting use: one row a dataset and day, one for all days."""

from datetime import date, datetime
from typing import Final, Literal

from django.db import connection, transaction

from onecity.kernel.clock import city_date

Use = Literal["views", "downloads", "queries", "shares"]
_DAY: Final = """
    INSERT INTO exchange_usageday AS u (dataset_id, day, views, downloads, queries, shares)
    VALUES (%(dataset)s, %(day)s, %(views)s, %(downloads)s, %(queries)s, %(shares)s)
    ON CONFLICT (dataset_id, day) DO UPDATE SET views = u.views + EXCLUDED.views,
        downloads = u.downloads + EXCLUDED.downloads, queries = u.queries + EXCLUDED.queries,
        shares = u.shares + EXCLUDED.shares
"""
_TOTAL: Final = """
    INSERT INTO exchange_usagetotal AS u (dataset_id, views, downloads, queries, shares)
    VALUES (%(dataset)s, %(views)s, %(downloads)s, %(queries)s, %(shares)s)
    ON CONFLICT (dataset_id) DO UPDATE SET views = u.views + EXCLUDED.views,
        downloads = u.downloads + EXCLUDED.downloads, queries = u.queries + EXCLUDED.queries,
        shares = u.shares + EXCLUDED.shares
"""


def note_use(dataset_id: int, *, kind: Use, now: datetime, times: int = 1) -> None:
    """Count a use of a dataset, or several. now: city time."""
    counted = {name: times if name == kind else 0 for name in ("views", "downloads", "queries", "shares")}
    parameters: dict[str, int | date] = {"dataset": dataset_id, "day": city_date(now), **counted}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_DAY, parameters)
        cursor.execute(_TOTAL, parameters)
