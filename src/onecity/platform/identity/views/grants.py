"""Grants: the security administrator finds an account, grants roles to it and withdraws them."""

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
from onecity.platform.identity.forms import GrantForm
from onecity.platform.identity.selectors.account_lists import (
    MANAGE_ROLES,
    AccountLine,
    grantable_account,
    grantable_accounts,
)
from onecity.platform.identity.selectors.organisation_lists import all_organisation_choices
from onecity.platform.identity.selectors.role_lists import grants_of
from onecity.platform.identity.services.grants import grant_role, withdraw_grant
from onecity.platform.identity.views.shown import ACCOUNT, KINDS, STATE_CHOICES, asked, attempt, shown_grants
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Column, Filter, Listing, respond


@requires(MANAGE_ROLES)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List accounts with how many roles they hold; nothing else of them is shown or changed here."""
    now = clock.real_now()
    listing = Listing[AccountLine](
        title=zh("授权管理"),
        columns=(
            Column(
                zh("姓名"), lambda row: row.full_name, link=lambda row: reverse("identity:grants_of", args=[row.id])
            ),
            Column(zh("登录名"), lambda row: row.username, look="code"),
            Column(zh("账户类型"), lambda row: gettext(KINDS[row.kind]), wide_only=True),
            Column(zh("所属机构"), lambda row: row.organisation, wide_only=True),
            Column(zh("状态"), lambda row: ACCOUNT[row.state]),
            Column(zh("生效角色"), lambda row: row.grants, look="number"),
        ),
        filters=(
            Filter("organisation", zh("全部机构"), choices=all_organisation_choices()),
            Filter("kind", zh("全部账户类型"), choices=list(KINDS.items())),
            Filter("state", zh("全部状态"), choices=STATE_CHOICES),
        ),
        fetch=lambda query: grantable_accounts(request.actor, asked(query, phone_hashes=[]), now=now),
        searchable=True,
        search_hint=zh("姓名或登录名的开头"),
        empty=zh("没有符合条件的账户"),
    )
    return respond(request, listing)


@requires(MANAGE_ROLES)
@require_http_methods(["GET", "POST"])
def page(request: CityRequest, account_id: int) -> HttpResponse:
    """Show an account's grants in force and past; take a new one."""
    now = clock.real_now()
    account = grantable_account(request.actor, account_id, now=now)
    form = GrantForm(request.POST or None)
    form.offer(request.actor, now=now)
    if request.method == "POST" and form.is_valid():
        try:
            grant_role(request.actor, new=form.new(account_id), now=now)
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("授权已生效"))
            return redirect("identity:grants_of", account_id)
    facts = {
        "form": form,
        "account": account,
        "state": ACCOUNT[account.state],
        "grants": shown_grants(grants_of(account_id, now=now)),
        "own": request.actor.kind == "account" and request.actor.id == account_id,
    }
    return render(request, "identity/grants.html", facts, status=422 if form.is_bound else 200)


@requires(MANAGE_ROLES)
@require_POST
def withdraw(request: CityRequest, account_id: int, grant_id: int) -> HttpResponse:
    """Withdraw a grant."""
    now = clock.real_now()
    account = grantable_account(request.actor, account_id, now=now)
    if grant_id not in {line.id for line in grants_of(account.id, now=now)}:
        raise NotFound(zh("没有这项授权，或者它已被撤销"))
    attempt(
        request,
        lambda: withdraw_grant(request.actor, grant_id=grant_id, now=now),
        said=gettext("授权已撤销"),
    )
    return redirect("identity:grants_of", account_id)
