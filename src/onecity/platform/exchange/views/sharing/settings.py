"""Where datasets are taken from, and the city's figures of sharing."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.kernel.clock import city_date
from onecity.kernel.errors import NotPermitted, OneCityError
from onecity.platform.exchange.models import DatasetSupply
from onecity.platform.exchange.permissions import APPROVE_SHARING, SUPERVISE_SHARING
from onecity.platform.exchange.selectors.sharing.choices import connection_choices, supplied_datasets
from onecity.platform.exchange.selectors.sharing.datasets import shared_dataset, supply_of
from onecity.platform.exchange.selectors.sharing.parameters import KINDS, parameter_rows, parameters
from onecity.platform.exchange.services.sharing.setting import set_parameter
from onecity.platform.exchange.services.sharing.supply import set_supply
from onecity.platform.exchange.views.sharing.forms import ParameterForm, SupplyForm
from onecity.platform.exchange.views.sharing.shown import tabs
from onecity.platform.identity.api import row_scope
from onecity.web.access import requires
from onecity.web.http import CityRequest

KIND_NAMES = {item.value: str(item.label) for item in DatasetSupply.Kind}


@requires(APPROVE_SHARING)
@require_GET
def supplies(request: CityRequest) -> HttpResponse:
    """List the datasets that one's organisation provides, and where their rows come from."""
    rows = [
        (dataset, supply, KIND_NAMES[supply.kind] if supply else "")
        for dataset, supply in supplied_datasets(request.actor)
    ]
    return render(request, "exchange/sharing/supplies.html", {"rows": rows, "tabs": tabs(request.actor)})


@requires(APPROVE_SHARING)
@require_http_methods(["GET", "POST"])
def supply(request: CityRequest, code: str) -> HttpResponse:
    """Say where a dataset's rows come from."""
    dataset = shared_dataset(code)
    scope = row_scope(request.actor, APPROVE_SHARING)
    if not (scope.everything or dataset.organisation_id in scope.organisation_ids):
        raise NotPermitted
    form = SupplyForm(request.POST or None, initial=_initial(code))
    form.offer(connection_choices(dataset.organisation_id))
    if request.method == "POST" and form.is_valid():
        try:
            set_supply(request.actor, supply=form.supply(code), now=request.now)
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("供数设置已保存，立即生效"))
            return redirect("exchange:sharing_supplies")
    facts = {"form": form, "dataset": dataset, "tabs": tabs(request.actor)}
    return render(request, "exchange/sharing/supply.html", facts, status=422 if form.is_bound else 200)


@requires(SUPERVISE_SHARING)
@require_http_methods(["GET", "POST"])
def figures(request: CityRequest) -> HttpResponse:
    """Show the city's figures, and add one from a day on."""
    today = city_date(request.now)
    form = ParameterForm(request.POST or None, initial={"valid_from": today}).spoken()
    if request.method == "POST" and form.is_valid():
        try:
            set_parameter(request.actor, **form.cleaned_data, now=request.now)
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("参数已登记，自生效日期起执行"))
            return redirect("exchange:sharing_parameters")
    names = {kind.code: kind.name for kind in KINDS}
    values = parameters(today=today)
    facts = {
        "form": form,
        "values": [(kind.name, values[kind.code]) for kind in KINDS],
        "rows": [(row, names[row.code]) for row in parameter_rows() if row.code in names],
        "tabs": tabs(request.actor),
    }
    return render(request, "exchange/sharing/parameters.html", facts, status=422 if form.is_bound else 200)


def _initial(code: str) -> dict[str, object]:
    found = supply_of(shared_dataset(code))
    if found is None:
        return {}
    return {
        "kind": found.kind,
        "connection_code": found.connection_code,
        "table": found.table,
        "key": ",".join(found.key),
        "cursor": found.cursor,
        "subject_kind": found.subject_kind,
        "subject_column": found.subject_column,
        "columns": "\n".join(f"{left}={right}" for left, right in found.columns.items()),
    }
