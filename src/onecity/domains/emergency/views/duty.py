"""The duty officer's desk, the roster with handing over, the log, and the rules."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.domains.emergency.contracts import NewRule, NewShift
from onecity.domains.emergency.forms.duty import HandOverForm, LogForm, ShiftForm
from onecity.domains.emergency.forms.incidents import RuleForm
from onecity.domains.emergency.models import DutyEntry, GradeThreshold
from onecity.domains.emergency.permissions import CONFIGURE, KEEP_DUTY, REPORT, VIEW
from onecity.domains.emergency.rules.codes import BODY_LEVELS, GRADES, REPORT_KINDS
from onecity.domains.emergency.selectors import duty as reading
from onecity.domains.emergency.selectors.dictionary import rules_on
from onecity.domains.emergency.selectors.incidents import open_incidents, owed_reports
from onecity.domains.emergency.services import configuring
from onecity.domains.emergency.services import duty as writing
from onecity.domains.emergency.views.badges import badges_of
from onecity.domains.emergency.views.deeds import said
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.geo.api import map_settings
from onecity.web.access import requires
from onecity.web.forms import CityForm
from onecity.web.http import CityRequest
from onecity.web.listing import Column, Filter, Listing, respond

KINDS = dict(DutyEntry.Kind.choices)


@requires(VIEW)
@require_GET
def desk(request: CityRequest) -> HttpResponse:
    """Show what a duty officer must know now: the shift, open incidents, reports that are owed, the map."""
    room = request.actor.organisation_id or 0
    owed = owed_reports(request.actor, until=request.now + timedelta(days=1))
    facts = {
        "shift": reading.shift_on_duty(room),
        "rows": [(row, badges_of(row)) for row in open_incidents(request.actor)],
        "owed": [
            (item, REPORT_KINDS[item.kind], BODY_LEVELS[item.to_level], item.written_due_at < request.now)
            for item in owed
        ],
        "may_take": request.actor.may(REPORT),
        "map": map_settings(request.actor, name="desk-map", shown=("emergency.incidents",))
        if request.actor.may("geo.view")
        else None,
    }
    template = "emergency/desk_parts.html" if request.wants_fragment else "emergency/desk.html"
    return render(request, template, facts)


@requires(VIEW)
@require_http_methods(["GET", "POST"])
def duty(request: CityRequest) -> HttpResponse:
    """Show the running shift with its log, the roster, and take over, write, hand over, plan."""
    room = request.actor.organisation_id or 0
    shift, coming = reading.shift_on_duty(room), reading.next_shift(room, now=request.now)
    forms: dict[str, CityForm] = {"log": LogForm(), "hand": HandOverForm(), "plan": _plan_form(room, None)}
    if request.method == "POST":
        answer = _done(request, room, forms)
        if answer is not None:
            return answer
    facts = {
        "shift": shift,
        "coming": coming,
        "before": reading.last_handed(room),
        "lines": [(item, KINDS[item.kind]) for item in reading.latest_lines(shift)] if shift else [],
        "roster": reading.roster(request.actor, now=request.now),
        "forms": forms,
        "is_mine": shift is not None and request.actor.id in (shift.officer_id, shift.leader_id),
        "may_take_over": shift is None
        and coming is not None
        and request.actor.id in (coming.officer_id, coming.leader_id),
        "may_plan": request.actor.may(KEEP_DUTY) and bool(room),
    }
    return render(request, "emergency/duty.html", facts, status=422 if request.method == "POST" else 200)


def _plan_form(room: int, data: object) -> ShiftForm:
    form = ShiftForm(data)
    form.offer_people(room)
    return form


def _done(request: CityRequest, room: int, forms: dict[str, CityForm]) -> HttpResponse | None:
    """Do what was posted; None where the form comes back."""
    deed = request.POST.get("deed", "")
    form = _form(request, room, deed)
    if form is not None:
        forms[deed] = form
        if not form.is_valid():
            return None
    try:
        _written(request, room, deed, form.cleaned_data if form else {})
    except (Invalid, Conflict, NotFound) as refusal:
        if form is not None:
            form.take(refusal)
            return None
        messages.error(request, said(refusal))
    else:
        messages.success(request, gettext("已办理"))
    return redirect("emergency:duty")


def _form(request: CityRequest, room: int, deed: str) -> CityForm | None:
    match deed:
        case "log":
            return LogForm(request.POST)
        case "hand":
            return HandOverForm(request.POST)
        case "plan":
            return _plan_form(room, request.POST)
        case _:
            return None


def _written(request: CityRequest, room: int, deed: str, data: dict[str, Any]) -> None:
    actor, now = request.actor, request.now
    shift = request.POST.get("shift", "")
    shift_id = int(shift) if shift.isdigit() else 0
    match deed:
        case "log":
            writing.write_line(actor, shift_id=shift_id, now=now, **data)
        case "hand":
            writing.hand_over(actor, shift_id=shift_id, now=now, **data)
        case "plan":
            writing.plan_shift(actor, new=NewShift(organisation_id=room, **data), now=now)
        case "remove":
            writing.remove_shift(actor, shift_id=shift_id)
        case _:
            writing.take_over(actor, shift_id=shift_id, now=now)


@requires(VIEW)
@require_GET
def log(request: CityRequest) -> HttpResponseBase:
    """List the duty log, newest first."""
    listing = Listing[DutyEntry](
        title=zh("值班日志"),
        columns=(
            Column(zh("时间"), lambda row: row.at, look="moment"),
            Column(zh("类别"), lambda row: KINDS[row.kind]),
            Column(zh("内容"), lambda row: row.text),
            Column(zh("事件编号"), lambda row: row.incident.number if row.incident else "", look="code"),
            Column(zh("记录人"), lambda row: row.account.full_name),
            Column(zh("值班机构"), lambda row: row.organisation.name, wide_only=True),
        ),
        filters=(
            Filter("kind", zh("全部类别"), choices=list(KINDS.items())),
            Filter("from", zh("日期起"), kind="date_from"),
            Filter("to", zh("日期止"), kind="date_to"),
        ),
        fetch=lambda query: reading.log(request.actor, query=query),
        searchable=True,
        empty=zh("还没有值班日志"),
    )
    return respond(request, listing)


@requires(VIEW)
@require_http_methods(["GET", "POST"])
def rules(request: CityRequest) -> HttpResponse:
    """Show thresholds of grades and reporting times; whoever may sets new times."""
    may_set = request.actor.may(CONFIGURE)
    form = RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            configuring.set_rule(request.actor, new=NewRule(**form.cleaned_data))
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("报送时限已设置"))
            return redirect("emergency:rules")
    facts = {
        "rows": [
            (row, REPORT_KINDS[row.kind], GRADES[row.grade], BODY_LEVELS[row.from_level], BODY_LEVELS[row.to_level])
            for row in rules_on(city_date(request.now))
        ],
        "thresholds": [
            (row, GRADES[row.grade])
            for row in GradeThreshold.objects.order_by("kind_prefix", "effective_from", "grade")
        ],
        "form": form if may_set else None,
    }
    return render(request, "emergency/rules.html", facts, status=422 if form.errors else 200)
