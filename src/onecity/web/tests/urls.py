"""Addresses of the web layer's own tests: a list, failing views, and a view that forgot its rule."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import include, path
from ninja import Router

from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted, Unavailable
from onecity.web.access import Access, public, requires, signed_in
from onecity.web.api import CityAPI, for_everyone, handle_errors, needs
from onecity.web.http import CityRequest
from onecity.web.listing import Badge, Column, Filter, Listing, Query, respond
from onecity.web.paging import Count, Cursor, Page

handler404 = "onecity.web.errors.page_not_found"
handler500 = "onecity.web.errors.server_error"
ERRORS = {
    "invalid": Invalid(fields={"name": "名称不能为空"}),
    "absent": NotFound(),
    "forbidden": NotPermitted(),
    "conflict": Conflict(),
    "away": Unavailable(),
}
START = datetime(2026, 3, 1, tzinfo=UTC)


class Row:
    """A row of the test's list."""

    def __init__(self, number: int) -> None:
        self.id = number
        self.at = START - timedelta(minutes=number)
        self.name = f"=井盖{number}" if number % 2 else f"路灯{number}"


ROWS = [Row(number) for number in range(1, 46)]


def fetch(query: Query) -> Page[Row]:
    """Page through `ROWS` by key, as a module's selector does."""
    rows = [row for row in ROWS if query.search in row.name]
    if query.filters.get("kind") == "lamp":
        rows = [row for row in rows if row.name.startswith("路灯")]
    left = [row for row in rows if query.after is None or (row.at, row.id) < (query.after.at, query.after.id)]
    page = left[: query.size]
    following = Cursor(page[-1].at, page[-1].id) if len(left) > query.size else None
    return Page(page, following, Count(len(rows)))


@public
def rows(request: CityRequest) -> HttpResponseBase:
    """List the rows."""
    columns: tuple[Column[Row], ...] = (
        Column("名称", lambda row: row.name, link=lambda row: f"/rows/{row.id}"),
        Column("时间", lambda row: row.at, look="moment"),
        Column("状态", lambda row: Badge("正常", "green")),
    )
    kinds = Filter("kind", "全部种类", choices=(("lamp", "路灯"),))
    since = Filter("since", "起始日期", kind="date_from")
    listing = Listing("清单", columns, fetch, filters=(kinds, since), searchable=True)
    return respond(request, listing)


@public
def failing(request: CityRequest, kind: str) -> HttpResponse:
    """Raise one of the five kinds."""
    raise ERRORS[kind]


@public
def broken(request: CityRequest) -> HttpResponse:
    """Fail as only a fault of ours does."""
    raise RuntimeError("a secret of the house")


def without_rule(request: CityRequest) -> HttpResponse:
    """A view that forgot its rule."""
    return HttpResponse("should never be seen")


@signed_in
def for_members(request: CityRequest) -> HttpResponse:
    """A view for whoever signed in."""
    return HttpResponse("welcome")


@requires("identity.read_audit")
def for_auditors(request: CityRequest) -> HttpResponse:
    """A view for holders of one permission."""
    return HttpResponse("welcome")


router = Router()


@router.get("/open", auth=for_everyone())
def open_operation(request: CityRequest, size: int = 1) -> dict[str, Any]:
    """Answer everybody."""
    return {"size": size}


@router.get("/closed", auth=needs("identity.read_audit"))
def closed_operation(request: CityRequest) -> dict[str, Any]:
    """Answer auditors."""
    return {"name": request.actor.name}


@router.get("/failing/{kind}", auth=for_everyone())
def failing_operation(request: CityRequest, kind: str) -> dict[str, Any]:
    """Raise one of the five kinds."""
    raise ERRORS[kind]


api = CityAPI(roads=(), title="test", urls_namespace="web-test", docs_url=None)
handle_errors(api)
api.add_router("/test", router)
patterns, _, _ = api.urls
for pattern in patterns:
    pattern.callback.access = Access("operation")  # type: ignore[union-attr]  # as `project.interface` does

urlpatterns = [
    path("rows", rows),
    path("failing/<str:kind>", failing),
    path("broken", broken),
    path("without-rule", without_rule),
    path("members", for_members),
    path("auditors", for_auditors),
    path("api/", (patterns, "ninja", "web-test")),
    path("", include("onecity.project.urls")),
]
