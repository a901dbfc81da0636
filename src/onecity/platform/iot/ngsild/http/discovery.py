"""Which types of entities there are, and which attributes."""

from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from onecity.platform.identity.api import scope_sql
from onecity.platform.iot.ngsild.http.answers import answer
from onecity.platform.iot.ngsild.http.call import Call
from onecity.platform.iot.ngsild.http.routing import Operation, operation
from onecity.platform.iot.ngsild.rules import names
from onecity.platform.iot.ngsild.rules.problems import ResourceNotFound
from onecity.web.hot import HotResponse

_VISIBLE: Final = f"e.tenant = $1 AND {scope_sql(first=2)}"
_TYPES: Final = f"""
    SELECT DISTINCT kind FROM iot_ngsi_entity e, unnest(e.types) kind WHERE {_VISIBLE} ORDER BY kind
"""
_ATTRIBUTES: Final = f"""
    SELECT DISTINCT name FROM iot_ngsi_entity e, unnest(e.attributes) name WHERE {_VISIBLE} ORDER BY name
"""
_PAIRS: Final = f"""
    SELECT DISTINCT kind, name FROM iot_ngsi_entity e, unnest(e.types) kind
    LEFT JOIN LATERAL unnest(e.attributes) name ON true WHERE {_VISIBLE} ORDER BY kind, name
"""
_OF_TYPE: Final = f"""
    SELECT name, kinds, (SELECT count(*) FROM iot_ngsi_entity e WHERE {_VISIBLE} AND e.types @> ARRAY[$5::text]) AS n
    FROM (SELECT a.key AS name, array_agg(DISTINCT i.value ->> 'type') AS kinds
        FROM iot_ngsi_entity e, jsonb_each(e.content) a, jsonb_array_elements(a.value) i
        WHERE {_VISIBLE} AND e.types @> ARRAY[$5::text] GROUP BY a.key) found ORDER BY name
"""
_COUNT: Final = f"SELECT count(*) FROM iot_ngsi_entity e WHERE {_VISIBLE} AND e.types @> ARRAY[$5::text]"
_OF_ATTRIBUTE: Final = f"""
    SELECT count(*) AS n, array_agg(DISTINCT kind) AS kinds, array_agg(DISTINCT i.value ->> 'type') AS forms,
        count(DISTINCT e.id) AS entities
    FROM iot_ngsi_entity e, unnest(e.types) kind, jsonb_array_elements(e.content -> $5::text) i
    WHERE {_VISIBLE} AND e.attributes @> ARRAY[$5::text]
"""


async def types(call: Call) -> HotResponse:
    """List the types there are. Source: ETSI GS CIM 009 V1.8.1, clauses 5.7.5, 5.7.6, 6.25.3.1."""
    compact = call.terms.compact
    if not call.flag("details"):
        rows = await call.pool.fetch(_TYPES, *_visible(call))
        return await answer(call, _list("EntityTypeList", "typeList", [compact(row["kind"]) for row in rows]))
    found: dict[str, list[str]] = {}
    for row in await call.pool.fetch(_PAIRS, *_visible(call)):
        found.setdefault(row["kind"], []).extend([row["name"]] if row["name"] else [])
    return await answer(
        call,
        [
            {
                "id": kind, "type": "EntityType", "typeName": compact(kind),
                "attributeNames": [compact(name) for name in attributes],
            }
            for kind, attributes in found.items()
        ],
    )  # fmt: skip


async def one_type(call: Call) -> HotResponse:
    """Describe a type. Source: ETSI GS CIM 009 V1.8.1, clauses 5.7.7, 6.26.3.1."""
    kind = call.terms.expand(names.name(call.parts["name"], where="type"))
    number = await call.pool.fetchval(_COUNT, *_visible(call), kind)
    if not number:
        raise ResourceNotFound(f"no entities of the type {call.parts['name']}")
    rows = await call.pool.fetch(_OF_TYPE, *_visible(call), kind)
    details = [
        {
            "id": row["name"], "type": "Attribute", "attributeName": call.terms.compact(row["name"]),
            "attributeTypes": sorted(row["kinds"]),
        }
        for row in rows
    ]  # fmt: skip
    return await answer(
        call,
        {
            "id": kind, "type": "EntityTypeInfo", "typeName": call.terms.compact(kind), "entityCount": number,
            "attributeDetails": details,
        },
    )  # fmt: skip


async def attributes(call: Call) -> HotResponse:
    """List the attributes there are. Source: ETSI GS CIM 009 V1.8.1, clauses 5.7.8, 5.7.9, 6.27.3.1."""
    compact = call.terms.compact
    if not call.flag("details"):
        rows = await call.pool.fetch(_ATTRIBUTES, *_visible(call))
        return await answer(call, _list("AttributeList", "attributeList", [compact(row["name"]) for row in rows]))
    found: dict[str, list[str]] = {}
    for row in await call.pool.fetch(_PAIRS, *_visible(call)):
        if row["name"]:
            found.setdefault(row["name"], []).append(row["kind"])
    return await answer(
        call,
        [
            {
                "id": name, "type": "Attribute", "attributeName": compact(name),
                "typeNames": [compact(kind) for kind in kinds],
            }
            for name, kinds in sorted(found.items())
        ],
    )  # fmt: skip


async def one_attribute(call: Call) -> HotResponse:
    """Describe an attribute. Source: ETSI GS CIM 009 V1.8.1, clauses 5.7.10, 6.28.3.1."""
    iri = call.terms.expand(names.name(call.parts["name"]))
    row = await call.pool.fetchrow(_OF_ATTRIBUTE, *_visible(call), iri)
    if not row["n"]:
        raise ResourceNotFound(f"no entities with the attribute {call.parts['name']}")
    return await answer(
        call,
        {
            "id": iri, "type": "Attribute", "attributeName": call.terms.compact(iri),
            "attributeCount": row["entities"], "attributeTypes": sorted(row["forms"]),
            "typeNames": [call.terms.compact(kind) for kind in sorted(row["kinds"])],
        },
    )  # fmt: skip


def _list(kind: str, member: str, items: list[str]) -> dict[str, Any]:
    identifier = uuid5(NAMESPACE_URL, f"{kind} {' '.join(items)}")
    return {"id": f"urn:ngsi-ld:{kind}:{identifier}", "type": kind, member: items}


def _visible(call: Call) -> tuple[object, ...]:
    return call.caller.tenant, *call.caller.sees.parameters()


OPERATIONS: Final[tuple[Operation, ...]] = (
    operation("GET", "/types", types, "details"),
    operation("GET", "/types/{name}", one_type),
    operation("GET", "/attributes", attributes, "details"),
    operation("GET", "/attributes/{name}", one_attribute),
)
