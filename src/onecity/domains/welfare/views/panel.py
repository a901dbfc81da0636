"""The case page's part: the household and its verifications."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from onecity.domains.welfare.models import Application, Verification
from onecity.domains.welfare.permissions import VERIFY, VIEW
from onecity.domains.welfare.rules.codes import AID_NAMES, Aid
from onecity.domains.welfare.selectors.applications import visible
from onecity.domains.welfare.services.following import missing_signatures
from onecity.domains.welfare.views.shown import APPLICATION, VERIFICATION
from onecity.web.access import requires
from onecity.web.http import CityRequest


@requires(VIEW)
@require_GET
def panel(request: CityRequest, number: str) -> HttpResponse:
    """Show the application behind a case, or the verification behind a case of contradictions."""
    row = visible(request.actor).filter(case__number=number).first()
    checked = Verification.objects.filter(question_case__number=number).first()
    if row is None and checked is not None:
        row = visible(request.actor).filter(id=checked.application_id).first()
    facts: dict[str, object] = {"row": row}
    if row is not None:
        facts |= {
            "aid": AID_NAMES[Aid(row.aid)],
            "state": APPLICATION[row.state],
            "unsigned": len(missing_signatures(row, now=request.now)),
            "verifications": [(item, VERIFICATION[item.state]) for item in row.verifications.order_by("-id")],
            "may_verify": request.actor.may(VERIFY) and row.state == Application.State.SUBMITTED,
        }
    return render(request, "welfare/panel.html", facts)
