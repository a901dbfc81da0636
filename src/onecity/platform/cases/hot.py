"""Hot roads: the list of cases and one case, as programs read them; the same statements and scopes as the pages."""

from collections.abc import Callable, Generator
from dataclasses import asdict
from typing import Any, Final, TypeVar

import asyncpg
from asgiref.sync import sync_to_async
from django.core.exceptions import SynchronousOnlyOperation
from django.db import connection

from onecity.kernel.errors import Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.cases.contracts import CaseFilter, CaseRow
from onecity.platform.cases.permissions import VIEW
from onecity.platform.cases.rules.states import STATUSES
from onecity.platform.cases.selectors.lists import case_row, plan_of, wanted_list
from onecity.platform.cases.selectors.scopes import covers
from onecity.platform.cases.selectors.statements import COLUMNS, Statement, Wanted
from onecity.platform.cases.selectors.types import visible_types
from onecity.web.access import permission
from onecity.web.hot import HotRequest, HotResponse, Road, json_response
from onecity.web.paging import PAGE_SIZE, Cursor

R = TypeVar("R")
LARGEST: Final = 200
_ONE: Final = f"""
    SELECT {COLUMNS}, c.description, c.revision, c.scope_keys, c.outcomes::text,
        (SELECT jsonb_agg(jsonb_build_object('id', t.id, 'node', t.node, 'name', t.name, 'post', t.post,
                          'organisation_id', t.organisation_id, 'light', t.light, 'opened_at', t.opened_at,
                          'due_at', t.due_at) ORDER BY t.id)
         FROM cases_task t WHERE t.case_id = c.id AND t.state = 'open')::text
    FROM cases_case c WHERE c.number = $1
"""
_SHOWN: Final = len(COLUMNS.split(", "))


async def listed(request: HotRequest) -> HotResponse:
    """Answer a page of cases, newest first."""
    query = request.query
    size = _size(query.get("size", str(PAGE_SIZE)))
    filters = CaseFilter(
        status=_status(query.get("status", "")),
        type_code=query.get("type", ""),
        stage_code=query.get("stage", ""),
        light=query.get("light", ""),
        class_code=query.get("class", ""),
        source_code=query.get("source", ""),
        division_code=query.get("division", ""),
    )
    search, after = query.get("q", "")[:64], Cursor.decode(query.get("after", ""))
    actor = request.actor

    def wanted_now() -> Wanted:
        return wanted_list(actor, filters=filters, search=search, after=after, size=size)

    wanted = await _remembered(wanted_now)
    if not wanted.keys:
        return json_response({"items": [], "next": None})
    plan = await _remembered(lambda: plan_of(actor, wanted, search=search))
    found = await _hold(plan, request.pool)
    rows = await _remembered(lambda: [_item(case_row(tuple(row))) for row in found.rows])
    return json_response({"items": rows, "next": found.next.encode() if found.next else None})


async def one(request: HotRequest) -> HotResponse:
    """Answer one case with its waiting tasks."""
    actor = request.actor
    row = await request.pool.fetchrow(_ONE, request.path_values["number"])
    types = await _remembered(lambda: {item.id for item in visible_types(actor)})
    if row is None or row["case_type_id"] not in types or not covers(actor, VIEW, keys=frozenset(row["scope_keys"])):
        raise NotFound(zh("没有这个案件，或您无权查看"))
    values = tuple(row)
    shown = await _remembered(lambda: _item(case_row(values[:_SHOWN])))
    description, revision, _, outcomes, tasks = values[_SHOWN:]
    whole = {**shown, "description": description, "revision": revision}
    return HotResponse(_joined(whole, outcomes=outcomes, tasks=tasks or "[]"))


def _joined(whole: dict[str, object], *, outcomes: str, tasks: str) -> bytes:
    """Put the JSON that the database made beside ours without reading it."""
    body = json_response(whole).body
    return body[:-1] + f',"outcomes":{outcomes},"tasks":{tasks}}}'.encode()


def _item(row: CaseRow) -> dict[str, object]:
    return asdict(row)


async def _remembered(read: Callable[[], R]) -> R:
    """Run what is nearly always remembered; what must be read anew is read in a thread."""
    try:
        return read()
    except SynchronousOnlyOperation:

        def threaded() -> R:
            try:
                return read()
            finally:
                connection.close()  # the thread is nobody's; what it read is remembered

        return await sync_to_async(threaded, thread_sensitive=False)()


async def _hold(plan: "Generator[Statement, Any, R]", pool: asyncpg.Pool) -> R:
    """Run a plan on asyncpg."""
    async with pool.acquire() as link:
        try:
            statement = next(plan)
            while True:
                sql, values = statement.numbered()
                statement = plan.send(await link.fetch(sql, *values))
        except StopIteration as end:
            result: R = end.value
            return result


def _size(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= LARGEST):
        raise Invalid(fields={"size": zh("每页行数应在 1 到 200 之间")})
    return int(text)


def _status(text: str) -> str:
    if text and text not in STATUSES:
        raise Invalid(fields={"status": zh("没有这个选项")})
    return text


def _parameter(name: str, summary: str, *, place: str = "query") -> dict[str, object]:
    return {
        "name": name,
        "in": place,
        "required": place == "path",
        "description": summary,
        "schema": {"type": "string"},
    }


_FILTERS: Final = (
    ("q", zh("检索词")),
    ("status", zh("状态")),
    ("type", zh("类型编码")),
    ("stage", zh("阶段")),
    ("light", zh("时限状态")),
    ("class", zh("分类编码")),
    ("source", zh("来源编码")),
    ("division", zh("网格或区划代码，可为前几位")),
    ("after", zh("翻页标记")),
    ("size", zh("每页行数")),
)
_ANSWERS: Final = {"200": {"description": zh("成功")}, "403": {"description": zh("没有权限")}}

ROADS: Final = (
    Road(
        "GET",
        "/api/cases",
        permission(VIEW),
        listed,
        {
            "summary": zh("案件列表"),
            "tags": ["cases"],
            "parameters": [_parameter(*item) for item in _FILTERS],
            "responses": _ANSWERS,
        },
    ),
    Road(
        "GET",
        "/api/cases/{number}",
        permission(VIEW),
        one,
        {
            "summary": zh("一个案件及其待办任务"),
            "tags": ["cases"],
            "parameters": [_parameter("number", zh("案件编号"), place="path")],
            "responses": {**_ANSWERS, "404": {"description": zh("没有这个案件")}},
        },
    ),
)
