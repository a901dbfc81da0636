"""Applications: the list, one household with all it declared, and writing it while it is a draft."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.domains.welfare.forms import ApplicationForm, AssetForm, ExpenseForm, IncomeForm, MemberForm
from onecity.domains.welfare.models import Application, Member
from onecity.domains.welfare.permissions import ACCEPT, VERIFY, VIEW
from onecity.domains.welfare.rules.codes import AID_NAMES, Aid
from onecity.domains.welfare.rules.household import age_on
from onecity.domains.welfare.selectors import applications as selectors
from onecity.domains.welfare.services import applying
from onecity.domains.welfare.services.following import missing_signatures
from onecity.domains.welfare.services.submitting import submit
from onecity.domains.welfare.views.shown import APPLICATION, VERIFICATION, base_of
from onecity.kernel.clock import city_date
from onecity.kernel.errors import NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.identity.api import organisations
from onecity.web.access import requires, signed_in
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Column, Filter, Listing, respond


@requires(VIEW)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the applications of the actor's streets."""
    listing = Listing[Application](
        title=zh("救助申请"),
        columns=(
            Column(zh("申请编号"), lambda row: row.number, look="code", link=_address),
            Column(zh("救助类别"), lambda row: gettext(AID_NAMES[Aid(row.aid)])),
            Column(zh("状态"), lambda row: APPLICATION[row.state]),
            Column(zh("受理街道"), lambda row: row.organisation.name, wide_only=True),
            Column(zh("办件"), lambda row: row.case.number if row.case else None, look="code", wide_only=True),
            Column(zh("登记时间"), lambda row: row.created_at, look="moment", wide_only=True),
        ),
        filters=(
            Filter("aid", zh("全部救助类别"), choices=[(code.value, name) for code, name in AID_NAMES.items()]),
            Filter("state", zh("全部状态"), choices=list(Application.State.choices)),
        ),
        fetch=lambda query: selectors.applications(request.actor, query),
        searchable=True,
        search_hint=zh("申请编号"),
        empty=zh("没有救助申请"),
        actions=([Action(zh("登记申请"), reverse("welfare:new_application"))] if request.actor.may(ACCEPT) else []),
    )
    return respond(request, listing)


