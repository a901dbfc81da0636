"""The list of incidents, taking one in, and one incident's page."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.domains.emergency.forms.incidents import GradeForm, IncidentForm, ReportForm
from onecity.domains.emergency.models import GradeChange, Incident, ReportDuty
from onecity.domains.emergency.permissions import APPROVE, COMMAND, REPORT, VERIFY, VIEW
from onecity.domains.emergency.rules.codes import BODY_LEVELS, GRADES, REPORT_KINDS
from onecity.domains.emergency.rules.reporting import is_timely
from onecity.domains.emergency.rules.timeline import KINDS
from onecity.domains.emergency.selectors import incidents as reading
from onecity.domains.emergency.selectors.dictionary import big_classes, kind_name
from onecity.domains.emergency.selectors.responses import responses_to
from onecity.domains.emergency.services import incidents as writing
from onecity.domains.emergency.services.grading import suggested_grade
from onecity.domains.emergency.views.badges import DRILL, GRADE_BADGES, STATES, badges_of
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.geo.api import Focus, map_settings, position_map
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Column, Filter, Listing, respond


@requires(VIEW)
@require_GET
def incidents(request: CityRequest) -> HttpResponseBase:
    """List incidents, the latest received first."""
    may_take = request.actor.may(REPORT)
    listing = Listing[Incident](
        title=zh("突发事件"),
        columns=(
            Column(
                zh("事件编号"),
                lambda row: row.number,
                look="code",
                link=lambda row: reverse("emergency:incident", args=[row.number]),
            ),
            Column(zh("标题"), lambda row: row.title),
            Column(zh("事件级别"), lambda row: GRADE_BADGES[row.grade]),
            Column(zh("状态"), lambda row: STATES[row.status]),
            Column(zh("演练"), lambda row: DRILL if row.is_drill else None, wide_only=True),
            Column(zh("事件类型"), lambda row: kind_name(row.kind), wide_only=True),
            Column(zh("地点"), lambda row: row.address, wide_only=True),
            Column(zh("接报时间"), lambda row: row.received_at, look="moment"),
        ),
        filters=(
            Filter("status", zh("全部状态"), choices=[(code, badge.text) for code, badge in STATES.items()]),
            Filter("grade", zh("全部级别"), choices=[(str(code), name) for code, name in GRADES.items()]),
            Filter("class", zh("全部类型"), choices=big_classes()),
            Filter("drill", zh("真实与演练"), choices=[("no", zh("真实事件")), ("yes", zh("演练"))]),
            Filter("from", zh("接报起"), kind="date_from"),
            Filter("to", zh("接报止"), kind="date_to"),
        ),
        fetch=lambda query: reading.incidents(request.actor, query=query),
        searchable=True,
        actions=(Action(zh("接报登记"), reverse("emergency:take")),) if may_take else (),
        empty=zh("没有突发事件"),
    )
    return respond(request, listing)


@requires(REPORT)
@require_http_methods(["GET", "POST"])
def take(request: CityRequest) -> HttpResponse:
    """Take an incident in."""
    form = IncidentForm(request.POST or None, initial={"occurred_at": request.now, "source": "phone"})
    if request.method == "POST" and form.is_valid():
        try:
            taken = writing.take_incident(request.actor, new=form.new, now=request.now)
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("已登记，请尽快核实并定级"))
            return redirect("emergency:incident", taken.number)
    facts = {"form": form, "map": position_map(request.actor)}
    return render(request, "emergency/take.html", facts, status=422 if form.errors else 200)


@requires(VIEW)
@require_GET
def incident(request: CityRequest, number: str) -> HttpResponse:
    """Show one incident with everything about it."""
    row = reading.incident_of(request.actor, number)
    return render(request, "emergency/incident.html", incident_facts(request, row))


@requires(VIEW)
@require_GET
def incident_by_id(request: CityRequest, incident_id: int) -> HttpResponse:
    """Lead from the map to an incident's page."""
    row = reading.seen_incidents(request.actor).filter(id=incident_id).first()
    if row is None:
        raise reading.IncidentMissing
    return redirect("emergency:incident", row.number)


def incident_facts(request: CityRequest, row: Incident) -> dict[str, object]:
    """Return what the incident's page shows; forms are empty unless they come back with errors."""
    actor, is_open = request.actor, row.status in writing.OPEN
    changes = reading.changes_of(row)
    waiting = next((item for item in changes if item.state == GradeChange.State.PENDING), None)
    harm = {name: getattr(row, name) for name in ("deaths", "missing", "injured", "trapped", "loss_cny")}
    suggested = suggested_grade(row)
    return {
        "row": row,
        "badges": badges_of(row),
        "kind": kind_name(row.kind),
        "duties": [
            (item, REPORT_KINDS[item.kind], BODY_LEVELS[item.to_level], _stand(item, request))
            for item in reading.duties_of(row)
        ],
        "reports": [(item, REPORT_KINDS[item.kind], _levels(item.to_levels)) for item in reading.reports_of(row)],
        "lines": [(item, KINDS[item.kind]) for item in reading.timeline(row)],
        "changes": [(item, GRADE_BADGES[item.to_grade]) for item in changes],
        "waiting": waiting,
        "waiting_grade": GRADE_BADGES[waiting.to_grade] if waiting else None,
        "suggested": GRADE_BADGES[suggested] if suggested else None,
        "targets": reading.merge_targets(actor, row) if is_open and actor.may(REPORT) else [],
        "is_open": is_open,
        "may_report": actor.may(REPORT) and row.status in (*writing.OPEN, Incident.Status.CLOSED),
        "may_verify": actor.may(VERIFY),
        "may_decide": bool(waiting and actor.may(APPROVE) and waiting.asked_by_id != actor.id),
        "grade_form": GradeForm(initial={"grade": suggested or row.grade or 4}),
        "report_form": ReportForm(initial=harm),
        "map": _map(request, row),
        "responses": responses_to(row),
        "may_start": row.status == Incident.Status.VERIFIED and actor.may(COMMAND),
    }


def _stand(item: ReportDuty, request: CityRequest) -> str:
    timely = is_timely(item.written_due_at, done=item.written_at, now=request.now)
    return {True: "green", False: "red", None: "yellow"}[timely]


def _levels(text: str) -> list[str]:
    return [BODY_LEVELS[item] for item in text.split(",") if item in BODY_LEVELS]


def _map(request: CityRequest, row: Incident) -> object:
    if row.longitude is None or row.latitude is None or not request.actor.may("geo.view"):
        return None
    focus = Focus(mark=(row.longitude, row.latitude))
    return map_settings(request.actor, name="incident-map", shown=("emergency.incidents",), focus=focus)
