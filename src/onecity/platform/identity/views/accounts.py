"""Accounts: the system administrator's list, one account, and what is done to it."""

from typing import Final

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
from onecity.platform.identity.forms.accounts import AccountForm, NewAccountForm, described
from onecity.platform.identity.selectors.account_lists import (
    AccountLine,
    AccountQuery,
    managed_account,
    managed_accounts,
    sessions_of,
)
from onecity.platform.identity.selectors.organisation_lists import organisation_choices
from onecity.platform.identity.selectors.reach import MANAGE_ACCOUNTS
from onecity.platform.identity.selectors.role_lists import grants_of
from onecity.platform.identity.services import accounts as services
from onecity.platform.identity.services import credentials
from onecity.platform.identity.services.personal import search_hashes
from onecity.platform.identity.views.shown import (
    ACCOUNT,
    KINDS,
    STATE_CHOICES,
    asked,
    attempt,
    sentence,
    shown_grants,
    shown_once,
)
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Column, Filter, Listing, Query, respond

SHORTEST_PHONE: Final = 11


@requires(MANAGE_ACCOUNTS)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the accounts within the administrator's reach."""
    now = clock.real_now()
    listing = Listing[AccountLine](
        title=zh("账户管理"),
        columns=(
            Column(zh("姓名"), lambda row: row.full_name, link=lambda row: reverse("identity:account", args=[row.id])),
            Column(zh("登录名"), lambda row: row.username, look="code"),
            Column(zh("账户类型"), lambda row: gettext(KINDS[row.kind]), wide_only=True),
            Column(zh("所属机构"), lambda row: row.organisation, wide_only=True),
            Column(zh("状态"), lambda row: ACCOUNT[row.state]),
            Column(zh("生效角色"), lambda row: row.grants, look="number", wide_only=True),
            Column(zh("创建时间"), lambda row: row.created_at, look="moment", wide_only=True),
        ),
        filters=(
            Filter("organisation", zh("全部机构"), choices=organisation_choices(request.actor)),
            Filter("kind", zh("全部账户类型"), choices=list(KINDS.items())),
            Filter("state", zh("全部状态"), choices=STATE_CHOICES),
        ),
        fetch=lambda query: managed_accounts(request.actor, _asked(query), now=now),
        searchable=True,
        search_hint=zh("姓名或登录名的开头，或完整的手机号码"),
        empty=zh("没有符合条件的账户"),
        actions=[Action(zh("新建账户"), reverse("identity:new_account"), icon="user-plus")],
    )
    return respond(request, listing)


