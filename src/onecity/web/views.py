"""Pages and answers that belong to no module: language, health, figures for the monitoring."""

from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST
from prometheus_client import CONTENT_TYPE_LATEST

from onecity.web.access import public, requires
from onecity.web.figures import figures_text, schema_is_current
from onecity.web.http import CityRequest
from onecity.web.middleware import LANGUAGE_COOKIE


@public
@require_POST
def choose_language(request: CityRequest) -> HttpResponse:
    """Remember the visitor's language and go back to the page."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    response.set_cookie(
        LANGUAGE_COOKIE, request.POST.get("language", ""), max_age=31_536_000, samesite="Lax", httponly=True
    )
    return response


@public
@require_GET
def alive(request: CityRequest) -> HttpResponse:
    """Say that the process answers; for supervisors."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@require_GET
def ready(request: CityRequest) -> HttpResponse:
    """Say whether the process can do its work: the database answers and its schema is current.

    Raises: SchemaBehind.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    schema_is_current()
    return JsonResponse({"status": "ready"})


@requires("identity.observe_system")
@require_GET
def figures(request: CityRequest) -> HttpResponse:
    """Give the process's figures in Prometheus' text format; a client token with the permission reads them."""
    return HttpResponse(figures_text(), content_type=CONTENT_TYPE_LATEST)
