"""Hot roads: who belongs to an identifier, and the search, as programs ask by the hundred; same scope, same log."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote

from asgiref.sync import sync_to_async
from django.core.exceptions import SynchronousOnlyOperation
from django.db import connection

from onecity.kernel import clock, context
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.identity.api import row_scope_on
from onecity.platform.registers.permissions import USE_INTERFACE, VIEW_PERSONS
from onecity.platform.registers.selectors.persons.searching import PersonQuery, Value, found_of, statement_of
from onecity.platform.registers.services.persons.uses import checked_reason
from onecity.web.access import permission
from onecity.web.hot import HotRequest, HotResponse, Road, json_response

REASON: Final = "onecity-reason"
NOTE: Final = """
    INSERT INTO registers_personuse
        (person_id, at, kind, actor, actor_name, organisation_id, fields, reason, request_id)
    SELECT id, $2, 'query', $3, $4, $5, ARRAY['search'], $6, $7 FROM unnest($1::bigint[]) AS id
"""


async def look_up(request: HotRequest) -> HotResponse:
    """Answer whom an identifier belongs to: one person, or none."""
    answer = await _search(request, PersonQuery(identifier=_text(_body(request), "identifier")))
    return json_response({"person": answer["items"][0] if answer["items"] else None})


async def search(request: HotRequest) -> HotResponse:
    """Answer whom a question finds."""
    body = _body(request)
    return json_response(await _search(request, PersonQuery(**{name: _text(body, name) for name in _NAMES})))


async def _search(request: HotRequest, query: PersonQuery) -> dict[str, Any]:
    reason = checked_reason(unquote(request.headers.get(REASON, "")))
    statement, values = await _remembered(query)
    scope = await row_scope_on(request.pool, request.actor, permission=VIEW_PERSONS)
    rows = await request.pool.fetch(statement, *scope.parameters(), *values)
    found = found_of([tuple(row) for row in rows])
    if found.hits:
        await _note(request, [item.id for item in found.hits], reason=reason, now=clock.real_now())
    items = [
        {name: getattr(item, name) for name in _SHOWN} | {"birth_date": item.birth_date.isoformat()}
        for item in found.hits
    ]
    return {"items": items, "more": found.more}


async def _note(request: HotRequest, ids: list[int], *, reason: str, now: datetime) -> None:
    """Write the lines of use before anything is answered."""
    actor = request.actor
    await request.pool.execute(
        NOTE, ids, now, actor.key[:60], actor.name[:60], actor.organisation_id, reason, context.request_id()[:64]
    )


async def _remembered(query: PersonQuery) -> tuple[str, list[Value]]:
    """Return the statement; the hash keys are nearly always remembered, else they are read in a thread."""
    try:
        return statement_of(query)
    except SynchronousOnlyOperation:

        def threaded() -> tuple[str, list[Value]]:
            try:
                return statement_of(query)
            finally:
                connection.close()  # the thread is nobody's; the keys are remembered

        return await sync_to_async(threaded, thread_sensitive=False)()


def _body(request: HotRequest) -> dict[str, object]:
    body = request.json()
    if not isinstance(body, dict):
        raise Invalid(zh("请求正文应为 JSON 对象"))
    return body


def _text(body: dict[str, object], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > 100:
        raise Invalid(fields={name: zh("应为不超过100字的文字")})
    return value


_NAMES: Final = ("identifier", "name", "born", "address")
_SHOWN: Final = (
    "id",
    "name",
    "sex_code",
    "citizen_id_masked",
    "status",
    "division_code",
    "address",
    "household_id",
)
_REASON_HEADER: Final = {
    "name": "OneCity-Reason",
    "in": "header",
    "required": True,
    "description": zh("使用个人信息的事由（UTF-8 百分号编码，至少4个字），写入个人信息使用记录"),
    "schema": {"type": "string"},
}


def _operation(summary: str, names: tuple[str, ...]) -> dict[str, object]:
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in names}}
    return {
        "summary": summary,
        "tags": ["registers"],
        "parameters": [_REASON_HEADER],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {
            "200": {"description": zh("成功")},
            "403": {"description": zh("没有权限")},
            "422": {"description": zh("缺少事由或查询条件")},
        },
    }


ROADS: Final = (
    Road(
        "POST",
        "/api/registers/v1/persons/look-up",
        permission(USE_INTERFACE),
        look_up,
        _operation(zh("按证件号码查找人员"), ("identifier",)),
    ),
    Road(
        "POST",
        "/api/registers/v1/persons/search",
        permission(USE_INTERFACE),
        search,
        _operation(zh("按证件号码、姓名与出生日期或地址查找人员"), _NAMES),
    ),
)
