"""Loading standard addresses: read part by part, placed, merged by key."""

from collections.abc import Iterable, Sequence
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.coordinates.points import Wgs84
from onecity.platform.geo.contracts import AddressRow, Loaded
from onecity.platform.geo.rules.addresses import AddressParts, Gazetteer, parse_address
from onecity.platform.geo.selectors.gazetteer import gazetteer
from onecity.platform.geo.services.changes import layer_changed
from onecity.platform.geo.services.merging import Merge, merge_rows
from onecity.platform.identity import api as identity

_PARTS: Final = ("street", "road", "lane", "number", "estate", "building", "unit", "floor", "room")
ADDRESSES: Final = Merge(
    table="geo_standardaddress",
    stage={
        "key": "text",
        "text": "text",
        "division_code": "text",
        **dict.fromkeys(_PARTS, "text"),
        "longitude": "float8",
        "latitude": "float8",
        "is_synthetic": "boolean",
        "source": "text",
    },
    columns={
        "key": "key",
        "text": "text",
        "division_code": "division_code",
        **{name: name for name in _PARTS},
        "geom": "ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)",
        "is_synthetic": "is_synthetic",
        "source": "source",
    },
    key="key",
)
_WIDTHS: Final = {
    "street": 40,
    "road": 40,
    "lane": 10,
    "number": 20,
    "estate": 60,
    "building": 20,
    "unit": 10,
    "floor": 10,
    "room": 20,
}


def load_addresses(actor: Actor, *, rows: Iterable[AddressRow], source: str) -> Loaded:
    """Load all standard addresses of a source; what an earlier load of it wrote and this one lacks is taken out.

    Raises: InvalidCoordinates.
    """
    names, within = gazetteer()
    staged = (_staged(row, source=source, names=names, within=within) for row in rows)
    with transaction.atomic():
        done = merge_rows(ADDRESSES, rows=staged, source=source)
        if done.written or done.removed:
            details = {"source": source, "written": done.written, "removed": done.removed}
            identity.record(actor, action="geo.load_addresses", details=details)
            layer_changed("geo.addresses")
    return done


def _staged(row: AddressRow, *, source: str, names: Gazetteer, within: str) -> Sequence[object]:
    parts = parse_address(row.text, gazetteer=names, within=row.division_code or within)
    point = Wgs84(row.longitude, row.latitude)
    division = row.division_code or parts.division_code
    return (
        f"{source}:{row.key}",
        row.text[:200],
        division,
        *(_cut(parts, name) for name in _PARTS),
        point.lon,
        point.lat,
        row.is_synthetic,
        source,
    )


def _cut(parts: AddressParts, name: str) -> str:
    return str(getattr(parts, name))[: _WIDTHS[name]]
