"""Weights of the evaluation: what holds, what held, and publishing the next edition."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from onecity.domains.urban_management.forms import WeightForm
from onecity.domains.urban_management.permissions import CONFIGURE
from onecity.domains.urban_management.rules.catalogue import KINDS
from onecity.domains.urban_management.rules.evaluation import metrics_of
from onecity.domains.urban_management.selectors.evaluation import scale_at, weight_editions
from onecity.domains.urban_management.services import weighing
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Invalid
from onecity.web.access import requires
from onecity.web.http import CityRequest


@requires(CONFIGURE)
@require_http_methods(["GET", "POST"])
def weights(request: CityRequest) -> HttpResponse:
    """Show the weights in force as a form; sent, they become the next edition."""
    form = WeightForm(request.POST or None, scale=scale_at(city_date(request.now)))
    if request.method == "POST" and form.is_valid():
        try:
            number = weighing.publish_weights(request.actor, **form.given(), now=request.now)
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("评价权重第%(number)s版已发布") % {"number": number})
            return redirect("urban_management:weights")
    groups = [(name, [(metric, form[f"{kind}-{metric.code}"]) for metric in metrics_of(kind)]) for kind, name in KINDS]
    facts = {"form": form, "groups": groups, "editions": weight_editions()}
    return render(request, "urban_management/weights.html", facts, status=422 if form.errors else 200)
