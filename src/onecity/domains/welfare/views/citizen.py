"""A citizen's own: applications, and who asked what about the household."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from onecity.domains.welfare.models import Application
from onecity.domains.welfare.rules.codes import AID_NAMES, DEPARTMENT_NAMES, Aid, Department
from onecity.domains.welfare.selectors.consents import asked_about
from onecity.domains.welfare.views.shown import APPLICATION
from onecity.web.access import signed_in
from onecity.web.http import CityRequest


@signed_in
@require_GET
def mine(request: CityRequest) -> HttpResponse:
    """Show a citizen's applications and every question that was asked about the household."""
    rows = Application.objects.filter(account_id=request.actor.account_id).order_by("-id")
    facts = {
        "rows": [(item, AID_NAMES[Aid(item.aid)], APPLICATION[item.state]) for item in rows],
        "asked": [(item, DEPARTMENT_NAMES[Department(item.query.department)]) for item in asked_about(request.actor)],
    }
    return render(request, "welfare/mine.html", facts)