@requires(MANAGE_ACCOUNTS)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Make an account and show its first password this once."""
    form = NewAccountForm(request.POST or None, initial={"organisation": request.GET.get("organisation", "")})
    form.offer(request.actor)
    if request.method == "POST" and form.is_valid():
        password = credentials.first_password()
        try:
            made = services.create_account(request.actor, new=form.new(password), now=clock.real_now())
        except OneCityError as refusal:
            form.take(refusal)
        else:
            return _password_page(request, made.id, password)
    return render(request, "identity/new_account.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(MANAGE_ACCOUNTS)
@require_GET
def page(request: CityRequest, account_id: int) -> HttpResponse:
    """Show an account: facts, grants, sessions."""
    return render(request, "identity/account.html", _facts(request, account_id))


@requires(MANAGE_ACCOUNTS)
@require_http_methods(["GET", "POST"])
def change(request: CityRequest, account_id: int) -> HttpResponse:
    """Change name, organisation or phone number."""
    account = managed_account(request.actor, account_id, now=clock.real_now())
    form = AccountForm(request.POST or None, initial=described(account))
    form.offer(request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_account(request.actor, account_id=account_id, change=form.change())
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("账户信息已保存"))
            return redirect("identity:account", account_id)
    facts = {"form": form, "account": account}
    return render(request, "identity/change_account.html", facts, status=422 if form.is_bound else 200)


@requires(MANAGE_ACCOUNTS)
@require_POST
def phone(request: CityRequest, account_id: int) -> HttpResponse:
    """Show the phone number in clear to whoever says why; the look leaves a trace."""
    reason = request.POST.get("reason", "")
    try:
        number = services.look_at_phone(request.actor, account_id=account_id, reason=reason)
    except NotFound:
        raise
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
        return redirect("identity:account", account_id)
    return shown_once(request, "identity/account.html", {**_facts(request, account_id), "phone": number})


@requires(MANAGE_ACCOUNTS)
@require_POST
def deactivate(request: CityRequest, account_id: int) -> HttpResponse:
    """Close an account."""
    return _set_active(request, account_id, active=False, said=gettext("账户已停用，登录已全部退出"))


@requires(MANAGE_ACCOUNTS)
@require_POST
def activate(request: CityRequest, account_id: int) -> HttpResponse:
    """Let an account in again."""
    return _set_active(request, account_id, active=True, said=gettext("账户已启用"))


@requires(MANAGE_ACCOUNTS)
@require_POST
def unlock(request: CityRequest, account_id: int) -> HttpResponse:
    """Open an account that repeated failures locked."""
    attempt(request, lambda: services.unlock(request.actor, account_id=account_id), said=gettext("账户已解锁"))
    return redirect("identity:account", account_id)


@requires(MANAGE_ACCOUNTS)
@require_POST
def reset_password(request: CityRequest, account_id: int) -> HttpResponse:
    """Give an account a new first password and show it this once."""
    try:
        password = credentials.reset_password(request.actor, account_id=account_id, now=clock.real_now())
    except NotFound:
        raise
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
        return redirect("identity:account", account_id)
    return _password_page(request, account_id, password)


@requires(MANAGE_ACCOUNTS)
@require_POST
def reset_second_factor(request: CityRequest, account_id: int) -> HttpResponse:
    """Take the second factor off the account of somebody who lost the phone."""
    now = clock.real_now()
    attempt(
        request,
        lambda: credentials.reset_second_factor(request.actor, account_id=account_id, now=now),
        said=gettext("动态口令已解除，登录已全部退出"),
    )
    return redirect("identity:account", account_id)


@requires(MANAGE_ACCOUNTS)
@require_POST
def end_sessions(request: CityRequest, account_id: int) -> HttpResponse:
    """End all sessions of an account."""
    attempt(
        request,
        lambda: credentials.end_sessions(request.actor, account_id=account_id),
        said=gettext("该账户的登录已全部退出"),
    )
    return redirect("identity:account", account_id)


def _set_active(request: CityRequest, account_id: int, *, active: bool, said: str) -> HttpResponse:
    now = clock.real_now()
    attempt(
        request,
        lambda: services.set_active(request.actor, account_id=account_id, active=active, now=now),
        said=said,
    )
    return redirect("identity:account", account_id)


def _facts(request: CityRequest, account_id: int) -> dict[str, object]:
    now = clock.real_now()
    account = managed_account(request.actor, account_id, now=now)
    return {
        "account": account,
        "state": ACCOUNT[account.state],
        "kind": KINDS[account.kind],
        "grants": shown_grants(grants_of(account_id, now=now)),
        "sessions": sessions_of(account_id, now=now),
        "own": request.actor.kind == "account" and request.actor.id == account_id,
    }


def _asked(query: Query) -> AccountQuery:
    figures = query.search.replace(" ", "").removeprefix("+86")
    whole = figures.isdigit() and len(figures) == SHORTEST_PHONE
    return asked(query, phone_hashes=search_hashes(figures) if whole else [])


def _password_page(request: CityRequest, account_id: int, password: str) -> HttpResponse:
    account = managed_account(request.actor, account_id, now=clock.real_now())
    return shown_once(request, "identity/first_password.html", {"account": account, "password": password})
