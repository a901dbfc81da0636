"""Pages of background work: the list, one run with its progress, cancel and try again."""

from typing import Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from onecity.kernel import clock
from onecity.kernel.text import zh
from onecity.platform.jobs import selectors
from onecity.platform.jobs.contracts import RunInfo
from onecity.platform.jobs.models import Run
from onecity.platform.jobs.services import runs as services
from onecity.web.access import signed_in
from onecity.web.http import CityRequest
from onecity.web.listing import Badge, Column, Filter, Listing, respond

TONES: Final = {"waiting": "grey", "running": "blue", "done": "green", "failed": "red", "cancelled": "orange"}


def badge(run: RunInfo) -> Badge:
    """Return what a run's state looks like."""
    tone = TONES[run.state]
    return Badge(Run.State(run.state).label, tone)  # type: ignore[arg-type]  # TONES holds tones only


@signed_in
@require_GET
def runs(request: CityRequest) -> HttpResponseBase:
    """List runs: one's own, or everybody's for who observes the system."""
    listing = Listing[RunInfo](
        title=zh("后台任务"),
        columns=(
            Column(zh("任务"), lambda run: run.title, link=lambda run: reverse("jobs:run", args=[run.id])),
            Column(zh("状态"), badge),
            Column(zh("进度"), lambda run: f"{run.done:,}" + (f" / {run.total:,}" if run.total else ""), look="number"),
            Column(zh("发起时间"), lambda run: run.created_at, look="moment"),
            Column(zh("结束时间"), lambda run: run.finished_at, look="moment", wide_only=True),
        ),
        filters=(Filter("state", zh("全部状态"), choices=[(state.value, str(state.label)) for state in Run.State]),),
        fetch=lambda query: selectors.runs(
            request.actor, state=query.filters.get("state", ""), after=query.after, size=query.size
        ),
        empty=zh("还没有后台任务。导入、生成、统计等较长的操作会出现在这里。"),
    )
    return respond(request, listing)


@signed_in
@require_GET
def run(request: CityRequest, run_id: int) -> HttpResponse:
    """Show one run; its progress refreshes itself until the run has ended."""
    return render(request, "jobs/run.html", _facts(request, run_id))


@signed_in
@require_GET
def progress(request: CityRequest, run_id: int) -> HttpResponse:
    """Give the progress alone; as a page of its own for who comes without HTMX."""
    template = "jobs/progress.html" if request.wants_fragment else "jobs/run.html"
    return render(request, template, _facts(request, run_id))


@signed_in
@require_POST
def cancel(request: CityRequest, run_id: int) -> HttpResponse:
    """Ask a run to stop."""
    selectors.run(request.actor, run_id)
    services.cancel(request.actor, run_id=run_id, now=clock.real_now())
    return redirect("jobs:run", run_id)


@signed_in
@require_POST
def again(request: CityRequest, run_id: int) -> HttpResponse:
    """Queue an ended run once more."""
    selectors.run(request.actor, run_id)
    services.try_again(request.actor, run_id=run_id)
    return redirect("jobs:run", run_id)


def _facts(request: CityRequest, run_id: int) -> dict[str, object]:
    found = selectors.run(request.actor, run_id)
    return {"run": found, "badge": badge(found), "over": found.finished_at is not None}
