"""API clients: the list, registering one, its tokens, switching it off."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel import clock
from onecity.kernel.errors import NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.identity.forms import ClientForm, TokenForm
from onecity.platform.identity.forms.choosing import grouped_permissions, ticked_groups
from onecity.platform.identity.selectors.client_lists import (
    MANAGE_CLIENTS,
    ClientInfo,
    ClientQuery,
    client,
    clients,
    tokens_of,
)
from onecity.platform.identity.services import clients as services
from onecity.platform.identity.views.shown import (
    OFF,
    ON,
    ON_OFF_CHOICES,
    TOKEN,
    attempt,
    sentence,
    shown_once,
    switched,
)
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Column, Filter, Listing, respond


@requires(MANAGE_CLIENTS)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the programs that call the interfaces."""
    listing = Listing[ClientInfo](
        title=zh("接口应用管理"),
        columns=(
            Column(zh("应用名称"), lambda row: row.name, link=lambda row: reverse("identity:client", args=[row.id])),
            Column(zh("所属机构"), lambda row: row.organisation),
            Column(zh("用途说明"), lambda row: row.purpose, wide_only=True),
            Column(zh("权限"), lambda row: len(row.permissions), look="number", wide_only=True),
            Column(zh("状态"), lambda row: ON if row.is_active else OFF),
            Column(zh("创建时间"), lambda row: row.created_at, look="moment", wide_only=True),
        ),
        filters=(Filter("state", zh("全部状态"), choices=ON_OFF_CHOICES),),
        fetch=lambda query: clients(request.actor, ClientQuery(query.search, switched(query), query.after, query.size)),
        searchable=True,
        search_hint=zh("应用名称或用途"),
        empty=zh("还没有接口应用。其他系统要调用接口，先在这里登记并签发令牌"),
        actions=[Action(zh("登记接口应用"), reverse("identity:new_client"))],
    )
    return respond(request, listing)


@requires(MANAGE_CLIENTS)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Register a program."""
    form = ClientForm(request.POST or None)
    form.offer()
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_client(request.actor, new=form.new(), now=clock.real_now())
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("接口应用已登记，签发令牌后即可调用"))
            return redirect("identity:client", made.id)
    facts = {"form": form, "groups": ticked_groups(form)}
    return render(request, "identity/new_client.html", facts, status=422 if form.is_bound else 200)


@requires(MANAGE_CLIENTS)
@require_GET
def page(request: CityRequest, client_id: int) -> HttpResponse:
    """Show a program with its permissions and tokens."""
    found = client(request.actor, client_id)
    form = TokenForm()
    form.offer()
    facts = {
        "client": found,
        "state": ON if found.is_active else OFF,
        "groups": grouped_permissions(found.permissions),
        "tokens": [(token, TOKEN[token.state]) for token in tokens_of(client_id, now=clock.real_now())],
        "form": form,
    }
    return render(request, "identity/client.html", facts)


@requires(MANAGE_CLIENTS)
@require_POST
def issue(request: CityRequest, client_id: int) -> HttpResponse:
    """Issue a token and show it this once."""
    found, form = client(request.actor, client_id), TokenForm(request.POST)
    form.offer()
    if not form.is_valid():
        messages.error(request, gettext("请选择令牌的有效期"))
        return redirect("identity:client", client_id)
    try:
        token = services.issue_token(request.actor, client_id=client_id, life=form.life(), now=clock.real_now())
    except NotFound as refusal:
        messages.error(request, sentence(refusal))
        return redirect("identity:client", client_id)
    return shown_once(request, "identity/client_token.html", {"client": found, "token": token})


@requires(MANAGE_CLIENTS)
@require_POST
def revoke(request: CityRequest, client_id: int, token_id: int) -> HttpResponse:
    """Revoke a token."""
    now = clock.real_now()
    if token_id not in {token.id for token in tokens_of(client(request.actor, client_id).id, now=now)}:
        raise NotFound(zh("没有这个令牌，或者它已吊销"))
    attempt(
        request,
        lambda: services.revoke_token(request.actor, token_id=token_id, now=now),
        said=gettext("令牌已吊销，一秒内失效"),
    )
    return redirect("identity:client", client_id)


@requires(MANAGE_CLIENTS)
@require_POST
def switch_off(request: CityRequest, client_id: int) -> HttpResponse:
    """Switch a program off."""
    return _switch(request, client_id, active=False, said=gettext("接口应用已停用，其令牌一秒内全部失效"))


@requires(MANAGE_CLIENTS)
@require_POST
def switch_on(request: CityRequest, client_id: int) -> HttpResponse:
    """Switch a program on again."""
    return _switch(request, client_id, active=True, said=gettext("接口应用已启用"))


def _switch(request: CityRequest, client_id: int, *, active: bool, said: str) -> HttpResponse:
    client(request.actor, client_id)
    attempt(request, lambda: services.set_client_active(request.actor, client_id=client_id, active=active), said=said)
    return redirect("identity:client", client_id)
