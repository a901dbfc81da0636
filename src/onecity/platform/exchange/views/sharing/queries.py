"""The clerk's page: one person or enterprise at a time, always with a reason, never by an address."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from onecity.kernel.clock import city_date
from onecity.kernel.errors import OneCityError
from onecity.platform.exchange.contracts.sharing import SubjectAnswer
from onecity.platform.exchange.models import SharingGrant
from onecity.platform.exchange.permissions import QUERY_SHARED
from onecity.platform.exchange.selectors.sharing.datasets import field_names
from onecity.platform.exchange.selectors.sharing.grants import queried_grants
from onecity.platform.exchange.services.sharing.querying import query_subject
from onecity.platform.exchange.views.sharing.forms import QueryForm
from onecity.platform.exchange.views.sharing.shown import tabs
from onecity.web.access import requires
from onecity.web.http import CityRequest


@requires(QUERY_SHARED)
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: CityRequest) -> HttpResponse:
    """Ask, and show what is known; the page is kept nowhere."""
    grants = queried_grants(request.actor, today=city_date(request.now))
    form = QueryForm(request.POST or None, initial={"grant": request.GET.get("grant", "")})
    form.offer([(one.code, f"{one.dataset_name}（{one.provider.short_name}，{one.code}）") for one in grants])
    facts: dict[str, object] = {"form": form, "grants": grants, "tabs": tabs(request.actor), "asked": False}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                facts.update(_answer(request, form, grants))
                status = 200
            except OneCityError as refusal:
                form.take(refusal)
    return render(request, "exchange/sharing/query.html", facts, status=status)


def _answer(request: CityRequest, form: QueryForm, grants: list[SharingGrant]) -> dict[str, object]:
    given = form.cleaned_data
    grant = next(one for one in grants if one.code == given["grant"])
    answer = query_subject(
        request.actor,
        grant_code=grant.code,
        identifier=given["identifier"],
        reason=given["reason"],
        consent=given["consent"],
        operator=request.actor.name,
        now=request.now,
    )
    return {"asked": True, "grant": grant, "answer": answer, "columns": _columns(grant), "rows": _rows(grant, answer)}


def _columns(grant: SharingGrant) -> list[str]:
    names = field_names(grant.dataset_code, version=grant.dataset_version)
    return [names.get(column, column) for column in grant.fields]


def _rows(grant: SharingGrant, answer: SubjectAnswer | None) -> list[list[object]]:
    if answer is None:
        return []
    return [[_said(row[column]) for column in grant.fields] for row in answer.rows]


def _said(value: object) -> object:
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    return "—" if value is None or value == "" else value
