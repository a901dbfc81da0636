"""The page on which running cases are moved to the published version of their type."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from onecity.kernel.errors import Invalid
from onecity.platform.cases.permissions import MANAGE_TYPES
from onecity.platform.cases.selectors.types import version_text, versions
from onecity.platform.cases.services.moving.carrying import begin_move
from onecity.platform.cases.services.moving.planning import MoveRefused, plan_move
from onecity.web.access import requires
from onecity.web.http import CityRequest

PREFIX = "to-"


@requires(MANAGE_TYPES)
@require_http_methods(["GET", "POST"])
def move(request: CityRequest, version_id: int) -> HttpResponse:
    """Show how many cases wait where and where they would go; then start the move."""
    text = version_text(version_id)
    target = next((item for item in versions(text.info.type_code) if item.state == "published"), None)
    if target is None or target.id == version_id:
        raise MoveRefused
    given = {name.removeprefix(PREFIX): request.POST.get(name, "") for name in request.POST if name.startswith(PREFIX)}
    faults: dict[str, str] = {}
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        try:
            address = begin_move(
                request.actor, source_id=version_id, target_id=target.id, mapping=given, reason=reason, now=request.now
            )
            return redirect(address)
        except Invalid as refusal:
            faults = {name: gettext(sentence) for name, sentence in refusal.fields.items()}
    plan = plan_move(source_id=version_id, target_id=target.id, mapping=given)
    facts = {
        "version": text.info,
        "target": target,
        "plan": plan,
        "choices": [(node, item.name) for node, item in plan.target.process.diagram.user_tasks.items()],
        "faults": list(faults.values()),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "cases/move.html", facts, status=422 if faults else 200)
