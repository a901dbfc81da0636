"""Looking up a legal entity by its credit code, by the thousand a second."""

from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.identifiers.fault import tidied
from onecity.kernel.text import zh
from onecity.platform.identity.api import row_scope_on, scope_sql
from onecity.platform.registers.permissions import VIEW_ENTITIES
from onecity.platform.registers.selectors.entities.rows import NoSuchEntity
from onecity.web.access import permission
from onecity.web.hot import HotRequest, HotResponse, Road, json_response

_LENGTH: Final = 18
_FIND: Final = f"""
    SELECT e.id, e.uscc, e.name, e.kind, e.status, e.status_on::text AS status_on, e.representative_name,
        e.registered_capital::text AS registered_capital, e.capital_currency, e.industry_code, e.address,
        e.division_code, e.established_on::text AS established_on, e.registrar, e.revision
    FROM registers_legalentity e WHERE e.uscc = $1 AND {scope_sql(first=2)}
"""


async def find(request: HotRequest) -> HotResponse:
    """Return the entity with a credit code.

    Raises: NoSuchEntity; Invalid for what cannot be a code.
    """
    uscc = tidied(request.path_values["uscc"])
    if len(uscc) != _LENGTH or not uscc.isascii():
        raise Invalid(fields={"uscc": zh("统一社会信用代码应为18位")})
    scope = await row_scope_on(request.pool, request.actor, permission=VIEW_ENTITIES)
    row = await request.pool.fetchrow(_FIND, uscc, *scope.parameters())
    if row is None:
        raise NoSuchEntity
    return json_response(dict(row))


ROADS: Final = (
    Road(
        "GET",
        "/api/registers/v1/entities/code/{uscc}",
        permission(VIEW_ENTITIES),
        find,
        {
            "tags": ["registers"],
            "summary": zh("按统一社会信用代码查询法人单位"),
            "parameters": [{"name": "uscc", "in": "path", "required": True, "schema": {"type": "string"}}],
            "responses": {"200": {"description": zh("法人单位")}, "404": {"description": zh("法人库中没有此单位")}},
        },
    ),
)
