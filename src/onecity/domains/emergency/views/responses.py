"""Responses: the list, starting one, and the situation board with its tasks and timeline."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.domains.emergency.forms.plans import LevelChangeForm, StartForm
from onecity.domains.emergency.models import Response
from onecity.domains.emergency.permissions import COMMAND, HANDLE, VIEW
from onecity.domains.emergency.rules.codes import RESPONSE_LEVELS
from onecity.domains.emergency.rules.timeline import KINDS
from onecity.domains.emergency.selectors import responses as reading
from onecity.domains.emergency.selectors.incidents import incident_of
from onecity.domains.emergency.selectors.plans import fitting_versions, levels_of
from onecity.domains.emergency.services import responses as writing
from onecity.domains.emergency.services.reviewing import HOLDER, make_review
from onecity.domains.emergency.services.tasks import finish_task
from onecity.domains.emergency.views.badges import DRILL, GRADE_BADGES
from onecity.domains.emergency.views.deeds import said
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.documents.api import documents_of
from onecity.platform.geo.api import Focus, map_settings
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Badge, Column, Filter, Listing, respond

STATES = {"active": Badge(zh("响应中"), "red"), "ended": Badge(zh("已终止"), "grey")}
TASK_STATES = {
    "open": Badge(zh("待完成"), "yellow"),
    "late": Badge(zh("已逾期"), "red"),
    "done": Badge(zh("已完成"), "green"),
    "dropped": Badge(zh("不再执行"), "grey"),
}
LEVEL_BADGES = {
    1: Badge(RESPONSE_LEVELS[1], "red"),
    2: Badge(RESPONSE_LEVELS[2], "orange"),
    3: Badge(RESPONSE_LEVELS[3], "yellow"),
    4: Badge(RESPONSE_LEVELS[4], "blue"),
}


@requires(VIEW)
@require_GET
def responses(request: CityRequest) -> HttpResponseBase:
    """List responses, the newest first."""
    listing = Listing[Response](
        title=zh("应急响应"),
        columns=(
            Column(zh("状态"), lambda row: STATES[row.state]),
            Column(zh("响应级别"), lambda row: LEVEL_BADGES[row.level]),
            Column(
                zh("突发事件"),
                lambda row: row.incident.title,
                link=lambda row: reverse("emergency:board", args=[row.pk]),
            ),
            Column(zh("应急预案"), lambda row: row.plan.name, wide_only=True),
            Column(zh("演练"), lambda row: DRILL if row.is_drill else None, wide_only=True),
            Column(zh("启动时间"), lambda row: row.activated_at, look="moment"),
            Column(zh("终止时间"), lambda row: row.ended_at, look="moment", wide_only=True),
        ),
        filters=(
            Filter("state", zh("全部状态"), choices=[(code, badge.text) for code, badge in STATES.items()]),
            Filter("drill", zh("真实与演练"), choices=[("no", zh("真实事件")), ("yes", zh("演练"))]),
        ),
        fetch=lambda query: reading.responses(request.actor, query=query),
        searchable=True,
        empty=zh("没有应急响应"),
    )
    return respond(request, listing)


@requires(COMMAND)
@require_http_methods(["GET", "POST"])
def start(request: CityRequest, number: str) -> HttpResponse:
    """Start a response to an incident: the plans that fit, with the conditions of their levels."""
    incident = incident_of(request.actor, number)
    versions = fitting_versions(incident)
    form = StartForm(request.POST or None, initial={"level": incident.grade or 4})
    form.offer_versions([(row.pk, row.plan.name) for row in versions])
    if request.method == "POST" and form.is_valid():
        try:
            started = writing.start_response(request.actor, number=number, now=request.now, **form.cleaned_data)
        except (Invalid, Conflict, NotFound) as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("应急响应已启动，任务已下达"))
            return redirect("emergency:board", started.id)
    facts = {
        "incident": incident,
        "grade": GRADE_BADGES[incident.grade],
        "form": form,
        "plans": [(row, [(item, LEVEL_BADGES[item.level]) for item in levels_of(row)]) for row in versions],
    }
    return render(request, "emergency/start.html", facts, status=422 if form.errors else 200)


@requires(VIEW)
@require_GET
def board(request: CityRequest, response_id: int) -> HttpResponse:
    """Show the situation board; its tasks and timeline refresh themselves."""
    row = reading.response_of(request.actor, response_id)
    facts = _live(request, row)
    if request.wants_fragment:
        return render(request, "emergency/board_parts.html", facts)
    return render(request, "emergency/board.html", {**facts, **_standing(request, row)})


@requires(HANDLE)
@require_POST
def end_task(request: CityRequest, response_id: int, task_id: int) -> HttpResponse:
    """Check a task off, or drop it."""
    dropped = request.POST.get("deed") == "drop"
    note = request.POST.get("text", "")
    _tried(request, lambda: finish_task(request.actor, task_id=task_id, note=note, dropped=dropped, now=request.now))
    return redirect("emergency:board", response_id)


@requires(COMMAND)
@require_POST
def command(request: CityRequest, response_id: int) -> HttpResponse:
    """Change a response's level, end it, or write its after-action report."""
    row = reading.response_of(request.actor, response_id)
    deed, actor, now = request.POST.get("deed", ""), request.actor, request.now
    if deed == "level":
        form = LevelChangeForm(request.POST)
        if not form.is_valid():
            facts = {**_live(request, row), **_standing(request, row), "level_form": form}
            return render(request, "emergency/board.html", facts, status=422)
        data = form.cleaned_data
        _tried(request, lambda: writing.change_level(actor, response_id=row.pk, now=now, **data))
    elif deed == "end":
        reason = request.POST.get("text", "")
        _tried(request, lambda: writing.end_response(actor, response_id=row.pk, reason=reason, now=now))
    else:
        _tried(request, lambda: make_review(actor, response_id=row.pk, now=now))
    return redirect("emergency:board", response_id)


