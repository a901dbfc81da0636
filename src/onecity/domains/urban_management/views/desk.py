"""The acceptor's desk: what waits to be filed, one case beside what may be the same; and whom to dispatch."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.domains.urban_management.classification import GB_SCHEME
from onecity.domains.urban_management.forms import FilingForm
from onecity.domains.urban_management.permissions import ACCEPT, CASES_MERGE, CASES_VIEW, DISPATCH
from onecity.domains.urban_management.process import TYPE_CODE
from onecity.domains.urban_management.rules.judging import CAUSES
from onecity.domains.urban_management.selectors.classes import filing_groups, shown_name
from onecity.domains.urban_management.selectors.components import component_of
from onecity.domains.urban_management.selectors.settings import suggested_department
from onecity.domains.urban_management.selectors.standards import closing_condition
from onecity.domains.urban_management.services.filing import FILING_NODES, file_case
from onecity.domains.urban_management.services.judging import refuse_report
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.cases.api import (
    HOLDER,
    TaskFilter,
    case,
    complete_task,
    merge_cases,
    neighbours,
    waiting_tasks,
)
from onecity.platform.cases.contracts import CaseInfo, Neighbour, TaskAnswer, TaskInfo, TaskRow
from onecity.platform.documents.api import documents_of
from onecity.platform.geo.api import Focus, map_settings
from onecity.platform.identity.api import organisation
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Badge, Column, Filter, Listing, Query, respond
from onecity.web.paging import Page

OPEN_LAYER = "cases.open_cases"
LIGHTS = {"green": Badge(zh("正常"), "green"), "yellow": Badge(zh("预警"), "yellow"), "red": Badge(zh("超时"), "red")}


@requires(ACCEPT)
@require_GET
def desk(request: CityRequest) -> HttpResponseBase:
    """List the cases that wait to be accepted, the one that is due first on top."""
    listing = Listing[TaskRow](
        title=zh("受理立案"),
        columns=(
            Column(zh("时限"), lambda row: LIGHTS[row.light]),
            Column(zh("标题"), lambda row: row.title, link=lambda row: _address(row.number)),
            Column(zh("环节"), lambda row: row.name, wide_only=True),
            Column(zh("案件编号"), lambda row: row.number, look="code", wide_only=True),
            Column(zh("地址"), lambda row: row.address, wide_only=True),
            Column(zh("上报时间"), lambda row: row.opened_at, look="moment"),
            Column(zh("到期时间"), lambda row: row.due_at, look="moment", wide_only=True),
        ),
        filters=(Filter("light", zh("全部时限状态"), choices=[(code, badge.text) for code, badge in LIGHTS.items()]),),
        fetch=lambda query: _waiting(request.actor, query),
        empty=zh("没有等待受理的案件"),
    )
    return respond(request, listing)


@requires(ACCEPT)
@require_http_methods(["GET", "POST"])
def file(request: CityRequest, number: str) -> HttpResponse:
    """Show a case beside its neighbours, and file it under a condition."""
    found = case(request.actor, number, now=request.now)
    task = _task(found, FILING_NODES)
    if request.method != "POST":
        return _file_page(request, found, task, _form(found, FilingForm(initial={"class_code": found.row.class_code})))
    form = _form(found, FilingForm(request.POST))
    if form.is_valid():
        try:
            done = file_case(
                request.actor,
                number=number,
                class_code=form.cleaned_data["class_code"],
                note=form.cleaned_data["note"],
                revision=_revision(request),
                now=request.now,
            )
        except (Invalid, Conflict, NotFound) as refusal:
            form.take(refusal)
        else:
            names = "、".join(gettext(name) for name in done.opened)
            messages.success(request, gettext("已立案，下一步：%(names)s") % {"names": names})
            return redirect("urban_management:desk")
    return _file_page(request, found, task, form, status=422)


@requires(ACCEPT)
@require_POST
def refuse(request: CityRequest, number: str) -> HttpResponse:
    """Have a report verified on site first, or refuse it with a reason."""
    found = case(request.actor, number, now=request.now)
    task = _task(found, ("accept",))
    if task is None:
        raise NotFound(zh("该案件没有等待受理的任务"))
    answer = TaskAnswer(request.POST.get("outcome", ""), request.POST.get("note", ""), revision=_revision(request))
    try:
        if answer.outcome == "void":
            refuse_report(
                request.actor,
                number=number,
                cause=request.POST.get("cause", ""),
                reason=answer.note,
                revision=answer.revision,
                now=request.now,
            )
        else:
            complete_task(request.actor, task_id=task.id, answer=answer, now=request.now)
    except (Invalid, Conflict) as refusal:
        form = _form(found, FilingForm({"class_code": found.row.class_code, "note": answer.note}))
        form.is_valid()
        form.errors.clear()
        form.take(refusal)
        return _file_page(request, found, task, form, status=422)
    said = gettext("已派监督员核实") if answer.outcome == "verify" else gettext("已作不予立案处理")
    messages.success(request, said)
    return redirect("urban_management:desk")


@requires(CASES_MERGE)
@require_POST
def merge(request: CityRequest, number: str) -> HttpResponse:
    """Merge this case into the one that tells of the same thing."""
    away = case(request.actor, number, now=request.now)
    into = case(request.actor, request.POST.get("into", ""), now=request.now)
    try:
        merge_cases(
            request.actor,
            away_id=away.row.id,
            into_id=into.row.id,
            reason=request.POST.get("reason", "") or gettext("同一地点、同一时段、同一问题"),
            now=request.now,
            revision=_revision(request),
        )
    except (Invalid, Conflict) as refusal:
        messages.error(request, refusal.sentence(gettext(refusal.template)))
        return redirect("urban_management:file", number)
    messages.success(request, gettext("已并入案件 %(number)s") % {"number": into.row.number})
    return redirect("urban_management:desk")


@requires(CASES_VIEW)
@require_GET
def panel(request: CityRequest, number: str) -> HttpResponse:
    """Give the case page's part: the class, the way to the desk, and whom to dispatch."""
    found = case(request.actor, number, now=request.now)
    suggested = suggested_department(found.row.class_code, found.row.division_code)
    waiting = _task(found, FILING_NODES)
    facts = {
        "row": found.row,
        "class_name": shown_name(found.row.class_code, scheme=found.scheme_code),
        "closing": _closing(found),
        "component": component_of(found.row.id) if found.row.class_code.startswith("C") else None,
        "may_link": found.row.class_code.startswith("C") and found.row.status == "open",
        "may_file": waiting is not None and waiting.mine,
        "suggested": organisation(suggested) if suggested else None,
        "dispatch": _task(found, ("dispatch",)) if request.actor.may(DISPATCH) else None,
        "revision": found.revision,
    }
    return render(request, "urban_management/panel.html", facts)


