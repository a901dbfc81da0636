"""Reading standard addresses, and matching written ones to them: set-based, with a score."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from django.db import connection

from onecity.kernel.errors import NotFound
from onecity.kernel.patterns import like_literal
from onecity.kernel.text import zh
from onecity.platform.geo.contracts import AddressMatch, AddressParts, StandardAddressInfo
from onecity.platform.geo.rules.addresses import address_score, parse_address
from onecity.platform.geo.selectors.gazetteer import gazetteer

MOST: Final = 5_000
CANDIDATES: Final = 20
_SHOWN: Final = 5
_COLUMNS: Final = (
    "a.id, a.text, a.division_code, a.street, a.road, a.lane, a.number, a.estate, a.building, a.unit, a.floor, a.room,"
    " ST_X(a.geom), ST_Y(a.geom), a.is_synthetic"
)
_ASKED: Final = (
    "unnest(%(nr)s::int[], %(road)s::text[], %(number)s::text[], %(estate)s::text[], %(building)s::text[],"
    " %(division)s::text[]) AS q(nr, road, number, estate, building, division)"
)
# Exact keys first; then the same road or estate with whatever number; each road's list is cut where it grows long.
_EXACT: Final = f"""
    SELECT q.nr, found.* FROM {_ASKED} CROSS JOIN LATERAL (
        (SELECT {_COLUMNS} FROM geo_standardaddress a WHERE a.road <> '' AND a.road = q.road AND a.number = q.number
         ORDER BY a.division_code LIKE q.division || '%%' DESC, a.building = q.building DESC, a.id LIMIT {CANDIDATES})
        UNION
        (SELECT {_COLUMNS} FROM geo_standardaddress a WHERE a.estate <> '' AND a.estate = q.estate
         AND (q.building = '' OR a.building = q.building)
         ORDER BY a.division_code LIKE q.division || '%%' DESC, a.building = q.building DESC, a.id LIMIT {CANDIDATES})
    ) AS found
"""
_LOOSE: Final = f"""
    SELECT q.nr, found.* FROM {_ASKED} CROSS JOIN LATERAL (
        SELECT {_COLUMNS} FROM geo_standardaddress a
        WHERE geo_bigrams(a.text) @> geo_bigrams(CASE WHEN q.road <> '' THEN q.road ELSE q.estate END)
        ORDER BY a.number = q.number DESC, a.building = q.building DESC,
                 a.division_code LIKE q.division || '%%' DESC, a.id LIMIT {CANDIDATES}
    ) AS found
"""
Candidates = Mapping[int, list[StandardAddressInfo]]


def standard_address(address_id: int) -> StandardAddressInfo:
    """Return one standard address. Raises: NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM geo_standardaddress a WHERE a.id = %s", [address_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(zh("没有这个标准地址"))
    return _info(row)


def standard_addresses(*, search: str = "", after: int = 0, size: int = 50) -> list[StandardAddressInfo]:
    """Return standard addresses in the order of their numbers. search: words of the text, two characters or more."""
    words = search.strip()
    condition = "geo_bigrams(a.text) @> geo_bigrams(%(words)s) AND a.text ILIKE %(inside)s" if words else "true"
    escaped = like_literal(words)
    values: dict[str, str | int] = {"words": words, "inside": f"%{escaped}%", "after": after, "size": size}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM geo_standardaddress a WHERE a.id > %(after)s AND {condition}"
            " ORDER BY a.id LIMIT %(size)s",
            values,
        )
        return [_info(row) for row in cursor.fetchall()]


def match_addresses(texts: Sequence[str]) -> list[AddressMatch]:
    """Return for each text what it says and which standard addresses answer it, the best first, in the texts' order.

    texts: at most `MOST`. Two statements find the candidates of all; a text that names no road and no estate has none.
    """
    names, within = gazetteer()
    asked = [parse_address(text, gazetteer=names, within=within) for text in texts[:MOST]]
    located = {nr: parts for nr, parts in enumerate(asked) if parts.is_located}
    found = _candidates(_EXACT, located)
    found.update(_candidates(_LOOSE, {nr: parts for nr, parts in located.items() if nr not in found}))
    return [
        AddressMatch(text, parts, _ranked(parts, found.get(nr, [])))
        for nr, (text, parts) in enumerate(zip(texts[:MOST], asked, strict=True))
    ]


def _candidates(sql: str, asked: Mapping[int, AddressParts]) -> dict[int, list[StandardAddressInfo]]:
    if not asked:
        return {}
    values: dict[str, list[int] | list[str]] = {
        "nr": list(asked),
        "road": [parts.road for parts in asked.values()],
        "number": [parts.number for parts in asked.values()],
        "estate": [parts.estate for parts in asked.values()],
        "building": [parts.building for parts in asked.values()],
        "division": [parts.division_code for parts in asked.values()],
    }
    found: dict[int, list[StandardAddressInfo]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for nr, *row in cursor.fetchall():
            found[nr].append(_info(row))
    return dict(found)


def _ranked(asked: AddressParts, found: list[StandardAddressInfo]) -> tuple[tuple[StandardAddressInfo, float], ...]:
    scored = [(one, address_score(asked, one.parts)) for one in found]
    ranked = sorted(scored, key=lambda pair: (-pair[1], pair[0].id))
    return tuple(pair for pair in ranked[:_SHOWN] if pair[1] > 0)


def _info(row: Sequence[object]) -> StandardAddressInfo:
    number, text, division, *parts, longitude, latitude, synthetic = row
    street, road, lane, house, estate, building, unit, floor, room = (str(part) for part in parts)
    read = AddressParts(
        division_code=significant(str(division)),
        street=street,
        road=road,
        lane=lane,
        number=house,
        estate=estate,
        building=building,
        unit=unit,
        floor=floor,
        room=room,
    )
    return StandardAddressInfo(
        int(str(number)), str(text), str(division), float(str(longitude)), float(str(latitude)), read, bool(synthetic)
    )


def significant(code: str) -> str:
    """Return a division's digits without the zeros that only fill: 220100 → 2201."""
    while len(code) in {4, 6} and code.endswith("00"):
        code = code[:-2]
    return code