def _live(request: CityRequest, row: Response) -> dict[str, object]:
    now = request.now
    groups = []
    for group, tasks in reading.board(row):
        lines = [
            (task, TASK_STATES["late" if task.state == "open" and task.due_at < now else task.state]) for task in tasks
        ]
        groups.append((group, lines))
    return {
        "row": row,
        "groups": groups,
        "counts": reading.task_counts(row, now=now),
        "lines": [(item, KINDS[item.kind]) for item in reading.latest_lines(row)],
        "may_handle": request.actor.may(HANDLE) and row.state == Response.State.ACTIVE,
        "is_active": row.state == Response.State.ACTIVE,
    }


def _standing(request: CityRequest, row: Response) -> dict[str, object]:
    incident = row.incident
    placed = incident.longitude is not None and incident.latitude is not None and request.actor.may("geo.view")
    mark = (incident.longitude or 0.0, incident.latitude or 0.0)
    return {
        "badges": [*([DRILL] if row.is_drill else []), LEVEL_BADGES[row.level], STATES[row.state]],
        "level_form": LevelChangeForm(initial={"level": max(row.level - 1, 1)}),
        "may_command": request.actor.may(COMMAND),
        "changes": [
            (item, LEVEL_BADGES[item.from_level], LEVEL_BADGES[item.to_level]) for item in reading.level_changes(row)
        ],
        "documents": documents_of(request.actor, holder=HOLDER, holder_id=row.pk),
        "map": map_settings(request.actor, name="board-map", shown=("emergency.incidents",), focus=Focus(mark=mark))
        if placed
        else None,
    }


def _tried(request: CityRequest, act: Callable[[], object]) -> None:
    try:
        act()
    except (Invalid, Conflict, NotFound) as refusal:
        messages.error(request, said(refusal))
    else:
        messages.success(request, gettext("已办理"))
