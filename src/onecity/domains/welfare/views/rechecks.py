"""Regular re-checks: start one, watch it, go on with a paused one, read its results."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.domains.welfare.forms import RecheckForm
from onecity.domains.welfare.models import Benefit, Recheck, RecheckResult
from onecity.domains.welfare.permissions import RECHECK
from onecity.domains.welfare.selectors import rechecks as selectors
from onecity.domains.welfare.services.rechecking import resume_recheck, start_recheck
from onecity.domains.welfare.views.shown import OUTCOME
from onecity.kernel import clock
from onecity.kernel.clock import city_date
from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Badge, Column, Filter, Listing, respond

STATES = {
    "running": Badge(zh("进行中"), "blue"),
    "paused": Badge(zh("已暂停"), "orange"),
    "done": Badge(zh("已完成"), "green"),
}


@requires(RECHECK)
@require_http_methods(["GET", "POST"])
def index(request: CityRequest) -> HttpResponseBase:
    """List re-checks, and start one."""
    form = RecheckForm(request.POST or None, initial={"as_of": city_date(request.now)})
    if request.method == "POST" and form.is_valid():
        try:
            row = start_recheck(
                request.actor,
                name=form.cleaned_data["name"],
                as_of=form.cleaned_data["as_of"],
                now=clock.real_now(),
            )
        except OneCityError as refusal:
            form.take(refusal)
        else:
            return redirect("welfare:recheck", row.id)
    listing = Listing[Recheck](
        title=zh("定期复核"),
        columns=(
            Column(zh("名称"), lambda row: row.name, link=_address),
            Column(zh("状态"), lambda row: STATES[row.state]),
            Column(zh("核对基准日"), lambda row: row.as_of.isoformat(), wide_only=True),
            Column(zh("应核对户数"), lambda row: row.total, look="number"),
            Column(zh("已核对户数"), lambda row: row.checked, look="number"),
            Column(zh("不再符合"), lambda row: row.lapsed, look="number", wide_only=True),
            Column(zh("需要核实"), lambda row: row.doubtful, look="number", wide_only=True),
            Column(zh("完成时间"), lambda row: row.finished_at, look="moment", wide_only=True),
        ),
        fetch=selectors.rechecks,
        empty=zh("还没有定期复核"),
        template="welfare/rechecks.html",
        extra={"form": form, "households": Benefit.objects.filter(ended_on__isnull=True).count()},
    )
    return respond(request, listing)


@requires(RECHECK)
@require_GET
def show(request: CityRequest, recheck_id: int) -> HttpResponseBase:
    """Show a re-check with its progress and its results."""
    row = selectors.recheck(recheck_id)
    listing = Listing[RecheckResult](
        title=row.name,
        columns=(
            Column(zh("申请编号"), lambda item: item.application.number, look="code", link=_household),
            Column(zh("结果"), lambda item: OUTCOME[item.outcome]),
            Column(zh("月人均收入"), lambda item: f"{item.per_head}", look="number"),
            Column(
                zh("未通过项"), lambda item: "、".join(gettext(STEPS.get(code, code)) for code in item.failed_steps)
            ),
            Column(zh("差异"), lambda item: len(item.codes), look="number", wide_only=True),
        ),
        filters=(Filter("outcome", zh("全部结果"), choices=list(RecheckResult.Outcome.choices)),),
        fetch=lambda query: selectors.results(request.actor, row=row, query=query),
        empty=zh("还没有结果"),
        template="welfare/recheck.html",
        extra={"row": row, "state": STATES[row.state]},
    )
    return respond(request, listing)


@requires(RECHECK)
@require_POST
def resume(request: CityRequest, recheck_id: int) -> HttpResponse:
    """Go on with a paused re-check."""
    try:
        resume_recheck(request.actor, recheck_id=recheck_id, now=clock.real_now())
    except OneCityError as refusal:
        messages.error(request, refusal.sentence(gettext(refusal.template)))
    return redirect("welfare:recheck", recheck_id)


STEPS = {
    "heads": zh("家庭人口"),
    "income": zh("收入"),
    "financial": zh("金融资产"),
    "vehicles": zh("车辆"),
    "houses": zh("房屋"),
    "capital": zh("企业出资"),
    "burden": zh("刚性支出"),
    "area": zh("住房面积"),
    "no_work": zh("劳动能力"),
    "no_support": zh("赡养能力"),
}


def _address(row: Recheck) -> str:
    return reverse("welfare:recheck", args=[row.id])


def _household(item: RecheckResult) -> str:
    return reverse("welfare:application", args=[item.application.number])
