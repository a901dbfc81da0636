"""Importing service requests of other cities, with their real openings, promises and closings, to compare lateness.

They are no demands of ours and open no cases: they stand in a table of their own. Rows go in by COPY into a temporary
table and from there in one statement, so that the same file brought in again changes nothing but what changed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Final

import duckdb
from django.db import connection, transaction

from onecity.domains.hotline.kinds import first_edition
from onecity.domains.hotline.permissions import CONFIGURE
from onecity.domains.hotline.rules.foreign import channel_of, local_moment, topic_of
from onecity.domains.hotline.services.configuring import rows_of
from onecity.kernel.actor import Actor
from onecity.kernel.calendar import WorkCalendar
from onecity.kernel.deadlines import deadline
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.cases.api import calendar_of
from onecity.platform.cases.declare import Limit
from onecity.platform.identity.api import record

BLOCK: Final = 5000
COLUMNS: Final = (
    "origin", "reference", "service_name", "agency", "topic_code", "kind", "source_code", "longitude", "latitude",
    "opened_at", "promised_at", "closed_at", "due_at",
)  # fmt: skip
_NAMES: Final = ", ".join(COLUMNS)
_MERGE: Final = f"""
    INSERT INTO hotline_foreignrequest ({_NAMES}) SELECT DISTINCT ON (origin, reference) {_NAMES} FROM hotline_incoming
    ON CONFLICT (origin, reference) DO UPDATE SET
        {", ".join(f"{name} = EXCLUDED.{name}" for name in COLUMNS[2:])}
    WHERE (hotline_foreignrequest.closed_at, hotline_foreignrequest.promised_at, hotline_foreignrequest.due_at,
        hotline_foreignrequest.topic_code) IS DISTINCT FROM
        (EXCLUDED.closed_at, EXCLUDED.promised_at, EXCLUDED.due_at, EXCLUDED.topic_code)
"""
_SOURCES: Final[Mapping[str, str]] = {
    "boston": """
        SELECT case_enquiry_id, concat_ws(' / ', reason, type), department, source, longitude, latitude, open_dt,
            target_dt, closed_dt FROM read_parquet($1) WHERE open_dt IS NOT NULL
    """,
    "nyc": """
        SELECT CAST("Unique Key" AS VARCHAR), concat_ws(' / ', "Complaint Type", "Descriptor"), "Agency", '',
            "Longitude", "Latitude", "Created Date", "Due Date", "Closed Date"
        FROM read_csv_auto($1, sample_size = -1) WHERE "Created Date" IS NOT NULL
    """,
}


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. changed: rows new or different from before."""

    read: int
    changed: int


def import_requests(actor: Actor, *, path: Path, origin: str, progress: Callable[[int], None]) -> Imported:
    """Bring in a file of Boston (parquet) or New York (CSV, packed or not). progress: hears how many rows were read.

    Raises: NotPermitted; Invalid for an unknown origin or a file that cannot be read.
    """
    if not actor.may(CONFIGURE):
        raise NotPermitted
    if origin not in _SOURCES:
        raise Invalid(fields={"origin": zh("只能导入boston或nyc的服务请求")})
    try:
        found = duckdb.connect().execute(_SOURCES[origin], [str(path)])
    except duckdb.Error as fault:
        raise Invalid(fields={"path": zh("文件不能读取或列不符")}) from fault
    calendar = calendar_of("")  # read before: while rows are being copied, the connection takes no question
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE hotline_incoming (LIKE hotline_foreignrequest) ON COMMIT DROP")
        cursor.execute("ALTER TABLE hotline_incoming DROP COLUMN id")
        read = 0
        with cursor.copy(f"COPY hotline_incoming ({_NAMES}) FROM STDIN") as copy:
            for row in _rows(iter(lambda: found.fetchmany(BLOCK), []), origin=origin, calendar=calendar):
                copy.write_row(row)
                read += 1
                if read % BLOCK == 0:
                    progress(read)
        cursor.execute(_MERGE)
        done = Imported(read, cursor.rowcount)
        cursor.execute("DROP TABLE hotline_incoming")
        record(
            actor, action="hotline.import_requests", details={"origin": origin, "read": read, "changed": done.changed}
        )
    return done


def _rows(
    blocks: Iterable[list[tuple[object, ...]]], *, origin: str, calendar: WorkCalendar
) -> Iterator[tuple[object, ...]]:
    mapping = [(row["words"], row["topic"], row["kind"]) for row in rows_of("foreign_services.csv")]
    limits = {item.code: item.limits["whole"] for item in first_edition().classes}
    known = dict[str, tuple[str, str]]()
    for block in blocks:
        for reference, service, agency, channel, longitude, latitude, opened, promised, closed in block:
            name = str(service)
            topic, kind = known.setdefault(name, topic_of(name, mapping=mapping))
            begun = _moment(opened)
            assert begun is not None
            yield (
                origin, str(reference)[:40], name[:120], str(agency or "")[:120], topic, kind,
                channel_of(str(channel or "")), longitude, latitude, begun, _moment(promised), _moment(closed),
                _due(limits[kind], begun, calendar),
            )  # fmt: skip


def _moment(value: object) -> datetime | None:
    return local_moment(value) if isinstance(value, datetime) else None


def _due(limit: Limit, opened_at: datetime, calendar: WorkCalendar) -> datetime:
    return deadline(opened_at, amount=Fraction(limit.amount), unit=limit.unit, calendar=calendar)
