"""The request as pages of the city see it."""

from datetime import datetime

from django.http import HttpRequest

from onecity.kernel.actor import Actor


class CityRequest(HttpRequest):
    """A request after the middlewares, which set what stands here.

    now: city time. wants_fragment: HTMX asks for a part of the page (a restored history entry needs the whole page).
    """

    actor: Actor
    now: datetime
    session_id: int | None
    wants_fragment: bool


def asks_for_fragment(request: HttpRequest) -> bool:
    """Say whether HTMX asks for a part of the page."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def wants_json(request: HttpRequest) -> bool:
    """Say whether errors should be told as problem+json: API paths, and clients that ask for JSON."""
    return request.path.startswith("/api/") or "json" in request.headers.get("Accept", "")


def client_address(forwarded: str, *, direct: str, trusted_proxies: int) -> str:
    """Return the client's address: the entry that the outermost trusted proxy appended, or the direct peer."""
    hops = [part.strip() for part in forwarded.split(",") if part.strip()]
    if trusted_proxies and len(hops) >= trusted_proxies:
        return hops[-trusted_proxies]
    return direct
