"""Figures of the catalogue kept with every publication, so that pages never count."""

from typing import Final

from django.db import connection

from onecity.platform.exchange.models import Dataset

_CHANGE: Final = """
    INSERT INTO exchange_cataloguecount AS c (audience, facet, value, number)
    SELECT audience, facet, value, %(change)s
    FROM unnest(%(audiences)s::text[]) AS audience, unnest(%(facets)s::text[], %(values)s::text[]) AS f(facet, value)
    ORDER BY audience, facet, value
    ON CONFLICT (audience, facet, value) DO UPDATE SET number = c.number + %(change)s
"""


def count_entry(dataset: Dataset, *, change: int) -> None:
    """Add a published entry to the counts, or take it out; the caller has locked the entry.

    Rows are changed in their order, so that two publications never wait for one another crosswise.
    """
    found = facets(dataset)
    parameters: dict[str, int | list[str]] = {
        "change": change,
        "audiences": ["staff", "public"] if dataset.open_type != "none" else ["staff"],
        "facets": [facet for facet, _ in found],
        "values": [value for _, value in found],
    }
    with connection.cursor() as cursor:
        cursor.execute(_CHANGE, parameters)


def facets(dataset: Dataset) -> list[tuple[str, str]]:
    """Return under which values of which facets an entry is counted: classes at each level."""
    code = dataset.class_code
    classes = [("class", code[:size]) for size in (1, 3, 6) if len(code) >= size]
    return [
        ("all", ""),
        *classes,
        ("provider", str(dataset.organisation_id)),
        ("sharing", dataset.sharing_type),
        ("open", dataset.open_type),
        ("cycle", dataset.update_cycle),
    ]
