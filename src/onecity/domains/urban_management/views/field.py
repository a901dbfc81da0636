"""The phone app of grid supervisors: one page that works without network, and the doors it syncs through."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from onecity.domains.urban_management.classification import GB_SCHEME
from onecity.domains.urban_management.contracts import FieldTask, NewReport
from onecity.domains.urban_management.permissions import CHECK
from onecity.domains.urban_management.rules.walking import on_earth
from onecity.domains.urban_management.selectors.classes import filing_groups, shown_name
from onecity.domains.urban_management.selectors.field_work import field_tasks, walk_of_day
from onecity.domains.urban_management.selectors.standards import closing_condition
from onecity.domains.urban_management.services import field
from onecity.domains.urban_management.services.field import Deed
from onecity.domains.urban_management.views.files import uploads_of
from onecity.kernel.clock import CITY_ZONE, city_date
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.cases.api import case
from onecity.web.access import public, requires
from onecity.web.http import CityRequest

SHELL: Final = "urban-field-1"
"""Name of what the phone keeps of the page itself; a new name drops the old one."""


@requires(CHECK)
@require_GET
@ensure_csrf_cookie
def app(request: CityRequest) -> HttpResponse:
    """Give the app's page."""
    return render(request, "urban_management/field.html", {"worker": reverse("urban_management:field_worker")})


@public
@require_GET
def worker(_: HttpRequest) -> HttpResponse:
    """Give the service worker; it stands below /field/ so that it answers for that page alone.

    Open to everybody: browsers fetch a worker's modules without the session, and it holds nothing of anybody.
    """
    words = {"shell": SHELL, "page": reverse("urban_management:field")}
    module = json.dumps(static("urban_management/field/worker.js"))
    text = f"import {{ serve }} from {module};\nserve({json.dumps(words)});\n"
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@requires(CHECK)
@require_GET
def state(request: CityRequest) -> JsonResponse:
    """Give what the phone needs for a while without network: tasks, classes, a fresh token, today's walk."""
    day = city_date(request.now)
    start = request.now.astimezone(CITY_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    walk = walk_of_day(request.actor.account_id, start=start, end=request.now)
    facts = {
        "token": get_token(request),
        "day": day.isoformat(),
        "tasks": [_task(request, item) for item in field_tasks(request.actor)],
        "classes": [{"name": group.name, "choices": list(group.choices)} for group in filing_groups(at=request.now)],
        "walk": {"km": round(walk.metres / 1000, 2), "minutes": round(walk.moving.total_seconds() / 60)},
    }
    return JsonResponse(facts)


@requires(CHECK)
@require_POST
def submissions(request: CityRequest) -> JsonResponse:
    """Take one deed in; a refusal is an answer, so that the phone stops sending it."""
    taken = field.take(request.actor, deed=_deed(request), now=request.now)
    return JsonResponse(
        {"done": taken.done, "number": taken.number, "reason": gettext(taken.reason) if taken.reason else ""}
    )


@requires(CHECK)
@require_POST
def positions(request: CityRequest) -> JsonResponse:
    """Take a batch of positions in."""
    new = field.keep_points(request.actor, points=_points(request.body), now=request.now)
    return JsonResponse({"new": new})


def _task(request: CityRequest, item: FieldTask) -> dict[str, object]:
    found = case(request.actor, item.number, now=request.now)
    task = next((task for task in found.tasks if task.id == item.task_id), None)
    scheme = found.scheme_code or GB_SCHEME
    closing = closing_condition(found.row.class_code, scheme_code=scheme, opened_at=found.row.opened_at)
    return {
        "id": item.task_id,
        "node": item.node,
        "name": gettext(item.name),
        "number": item.number,
        "title": item.title,
        "words": found.description,
        "class": shown_name(found.row.class_code, scheme=scheme),
        "closing": gettext(closing) if closing else "",
        "address": item.address,
        "light": item.light,
        "due": item.due_at.isoformat() if item.due_at else "",
        "place": item.location,
        "outcomes": [
            {
                "code": outcome.code,
                "name": gettext(outcome.name),
                "good": outcome.tone == "green",
                "reason": outcome.reason,
                "photo": outcome.files,
            }
            for outcome in (task.outcomes if task else ())
        ],
    }


def _deed(request: CityRequest) -> Deed:
    given = request.POST
    key, ago = given.get("key", ""), timedelta(seconds=_number(given.get("ago_s", "0")) or 0)
    uploads = uploads_of(request, "photos")
    if given.get("kind") != "report":
        task = given.get("task_id", "")
        return Deed(
            key,
            given.get("kind", ""),
            ago,
            number=given.get("number", "")[:19],
            task_id=int(task) if task.isascii() and task.isdigit() else 0,
            outcome=given.get("outcome", ""),
            note=given.get("note", ""),
            uploads=uploads,
        )
    longitude, latitude = _number(given.get("longitude", "")), _number(given.get("latitude", ""))
    if longitude is None or latitude is None or not on_earth(longitude, latitude):
        raise Invalid(fields={"place": zh("没有位置，请取得定位或填写经纬度")})
    urgency = given.get("urgency", "0")
    report = NewReport(
        description=given.get("description", ""),
        location=(longitude, latitude),
        key=f"field:{key}",
        address=given.get("address", "")[:200],
        class_code=given.get("class_code", ""),
        urgency=int(urgency) if urgency in {"0", "1", "2"} else 0,
        not_repeated=given.get("not_repeated") == "1",
    )
    return Deed(key, "report", ago, report=report, uploads=uploads)


def _points(body: bytes) -> Sequence[Mapping[str, float | None]]:
    try:
        given = json.loads(body)
    except ValueError:
        raise Invalid(zh("位置数据格式不正确")) from None
    points = given.get("points") if isinstance(given, dict) else None
    if not isinstance(points, list) or not all(isinstance(item, dict) for item in points):
        raise Invalid(zh("位置数据格式不正确"))
    return [{str(name): _figure(value) for name, value in item.items()} for item in points]


def _figure(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
