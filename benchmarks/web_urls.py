"""The city's addresses and an empty page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from onecity.project import urls
from onecity.project.urls import handler400, handler404, handler500
from onecity.web.access import signed_in
from onecity.web.http import CityRequest

__all__ = ["handler400", "handler404", "handler500"]


@signed_in
def empty(request: CityRequest) -> HttpResponse:
    """Show the shell with nothing in it."""
    return render(request, "web/workbench.html")


urlpatterns = [*urls.urlpatterns, path("bench/empty", empty)]
