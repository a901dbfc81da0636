"""The city's devices as entities: read only, with the latest values of their datastreams.

A device is `urn:ngsi-ld:Device:<key>` of the type Device and of its declared type; each property that it measures is an
attribute, its newest reading the value. Readings for a period, or of a kind such as a mean, are instances of a dataset
`urn:ngsi-ld:Dataset:<period>:<kind>`.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

import asyncpg

from onecity.platform.identity.api import scope_sql
from onecity.platform.iot.ngsild.rules.entities import Entity
from onecity.platform.iot.ngsild.rules.names import DEFAULT, NGSI
from onecity.platform.iot.ngsild.store.rows import Caller, entity_of
from onecity.platform.iot.registries import device_types

START: Final = "urn:ngsi-ld:Device:"
TYPE: Final = f"{DEFAULT}Device"
_INSTANT: Final = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_STAMPS: Final = (
    f"'createdAt', {_INSTANT.format('d.created_at')}, "
    f"'modifiedAt', {_INSTANT.format('coalesce(d.last_seen_at, d.created_at)')}"
)


def _fact(name: str, value: str) -> str:
    return (
        f"'{DEFAULT}{name}', CASE WHEN {value} IS NULL THEN NULL ELSE"
        f" jsonb_build_array(jsonb_build_object('type', 'Property', 'value', {value}, {_STAMPS})) END"
    )


READING: Final = f"""
    jsonb_strip_nulls(jsonb_build_object(
        'type', 'Property', 'value', {{result}}, 'unitCode', nullif(s.unit, ''),
        'observedAt', {_INSTANT.format("{at}")}, 'createdAt', {_INSTANT.format("{at}")},
        'modifiedAt', {_INSTANT.format("{at}")},
        'datasetId', CASE WHEN s.period = 'real_time' AND s.sub_value = '' THEN NULL
            ELSE concat_ws(':', 'urn:ngsi-ld:Dataset', s.period, nullif(s.sub_value, '')) END))
"""
"""One reading as an instance of an attribute; places: `result`, `at`."""
CONTENT: Final = f"""
    jsonb_strip_nulls(jsonb_build_object(
        {_fact("name", "to_jsonb(d.name)")}, {_fact("serialNumber", "to_jsonb(d.key)")},
        {_fact("category", "to_jsonb(d.type_code)")}, {_fact("deviceState", "to_jsonb(d.state)")},
        {_fact("address", "to_jsonb(nullif(d.address, ''))")},
        '{DEFAULT}dateLastValueReported', CASE WHEN d.last_seen_at IS NULL THEN NULL ELSE
            jsonb_build_array(jsonb_build_object('type', 'Property', 'value', jsonb_build_object('@type', 'DateTime',
                '@value', {_INSTANT.format("d.last_seen_at")}),
                'moment', {_INSTANT.format("d.last_seen_at")}, {_STAMPS})) END,
        '{NGSI}location', CASE WHEN d.location IS NULL THEN NULL ELSE jsonb_build_array(jsonb_build_object(
            'type', 'GeoProperty', 'value', ST_AsGeoJSON(d.location)::jsonb, {_STAMPS})) END))
    || coalesce((
        SELECT jsonb_object_agg(found.iri, found.instances) FROM (
            SELECT '{DEFAULT}' || s.property_code AS iri,
                jsonb_agg({READING.format(result="l.result", at="l.phenomenon_at")} ORDER BY s.id) AS instances
            FROM iot_datastream s JOIN iot_latest l ON l.datastream_id = s.id
            WHERE s.device_id = d.id AND l.result IS NOT NULL GROUP BY s.property_code) found), '{{}}'::jsonb)
"""
SOURCE: Final = f"""
    SELECT -d.id AS id, '{START}' || d.key AS uri, ARRAY['{TYPE}', '{DEFAULT}' || d.type_code] AS types,
        ARRAY[]::text[] AS scopes, {CONTENT} AS content, d.created_at,
        coalesce(d.last_seen_at, d.created_at) AS modified_at
    FROM iot_device d WHERE d.state <> 'retired'
"""
"""Every device in service as an entity; further conditions on `d` may follow."""
_ONE: Final = f"""
    SELECT e.id, e.uri, e.types, e.scopes, e.content::text AS content, e.created_at, e.modified_at
    FROM ({SOURCE} AND d.key = ANY($1) AND {
    scope_sql(first=2, organisation="d.organisation_id", division="d.division_code")
}) e
"""
_THERE: Final = "SELECT key FROM iot_device WHERE key = ANY($1)"


@dataclass(frozen=True, slots=True)
class DeviceRows:
    """Which devices a request may find. keys: None for all."""

    keys: tuple[str, ...] | None = None


def key_of(uri: str) -> str:
    """Return the key of the device that an identifier means, "" if it means none."""
    return unquote(uri.removeprefix(START)) if uri.startswith(START) else ""


def uri_of(key: str) -> str:
    """Return the identifier of a device."""
    return START + quote(key, safe="-._~:@!$*+,/?")


def device_kinds() -> frozenset[str]:
    """Return the types, by IRI, that only devices have."""
    return frozenset({TYPE, *(DEFAULT + item.code for item in device_types())})


def as_entity(row: asyncpg.Record) -> Entity:
    """Return the entity of a row, whichever of the two kinds it is."""
    entity = entity_of(row)
    if row["id"] < 0:
        entity.uri = uri_of(entity.uri.removeprefix(START))
    return entity


async def devices_by_uri(connection: asyncpg.Pool, uris: list[str], caller: Caller) -> list[Entity]:
    """Return those of these devices that the caller may see."""
    keys = [key for key in map(key_of, uris) if key and "\0" not in key]
    if not keys or caller.tenant or caller.devices.nothing:
        return []
    return [as_entity(row) for row in await connection.fetch(_ONE, keys, *caller.devices.parameters())]


async def taken_by_devices(connection: asyncpg.Pool, uris: list[str]) -> set[str]:
    """Return those of these identifiers that are registered devices', which nobody may write here."""
    keys = {key: uri for uri in uris if (key := key_of(uri)) and "\0" not in key}
    if not keys:
        return set()
    return {keys[row["key"]] for row in await connection.fetch(_THERE, list(keys))}
