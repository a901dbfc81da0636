"""Reading runs, receipts and scores."""

from dataclasses import dataclass
from datetime import datetime

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.platform.exchange.models import QualityScore, Run, RunReceipt
from onecity.platform.exchange.permissions import VIEW_FLOWS, VIEW_RECEIPTS
from onecity.platform.identity import api as identity
from onecity.web.keyset import counted_page
from onecity.web.paging import Cursor, Page


@dataclass(frozen=True, slots=True)
class RunQuery:
    """What a list of runs or receipts is asked for."""

    flow_id: int | None = None
    state: str = ""
    search: str = ""
    since: datetime | None = None
    until: datetime | None = None
    after: Cursor | None = None
    size: int = 20


def runs(actor: Actor, query: RunQuery) -> Page[Run]:
    """Return runs that the actor may see, newest first."""
    rows = Run.objects.filter(identity.row_scope(actor, VIEW_FLOWS).q()).select_related("flow")
    if query.flow_id is not None:
        rows = rows.filter(flow_id=query.flow_id)
    if query.state:
        rows = rows.filter(state=query.state)
    if query.search:
        rows = rows.filter(flow__name__icontains=query.search)
    if query.since:
        rows = rows.filter(created_at__gte=query.since)
    if query.until:
        rows = rows.filter(created_at__lt=query.until)
    return counted_page(rows, after=query.after, size=query.size)


def run(actor: Actor, run_id: int) -> Run:
    """Return one run that the actor may see. Raises: NotFound."""
    rows = Run.objects.select_related("flow", "version__source", "version__target")
    found = rows.filter(identity.row_scope(actor, VIEW_FLOWS).q(), id=run_id).first()
    if found is None:
        raise NotFound
    return found


def pace(found: Run) -> tuple[float, float | None]:
    """Return rows a second so far, and the seconds still needed where the number of rows is known."""
    rate = found.read / found.worked_s if found.worked_s > 0 else 0.0
    left = found.total - found.read
    return rate, left / rate if rate and found.total and left > 0 else None


def receipts(actor: Actor, query: RunQuery) -> Page[RunReceipt]:
    """Return receipts that the actor may see, newest first. search: begin of the receipt's code."""
    rows = RunReceipt.objects.filter(identity.row_scope(actor, VIEW_RECEIPTS).q()).select_related("flow", "run")
    if query.search:
        rows = rows.filter(code__istartswith=query.search)
    if query.since:
        rows = rows.filter(created_at__gte=query.since)
    if query.until:
        rows = rows.filter(created_at__lt=query.until)
    return counted_page(rows, after=query.after, size=query.size)


def receipt(actor: Actor, code: str) -> RunReceipt:
    """Return one receipt that the actor may see. Raises: NotFound."""
    rows = RunReceipt.objects.select_related("flow", "run", "key")
    found = rows.filter(identity.row_scope(actor, VIEW_RECEIPTS).q(), code=code).first()
    if found is None:
        raise NotFound
    return found


def shown_receipt(*, code: str, digest: str) -> RunReceipt | None:
    """Return the receipt with this code and digest, for whoever holds both; None where they do not belong together."""
    return RunReceipt.objects.select_related("flow", "key").filter(code=code, digest=digest.lower()).first()


def receipt_of_run(run_id: int) -> RunReceipt | None:
    """Return a run's receipt; the caller has fetched the run within its scope."""
    return RunReceipt.objects.filter(run_id=run_id).first()


def score_of_run(run_id: int) -> QualityScore | None:
    """Return a run's score; the caller has fetched the run within its scope."""
    return QualityScore.objects.filter(run_id=run_id).first()


def latest_scores(actor: Actor, *, search: str = "", size: int = 500) -> list[QualityScore]:
    """Return the newest score of each flow that the actor may see, the worst first."""
    rows = QualityScore.objects.filter(identity.row_scope(actor, VIEW_FLOWS).q()).select_related("flow")
    if search:
        rows = rows.filter(dataset_code__icontains=search)
    newest = rows.order_by("flow_id", "-created_at").distinct("flow_id")[:size]
    return sorted(newest, key=lambda row: (row.total, row.flow_id))


def scores_of_flow(flow_id: int, *, size: int = 30) -> list[QualityScore]:
    """Return a flow's last scores, the oldest first; the caller has fetched the flow within its scope."""
    return list(QualityScore.objects.filter(flow_id=flow_id).order_by("-created_at")[:size])[::-1]
