"""The board of warnings, and all that were given."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.domains.opinion.models import EarlyWarning
from onecity.domains.opinion.permissions import JUDGE, VIEW
from onecity.domains.opinion.rules.warnings import LEVELS, MEASURE_NAMES
from onecity.domains.opinion.selectors import warned
from onecity.domains.opinion.services.judging import note_seen
from onecity.domains.opinion.views.showing import LEVEL_BADGES
from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Badge, Column, Filter, Listing, respond


@requires(VIEW)
@require_GET
def board(request: CityRequest) -> HttpResponse:
    """Show the warnings that stand, the highest first; the page looks again every half minute."""
    rows = warned.standing(request.actor)
    counts = [(LEVEL_BADGES[level], sum(row.level == level for row in rows)) for level in (4, 3, 2, 1)]
    facts = {
        "cards": [(row, LEVEL_BADGES[row.level], _reasons(row)) for row in rows],
        "counts": counts,
        "may_judge": request.actor.may(JUDGE),
    }
    template = "opinion/warning_cards.html" if request.wants_fragment else "opinion/warnings.html"
    return render(request, template, facts)


@requires(VIEW)
@require_GET
def history(request: CityRequest) -> HttpResponseBase:
    """List all warnings, the newest first."""
    listing = Listing[EarlyWarning](
        title=zh("历次舆情预警"),
        columns=(
            Column(zh("最高等级"), lambda row: LEVEL_BADGES[row.peak_level]),
            Column(zh("标题"), lambda row: row.title, link=_address),
            Column(zh("状态"), _state),
            Column(zh("预警时间"), lambda row: row.raised_at, look="moment"),
            Column(zh("解除时间"), lambda row: row.cleared_at, look="moment", wide_only=True),
        ),
        filters=(
            Filter("level", zh("全部等级"), choices=[(str(level), name) for level, name in LEVELS]),
            Filter("state", zh("全部状态"), choices=[("standing", zh("持续中")), ("cleared", zh("已解除"))]),
        ),
        fetch=lambda query: warned.warnings(request.actor, query=query),
        searchable=True,
        empty=zh("还没有发生过预警"),
    )
    return respond(request, listing)


@requires(JUDGE)
@require_POST
def seen(request: CityRequest, warning_id: int) -> HttpResponse:
    """Say that one is looking into a warning."""
    try:
        note_seen(request.actor, warning_id=warning_id, now=request.now)
    except Conflict as refusal:
        messages.error(request, gettext(refusal.template))
    else:
        messages.success(request, gettext("已确认"))
    return redirect("opinion:warnings")


def _state(row: EarlyWarning) -> Badge:
    return Badge(zh("已解除"), "grey") if row.cleared_at else Badge(zh("持续中"), "orange")


def _address(row: EarlyWarning) -> str:
    return reverse("opinion:theme", args=[row.theme_id]) if row.theme_id else reverse("opinion:warnings")


def _reasons(row: EarlyWarning) -> list[tuple[str, object, Badge]]:
    return [
        (gettext(MEASURE_NAMES[code]), row.values.get(code), LEVEL_BADGES[level])
        for code, level in sorted(row.standing.items(), key=lambda item: -item[1])
        if level
    ]
