"""Roles: the list, one role with its permissions, making and changing the city's own."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.kernel import clock
from onecity.kernel.errors import NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.identity.forms import RoleForm
from onecity.platform.identity.forms.choosing import grouped_permissions, ticked_groups
from onecity.platform.identity.forms.roles import shown_name
from onecity.platform.identity.selectors.account_lists import MANAGE_ROLES
from onecity.platform.identity.selectors.role_lists import RoleInfo, role, roles
from onecity.platform.identity.services.roles import change_role, create_role
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Filter, Listing, Query, respond
from onecity.web.paging import Count, Page

_BUILTIN, _OWN, _APART = Badge(zh("内置"), "grey"), Badge(zh("自建"), "blue"), Badge(zh("须单独担任"), "purple")


@requires(MANAGE_ROLES)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the roles: the city's own first, then those that modules declare."""
    listing = Listing[RoleInfo](
        title=zh("角色管理"),
        columns=(
            Column(zh("角色名称"), shown_name, link=lambda row: reverse("identity:role", args=[row.id])),
            Column(zh("来源"), badge),
            Column(zh("角色说明"), _description, wide_only=True),
            Column(zh("权限"), lambda row: len(row.permissions), look="number"),
            Column(zh("生效授权"), lambda row: row.holders, look="number"),
        ),
        filters=(Filter("origin", zh("全部来源"), choices=[("own", _OWN.text), ("builtin", _BUILTIN.text)]),),
        fetch=lambda query: _page(request, query),
        searchable=True,
        search_hint=zh("角色名称"),
        empty=zh("没有符合条件的角色"),
        actions=[Action(zh("新建角色"), reverse("identity:new_role"))],
    )
    return respond(request, listing)


@requires(MANAGE_ROLES)
@require_GET
def page(request: CityRequest, role_id: int) -> HttpResponse:
    """Show a role with its permissions, grouped by module."""
    found = role(request.actor, role_id, now=clock.real_now())
    facts = {
        "role": found,
        "name": shown_name(found),
        "description": _description(found),
        "badge": badge(found),
        "groups": grouped_permissions(found.permissions),
    }
    return render(request, "identity/role.html", facts)


@requires(MANAGE_ROLES)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Make a role of the city's own; `?like=` begins with another's permissions."""
    form = RoleForm(request.POST or None, initial=_pattern(request))
    form.offer()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = create_role(
                request.actor,
                name=data["name"],
                description=data["description"],
                permission_codes=data["permissions"],
                now=clock.real_now(),
            )
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("角色已建立"))
            return redirect("identity:role", made.id)
    return _form_page(request, form, None)


@requires(MANAGE_ROLES)
@require_http_methods(["GET", "POST"])
def change(request: CityRequest, role_id: int) -> HttpResponse:
    """Change a role of the city's own."""
    found = role(request.actor, role_id, now=clock.real_now())
    initial = {"name": found.name, "description": found.description, "permissions": list(found.permissions)}
    form = RoleForm(request.POST or None, initial=initial)
    form.offer()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            change_role(
                request.actor,
                role_id=role_id,
                name=data["name"],
                description=data["description"],
                permission_codes=data["permissions"],
                now=clock.real_now(),
            )
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("角色已保存，持有者从下一次请求起按新权限执行"))
            return redirect("identity:role", role_id)
    return _form_page(request, form, found)


def badge(row: RoleInfo) -> Badge:
    """Return where a role comes from, or that it stands apart."""
    if row.exclusive:
        return _APART
    return _BUILTIN if row.builtin else _OWN


def _description(row: RoleInfo) -> str:
    return gettext(row.description) if row.builtin and row.description else row.description


def _page(request: CityRequest, query: Query) -> Page[RoleInfo]:
    origin = query.filters.get("origin")
    builtin = None if origin is None else origin == "builtin"
    found = roles(request.actor, builtin=builtin, now=clock.real_now())
    shown = [row for row in found if query.search.lower() in shown_name(row).lower()]
    return Page(shown, None, Count(len(shown)))


def _pattern(request: CityRequest) -> dict[str, object]:
    like = request.GET.get("like", "")
    if not like.isdigit():
        return {}
    try:
        found = role(request.actor, int(like), now=clock.real_now())
    except NotFound:
        return {}
    return {"description": _description(found), "permissions": list(found.permissions)}


def _form_page(request: CityRequest, form: RoleForm, found: RoleInfo | None) -> HttpResponse:
    facts = {"form": form, "role": found, "groups": ticked_groups(form)}
    return render(request, "identity/role_form.html", facts, status=422 if form.is_bound else 200)
