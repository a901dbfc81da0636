"""Grid supervisors on foot, with a phone: what is to be checked near by, and what they find on their way."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.domains.urban_management.classification import GB_SCHEME
from onecity.domains.urban_management.contracts import NewReport
from onecity.domains.urban_management.forms import PatrolForm, new_key
from onecity.domains.urban_management.permissions import CHECK, REPORT
from onecity.domains.urban_management.selectors.classes import filing_groups, shown_name
from onecity.domains.urban_management.selectors.field_work import FIELD_NODES, field_tasks
from onecity.domains.urban_management.selectors.standards import closing_condition
from onecity.domains.urban_management.services import reporting
from onecity.domains.urban_management.views.files import uploads_of
from onecity.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from onecity.kernel.text import zh
from onecity.platform.cases.api import HOLDER, case, complete_with_files, history
from onecity.platform.cases.contracts import CaseInfo, TaskAnswer, TaskInfo
from onecity.platform.documents.api import documents_of
from onecity.platform.geo.api import Focus, map_settings, position_map
from onecity.web.access import requires
from onecity.web.forms import CityForm
from onecity.web.http import CityRequest


@requires(CHECK)
@require_GET
def home(request: CityRequest) -> HttpResponse:
    """List the checks that wait for the visitor, the nearest first once the phone says where he is."""
    near = _near(request)
    facts = {"tasks": field_tasks(request.actor, near=near), "near": near, "may_report": request.actor.may(REPORT)}
    return render(request, "urban_management/patrol.html", facts)


@requires(CHECK)
@require_http_methods(["GET", "POST"])
def check(request: CityRequest, number: str, task_id: int) -> HttpResponse:
    """Show a case on site, and take what was found there: photos, a word, passed or not."""
    found = case(request.actor, number, now=request.now)
    task = next((item for item in found.tasks if item.id == task_id and item.node in FIELD_NODES), None)
    if task is None:
        raise NotFound(zh("没有这个任务"))
    if request.method != "POST":
        return _check_page(request, found, task, CityForm())
    form = CityForm({})
    form.is_valid()
    answer = TaskAnswer(request.POST.get("outcome", ""), request.POST.get("note", "").strip())
    try:
        complete_with_files(
            request.actor, task_id=task_id, answer=answer, uploads=uploads_of(request, "photos"), now=request.now
        )
    except (Invalid, Conflict) as refusal:
        form.take(refusal)
        return _check_page(request, found, task, form, status=422)
    messages.success(request, gettext("已提交，感谢您到现场"))
    return redirect("urban_management:patrol")


@requires(REPORT)
@require_http_methods(["GET", "POST"])
def report(request: CityRequest) -> HttpResponse:
    """Take a problem that a grid supervisor found."""
    if request.method != "POST":
        return _report_page(request, _form(request, PatrolForm(initial={"key": new_key(uuid4().hex)})))
    form = _form(request, PatrolForm(request.POST))
    if form.is_valid():
        values = form.cleaned_data
        new = NewReport(
            description=values["description"],
            location=(values["longitude"], values["latitude"]),
            key=values["key"],
            address=values["address"],
            class_code=values["class_code"],
            urgency=values["urgency"],
            not_repeated=values["not_repeated"],
        )
        try:
            opened = reporting.report_from_patrol(
                request.actor, new=new, uploads=uploads_of(request, "photos"), now=request.now
            )
        except (Invalid, Conflict, Unavailable) as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("已上报，案件编号 %(number)s") % {"number": opened.number})
            return redirect("urban_management:patrol")
    return _report_page(request, form, status=422)


def _form(request: CityRequest, form: PatrolForm) -> PatrolForm:
    form.offer([(group.name, group.choices) for group in filing_groups(at=request.now)])
    return form


def _report_page(request: CityRequest, form: PatrolForm, *, status: int = 200) -> HttpResponse:
    facts = {"form": form, "map": position_map(request.actor)}
    return render(request, "urban_management/patrol_report.html", facts, status=status)


def _check_page(
    request: CityRequest, found: CaseInfo, task: TaskInfo, form: CityForm, *, status: int = 200
) -> HttpResponse:
    row = found.row
    notes = [item for item in history(request.actor, row.number) if item.kind == "completed" and item.text]
    site = (
        map_settings(request.actor, name="site", offered=(), focus=Focus(mark=row.location)) if row.location else None
    )
    facts = {
        "case": found,
        "row": row,
        "task": task,
        "form": form,
        "class_name": shown_name(row.class_code, scheme=found.scheme_code),
        "closing": closing_condition(
            row.class_code, scheme_code=found.scheme_code or GB_SCHEME, opened_at=row.opened_at
        ),
        "files": documents_of(request.actor, holder=HOLDER, holder_id=row.id),
        "notes": notes[-3:],
        "map": site,
        "given_note": request.POST.get("note", ""),
    }
    return render(request, "urban_management/check.html", facts, status=status)


def _near(request: CityRequest) -> tuple[float, float] | None:
    try:
        longitude, latitude = float(request.GET["longitude"]), float(request.GET["latitude"])
    except (KeyError, ValueError):
        return None
    return (longitude, latitude) if -180 <= longitude <= 180 and -90 <= latitude <= 90 else None
