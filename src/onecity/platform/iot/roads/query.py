"""`/api/iot/v1/query`: many devices and properties over a stretch of time, in one call."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import asyncpg
import numpy as np

from onecity.kernel.errors import Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import row_scope_on, scope_sql
from onecity.platform.iot.contracts import History, HistoryQuery, Readings
from onecity.platform.iot.permissions import VIEW_DEVICES
from onecity.platform.iot.roads.answers import ARROW, CSV, Streams, as_arrow, as_csv, as_json, drawn
from onecity.platform.iot.roads.asked import STEPS, Asked, read
from onecity.platform.iot.rules.instants import DAY, micros
from onecity.platform.iot.selectors.history import TooMuch, asked_on, history, raw_readings, series_of
from onecity.web.access import permission
from onecity.web.hot import HotRequest, HotResponse, Road

MOST_STREAMS: Final = 500
MOST_BUCKETS: Final = 500_000
MOST_SHAPED: Final = 500_000
WINDOW: Final = 32 * DAY
"""Readings are asked for by so much time at once, until a page is full."""
_STREAMS: Final = f"""
    SELECT s.id, d.key, d.name, d.type_code, s.property_code, s.period, s.sub_value, s.unit
    FROM iot_datastream s JOIN iot_device d ON d.id = s.device_id
    WHERE (s.id = ANY($1::int[]) OR d.key = ANY($2::text[]) OR d.type_code = $3)
        AND ($4 OR s.property_code = ANY($5::text[])) AND ($6 OR s.period = ANY($7::text[]))
        AND s.sub_value = ANY($8::text[]) AND {scope_sql(first=9)}
    ORDER BY s.id LIMIT {MOST_STREAMS + 1}
