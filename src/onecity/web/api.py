"""The one programming interface: conventions for every operation, problem+json, one OpenAPI document.

Modules make a `Router`, give each operation `auth=needs("permission")`, and hand it to `project.interface`. Operations
on hot roads are described beside their code (`web.hot.Road`) and merged into the same document.
"""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.security.base import AuthBase

from onecity.kernel.actor import ANONYMOUS, Actor
from onecity.kernel.errors import Invalid, NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.web.access import Access, SignInNeeded, permission
from onecity.web.errors import problem_response
from onecity.web.hot import Road, openapi_paths


class Needs(AuthBase):
    """An operation's rule, checked against the actor whom the sign-on middleware found (session or bearer token)."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, access: Access) -> None:
        self.access = access
        super().__init__()

    def __call__(self, request: HttpRequest) -> Actor:
        actor: Actor = getattr(request, "actor", ANONYMOUS)
        self.access.check(actor)
        return actor


def needs(code: str) -> Needs:
    """Return the rule that asks for one permission."""
    return Needs(permission(code))


def for_everyone() -> Needs:
    """Return the rule of a public operation."""
    return Needs(Access("public"))


class CityAPI(NinjaAPI):
    """The interface, with the hot roads' operations in its document."""

    def __init__(self, roads: tuple[Road, ...], **options: Any) -> None:
        super().__init__(**options)
        self._roads = roads

    def get_openapi_schema(self, **options: Any) -> Any:
        """Return the OpenAPI document of all operations, wherever they run."""
        schema = super().get_openapi_schema(**options)
        for path, operations in openapi_paths(self._roads).items():
            schema["paths"].setdefault(path, {}).update(operations)
        return schema


def handle_errors(api: NinjaAPI) -> None:
    """Have every error of `api` answered as problem+json."""

    def known(request: HttpRequest, error: OneCityError) -> HttpResponse:
        return problem_response(error, instance=request.path)

    def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
        fields = {".".join(str(part) for part in item["loc"][1:]): str(item["msg"]) for item in error.errors}
        return problem_response(Invalid(fields=fields), instance=request.path)

    def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return problem_response(SignInNeeded(), instance=request.path)

    def absent(request: HttpRequest, error: Exception) -> HttpResponse:
        return problem_response(NotFound(zh("没有找到所请求的内容")), instance=request.path)

    handlers: list[tuple[type[Exception], Callable[..., HttpResponse]]] = [
        (OneCityError, known),
        (ValidationError, malformed),
        (AuthenticationError, unknown),
        (Http404, absent),
    ]
    for kind, handler in handlers:
        api.add_exception_handler(kind, handler)
