"""Deputies and the duty roster: who stands in for whom, who is on duty."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.errors import Invalid, OneCityError
from onecity.kernel.text import zh
from onecity.platform.cases.contracts import DeputationInfo, NewDeputation, NewShift, ShiftInfo
from onecity.platform.cases.forms import DeputationForm, ShiftForm
from onecity.platform.cases.permissions import SUPERVISE, VIEW
from onecity.platform.cases.registries import permission_names
from onecity.platform.cases.selectors.deputies import deputations
from onecity.platform.cases.selectors.organisations import organisation_choices, organisation_name
from onecity.platform.cases.selectors.posts import post_choices
from onecity.platform.cases.selectors.roster import shifts
from onecity.platform.cases.services.duties import rostering, standing_in
from onecity.platform.cases.views.shown import DEPUTATION
from onecity.platform.identity.api import find_account
from onecity.web.access import requires, signed_in
from onecity.web.http import CityRequest
from onecity.web.paging import Cursor


@signed_in
@require_http_methods(["GET", "POST"])
def deputies(request: CityRequest) -> HttpResponse:
    """List who stands in for whom, and set it."""
    form = DeputationForm(request.POST or None)
    form.offer(post_choices(), supervises=request.actor.may(SUPERVISE))
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            given = form.cleaned_data
            principal = given.get("principal", "")
            new = NewDeputation(
                principal_id=_account(principal, "principal") if principal else request.actor.account_id,
                deputy_id=_account(given["deputy"], "deputy"),
                starts_at=_moment(given["starts_at"]),
                ends_at=_moment(given["ends_at"]),
                reason=given["reason"],
                posts=tuple(given["posts"]),
            )
            standing_in.stand_in(request.actor, new=new, now=request.now)

        if _done(request, form, act, gettext("代理已设置")):
            return redirect("cases:deputies")
    page = deputations(request.actor, now=request.now, after=Cursor.decode(request.GET.get("after", "")))
    facts = {
        "rows": [
            (item, DEPUTATION[item.state], organisation_name(item.organisation_id), _posts(item)) for item in page.rows
        ],
        "next": page.next.encode() if page.next else "",
        "form": form,
    }
    return render(request, "cases/deputies.html", facts, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def withdraw(request: CityRequest, deputation_id: int) -> HttpResponse:
    """End a deputation."""
    standing_in.withdraw_deputation(request.actor, deputation_id=deputation_id, now=request.now)
    messages.success(request, gettext("代理已撤销"))
    return redirect("cases:deputies")


@requires(VIEW)
@require_http_methods(["GET", "POST"])
def roster(request: CityRequest) -> HttpResponse:
    """List who is on duty, and put people on duty."""
    form = ShiftForm(request.POST or None)
    form.offer(post_choices(), organisation_choices())
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            given = form.cleaned_data
            new = NewShift(
                organisation_id=int(given["organisation"]),
                post=given["post"],
                account_id=_account(given["account"], "account"),
                starts_at=_moment(given["starts_at"]),
                ends_at=_moment(given["ends_at"]),
            )
            rostering.put_on_duty(request.actor, new=new, now=request.now)

        if _done(request, form, act, gettext("班次已添加")):
            return redirect("cases:roster")
    return _roster_page(request, form)


@requires(SUPERVISE)
@require_POST
def remove_shift(request: CityRequest, shift_id: int) -> HttpResponse:
    """Take a shift off the roster."""
    rostering.take_off_duty(request.actor, shift_id=shift_id)
    messages.success(request, gettext("班次已删除"))
    return redirect("cases:roster")


def _roster_page(request: CityRequest, form: ShiftForm) -> HttpResponse:
    everything = bool(request.GET.get("all"))
    after = Cursor.decode(request.GET.get("after", ""))
    page = shifts(request.actor, now=request.now, current=not everything, after=after)
    facts = {
        "rows": [(item, organisation_name(item.organisation_id), _post(item)) for item in page.rows],
        "next": page.next.encode() if page.next else "",
        "everything": everything,
        "form": form if request.actor.may(SUPERVISE) else None,
    }
    return render(request, "cases/roster.html", facts, status=422 if form.is_bound else 200)


def _done(request: CityRequest, form: "DeputationForm | ShiftForm", act: Callable[[], None], done: str) -> bool:
    try:
        act()
    except Invalid as refusal:
        form.take(refusal)
        return False
    except OneCityError as refusal:
        form.add_error(None, refusal.sentence(gettext(refusal.template)))
        return False
    messages.success(request, done)
    return True


def _account(username: str, field: str) -> int:
    found = find_account(username.strip())
    if found is None or not found.is_active:
        raise Invalid(fields={field: zh("没有这个登录名，或账户已停用")})
    return found.id


def _moment(value: datetime) -> datetime:
    """Read a form's moment as one of the city."""
    return value.replace(tzinfo=CITY_ZONE) if timezone.is_naive(value) else value


def _posts(item: DeputationInfo) -> str:
    names = permission_names()
    return "、".join(gettext(names.get(code, code)) for code in item.posts)


def _post(item: ShiftInfo) -> str:
    return permission_names().get(item.post, item.post)
