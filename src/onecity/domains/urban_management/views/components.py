"""Components: the list, one component with its cases, survey, import with its quarantine, the link to a case."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.domains.urban_management.forms import FileForm, MendForm, SurveyForm
from onecity.domains.urban_management.models import Component
from onecity.domains.urban_management.permissions import CASES_VIEW, CONFIGURE, REPORT
from onecity.domains.urban_management.rules.components import line_of
from onecity.domains.urban_management.selectors import components as read
from onecity.domains.urban_management.selectors.classes import shown_name
from onecity.domains.urban_management.selectors.settings import centres_owned
from onecity.domains.urban_management.services import components as write
from onecity.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from onecity.kernel.text import zh
from onecity.platform.geo.api import Focus, map_settings, position_map
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Filter, Listing, respond

LAYER = "urban_management.components"
STATES = {
    "whole": Badge(zh("完好"), "green"),
    "broken": Badge(zh("破损"), "orange"),
    "lost": Badge(zh("丢失"), "red"),
    "abandoned": Badge(zh("废弃"), "grey"),
}


@requires(CASES_VIEW)
@require_GET
def component_list(request: CityRequest) -> HttpResponseBase:
    """List components."""
    actor = request.actor
    actions = []
    if actor.may(REPORT):
        actions.append(Action(zh("登记部件"), reverse("urban_management:survey")))
    if actor.may(CONFIGURE):
        actions.append(Action(zh("导入普查文件"), reverse("urban_management:import_components"), "file-import"))
    listing = Listing[Component](
        title=zh("部件管理"),
        columns=(
            Column(zh("部件标识码"), lambda row: row.code, look="code", link=_address),
            Column(zh("部件名称"), lambda row: row.name),
            Column(zh("部件状态"), lambda row: STATES[row.state]),
            Column(zh("主管部门"), lambda row: row.authority, wide_only=True),
            Column(zh("养护单位"), lambda row: row.keeper, wide_only=True),
            Column(zh("单元网格编码"), lambda row: row.division_code, look="code", wide_only=True),
            Column(zh("普查日期"), lambda row: row.surveyed_date.isoformat(), wide_only=True),
        ),
        filters=(Filter("state", zh("全部状态"), choices=[(code, badge.text) for code, badge in STATES.items()]),),
        fetch=lambda query: read.components(
            actor, search=query.search, state=query.filters.get("state", ""), after=query.after, size=query.size
        ),
        searchable=True,
        search_hint=zh("标识码或类别的开头、名称"),
        empty=zh("还没有登记部件"),
        actions=actions,
    )
    return respond(request, listing)


@requires(CASES_VIEW)
@require_GET
def component_page(request: CityRequest, code: str) -> HttpResponse:
    """Show a component, where it stands, and its cases."""
    row = read.component(request.actor, code)
    place = Focus(mark=(row.longitude, row.latitude))
    facts = {
        "row": row,
        "state": STATES[row.state],
        "class_name": shown_name(row.class_code),
        "numbers": read.cases_of(row),
        "map": map_settings(request.actor, name="component", offered=(LAYER,), shown=(LAYER,), focus=place),
        "may_survey": request.actor.may(REPORT),
    }
    return render(request, "urban_management/component.html", facts)


@requires(CASES_VIEW)
@require_GET
def by_id(request: CityRequest, component_id: int) -> HttpResponse:
    """Lead from the map to a component."""
    return redirect("urban_management:component", read.component_by_id(request.actor, component_id).code)


@requires(REPORT)
@require_http_methods(["GET", "POST"])
def survey(request: CityRequest) -> HttpResponse:
    """Register a component as seen on site, or change one."""
    form = SurveyForm(request.POST or None, initial=_known(request))
    if request.method == "POST" and form.is_valid():
        try:
            row, made = write.register_component(request.actor, line=line_of(form.values()), now=request.now)
        except (Invalid, Conflict, Unavailable) as refusal:
            form.take(refusal)
        else:
            said = gettext("已登记部件 %(code)s") if made else gettext("已更新部件 %(code)s")
            messages.success(request, said % {"code": row.code})
            return redirect("urban_management:component", row.code)
    facts = {"form": form, "map": position_map(request.actor)}
    return render(request, "urban_management/survey.html", facts, status=422 if form.errors else 200)


@requires(CONFIGURE)
@require_http_methods(["GET", "POST"])
def bring_in(request: CityRequest) -> HttpResponse:
    """Take a survey's file in, and show the quarantine."""
    form = FileForm(request.POST or None, request.FILES or None)
    form.offer(centres_owned(request.actor))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            done = write.import_components(
                request.actor,
                body=file.read(),
                file_name=file.name,
                organisation_id=form.cleaned_data["organisation_id"],
                now=request.now,
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            said = gettext("新登记%(made)s个，更新%(changed)s个，隔离%(faults)s行")
            messages.success(request, said % {"made": done.made, "changed": done.changed, "faults": done.faults})
            return redirect("urban_management:import_components")
    facts = {"form": form, "faults": read.faults(request.actor)}
    return render(request, "urban_management/import_components.html", facts, status=422 if form.errors else 200)


@requires(CONFIGURE)
@require_http_methods(["GET", "POST"])
def mend(request: CityRequest, fault_id: int) -> HttpResponse:
    """Mend a line of the quarantine."""
    row = read.fault(request.actor, fault_id)
    form = MendForm(request.POST or None, initial=row.values)
    if request.method == "POST" and form.is_valid():
        try:
            made = write.mend_fault(request.actor, fault_id=fault_id, values=form.cleaned_data, now=request.now)
        except (Invalid, Conflict, Unavailable) as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("已登记部件 %(code)s") % {"code": made.code})
            return redirect("urban_management:import_components")
    facts = {"form": form, "row": row}
    return render(request, "urban_management/mend_fault.html", facts, status=422 if form.errors else 200)


@requires(CONFIGURE)
@require_POST
def drop(request: CityRequest, fault_id: int) -> HttpResponse:
    """Drop a line of the quarantine."""
    write.drop_fault(request.actor, fault_id=fault_id)
    messages.success(request, gettext("已从隔离区移出"))
    return redirect("urban_management:import_components")


@requires(CASES_VIEW)
@require_POST
def link(request: CityRequest, number: str) -> HttpResponse:
    """Say which component a case is about."""
    try:
        write.link_component(request.actor, number=number, code=request.POST.get("code", "").strip(), now=request.now)
    except NotFound as refusal:
        messages.error(request, gettext(refusal.template))
    else:
        messages.success(request, gettext("已关联部件"))
    return redirect("cases:case", number)


def _known(request: CityRequest) -> dict[str, object]:
    """Return the values of the component that is to be changed; none for a new one."""
    code = request.GET.get("code", "")
    if not code:
        return {}
    row = read.component(request.actor, code)
    names = ("code", "class_code", "name", "authority", "owner", "keeper", "note", "longitude", "latitude")
    return {**{name: getattr(row, name) for name in names}, "state": STATES[row.state].text}


def _address(row: Component) -> str:
    return reverse("urban_management:component", args=[row.code])
