"""The request as pages of the city see it."""

from datetime import datetime

from django.http import HttpRequest

from onecity.kernel.actor import Actor


class CityRequest(HttpRequest):
    """A request after the middlewares: who acts, when (city time), and whether a fragment will do."""

    actor: Actor
    now: datetime
    session_id: int | None

    @property
    def wants_fragment(self) -> bool:
        """Say whether HTMX asks for a part of the page; a restored history entry needs the whole page."""
        return self.headers.get("HX-Request") == "true" and self.headers.get("HX-History-Restore-Request") != "true"


def wants_json(request: HttpRequest) -> bool:
    """Say whether errors should be told as problem+json: API paths, and clients that ask for JSON."""
    return request.path.startswith("/api/") or "json" in request.headers.get("Accept", "")
