"""Defining series, changing them, typing in a figure."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from onecity.kernel.clock import city_date
from onecity.kernel.errors import OneCityError
from onecity.platform.registers.contracts.economy import NewValue
from onecity.platform.registers.forms.economy import FigureForm, SeriesForm, described
from onecity.platform.registers.permissions import MAINTAIN_ECONOMY
from onecity.platform.registers.selectors import economy as selectors
from onecity.platform.registers.services.economy.series import change_series, define_series
from onecity.platform.registers.services.economy.values import Publication, record_values
from onecity.platform.registers.views.economy.shown import city_divisions, departments
from onecity.web.access import requires
from onecity.web.http import CityRequest


@requires(MAINTAIN_ECONOMY)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Define a series."""
    form = SeriesForm(request.POST or None)
    form.offer(organisations=departments(request.actor), series=_series_choices())
    if request.method == "POST" and form.is_valid():
        try:
            made = define_series(request.actor, new=form.new(), now=request.now)
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("指标已定义"))
            return redirect("registers:series", made.code)
    facts = {"form": form, "series": None}
    return render(request, "registers/economy/series_form.html", facts, status=422 if form.is_bound else 200)


@requires(MAINTAIN_ECONOMY)
@require_http_methods(["GET", "POST"])
def change(request: CityRequest, code: str) -> HttpResponse:
    """Change a series' definition."""
    series = selectors.series_by_code(code)
    data = request.POST.copy()
    data["code"] = code
    form = SeriesForm(data if request.method == "POST" else None, initial=described(series))
    form.offer(organisations=departments(request.actor), series=_series_choices(besides=code))
    form.fields["code"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            change_series(request.actor, new=form.new(is_made_up=series.is_made_up))
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("指标定义已保存"))
            return redirect("registers:series", code)
    facts = {"form": form, "series": series}
    return render(request, "registers/economy/series_form.html", facts, status=422 if form.is_bound else 200)


@requires(MAINTAIN_ECONOMY)
@require_http_methods(["GET", "POST"])
def record(request: CityRequest, code: str) -> HttpResponse:
    """Type in one figure, or a revision of it."""
    series = selectors.series_by_code(code)
    form = FigureForm(request.POST or None, initial={"published_on": city_date(request.now)})
    form.offer(divisions=list(city_divisions().items()))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        figure = given["value"]
        value = NewValue(
            series=code,
            division_code=given["division"],
            period=given["period"],
            value=figure.value,
            mark=figure.mark,
            stated=form.data["value"].strip(),
            note=figure.note,
        )
        publication = Publication(given["published_on"], given["stage"])
        try:
            taken, _ = record_values(request.actor, values=[value], publication=publication, now=request.now)
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("数值已录入") if taken else gettext("与现行数相同，未重复录入"))
            return redirect("registers:series", code)
    facts = {"form": form, "series": series}
    return render(request, "registers/economy/figure_form.html", facts, status=422 if form.is_bound else 200)


def _series_choices(*, besides: str = "") -> list[tuple[str, str]]:
    return [(item.code, f"{item.name}（{item.unit}）") for item in selectors.all_series() if item.code != besides]
