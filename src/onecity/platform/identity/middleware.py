"""Finds who acts, for every page and API call, and answers repeated writes once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from onecity.kernel import clock
from onecity.kernel.actor import ANONYMOUS
from onecity.kernel.ciphers.sm3 import sm3
from onecity.kernel.errors import OneCityError
from onecity.platform.identity.selectors.actors import SignedIn, client_actor, signed_in
from onecity.platform.identity.services.audit import record
from onecity.platform.identity.services.idempotency import Call, begin_call, finish_call
from onecity.platform.identity.services.sign_on import touch_session
from onecity.web.errors import error_response
from onecity.web.http import CityRequest

GetResponse = Callable[[CityRequest], HttpResponseBase]
SESSION_COOKIE: Final = "onecity_session"
PASSWORD_PATH: Final = "/me/password"
_OPEN_WITH_OLD_PASSWORD: Final = (PASSWORD_PATH, "/sign-out", "/language", "/static/", "/healthz", "/readyz")
_TOUCH_AFTER: Final = timedelta(minutes=1)
_BEARER: Final = "Bearer "


class SignOnMiddleware:
    """Sets `request.actor` from the session cookie or a bearer token; a withdrawn right is gone at the next request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: CityRequest) -> HttpResponseBase:
        request.actor, request.session_id = ANONYMOUS, None
        found = self._identify(request)
        if found and found.must_change_password and not request.path.startswith(_OPEN_WITH_OLD_PASSWORD):
            return HttpResponseRedirect(PASSWORD_PATH)
        response = self.get_response(request)
        if response.status_code == 403 and request.actor.kind != "anonymous":
            record(request.actor, action="identity.refused", outcome="refused", details={"path": request.path[:200]})
        return response

    def _identify(self, request: CityRequest) -> SignedIn | None:
        authorization = request.headers.get("Authorization", "")
        if authorization.startswith(_BEARER):
            request.actor = client_actor(authorization.removeprefix(_BEARER).strip()) or ANONYMOUS
            request.csrf_processing_done = True  # type: ignore[attr-defined]  # Django's own mark: no cookie, no forgery
            return None
        secret = request.COOKIES.get(SESSION_COOKIE, "")
        found = signed_in(secret) if secret else None
        if found is None:
            return None
        request.actor, request.session_id = found.actor, found.session_id
        now = clock.real_now()
        if now - found.last_seen_at > _TOUCH_AFTER:
            touch_session(found.session_id, now=now)
        return found


class IdempotencyMiddleware:
    """Answers a write call that carries an `Idempotency-Key` once: the same call again gets the same answer.

    The record and the change are one transaction, so neither stands without the other. Refused calls leave no record
    and may be sent again.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: CityRequest) -> HttpResponseBase:
        key = request.headers.get("Idempotency-Key", "")
        if not key or request.method in {"GET", "HEAD"} or not request.path.startswith("/api/"):
            return self.get_response(request)
        content = f"{request.method} {request.get_full_path()}\n".encode() + request.body
        call = Call(request.actor.key, key, sm3(content).hex(), clock.real_now())
        try:
            return self._once(request, call)
        except OneCityError as refusal:  # raised here, outside any view: nobody else would answer it
            return error_response(request, refusal)

    def _once(self, request: CityRequest, call: Call) -> HttpResponseBase:
        with transaction.atomic():
            known = begin_call(call)
            if known:
                return HttpResponse(
                    known.body,
                    status=known.status,
                    content_type=known.content_type,
                    headers={"Idempotency-Replayed": "true"},
                )
            response = self.get_response(request)
            if response.status_code < 400 and isinstance(response, HttpResponse):
                finish_call(
                    call, status=response.status_code, body=response.content, content_type=response["Content-Type"]
                )
            else:
                transaction.set_rollback(True)
            return response


def session_cookie_options() -> dict[str, object]:
    """Return the attributes of the session cookie."""
    return {"httponly": True, "secure": settings.SESSION_COOKIE_SECURE, "samesite": "Lax", "path": "/"}
