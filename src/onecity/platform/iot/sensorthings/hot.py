"""The hot roads of SensorThings."""

import threading
from collections.abc import Awaitable, Callable
from typing import Final

from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.iot.sensorthings.access import Doorkeeper
from onecity.platform.iot.sensorthings.batch_forms import (
    json_of_answers,
    multipart_of_answers,
    parts_of_json,
    parts_of_multipart,
)
from onecity.platform.iot.sensorthings.batching import done
from onecity.platform.iot.sensorthings.clerks import Clerks
from onecity.platform.iot.sensorthings.failing import failed
from onecity.platform.iot.sensorthings.notifying import Teller
from onecity.platform.iot.sensorthings.observing.receiving import Observer
from onecity.platform.iot.sensorthings.observing.single import Observing
from onecity.platform.iot.sensorthings.service import Service
from onecity.web.access import PUBLIC
from onecity.web.hot import HotRequest, HotResponse, Road, origin

ROOT: Final = "/api/sensorthings/v1.1"
_READING: Final = frozenset({"GET", "HEAD"})


class Office:
    """What a process keeps for SensorThings, made with the first request."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._clerks: Clerks | None = None
        self._observing: Observing | None = None
        self._observer: Observer | None = None
        self.teller = Teller()
        self.doorkeeper = Doorkeeper(self.clerks)

    def clerks(self) -> Clerks:
        """Return the threads in which entities are changed."""
        with self._turn:
            self._clerks = self._clerks or Clerks()
            return self._clerks

    def observing(self) -> Observing:
        """Return the way of observations into the store."""
        clerks = self.clerks()
        with self._turn:
            if self._observing is None:
                self._observer = Observer()
                self._observing = Observing(self._observer, clerks)
            return self._observing

    def stop(self) -> None:
        """End all threads; the next request makes new ones."""
        with self._turn:
            if self._observer is not None:
                self._observer.stop()
            if self._clerks is not None:
                self._clerks.stop()
            self._clerks = self._observing = self._observer = None


_office = Office()


async def serve(request: HotRequest) -> HotResponse:
    """Answer one request of SensorThings."""
    base = f"{origin(request)}{ROOT}/"
    path = request.path_values.get("rest", "")
    touched: list[tuple[str, int]] = []

    async def opened(write: bool) -> Service:  # noqa: FBT001  # as `batching.Open` has it
        reader = await (_office.doorkeeper.writer(request) if write else _office.doorkeeper.reader(request))
        writer = reader if write else None
        return Service(request.pool, _office.clerks(), _office.observing(), reader, writer, base, touched)

    try:
        response = await _answered(request, path, opened, base)
    except OneCityError as error:
        response = failed(error)
    if touched:
        await _office.teller.tell(touched, pool=request.pool)
    return response


async def _answered(
    request: HotRequest, path: str, opened: Callable[[bool], Awaitable[Service]], base: str
) -> HotResponse:
    content_type = request.headers.get("content-type", "")
    if path == "$batch" and request.method == "POST":
        return await _batch(request.body, content_type, opened, base)
    service = await opened(request.method not in _READING)
    match request.method:
        case "POST":
            found = await service.post(path, request.body)
        case "PATCH":
            found = await service.patch(path, request.body, content_type=content_type)
        case "PUT":
            found = await service.put(path, request.body)
        case "DELETE":
            found = await service.delete(path)
        case _:
            found = await service.get(path, request.query)
    return found


async def _batch(
    body: bytes, content_type: str, opened: Callable[[bool], Awaitable[Service]], base: str
) -> HotResponse:
    if content_type.lower().startswith("multipart/"):
        answers = await done(parts_of_multipart(body, content_type), opened, base)
        told, kind = multipart_of_answers(answers)
        return HotResponse(told, content_type=kind)
    answers = await done(parts_of_json(body), opened, base)
    return HotResponse(json_of_answers([answer for group in answers for answer in group]))


async def stop_office() -> None:
    """End what this process keeps for SensorThings."""
    _office.stop()


def _operation(summary: str, *, rest: bool = True) -> dict[str, object]:
    path = {"name": "rest", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "summary": summary,
        "tags": ["SensorThings"],
        "parameters": [path] if rest else [],
        "externalDocs": {"url": "https://docs.ogc.org/is/18-088/18-088.html"},
        "responses": {
            "200": {"description": zh("成功")},
            "400": {"description": zh("请求不符合标准")},
            "401": {"description": zh("缺少令牌，或令牌已失效")},
            "404": {"description": zh("没有这个资源")},
        },
    }


_ANYWHERE: Final = f"{ROOT}/{{rest:path}}"
# By the visitor's token, or the settings: `Doorkeeper`. The rows are those of his scope.
ROADS: Final = (
    Road("GET", ROOT, PUBLIC, serve, _operation(zh("SensorThings 服务说明"), rest=False)),
    Road("GET", f"{ROOT}/", PUBLIC, serve),
    Road("GET", _ANYWHERE, PUBLIC, serve, _operation(zh("读取 SensorThings 实体"))),
    Road("POST", _ANYWHERE, PUBLIC, serve, _operation(zh("创建 SensorThings 实体，或批量请求"))),
    Road("PATCH", _ANYWHERE, PUBLIC, serve, _operation(zh("修改 SensorThings 实体"))),
    Road("PUT", _ANYWHERE, PUBLIC, serve, _operation(zh("替换 SensorThings 实体"))),
    Road("DELETE", _ANYWHERE, PUBLIC, serve, _operation(zh("删除 SensorThings 实体"))),
)
CLOSING: Final[tuple[Callable[[], Awaitable[None]], ...]] = (stop_office,)
