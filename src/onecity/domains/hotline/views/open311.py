"""Open311 GeoReport v2 as a server: JSON and XML, for any client.

Source: Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2).
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

import orjson
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from onecity.domains.hotline.rules.open311 import FORMATS, STATUSES, Document, read_moment, span_of, xml_of
from onecity.domains.hotline.selectors import open311 as told
from onecity.domains.hotline.services.open311 import NewRequest, known_key, submit_request
from onecity.kernel.errors import Invalid, Unavailable
from onecity.platform.geo.api import city
from onecity.web.access import public
from onecity.web.http import CityRequest

_ATTRIBUTE: Final = re.compile(r"attribute\[(\w+)\](?:\[\])?")
CHANGESET: Final = "2026-11-21T00:00:00Z"


class _Refused(Exception):
    """An answer of the standard's form. code: HTTP status."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code


def _answering(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a refusal be told as the standard has it: a list of errors with code and description."""

    def answer(request: CityRequest, *, wanted: str, **options: str) -> HttpResponse:
        if wanted not in FORMATS:
            wanted = "json"
        try:
            _check_jurisdiction(request.POST if request.method == "POST" else request.GET)
            return view(request, wanted=wanted, **options)
        except _Refused as refusal:
            return _told(wanted, "errors", [{"code": refusal.code, "description": str(refusal)}], status=refusal.code)

    return answer


@public
@require_GET
def discovery(request: CityRequest, wanted: str) -> HttpResponse:
    """Tell which service stands where."""
    here = request.build_absolute_uri("/open311/v2")
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": here,
        "changeset": CHANGESET,
        "type": "production",
        "formats": ["application/json", "text/xml"],
    }
    document = {"changeset": CHANGESET, "contact": "12345", "key_service": "12345", "endpoints": [endpoint]}
    return _told(wanted if wanted in FORMATS else "json", "discovery", document)


@public
@require_GET
@_answering
def services(_: CityRequest, wanted: str) -> HttpResponse:
    """List the services."""
    return _told(wanted, "services", told.services())


@public
@require_GET
@_answering
def service(_: CityRequest, wanted: str, code: str) -> HttpResponse:
    """Define one service."""
    found = told.service_definition(code)
    if found is None:
        raise _Refused(404, f"service_code {code} was not found")
    return _told(wanted, "service_definition", found)


@public
@csrf_exempt
@require_http_methods(["GET", "POST"])
@_answering
def requests(request: CityRequest, wanted: str) -> HttpResponse:
    """List requests, or take one in."""
    return _submitted(request, wanted) if request.method == "POST" else _listed(request, wanted)


@public
@require_GET
@_answering
def one_request(request: CityRequest, wanted: str, number: str) -> HttpResponse:
    """Tell of one request."""
    found = told.requests(numbers=[number], service_codes=(), statuses=(), span=(request.now, request.now))
    if not found:
        raise _Refused(404, f"service_request_id {number} was not found")
    return _told(wanted, "service_requests", found)


@public
@require_GET
@_answering
def token(_: CityRequest, wanted: str, text: str) -> HttpResponse:
    """Tell which request a token stands for."""
    number = told.number_of_token(text)
    if number is None:
        raise _Refused(404, f"token {text} was not found")
    return _told(wanted, "service_requests", [{"service_request_id": number, "token": text}])


def _listed(request: CityRequest, wanted: str) -> HttpResponse:
    given = request.GET
    statuses = _parts(given.get("status", ""))
    if any(status not in STATUSES for status in statuses):
        raise _Refused(400, "status must be open or closed")
    try:
        start, end = (read_moment(given[name]) if given.get(name) else None for name in ("start_date", "end_date"))
    except ValueError:
        raise _Refused(400, "start_date and end_date must be W3C dates") from None
    found = told.requests(
        numbers=_parts(given.get("service_request_id", "")),
        service_codes=_parts(given.get("service_code", "")),
        statuses=statuses,
        span=span_of(start, end, now=request.now),
    )
    return _told(wanted, "service_requests", found)


def _submitted(request: CityRequest, wanted: str) -> HttpResponse:
    given = request.POST
    key = known_key(given.get("api_key", ""))
    if key is None:
        raise _Refused(403, "api_key is missing or not valid")
    if not given.get("service_code"):
        raise _Refused(400, "service_code was not provided")
    new = NewRequest(
        service_code=given["service_code"],
        description=given.get("description", ""),
        location=_location(given),
        address=given.get("address_string", "")[:200],
        first_name=given.get("first_name", ""),
        last_name=given.get("last_name", ""),
        phone=given.get("phone", "")[:20],
        media_url=given.get("media_url", ""),
        attributes={found[1]: given[name] for name in given if (found := _ATTRIBUTE.fullmatch(name))},
    )
    try:
        number = submit_request(key, new=new, now=request.now)
    except Invalid as refusal:
        names = ", ".join(refusal.fields) or refusal.template
        raise _Refused(400, f"not valid: {names}") from None
    except Unavailable as refusal:
        raise _Refused(503, refusal.template) from None
    return _told(wanted, "service_requests", [{"service_request_id": number, "service_notice": "", "account_id": ""}])


def _location(given: Mapping[str, str]) -> tuple[float, float] | None:
    if not given.get("lat") and not given.get("long"):
        return None
    try:
        return float(given.get("long", "")), float(given.get("lat", ""))
    except ValueError:
        raise _Refused(400, "lat and long must be numbers") from None


def _check_jurisdiction(given: Mapping[str, str]) -> None:
    asked, here = given.get("jurisdiction_id", ""), city()
    if asked and (here is None or asked != here.division_code):
        raise _Refused(404, f"jurisdiction_id {asked} was not found")


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()][:1000]


def _told(wanted: str, root: str, document: Document, *, status: int = 200) -> HttpResponse:
    body = orjson.dumps(document) if wanted == "json" else xml_of(root, document)
    return HttpResponse(body, content_type=FORMATS[wanted], status=status)