@requires(DISPATCH)
@require_POST
def dispatch(request: CityRequest, number: str) -> HttpResponse:
    """Dispatch a case to the department that its class suggests."""
    found = case(request.actor, number, now=request.now)
    task = _task(found, ("dispatch",))
    suggested = suggested_department(found.row.class_code, found.row.division_code)
    if task is None or suggested is None:
        raise NotFound(zh("该案件没有等待派遣的任务"))
    answer = TaskAnswer("assign", organisation_id=suggested, revision=_revision(request))
    complete_task(request.actor, task_id=task.id, answer=answer, now=request.now)
    name = organisation(suggested).name
    messages.success(request, gettext("已派遣给%(name)s") % {"name": name})
    return redirect("cases:case", number)


def _waiting(actor: Actor, query: Query) -> Page[TaskRow]:
    filters = TaskFilter(type_code=TYPE_CODE, light=query.filters.get("light", ""))
    page = waiting_tasks(actor, filters=filters, after=query.after, size=query.size)
    return Page(rows=[row for row in page.rows if row.node in FILING_NODES], next=page.next, count=None)


def _address(number: str) -> str:
    return reverse("urban_management:file", args=[number])


def _task(found: CaseInfo, nodes: tuple[str, ...]) -> TaskInfo | None:
    return next((item for item in found.tasks if item.state == "open" and item.node in nodes), None)


def _form(found: CaseInfo, form: FilingForm) -> FilingForm:
    """Offer the classes of the edition that the case keeps: the one in force when it was opened."""
    groups = filing_groups(at=found.row.opened_at, scheme=found.scheme_code or GB_SCHEME)
    form.offer([(group.name, group.choices) for group in groups])
    return form


def _closing(found: CaseInfo) -> str:
    return closing_condition(
        found.row.class_code, scheme_code=found.scheme_code or GB_SCHEME, opened_at=found.row.opened_at
    )


def _revision(request: CityRequest) -> int | None:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() else None


def _file_page(
    request: CityRequest, found: CaseInfo, task: TaskInfo | None, form: FilingForm, *, status: int = 200
) -> HttpResponse:
    row, actor = found.row, request.actor
    near = neighbours(actor, row.number) if row.status == "open" else []
    site = None
    if row.location:
        site = map_settings(
            actor, name="site", offered=(OPEN_LAYER,), shown=(OPEN_LAYER,), focus=Focus(mark=row.location)
        )
    facts = {
        "case": found,
        "row": row,
        "task": task,
        "form": form,
        "light": LIGHTS[row.light],
        "files": documents_of(actor, holder=HOLDER, holder_id=row.id),
        "causes": CAUSES,
        "near": [_beside(actor, item) for item in near],
        "may_merge": actor.may(CASES_MERGE) and row.status == "open",
        "map": site,
    }
    return render(request, "urban_management/file.html", facts, status=status)


def _beside(actor: Actor, item: Neighbour) -> dict[str, object]:
    """Return a neighbour with its photos, to be looked at side by side."""
    files = documents_of(actor, holder=HOLDER, holder_id=item.row.id)
    return {"item": item, "class_name": shown_name(item.row.class_code), "files": files[:4]}
