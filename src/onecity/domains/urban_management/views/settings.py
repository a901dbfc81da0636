"""Who handles which class, and under which class alarms are filed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from onecity.domains.urban_management.forms import AlarmClassForm, DutyForm
from onecity.domains.urban_management.models import AlarmClass, Duty
from onecity.domains.urban_management.permissions import CONFIGURE
from onecity.domains.urban_management.selectors.classes import shown_name
from onecity.domains.urban_management.services import configuring
from onecity.kernel.errors import Invalid
from onecity.platform.identity.api import organisations
from onecity.web.access import requires
from onecity.web.http import CityRequest


@requires(CONFIGURE)
@require_http_methods(["GET", "POST"])
def duties(request: CityRequest) -> HttpResponse:
    """List and set who handles which class where."""
    form = DutyForm(request.POST or None)
    form.offer([(item.id, item.short_name or item.name) for item in organisations()])
    if request.method == "POST" and form.is_valid():
        try:
            configuring.assign_duty(request.actor, **form.cleaned_data)
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("处置责任已设置"))
            return redirect("urban_management:duties")
    rows = [
        {"id": row.id, "code": row.class_code, "name": shown_name(row.class_code), "division": row.division_code,
         "department": row.organisation.name}
        for row in Duty.objects.select_related("organisation").order_by("class_code", "division_code")
    ]  # fmt: skip
    facts = {"form": form, "rows": rows}
    return render(request, "urban_management/duties.html", facts, status=422 if form.errors else 200)


@requires(CONFIGURE)
@require_POST
def remove_duty(request: CityRequest, duty_id: int) -> HttpResponse:
    """Take a duty away."""
    configuring.remove_duty(request.actor, duty_id=duty_id)
    messages.success(request, gettext("处置责任已删除"))
    return redirect("urban_management:duties")


@requires(CONFIGURE)
@require_http_methods(["GET", "POST"])
def alarm_classes(request: CityRequest) -> HttpResponse:
    """List and set under which class alarms are filed."""
    form = AlarmClassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            configuring.set_alarm_class(request.actor, **form.cleaned_data)
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("告警立案类别已设置"))
            return redirect("urban_management:alarm_classes")
    rows = [{"row": row, "name": shown_name(row.class_code)} for row in AlarmClass.objects.order_by("id")]
    facts = {"form": form, "rows": rows}
    return render(request, "urban_management/alarm_classes.html", facts, status=422 if form.errors else 200)
