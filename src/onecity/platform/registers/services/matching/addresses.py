"""The addresses of people are matched to standard addresses, batch by batch; what is not sure stays open."""

from collections.abc import Mapping
from typing import Final

from django.db import connection, transaction

from onecity.kernel.actor import system_actor
from onecity.platform.geo.api import match_addresses
from onecity.platform.identity.api import record
from onecity.platform.jobs.declare import Progress, Result
from onecity.platform.registers.models import PersonAddress

BATCH: Final = 2_000
_SET: Final = """
    UPDATE registers_personaddress a SET place_id = m.place_id
    FROM unnest(%s::bigint[], %s::bigint[]) AS m(id, place_id)
    WHERE a.id = m.id AND a.place_id IS DISTINCT FROM m.place_id
"""


def run_match_addresses(progress: Progress, arguments: Mapping[str, object]) -> Result:
    """Match every address that has no place yet; may run again, and then looks only at those left open.

    Each batch is a transaction of its own, so that a cancelled run keeps what it found.
    """
    total = PersonAddress.objects.filter(place_id=None).count()
    done, matched, after = 0, 0, 0
    while rows := _next(after):
        found = _matched(rows)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_SET, [list(found), list(found.values())])
        done, matched, after = done + len(rows), matched + len(found), rows[-1][0]
        progress.step(done, total=total)
    actor = system_actor("registers.addresses")
    record(actor, action="registers.match_addresses", details={"addresses": done, "matched": matched})
    return {"addresses": done, "matched": matched}


def _next(after: int) -> list[tuple[int, str]]:
    rows = PersonAddress.objects.filter(place_id=None, id__gt=after).order_by("id")
    return list(rows.values_list("id", "text")[:BATCH])


def _matched(rows: list[tuple[int, str]]) -> dict[int, int]:
    """Return address → standard address, where the match is sure; a household's room leads to its house number."""
    matches = match_addresses([text for _, text in rows])
    return {
        number: match.best.id
        for (number, _), match in zip(rows, matches, strict=True)
        if match.best is not None and match.is_sure
    }
