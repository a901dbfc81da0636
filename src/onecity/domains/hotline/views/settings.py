"""Which body handles which topic; the limits in force; the reasons for refusing."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from onecity.domains.hotline.forms import DutyForm
from onecity.domains.hotline.models import RefusalReason, TopicDuty
from onecity.domains.hotline.permissions import CONFIGURE
from onecity.domains.hotline.selectors.settings import topic_names
from onecity.domains.hotline.services import configuring
from onecity.kernel.errors import Invalid
from onecity.platform.identity.api import organisations
from onecity.web.access import requires
from onecity.web.http import CityRequest


@requires(CONFIGURE)
@require_http_methods(["GET", "POST"])
def duties(request: CityRequest) -> HttpResponse:
    """List and set who handles which topic where."""
    form = DutyForm(request.POST or None)
    form.offer([(item.id, item.short_name or item.name) for item in organisations()])
    if request.method == "POST" and form.is_valid():
        try:
            configuring.assign_duty(request.actor, **form.cleaned_data)
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("承办责任已设置"))
            return redirect("hotline:duties")
    names = topic_names()
    rows = [
        (row, names.get(row.topic_code, ""))
        for row in TopicDuty.objects.select_related("organisation").order_by("topic_code", "division_code")
    ]
    facts = {"form": form, "rows": rows, "reasons": RefusalReason.objects.filter(is_active=True).order_by("code")}
    return render(request, "hotline/duties.html", facts, status=422 if form.errors else 200)


@requires(CONFIGURE)
@require_POST
def remove_duty(request: CityRequest, duty_id: int) -> HttpResponse:
    """Take a duty away."""
    configuring.remove_duty(request.actor, duty_id=duty_id)
    messages.success(request, gettext("承办责任已删除"))
    return redirect("hotline:duties")