"""


async def by_address(request: HotRequest) -> HotResponse:
    """Answer a question that stands in the address."""
    return await _answer(request, request.query)


async def by_body(request: HotRequest) -> HotResponse:
    """Answer a question that stands in the body."""
    body = request.json()
    if not isinstance(body, dict):
        raise Invalid(zh("请求正文应为 JSON 对象"))
    return await _answer(request, body)


async def _answer(request: HotRequest, given: Mapping[str, object]) -> HotResponse:
    question = read(given)
    streams = await _visible(request, question)
    found, following = await _found(request.pool, question, sorted(streams))
    headers = {"x-next": following} if following else {}
    match question.form:
        case "csv":
            return HotResponse(as_csv(found, streams), content_type=CSV, headers=headers)
        case "arrow":
            return HotResponse(as_arrow(found, streams), content_type=ARROW, headers=headers)
        case _:
            return HotResponse(as_json(found, streams, following=following))


async def _visible(request: HotRequest, question: Asked) -> Streams:
    """Return the datastreams asked for that the actor may see.

    Raises: NotFound if a named one is not among them; TooMuch.
    """
    scope = await row_scope_on(request.pool, request.actor, permission=VIEW_DEVICES)
    rows = await request.pool.fetch(
        _STREAMS,
        *(list(question.streams), list(question.devices), question.type_code or None),
        *(not question.properties, list(question.properties), not question.periods, list(question.periods)),
        *(list(question.sub_values), *scope.parameters()),
    )
    if len(rows) > MOST_STREAMS:
        raise TooMuch
    names = ("datastream", "device", "device_name", "type", "property", "period", "sub_value", "unit")
    found = {row[0]: dict(zip(names, row, strict=True)) for row in rows}
    if not found or set(question.streams) - set(found):
        raise NotFound(zh("没有这些数据流，或您无权查看"))
    return found


async def _found(pool: asyncpg.Pool, question: Asked, streams: list[int]) -> tuple[History, str]:
    query = HistoryQuery(streams, question.since, question.until, question.step_s, question.points, question.expected_s)
    if question.shape == "lttb" and question.points:
        whole = await asked_on(pool, history(replace(query, step_s=0, points=0), most=MOST_SHAPED))
        return replace(whole, series=tuple(drawn(item, points=question.points) for item in whole.series)), ""
    if question.step_s or question.points:
        found = await asked_on(pool, history(query))
        if sum(len(item.at) for item in found.series) > MOST_BUCKETS:
            raise TooMuch
        return found, ""
    return await _page(pool, query, size=question.size, after=question.after)


async def _page(
    pool: asyncpg.Pool, query: HistoryQuery, *, size: int, after: tuple[int, int] | None
) -> tuple[History, str]:
    """Return a page of readings in order of datastream and time, and where the next begins."""
    begin, until = micros(query.since), micros(query.until)
    if begin >= until:
        raise Invalid(fields={"until": zh("结束时间应晚于起始时间")})
    sources: Counter[str] = Counter()
    parts: list[Readings] = []
    count = 0
    for stream in query.datastreams:
        if after and stream < after[0]:
            continue
        at = max(begin, after[1] + 1) if after and stream == after[0] else begin
        while at < until and count <= size:
            end = min(at + WINDOW, until)
            found = await asked_on(
                pool, raw_readings(np.array([stream], np.int32), since=at, until=end, sources=sources)
            )
            parts.append(found)
            count += len(found)
            at = end
        if count > size:
            break
    whole = _joined(parts).where(np.arange(min(count, size)))
    following = f"{whole.datastream[-1]}.{whole.at[-1]}" if count > size else ""
    shown = query.datastreams if not following and not after else sorted(set(whole.datastream.tolist()))
    return series_of(query, shown, whole, sources=sources), following


def _joined(parts: list[Readings]) -> Readings:
    names = ("datastream", "at", "result", "quality")
    empty = Readings(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.float64), np.empty(0, np.uint8))
    return Readings(*(np.concatenate([getattr(part, name) for part in (empty, *parts)]) for name in names))


def _parameter(name: str, description: str, **schema: object) -> dict[str, object]:
    return {"name": name, "in": "query", "description": description, "schema": {"type": "string", **schema}}


_PARAMETERS: Final = [
    _parameter("streams", zh("数据流编号，多个用逗号分开")),
    _parameter("devices", zh("设备标识，多个用逗号分开")),
    _parameter("type", zh("设备类型编码：该类型的全部设备")),
    _parameter("properties", zh("监测项编码，多个用逗号分开；缺省为全部")),
    _parameter("periods", zh("时段：real_time、minute、hour、day；缺省为全部")),
    _parameter("since", zh("起始时间（含），须写明时区"), format="date-time"),
    _parameter("until", zh("结束时间（不含），须写明时区"), format="date-time"),
    _parameter("step", zh("时间间隔：{steps}，或60的整数倍秒数；raw 为逐条读数").replace("{steps}", "、".join(STEPS))),
    _parameter("points", zh("每条曲线大约多少个点；给出后不用 step，峰值保留"), type="integer"),
    _parameter("shape", zh("minmax：每段的最低、最高与平均；lttb：按曲线形状取点"), enum=["minmax", "lttb"]),
    _parameter("expected_s", zh("应有的上报间隔（秒），用于判断缺数；缺省按数据推断"), type="integer"),
    _parameter("format", zh("返回格式"), enum=["json", "csv", "arrow"]),
    _parameter("size", zh("逐条读数每页条数，最多100000"), type="integer"),
    _parameter("after", zh("上一页返回的 next（CSV 与 Arrow 在响应头 X-Next 中）")),
]
_ANSWERS: Final = {
    "200": {
        "description": zh("各数据流的读数或分段汇总、缺数时段、数据来源"),
        "content": {"application/json": {}, "text/csv": {}, ARROW: {}},
    },
    "404": {"description": zh("没有这些数据流，或您无权查看")},
    "422": {"description": zh("参数有误，或查询的数据过多")},
}
_SUMMARY: Final = zh("历史数据查询：多设备、多监测项、一次返回")
QUERY_ROADS: Final = (
    Road(
        "GET", "/api/iot/v1/query", permission(VIEW_DEVICES), by_address,
        {"summary": _SUMMARY, "tags": ["iot"], "parameters": _PARAMETERS, "responses": _ANSWERS},
    ),
    Road(
        "POST", "/api/iot/v1/query", permission(VIEW_DEVICES), by_body,
        {
            "summary": _SUMMARY, "tags": ["iot"], "responses": _ANSWERS,
            "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
        },
    ),
)  # fmt: skip
