"""Models of mood and topic, with what they were measured at."""

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.domains.opinion.models import TextModel, TrainingText
from onecity.domains.opinion.permissions import CONFIGURE
from onecity.domains.opinion.services.training import TRAINING
from onecity.kernel import clock
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.jobs.api import start
from onecity.web.access import requires
from onecity.web.http import CityRequest

KINDS = (("mood", zh("情感倾向模型")), ("topic", zh("舆情分类模型")))
SHOWN = 6


@requires(CONFIGURE)
@require_GET
def models(request: CityRequest) -> HttpResponse:
    """Show the trained models with their measured accuracy, and what they may be trained from."""
    sections = []
    for kind, name in KINDS:
        rows = [
            (
                row,
                100 * row.accuracy,
                [(group, right, every, 100 * right / every) for group, (right, every) in sorted(row.by_group.items())],
            )
            for row in TextModel.objects.filter(kind=kind).defer("arrays")[:SHOWN]
        ]
        texts = TrainingText.objects.filter(kind=kind).values_list("corpus").annotate(n=Count("id")).order_by("-n")
        sections.append({"kind": kind, "name": name, "rows": rows, "texts": list(texts)})
    return render(request, "opinion/models.html", {"sections": sections})


@requires(CONFIGURE)
@require_POST
def train(request: CityRequest) -> HttpResponse:
    """Start the training of a model."""
    kind = request.POST.get("kind", "")
    title = dict(KINDS).get(kind)
    if title is None:
        raise NotFound(zh("没有这种模型"))
    run = start(request.actor, code=TRAINING, title=gettext(title), arguments={"kind": kind}, now=clock.real_now())
    return redirect("jobs:run", run)
