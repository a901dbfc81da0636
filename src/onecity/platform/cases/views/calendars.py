"""The working calendar's page."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.kernel.errors import Invalid, OneCityError
from onecity.kernel.text import zh
from onecity.platform.cases.forms import DayForm, DaysFileForm, PeriodForm
from onecity.platform.cases.permissions import MANAGE_CALENDARS
from onecity.platform.cases.selectors.calendars import months, periods, years
from onecity.platform.cases.services import calendars as services
from onecity.platform.cases.services.calendars import NewDay, read_days
from onecity.web.access import requires
from onecity.web.forms import CityForm
from onecity.web.http import CityRequest

LARGEST_FILE = 200_000


@requires(MANAGE_CALENDARS)
@require_GET
def calendar(request: CityRequest) -> HttpResponse:
    """Show a year: working days, holidays, make-up days, and the working periods."""
    text = request.GET.get("year", "")
    year = int(text) if text.isdigit() and 2000 <= int(text) <= 2100 else request.now.year
    facts = {
        "year": year,
        "years": years(around=request.now.year),
        "months": months(year),
        "periods": periods(),
        "day_form": DayForm(),
        "period_form": PeriodForm(),
        "file_form": DaysFileForm(),
    }
    return render(request, "cases/calendar.html", facts)


@requires(MANAGE_CALENDARS)
@require_POST
def set_day(request: CityRequest) -> HttpResponse:
    """Set one day."""
    form = DayForm(request.POST)

    def act() -> None:
        given = form.cleaned_data
        services.set_day(request.actor, new=NewDay(given["day"], given["kind"], given["name"]))

    return _tried(request, form, act)


@requires(MANAGE_CALENDARS)
@require_POST
def remove_day(request: CityRequest, day_id: int) -> HttpResponse:
    """Let a day follow the week again."""
    services.remove_day(request.actor, day_id=day_id)
    return redirect("cases:calendar")


@requires(MANAGE_CALENDARS)
@require_POST
def import_days(request: CityRequest) -> HttpResponse:
    """Set the days of a file."""
    form = DaysFileForm(request.POST, request.FILES)

    def act() -> None:
        file = form.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise Invalid(zh("文件过大"))
        try:
            text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Invalid(zh("文件应为 UTF-8 编码")) from None
        services.set_days(request.actor, days=read_days(text))

    return _tried(request, form, act)


@requires(MANAGE_CALENDARS)
@require_POST
def add_period(request: CityRequest) -> HttpResponse:
    """Add a working period."""
    form = PeriodForm(request.POST)

    def act() -> None:
        services.add_period(request.actor, start=form.cleaned_data["start"], end=form.cleaned_data["end"])

    return _tried(request, form, act)


@requires(MANAGE_CALENDARS)
@require_POST
def remove_period(request: CityRequest, period_id: int) -> HttpResponse:
    """Remove a working period."""
    services.remove_period(request.actor, period_id=period_id)
    return redirect("cases:calendar")


def _tried(request: CityRequest, form: CityForm, act: Callable[[], None]) -> HttpResponse:
    try:
        if form.is_valid():
            act()
            messages.success(request, gettext("工作日历已更新"))
        else:
            first = next(iter(form.errors.values()))
            messages.error(request, str(first[0]))
    except OneCityError as refusal:
        first_text = next(iter(refusal.fields.values()), "")
        messages.error(request, gettext(first_text) if first_text else refusal.sentence(gettext(refusal.template)))
    return redirect("cases:calendar")
