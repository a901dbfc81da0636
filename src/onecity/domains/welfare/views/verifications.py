"""Verification: start it, watch it department by department, and how long it takes."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.domains.welfare.models import DepartmentQuery, Report, Verification
from onecity.domains.welfare.permissions import LOOK, VERIFY, VIEW
from onecity.domains.welfare.rules.codes import AID_NAMES, DEPARTMENT_NAMES, Aid, Department
from onecity.domains.welfare.selectors import applications, verifications
from onecity.domains.welfare.services import running
from onecity.domains.welfare.views.shown import QUERY, VERIFICATION, base_of
from onecity.kernel import clock
from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.web.access import requires, signed_in
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Column, Filter, Listing, respond


@requires(VIEW)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List verifications."""
    listing = Listing[Verification](
        title=zh("经济状况核对"),
        columns=(
            Column(zh("核对编号"), lambda row: row.number, look="code", link=_address),
            Column(zh("救助类别"), lambda row: gettext(AID_NAMES[Aid(row.application.aid)])),
            Column(zh("状态"), lambda row: VERIFICATION[row.state]),
            Column(zh("矛盾"), lambda row: row.contradictions, look="number"),
            Column(zh("差异"), lambda row: row.differences, look="number", wide_only=True),
            Column(zh("委托时间"), lambda row: row.requested_at, look="moment", wide_only=True),
            Column(zh("用时"), _span, look="span"),
        ),
        filters=(
            Filter("state", zh("全部状态"), choices=list(Verification.State.choices)),
            Filter("contradictions", zh("有矛盾"), kind="flag"),
        ),
        fetch=lambda query: verifications.verifications(request.actor, query),
        searchable=True,
        search_hint=zh("核对编号"),
        empty=zh("还没有核对"),
        actions=[Action(zh("核对统计"), reverse("welfare:statistics"), icon="chart-bar")],
    )
    return respond(request, listing)


@requires(VERIFY)
@require_POST
def begin(request: CityRequest, number: str) -> HttpResponse:
    """Start the verification of an application."""
    row = applications.application(request.actor, number)
    done = row.verifications.filter(state=Verification.State.REPORTED).exists()
    purpose = Verification.Purpose.REPEAT if done else Verification.Purpose.APPLICATION
    try:
        made = running.begin_verification(
            request.actor, application_id=row.id, purpose=purpose, now=request.now, real=clock.real_now()
        )
    except OneCityError as refusal:
        messages.error(request, refusal.sentence(gettext(refusal.template)))
        return redirect("welfare:application", number)
    return redirect("welfare:verification", made.number)


@signed_in
@require_GET
def show(request: CityRequest, number: str) -> HttpResponse:
    """Show a verification; it refreshes itself until the report is there."""
    return render(request, "welfare/verification.html", _facts(request, number))


@signed_in
@require_GET
def live(request: CityRequest, number: str) -> HttpResponse:
    """Give the part of the page that changes."""
    return render(request, "welfare/verification_live.html", _facts(request, number))


@requires(VERIFY)
@require_POST
def again(request: CityRequest, number: str) -> HttpResponse:
    """Ask the departments that did not answer once more."""
    row = verifications.verification(request.actor, number)
    if row.state == Verification.State.FAILED:
        running.again(request.actor, row, real=clock.real_now())
        messages.success(request, gettext("已重新查询未答复的部门"))
    return redirect("welfare:verification", number)


@requires(VIEW)
@require_GET
def statistics(request: CityRequest) -> HttpResponse:
    """Show how long verifications take, and what departments answered."""
    asked = (
        DepartmentQuery.objects.filter(verification__application__in=applications.visible(request.actor))
        .values("department", "state")
        .annotate(count=Count("id"), rows=Sum("rows"))
    )
    facts = {"figures": verifications.statistics(request.actor), "departments": _table([dict(item) for item in asked])}
    return render(request, "welfare/statistics.html", facts)


def _table(asked: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    rows: dict[str, dict[str, object]] = {
        code.value: {"name": name, "answered": 0, "not_covered": 0, "failed": 0, "rows": 0}
        for code, name in DEPARTMENT_NAMES.items()
    }
    for item in asked:
        row = rows[str(item["department"])]
        if item["state"] in row:
            row[str(item["state"])] = item["count"]
        row["rows"] = int(str(row["rows"])) + int(str(item["rows"] or 0))
    return list(rows.values())


def _facts(request: CityRequest, number: str) -> dict[str, object]:
    row = verifications.verification(request.actor, number)
    queries = list(row.queries.order_by("id"))
    running_now = row.state in {Verification.State.WAITING, Verification.State.ASKING}
    return {
        "row": row,
        "base": base_of(request.actor),
        "aid": AID_NAMES[Aid(row.application.aid)],
        "badge": VERIFICATION[row.state],
        "queries": [(item, DEPARTMENT_NAMES[Department(item.department)], QUERY[item.state]) for item in queries],
        "done": sum(1 for item in queries if item.state != DepartmentQuery.State.WAITING),
        "total": len(queries),
        "running": running_now,
        "report": Report.objects.filter(verification=row).first(),
        "may_look": request.actor.may(LOOK) or row.application.account_id == request.actor.id,
        "may_ask_again": request.actor.may(VERIFY) and row.state == Verification.State.FAILED,
        "span": _span(row),
        "asked": sum(item.subjects for item in queries),
    }


def _span(row: Verification) -> timedelta | None:
    return row.finished_at - row.requested_at if row.finished_at else None


def _address(row: Verification) -> str:
    return reverse("welfare:verification", args=[row.number])
