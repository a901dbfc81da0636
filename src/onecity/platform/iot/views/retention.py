"""How long what is kept: what is set, what that would take away now, what lies where."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from onecity.kernel import clock
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.forms.retention import RetentionForm
from onecity.platform.iot.permissions import MANAGE_HISTORY
from onecity.platform.iot.selectors.archive import archive
from onecity.platform.iot.selectors.retention import doomed, retentions
from onecity.platform.iot.services.retention import set_retention
from onecity.platform.iot.views.shown import type_choices, type_name
from onecity.web.access import requires
from onecity.web.http import CityRequest

TIERS = {"raw": zh("原始读数"), "minute": zh("分钟汇总"), "hour": zh("小时汇总"), "day": zh("日汇总")}


@requires(MANAGE_HISTORY)
@require_http_methods(["GET", "POST"])
def page(request: CityRequest) -> HttpResponse:
    """Show what is kept; `?check=1` tells what would go, and a form sets it."""
    form = RetentionForm(request.POST or None, types=type_choices())
    if request.method == "POST" and form.is_valid():
        try:
            set_retention(request.actor, text=form.text(), now=clock.city_now())
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("保留期限已保存"))
            return redirect("iot:retention")
    checked = request.GET.get("check") == "1"
    would = doomed(request.now) if checked else []
    facts = {
        "form": form,
        "archive": archive(),
        "kept": [(_name(item.type_code), item) for item in retentions()],
        "checked": checked,
        "doomed": [(_name(item.type_code), TIERS[item.tier], item) for item in would],
    }
    return render(request, "iot/history/retention.html", facts)


def _name(code: str) -> str:
    return type_name(code) if code else gettext("其他全部类型")
