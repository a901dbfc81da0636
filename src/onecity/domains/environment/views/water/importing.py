"""Taking in the national platform's published file."""

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from onecity.domains.environment.forms.water import PublishedForm
from onecity.domains.environment.permissions import MANAGE_WATER
from onecity.domains.environment.services.water.importing import Imported, import_published, text_of
from onecity.kernel.errors import OneCityError
from onecity.web.access import requires
from onecity.web.http import CityRequest


@requires(MANAGE_WATER)
@require_http_methods(["GET", "POST"])
def take(request: CityRequest) -> HttpResponse:
    """Take in a file, and say what became of it, bad lines included."""
    form = PublishedForm(request.POST, request.FILES) if request.method == "POST" else PublishedForm()
    done: Imported | None = None
    if request.method == "POST" and form.is_valid():
        try:
            lines = text_of(form.cleaned_data["file"].read())
            city = form.cleaned_data["city"].strip()
            done = import_published(request.actor, lines=lines, city=city, now=request.now)
        except OneCityError as error:
            form.take(error)
        else:
            notices.success(request, gettext("导入完成"))
    facts = {
        "form": form,
        "done": done,
        "share": round(100 * done.agreed / done.judged, 2) if done and done.judged else None,
        "back": reverse("environment:water_sections"),
    }
    return render(request, "environment/water/import.html", facts, status=422 if form.errors else 200)
