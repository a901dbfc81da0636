"""Does the parts of a batch, each by itself or a change set as a whole."""

from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import parse_qsl, unquote

from django.db import transaction

from onecity.kernel.errors import OneCityError
from onecity.platform.iot.sensorthings.batch import BadBatch, Part, PartAnswer, groups, relative, with_references
from onecity.platform.iot.sensorthings.failing import failed
from onecity.platform.iot.sensorthings.paths import path_of
from onecity.platform.iot.sensorthings.service import Service, desk_of, json
from onecity.platform.iot.sensorthings.writing.desk import Desk
from onecity.platform.iot.sensorthings.writing.desks import change, make, remove
from onecity.web.hot import HotResponse

Open = Callable[[bool], Awaitable[Service]]
"""Opens the service for reading, or for writing as well, once somebody needs it."""


async def done(parts: Sequence[Part], open_service: Open, base: str) -> list[list[PartAnswer]]:
    """Do the parts in order; a part that fails stops none but those of its change set.

    Source: OGC 18-088, 11.1 (batch request).
    """
    made: dict[str, str] = {}
    answers: list[list[PartAnswer]] = []
    for group in groups(parts):
        if group[0].group:
            answers.append(await _whole(group, open_service, base, made))
        else:
            answers.append([await _single(with_references(group[0], made), open_service, base)])
        for answer in answers[-1]:
            location = answer.headers.get("location", "")
            if answer.part.id and location:
                made[answer.part.id] = location.removeprefix(base)
    return answers


async def _single(part: Part, open_service: Open, base: str) -> PartAnswer:
    try:
        response = await _asked(part, open_service, base)
    except OneCityError as error:
        response = failed(error)
    return PartAnswer(part, response.status, dict(response.headers), response.body, response.content_type)


async def _asked(part: Part, open_service: Open, base: str) -> HotResponse:
    resource, _, query = relative(part.url, base).partition("?")
    path = unquote(resource)
    service = await open_service(part.method != "GET")
    match part.method:
        case "GET":
            return await service.get(path, dict(parse_qsl(query, keep_blank_values=True)))
        case "POST":
            return await service.post(path, part.body)
        case "PATCH":
            return await service.patch(path, part.body, content_type=part.headers.get("content-type", ""))
        case "PUT":
            return await service.put(path, part.body)
        case "DELETE":
            return await service.delete(path)
        case unknown:
            raise BadBatch(params={"text": unknown[:20]})


async def _whole(parts: Sequence[Part], open_service: Open, base: str, made: dict[str, str]) -> list[PartAnswer]:
    """Do a change set in one transaction; if one part fails, nothing was done and all are told why."""
    try:
        service = await open_service(True)  # noqa: FBT003  # as `Open` has it
        writer = service.writer()
        desk = desk_of(writer)
        answers, touched = await service.clerks.run(lambda: _transaction(parts, desk, base, dict(made)))
    except OneCityError as error:
        response = failed(error)
        return [PartAnswer(part, response.status, {}, response.body) for part in parts]
    service.touched += touched
    return answers


def _transaction(
    parts: Sequence[Part], desk: Desk, base: str, made: dict[str, str]
) -> tuple[list[PartAnswer], list[tuple[str, int]]]:
    answers: list[PartAnswer] = []
    touched: list[tuple[str, int]] = []
    with transaction.atomic():
        for part in parts:
            answer = _changed(with_references(part, made), desk, base)
            touched += desk.touched
            location = answer.headers.get("location", "")
            if part.id and location:
                made[part.id] = location.removeprefix(base)
            answers.append(answer)
    return answers, touched


def _changed(part: Part, desk: Desk, base: str) -> PartAnswer:
    path = path_of(unquote(relative(part.url, base).partition("?")[0]))
    name, step = path.last.entities.name, path.steps[0]
    if part.method == "POST" and path.last.many and len(path.steps) <= 2 and not path.names and not path.ending:
        given = {}
        if len(path.steps) == 2 and step.id is not None:
            back = next(item for item in path.last.entities.relations if item.target == step.entities.name)
            given = {back.name: step.id}
            desk.row(step.entities, step.id)
        number = make(desk, name, json(part.body), given=given)
        return PartAnswer(part, 201, {"location": f"{base}{name}({number})"}, b"")
    if step.id is None or len(path.steps) != 1 or path.names:
        raise BadBatch(params={"text": f"{part.method} {part.url}"[:80]})
    if part.method in {"PATCH", "PUT"}:
        change(desk, name, step.id, json(part.body), replace=part.method == "PUT")
    elif part.method == "DELETE":
        remove(desk, name, step.id)
    else:
        raise BadBatch(params={"text": f"{part.method} {part.url}"[:80]})
    return PartAnswer(part, 200, {}, b"")