@signed_in
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Begin an application: a clerk at the window, or a citizen for himself."""
    form = ApplicationForm(request.POST or None)
    form.offer((item.id, item.name) for item in organisations(kind="street"))
    if request.method == "POST" and form.is_valid():
        try:
            row = applying.begin_application(request.actor, new=form.application(), now=request.now)
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("已登记。请添加家庭成员，逐人申报收入和财产，由成年成员签署授权后提交"))
            return redirect("welfare:application", row.number)
    facts = {"form": form, "base": base_of(request.actor), "title": gettext("申请社会救助")}
    return render(request, "welfare/form.html", facts, status=422 if form.errors else 200)


@signed_in
@require_GET
def show(request: CityRequest, number: str) -> HttpResponse:
    """Show one application with its members, declarations, authorisations and verifications."""
    row = selectors.application(request.actor, number)
    members = selectors.members_of([row.id]).get(row.id, [])
    unsigned = missing_signatures(row, now=request.now)
    may_write = selectors.may_write(request.actor, row)
    facts = {
        "row": row,
        "base": base_of(request.actor),
        "aid": AID_NAMES[Aid(row.aid)],
        "state": APPLICATION[row.state],
        "members": [(item, _age(item, request), str(item.id) in unsigned) for item in members],
        "unsigned": len(unsigned),
        "may_write": may_write,
        "draft": row.state == Application.State.DRAFT,
        "may_verify": request.actor.may(VERIFY) and row.state == Application.State.SUBMITTED,
        "verifications": [(item, VERIFICATION[item.state]) for item in row.verifications.order_by("-id")],
    }
    return render(request, "welfare/application.html", facts)


@signed_in
@require_http_methods(["GET", "POST"])
def add_member(request: CityRequest, number: str) -> HttpResponse:
    """Add a member."""
    row = selectors.application(request.actor, number)
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            applying.add_member(request.actor, application_id=row.id, new=form.member())
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("已添加家庭成员"))
            return redirect("welfare:application", number)
    facts = {
        "form": form,
        "base": base_of(request.actor),
        "title": gettext("添加家庭成员"),
        "back": reverse("welfare:application", args=[number]),
    }
    return render(request, "welfare/form.html", facts, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "POST"])
def member(request: CityRequest, number: str, member_id: int) -> HttpResponse:
    """Declare a member's income, property and expenditure, one item at a time."""
    row = selectors.application(request.actor, number)
    found = selectors.members_of([row.id]).get(row.id, [])
    person = next((item for item in found if item.id == member_id), None)
    if person is None:
        raise NotFound(zh("没有这个成员"))
    wanted = request.POST.get("item", "")
    income = IncomeForm(request.POST if wanted == "income" else None)
    asset = AssetForm(request.POST if wanted == "asset" else None)
    expense = ExpenseForm(request.POST if wanted == "expense" else None)
    deeds: dict[str, tuple[IncomeForm | AssetForm | ExpenseForm, Callable[[], None]]] = {
        "income": (income, lambda: applying.declare_income(request.actor, member_id=member_id, new=income.income())),
        "asset": (asset, lambda: applying.declare_asset(request.actor, member_id=member_id, new=asset.asset())),
        "expense": (
            expense,
            lambda: applying.declare_expense(request.actor, member_id=member_id, new=expense.expense()),
        ),
    }
    if wanted in deeds and _declared(request, *deeds[wanted]):
        return redirect("welfare:member", number, member_id)
    facts = {
        "row": row,
        "base": base_of(request.actor),
        "member": person,
        "forms": [
            ("income", gettext("添加收入"), income),
            ("asset", gettext("添加财产"), asset),
            ("expense", gettext("添加刚性支出"), expense),
        ],
        "draft": row.state == Application.State.DRAFT and selectors.may_write(request.actor, row),
    }
    status = 422 if any(form.errors for form in (income, asset, expense)) else 200
    return render(request, "welfare/member.html", facts, status=status)


def _declared(request: CityRequest, form: IncomeForm | AssetForm | ExpenseForm, deed: Callable[[], None]) -> bool:
    if not form.is_valid():
        return False
    try:
        deed()
    except OneCityError as refusal:
        form.take(refusal)
        return False
    messages.success(request, gettext("已添加"))
    return True


@signed_in
@require_POST
def remove(request: CityRequest, number: str) -> HttpResponse:
    """Take a declared item or a member out of a draft."""
    kind, _, text = request.POST.get("what", "").partition(":")
    row = selectors.application(request.actor, number)
    item = int(text) if text.isascii() and text.isdigit() else 0
    try:
        if kind == "member":
            applying.remove_member(request.actor, member_id=item)
        else:
            applying.withdraw_item(request.actor, kind=kind, item_id=item)
    except OneCityError as refusal:
        messages.error(request, refusal.sentence(gettext(refusal.template)))
    return redirect("welfare:application", row.number)


@signed_in
@require_POST
def send(request: CityRequest, number: str) -> HttpResponse:
    """Submit a draft."""
    row = selectors.application(request.actor, number)
    try:
        opened = submit(request.actor, application_id=row.id, now=request.now)
    except OneCityError as refusal:
        messages.error(request, refusal.sentence(gettext(refusal.template)))
    else:
        messages.success(request, gettext("已提交，办件编号 %(number)s") % {"number": opened.number})
    return redirect("welfare:application", number)


def _address(row: Application) -> str:
    return reverse("welfare:application", args=[row.number])


def _age(item: Member, request: CityRequest) -> int:
    return age_on(item.birth_date, day=city_date(request.now))
