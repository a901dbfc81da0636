"""Application maintenance: conditions of filing and closing and their limits, by edition; draft, then published."""

from datetime import date, datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.domains.urban_management.forms import DraftForm, LineForm, PublishForm, RepeatForm
from onecity.domains.urban_management.permissions import CONFIGURE
from onecity.domains.urban_management.rules.standards import StandardLine
from onecity.domains.urban_management.selectors.standards import SCHEMES, edition, editions, lines_of
from onecity.domains.urban_management.services import judging, standards
from onecity.kernel.clock import CITY_ZONE, city_date
from onecity.kernel.deadlines import TimeUnit
from onecity.kernel.errors import Conflict, Invalid
from onecity.web.access import requires
from onecity.web.http import CityRequest

LINES_A_PAGE = 100


@requires(CONFIGURE)
@require_http_methods(["GET", "POST"])
def standard_list(request: CityRequest) -> HttpResponse:
    """List the editions, and begin a draft from the newest one."""
    form = DraftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            draft = standards.begin_draft(request.actor, **form.cleaned_data, now=request.now)
        except (Invalid, Conflict) as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("已建立草稿，请修改后发布"))
            return redirect("urban_management:standard", draft)
    rule = judging.repeat_rule(at=request.now)
    repeat = RepeatForm(initial={"metres": rule.metres, "hours": rule.hours})
    facts = {"form": form, "rows": editions(now=request.now), "repeat": repeat}
    return render(request, "urban_management/standards.html", facts, status=422 if form.errors else 200)


@requires(CONFIGURE)
@require_GET
def standard(request: CityRequest, edition_id: int) -> HttpResponse:
    """Show an edition's lines, found by words or code; a draft can be changed."""
    return _page(request, edition_id, LineForm(), PublishForm())


@requires(CONFIGURE)
@require_POST
def set_line(request: CityRequest, edition_id: int) -> HttpResponse:
    """Add a line to a draft, or change it."""
    form = LineForm(request.POST)
    if form.is_valid():
        try:
            standards.set_line(request.actor, edition_id=edition_id, line=StandardLine(**form.cleaned_data))
        except (Invalid, Conflict) as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("已保存 %(code)s") % {"code": form.cleaned_data["code"]})
            return redirect("urban_management:standard", edition_id)
    return _page(request, edition_id, form, PublishForm(), status=422)


@requires(CONFIGURE)
@require_POST
def remove_line(request: CityRequest, edition_id: int) -> HttpResponse:
    """Take a line out of a draft."""
    code = request.POST.get("code", "")
    standards.remove_line(request.actor, edition_id=edition_id, code=code)
    messages.success(request, gettext("已删除 %(code)s 及其下级") % {"code": code})
    return redirect("urban_management:standard", edition_id)


@requires(CONFIGURE)
@require_POST
def drop(request: CityRequest, edition_id: int) -> HttpResponse:
    """Give a draft up."""
    standards.drop_draft(request.actor, edition_id=edition_id)
    messages.success(request, gettext("草稿已放弃"))
    return redirect("urban_management:standards")


@requires(CONFIGURE)
@require_POST
def publish(request: CityRequest, edition_id: int) -> HttpResponse:
    """Publish a draft from a day on."""
    form = PublishForm(request.POST)
    if form.is_valid():
        at = _beginning(form.cleaned_data["effective_from"], request.now)
        try:
            number = standards.publish(request.actor, edition_id=edition_id, effective_from=at, now=request.now)
        except (Invalid, Conflict) as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("第%(number)s版已发布") % {"number": number})
            return redirect("urban_management:standards")
    return _page(request, edition_id, LineForm(), form, status=422)


@requires(CONFIGURE)
@require_POST
def repeat_rule(request: CityRequest) -> HttpResponse:
    """Set when a supervisor's report counts as told twice."""
    form = RepeatForm(request.POST)
    if form.is_valid():
        try:
            judging.set_repeat_rule(request.actor, **form.cleaned_data, now=request.now)
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("重复上报判定已设置"))
            return redirect("urban_management:standards")
    facts = {"form": DraftForm(), "rows": editions(now=request.now), "repeat": form}
    return render(request, "urban_management/standards.html", facts, status=422)


def _beginning(day: date, now: datetime) -> datetime:
    """Return the day's first moment; for today the moment now."""
    if day == city_date(now):
        return now
    return datetime(day.year, day.month, day.day, tzinfo=CITY_ZONE)


def _page(
    request: CityRequest, edition_id: int, form: LineForm, publishing: PublishForm, *, status: int = 200
) -> HttpResponse:
    row, words = edition(edition_id), request.GET.get("q", "").strip()
    lines = [line for line in lines_of(edition_id) if not words or words in line.name or line.code.startswith(words)]
    units = {unit.value: unit.label for unit in TimeUnit}
    page = Paginator(lines, LINES_A_PAGE).get_page(request.GET.get("page"))
    facts = {
        "row": row,
        "scheme": SCHEMES[row.scheme_code],
        "editable": row.status == "draft",
        "lines": [(line, units.get(line.unit, "")) for line in page],
        "page": page,
        "words": words,
        "form": form,
        "publishing": publishing,
    }
    return render(request, "urban_management/standard.html", facts, status=status)
