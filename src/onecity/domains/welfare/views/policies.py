"""Limits: the versions, one beside the one before it, a new one; and by which grant departments are asked."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.domains.welfare.forms import PolicyForm
from onecity.domains.welfare.models import CheckingBody, DepartmentSource, PolicyTable
from onecity.domains.welfare.permissions import POLICIES
from onecity.domains.welfare.rules.codes import DEPARTMENT_NAMES, TOPIC_NAMES, Department
from onecity.domains.welfare.rules.readings import READINGS
from onecity.domains.welfare.services.settings import draft_policy, publish_policy, set_checking_body, set_source
from onecity.kernel.errors import NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.identity.api import organisations
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Listing, Query, respond
from onecity.web.paging import Count, Page


@requires(POLICIES)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List every version."""
    listing = Listing[PolicyTable](
        title=zh("救助标准"),
        columns=(
            Column(zh("版本"), lambda row: row.number, look="number", link=_address),
            Column(zh("状态"), _state),
            Column(zh("适用区划"), lambda row: row.division_code or gettext("全市"), look="code"),
            Column(zh("生效日期"), lambda row: row.valid_from.isoformat()),
            Column(zh("失效日期"), lambda row: row.valid_to.isoformat() if row.valid_to else None, wide_only=True),
            Column(zh("最低生活保障标准"), lambda row: f"{row.line}", look="number"),
            Column(zh("文件依据"), lambda row: row.source, wide_only=True),
        ),
        fetch=_page,
        empty=zh("还没有救助标准"),
        actions=[
            Action(zh("新建版本"), reverse("welfare:new_policy")),
            Action(zh("核对数据项"), reverse("welfare:sources"), icon="database"),
        ],
    )
    return respond(request, listing)


@requires(POLICIES)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Draft a version, beginning with the figures of the last one."""
    last = PolicyTable.objects.order_by("-number").values().first()
    form = PolicyForm(request.POST or None, initial=last)
    if request.method == "POST" and form.is_valid():
        try:
            row = draft_policy(request.actor, values=form.values(), now=request.now)
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("草稿已保存，发布后生效"))
            return redirect("welfare:policy", row.number)
    facts = {
        "form": form,
        "base": "web/workbench.html",
        "title": gettext("新建救助标准"),
        "back": reverse("welfare:policies"),
    }
    return render(request, "welfare/form.html", facts, status=422 if form.errors else 200)


@requires(POLICIES)
@require_http_methods(["GET", "POST"])
def show(request: CityRequest, number: int) -> HttpResponse:
    """Show a version beside the one before it; publish a draft."""
    row = PolicyTable.objects.filter(number=number).first()
    if row is None:
        raise NotFound(zh("没有这个版本的救助标准"))
    if request.method == "POST":
        try:
            publish_policy(request.actor, number=number, now=request.now)
        except OneCityError as refusal:
            messages.error(request, refusal.sentence(gettext(refusal.template)))
        else:
            messages.success(request, gettext("已发布，自生效日期起执行"))
        return redirect("welfare:policy", number)
    before = (
        PolicyTable.objects.filter(division_code=row.division_code, published_at__isnull=False, number__lt=number)
        .order_by("-valid_from")
        .first()
    )
    facts = {
        "row": row,
        "state": _state(row),
        "before": before,
        "figures": [_figure(row, before, name) for name in PolicyForm.FIGURES],
        "uncounted": [gettext(TOPIC_NAMES[code]) for code in row.uncounted],
    }
    return render(request, "welfare/policy.html", facts)


@requires(POLICIES)
@require_http_methods(["GET", "POST"])
def sources(request: CityRequest) -> HttpResponse:
    """Set by which grant each dataset is asked, and who checks where."""
    if request.method == "POST":
        try:
            _set(request)
        except OneCityError as refusal:
            messages.error(request, refusal.sentence(gettext(refusal.template)))
        else:
            messages.success(request, gettext("已保存"))
        return redirect("welfare:sources")
    known = {item.code: item for item in DepartmentSource.objects.all()}
    facts = {
        "rows": [
            (item, DEPARTMENT_NAMES[Department(item.department)], known.get(item.code)) for item in READINGS.values()
        ],
        "bodies": CheckingBody.objects.select_related("organisation").order_by("division_code"),
        "organisations": organisations(),
    }
    return render(request, "welfare/sources.html", facts)


def _set(request: CityRequest) -> None:
    given = request.POST
    if given.get("what") == "body":
        number = given.get("organisation_id", "")
        chosen = int(number) if number.isascii() and number.isdigit() else 0
        set_checking_body(request.actor, division_code=given.get("division_code", ""), organisation_id=chosen)
        return
    set_source(
        request.actor,
        code=given.get("code", ""),
        grant_code=given.get("grant_code", "").strip()[:60],
        is_active=given.get("is_active") == "on",
    )


def _figure(row: PolicyTable, before: PolicyTable | None, name: str) -> tuple[str, object, object]:
    title = str(PolicyTable._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # plain columns, all have names
    return title, getattr(before, name) if before else "", getattr(row, name)


def _page(query: Query) -> Page[PolicyTable]:
    rows = list(PolicyTable.objects.order_by("-number")[: query.size])
    return Page(rows, count=Count(len(rows)))


def _state(row: PolicyTable) -> Badge:
    return Badge(zh("已发布"), "green") if row.published_at else Badge(zh("草稿"), "grey")


def _address(row: PolicyTable) -> str:
    return reverse("welfare:policy", args=[row.number])
