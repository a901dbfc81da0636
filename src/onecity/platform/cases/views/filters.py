"""Saving and removing one's own filters of a list."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from onecity.kernel.errors import Invalid
from onecity.platform.cases.selectors.filters import saved_filters
from onecity.platform.cases.services import filters as services
from onecity.web.access import signed_in
from onecity.web.http import CityRequest

PLACES = {"cases": "cases:cases", "tasks": "cases:tasks"}


def filter_facts(request: CityRequest, place: str) -> dict[str, object]:
    """Return what a list shows of the visitor's own filters."""
    return {"place": place, "kept_filters": saved_filters(request.actor, place), "query_text": request.GET.urlencode()}


@signed_in
@require_POST
def save(request: CityRequest) -> HttpResponse:
    """Keep what the list is narrowed by."""
    place, query = request.POST.get("place", ""), request.POST.get("query", "")
    address = reverse(PLACES.get(place, "cases:cases"))
    seen = urlsplit(request.headers.get("Referer", ""))  # HTMX narrows the list without drawing this form anew
    if seen.path == address:
        query = seen.query
    try:
        name = request.POST.get("name", "")
        query = services.save_filter(request.actor, place=place, name=name, query=query, now=request.now)
    except Invalid as refusal:
        messages.error(request, gettext(next(iter(refusal.fields.values()))))
        return redirect(address)
    messages.success(request, gettext("常用筛选已保存"))
    return redirect(f"{address}?{query}")


@signed_in
@require_POST
def remove(request: CityRequest, filter_id: int) -> HttpResponse:
    """Remove one."""
    place = services.remove_filter(request.actor, filter_id=filter_id)
    messages.success(request, gettext("常用筛选已删除"))
    return redirect(PLACES[place])
