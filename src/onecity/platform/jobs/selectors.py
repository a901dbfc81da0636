"""Reading runs."""

from datetime import datetime

from django.db.models import QuerySet

from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.platform.jobs.contracts import RunInfo
from onecity.platform.jobs.models import Run
from onecity.web.keyset import page_of
from onecity.web.paging import Cursor, Page

OBSERVE = "identity.observe_system"


def runs(actor: Actor, *, state: str = "", after: Cursor | None = None, size: int = 20) -> Page[RunInfo]:
    """Return runs newest first: the actor's own, or all for who may observe the system."""
    rows = _visible(actor)
    if state:
        rows = rows.filter(state=state)
    now = clock.real_now()
    return page_of(rows, after=after, size=size).shown(lambda run: info_of(run, now=now))


def run(actor: Actor, run_id: int) -> RunInfo:
    """Return one run.

    Raises: NotFound if there is none, or the actor may not see it.
    """
    found = _visible(actor).filter(id=run_id).first()
    if found is None:
        raise NotFound
    return info_of(found, now=clock.real_now())


def _visible(actor: Actor) -> QuerySet[Run]:
    rows = Run.objects.all()
    return rows if actor.may(OBSERVE) else rows.filter(requested_by=actor.key)


def info_of(run: Run, *, now: datetime) -> RunInfo:
    """Return a run as others see it, with its rate and the time it still needs."""
    seconds = ((run.finished_at or now) - run.started_at).total_seconds() if run.started_at else 0.0
    rate = run.done / seconds if seconds > 0 else 0.0
    left = (run.total - run.done) / rate if rate and run.total and run.state == Run.State.RUNNING else None
    return RunInfo(
        id=run.id,
        code=run.code,
        title=run.title,
        state=run.state,
        done=run.done,
        total=run.total,
        note=run.note,
        result=run.result,
        error=run.error,
        requested_by=run.requested_by,
        created_at=run.created_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        cancelling=run.cancel_asked_at is not None and run.finished_at is None,
        rate=rate,
        seconds_left=left,
    )
