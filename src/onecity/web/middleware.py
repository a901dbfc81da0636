"""What happens around every page: request facts, language, security headers, access, errors."""

import re
import secrets
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation

from onecity.kernel import clock, context
from onecity.kernel.errors import NotPermitted, OneCityError
from onecity.web.access import access_of
from onecity.web.errors import error_response
from onecity.web.http import CityRequest, asks_for_fragment, client_address

GetResponse = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
LANGUAGE_COOKIE: Final = "onecity_language"
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestContextMiddleware:
    """Gives each request an id, an address, the city's time, and the headers that every answer carries."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: CityRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(12)
        address = client_address(
            request.headers.get("X-Forwarded-For", ""),
            direct=request.META.get("REMOTE_ADDR", ""),
            trusted_proxies=settings.ENV.trusted_proxies,
        )
        request.now = clock.city_now()
        request.wants_fragment = asks_for_fragment(request)
        with context.serving(request_id, address=address):
            response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), microphone=()")
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class LanguageMiddleware:
    """Speaks simplified Chinese unless the visitor chose English."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(LANGUAGE_COOKIE, settings.LANGUAGE_CODE)
        if chosen not in dict(settings.LANGUAGES):
            chosen = settings.LANGUAGE_CODE
        with translation.override(chosen):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or chosen)
            return response


class ErrorMiddleware:
    """Turns the five kinds of error into pages or problem+json, at this one place."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: CityRequest, exception: Exception) -> HttpResponse | None:
        """Answer a OneCityError; leave everything else to Django's own handling."""
        return error_response(request, exception) if isinstance(exception, OneCityError) else None


class AccessMiddleware:
    """Asks each view's rule before it runs; a view without a rule is refused."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: CityRequest, view: Callable[..., object], _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """Refuse by answering; let pass by returning None."""
        rule = access_of(view)
        try:
            if rule is None:
                raise NotPermitted
            rule.check(request.actor)
        except NotPermitted as refusal:
            return error_response(request, refusal)
        return None
