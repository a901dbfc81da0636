"""Watch lists and the thresholds of warnings."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.domains.opinion.forms import ThresholdForm, WatchForm
from onecity.domains.opinion.models import Threshold, Watch, WatchHit
from onecity.domains.opinion.permissions import CONFIGURE, VIEW
from onecity.domains.opinion.rules.warnings import MEASURE_NAMES, Step
from onecity.domains.opinion.selectors.watches import seen_watches
from onecity.domains.opinion.services import watching
from onecity.domains.opinion.views.showing import LEVEL_BADGES, bodies
from onecity.kernel.errors import Invalid, NotFound
from onecity.kernel.text import zh
from onecity.web.access import requires
from onecity.web.http import CityRequest


@requires(VIEW)
@require_GET
def watches(request: CityRequest) -> HttpResponse:
    """List the watch lists with what they found last."""
    names = dict(bodies())
    rows = []
    for row in seen_watches(request.actor).select_related("organisation").order_by("-is_active", "name")[:100]:
        hits = WatchHit.objects.filter(watch=row).select_related("article").order_by("-told_at")
        rows.append(
            {
                "row": row,
                "bodies": [names.get(number, "") for number in row.bodies],
                "count": hits.count(),
                "newest": hits[:3],
            }
        )
    return render(request, "opinion/watches.html", {"rows": rows, "may_change": request.actor.may(CONFIGURE)})


@requires(CONFIGURE)
@require_http_methods(["GET", "POST"])
def watch(request: CityRequest, watch_id: int | None = None) -> HttpResponse:
    """Set up or change a watch list."""
    row = None if watch_id is None else seen_watches(request.actor).filter(id=watch_id).first()
    if watch_id is not None and row is None:
        raise NotFound(zh("没有这个监测方案"))
    form = WatchForm(request.POST or None, bodies=bodies(), initial=_given(row) if row else {"is_active": True})
    if request.method == "POST" and form.is_valid():
        try:
            facts = watching.WatchFacts(**form.cleaned_data)
            watching.set_watch(request.actor, facts=facts, now=request.now, watch_id=watch_id)
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("已保存，对此后采集的文章生效"))
            return redirect("opinion:watches")
    page = {"form": form, "title": zh("监测方案"), "back": reverse("opinion:watches")}
    return render(request, "opinion/form.html", page, status=422 if form.errors else 200)


@requires(CONFIGURE)
@require_http_methods(["GET", "POST"])
def thresholds(request: CityRequest) -> HttpResponse:
    """List and set the thresholds."""
    lists = list(seen_watches(request.actor).order_by("name").values_list("id", "name"))
    form = ThresholdForm(request.POST or None, watches=lists)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        step = Step(given["level"], given["raise_at"], given["clear_at"])
        try:
            watching.set_threshold(
                request.actor,
                measure=given["measure"],
                step=step,
                window_h=given["window_h"],
                least=given["least"],
                watch_id=given["watch_id"],
            )
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("阈值已设置"))
            return redirect("opinion:thresholds")
    names = dict(lists)
    rows = [
        (row, MEASURE_NAMES[row.measure], LEVEL_BADGES[row.level], names.get(row.watch_id or 0, ""))
        for row in Threshold.objects.order_by("watch_id", "measure", "level")
        if row.watch_id is None or row.watch_id in names
    ]
    return render(request, "opinion/thresholds.html", {"form": form, "rows": rows}, status=422 if form.errors else 200)


@requires(CONFIGURE)
@require_POST
def remove(request: CityRequest, threshold_id: int) -> HttpResponse:
    """Take a threshold away."""
    watching.remove_threshold(request.actor, threshold_id=threshold_id)
    messages.success(request, gettext("阈值已删除"))
    return redirect("opinion:thresholds")


def _given(row: Watch) -> dict[str, object]:
    return {
        "name": row.name,
        "expression": row.expression,
        "divisions": " ".join(row.divisions),
        "bodies": row.bodies,
        "negative_only": row.negative_only,
        "organisation_id": row.organisation_id,
        "is_active": row.is_active,
    }
