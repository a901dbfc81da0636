"""Citizens: report a problem, follow it by number and code, say how it was handled."""

from typing import Final
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.domains.urban_management.contracts import NewReport, OpenedReport
from onecity.domains.urban_management.forms import FollowForm, RatingForm, ReportForm, new_key
from onecity.domains.urban_management.selectors.following import followed, is_reporter, report_of
from onecity.domains.urban_management.services import following, reporting
from onecity.domains.urban_management.views.files import uploads_of
from onecity.kernel import clock, context
from onecity.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from onecity.kernel.text import zh
from onecity.platform.geo.api import position_map
from onecity.web.access import public
from onecity.web.http import CityRequest
from onecity.web.query_codes import KeptCodes

MOST_PHOTOS: Final = 6
_CODES: Final = KeptCodes("onecity_report_", salt="urban_management.follow", page="urban_management:followed")


@public
@require_http_methods(["GET", "POST"])
def report(request: CityRequest) -> HttpResponse:
    """Take a citizen's report: words, photos, place, phone."""
    if request.method != "POST":
        form = ReportForm(initial={"key": new_key(uuid4().hex)})
        return _report_page(request, form)
    form = ReportForm(request.POST)
    if form.is_valid():
        try:
            opened = _told(request, form)
        except (Invalid, Conflict, Unavailable) as refusal:
            form.take(refusal)
        else:
            led = redirect("urban_management:followed", opened.number)
            return _CODES.remember(request, led, number=opened.number, code=opened.code)
    return _report_page(request, form, status=422)


def _told(request: CityRequest, form: ReportForm) -> OpenedReport:
    values, uploads = form.cleaned_data, uploads_of(request, "photos")
    if len(uploads) > MOST_PHOTOS:
        raise Invalid(fields={"photos": zh("最多上传6张照片")})
    new = NewReport(
        description=values["description"],
        location=(values["longitude"], values["latitude"]),
        key=values["key"],
        address=values["address"],
        reporter_name=values["reporter_name"],
        reporter_phone=values["reporter_phone"],
    )
    return reporting.report_as_citizen(
        request.actor,
        new=new,
        uploads=uploads,
        address=context.current().address,
        consent=values["consent"],
        now=request.now,
        told_at=clock.real_now(),
    )


def _report_page(request: CityRequest, form: ReportForm, *, status: int = 200) -> HttpResponse:
    facts = {"form": form, "map": position_map(request.actor), "most": MOST_PHOTOS}
    return render(request, "urban_management/report.html", facts, status=status)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def find(request: CityRequest) -> HttpResponse:
    """Ask for number and code, and lead to the report."""
    form = FollowForm(request.POST or None, initial={"number": request.GET.get("number", "")[:19]})
    if request.method == "POST" and form.is_valid():
        number, code = form.cleaned_data["number"], form.cleaned_data["code"]
        try:
            following.open_by_code(number=number, code=code, now=clock.real_now())
        except (NotFound, Conflict) as refusal:
            form.take(refusal)
        else:
            led = redirect("urban_management:followed", number)
            return _CODES.remember(request, led, number=number, code=code)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "urban_management/find.html", {"form": form}, status=status)


@public
@never_cache
@require_GET
def report_page(request: CityRequest, number: str) -> HttpResponse:
    """Show a report to its reporter; anybody else is asked for the code."""
    return _followed_page(request, number, RatingForm())


@public
@require_POST
def rate(request: CityRequest, number: str) -> HttpResponse:
    """Take the reporter's opinion of the handling."""
    if not _known(request, number):
        return _to_find(number)
    form = RatingForm(request.POST)
    if not form.is_valid():
        return _followed_page(request, number, form)
    try:
        following.rate(
            request.actor,
            number=number,
            satisfied=form.cleaned_data["satisfied"],
            comment=form.cleaned_data["comment"],
            now=request.now,
        )
    except Conflict as refusal:
        form.take(refusal)
        return _followed_page(request, number, form)
    messages.success(request, gettext("感谢您的评价"))
    return redirect("urban_management:followed", number)


def _followed_page(request: CityRequest, number: str, form: RatingForm) -> HttpResponse:
    if not _known(request, number):
        return _to_find(number)
    facts = {"report": followed(number, now=request.now), "form": form, "code": _CODES.of(request, number)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "urban_management/followed.html", facts, status=status)


def _known(request: CityRequest, number: str) -> bool:
    """Say whether the visitor is the reporter: signed in as such, or with the code that his browser keeps."""
    row = report_of(number)
    if row is None:
        return False
    code = _CODES.of(request, number)
    return is_reporter(request.actor, row) or bool(code and following.code_fits(row, code))


def _to_find(number: str) -> HttpResponseRedirect:
    return redirect(f"{reverse('urban_management:find')}?number={number}")
