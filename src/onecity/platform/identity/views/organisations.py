"""Organisations: the tree, one organisation, making, changing, moving and closing them."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.identity.forms import MoveForm, NewOrganisationForm, OrganisationForm
from onecity.platform.identity.forms.organisations import described
from onecity.platform.identity.selectors.organisation_lists import (
    OrganisationLine,
    OrganisationQuery,
    managed_organisation,
    managed_organisations,
)
from onecity.platform.identity.selectors.reach import MANAGE_ACCOUNTS
from onecity.platform.identity.services import organisations as services
from onecity.platform.identity.views.shown import OFF, ON, ON_OFF_CHOICES, ORGANISATION_KINDS, attempt, switched
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Column, Filter, Listing, respond


@requires(MANAGE_ACCOUNTS)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the organisations within reach in the order of the tree, indented as they stand."""
    plain = bool(request.GET.get("format") or request.GET.get("q"))
    listing = Listing[OrganisationLine](
        title=zh("机构管理"),
        columns=(
            Column(zh("机构名称"), lambda row: _name(row, plain=plain), link=_link),
            Column(zh("机构编码"), lambda row: row.code, look="code", wide_only=True),
            Column(zh("机构类型"), lambda row: gettext(ORGANISATION_KINDS[row.kind])),
            Column(zh("上级机构"), lambda row: row.parent, wide_only=True),
            Column(zh("行政区划代码"), lambda row: row.division_code, look="code", wide_only=True),
            Column(zh("状态"), lambda row: ON if row.is_active else OFF),
        ),
        filters=(
            Filter("kind", zh("全部机构类型"), choices=list(ORGANISATION_KINDS.items())),
            Filter("state", zh("全部状态"), choices=ON_OFF_CHOICES),
        ),
        fetch=lambda query: managed_organisations(
            request.actor,
            OrganisationQuery(
                search=query.search,
                kind=query.filters.get("kind", ""),
                active=switched(query),
                after=query.after,
                size=query.size,
            ),
        ),
        searchable=True,
        search_hint=zh("机构名称、简称或编码"),
        empty=zh("没有符合条件的机构"),
        actions=[Action(zh("新建机构"), reverse("identity:new_organisation"))],
    )
    return respond(request, listing)


@requires(MANAGE_ACCOUNTS)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Make an organisation; `?parent=` chooses where."""
    form = NewOrganisationForm(request.POST or None, initial={"parent": request.GET.get("parent", "")})
    form.offer(request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_organisation(request.actor, new=form.new())
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("机构已建立"))
            return redirect("identity:organisation", made.id)
    return render(request, "identity/new_organisation.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(MANAGE_ACCOUNTS)
@require_GET
def page(request: CityRequest, organisation_id: int) -> HttpResponse:
    """Show an organisation, and what may be done to it."""
    found = managed_organisation(request.actor, organisation_id)
    move = MoveForm(initial={"parent": str(found.parent_id or "")})
    move.offer(request.actor)
    facts = {
        "organisation": found,
        "state": ON if found.is_active else OFF,
        "kind": ORGANISATION_KINDS[found.kind],
        "move": move,
    }
    return render(request, "identity/organisation.html", facts)


@requires(MANAGE_ACCOUNTS)
@require_http_methods(["GET", "POST"])
def change(request: CityRequest, organisation_id: int) -> HttpResponse:
    """Change names, kind and codes."""
    found = managed_organisation(request.actor, organisation_id)
    form = OrganisationForm(request.POST or None, initial=described(found))
    form.offer(request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_organisation(request.actor, organisation_id=organisation_id, change=form.change())
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("机构信息已保存"))
            return redirect("identity:organisation", organisation_id)
    facts = {"form": form, "organisation": found}
    return render(request, "identity/change_organisation.html", facts, status=422 if form.is_bound else 200)


@requires(MANAGE_ACCOUNTS)
@require_POST
def move(request: CityRequest, organisation_id: int) -> HttpResponse:
    """Put an organisation, with all below it, elsewhere in the tree."""
    managed_organisation(request.actor, organisation_id)
    form = MoveForm(request.POST)
    form.offer(request.actor)
    if not form.is_valid():
        messages.error(request, gettext("请选择新的上级机构"))
        return redirect("identity:organisation", organisation_id)
    parent = form.parent_id()
    attempt(
        request,
        lambda: services.move_organisation(request.actor, organisation_id=organisation_id, parent_id=parent),
        said=gettext("机构已调整，其下级机构一并移动"),
    )
    return redirect("identity:organisation", organisation_id)


@requires(MANAGE_ACCOUNTS)
@require_POST
def deactivate(request: CityRequest, organisation_id: int) -> HttpResponse:
    """Close an organisation that nothing open is left in."""
    return _set_active(request, organisation_id, active=False, said=gettext("机构已停用"))


@requires(MANAGE_ACCOUNTS)
@require_POST
def activate(request: CityRequest, organisation_id: int) -> HttpResponse:
    """Open an organisation again."""
    return _set_active(request, organisation_id, active=True, said=gettext("机构已启用"))


def _set_active(request: CityRequest, organisation_id: int, *, active: bool, said: str) -> HttpResponse:
    attempt(
        request,
        lambda: services.set_organisation_active(request.actor, organisation_id=organisation_id, active=active),
        said=said,
    )
    return redirect("identity:organisation", organisation_id)


def _name(row: OrganisationLine, *, plain: bool) -> str:
    return row.name if plain or not row.depth else "\u3000" * (row.depth - 1) + "└ " + row.name


def _link(row: OrganisationLine) -> str:
    return reverse("identity:organisation", args=[row.id])
