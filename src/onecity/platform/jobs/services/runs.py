"""Runs that people watch: started, reported on, cancelled, tried again."""

import time
import traceback
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app

from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.jobs.models import Run
from onecity.platform.jobs.registries import jobs
from onecity.platform.jobs.services.queues import RUN_TASK, WORK_QUEUE

REPORT_SECONDS: Final = 0.5


class AlreadyOver(Conflict):
    """The run has ended; there is nothing to cancel."""

    code = "run_already_over"
    message = zh("任务已经结束，不能取消")


class Cancelled(Exception):
    """Somebody asked for the job to stop; the runner notes it, nothing else catches it."""


class UnknownJob(Exception):
    """No module declares this job any more."""


def start(actor: Actor, *, code: str, title: str, arguments: Mapping[str, object], now: datetime) -> int:
    """Start a job in the background, in the caller's transaction, and return the run's id.

    code: a declared job. title: what people see in the list. now: real time.
    """
    if code not in jobs():
        raise UnknownJob(code)
    with transaction.atomic():
        run = Run.objects.create(
            code=code,
            title=title,
            state=Run.State.WAITING,
            arguments=dict(arguments),
            requested_by=actor.key,
            organisation_id=actor.organisation_id,
            created_at=now,
        )
        identity.record(actor, action="jobs.start", target=f"jobs.run:{run.id}", details={"job": code})
        _queue(run)
    return run.id


def cancel(actor: Actor, *, run_id: int, now: datetime) -> None:
    """Ask a run to stop: it stops at its next report; one that has not begun never begins.

    Raises: NotFound; AlreadyOver.
    """
    with transaction.atomic():
        run = Run.objects.select_for_update().filter(id=run_id).first()
        if run is None:
            raise NotFound
        if run.finished_at is not None:
            raise AlreadyOver
        run.cancel_asked_at = now
        if run.state == Run.State.WAITING:
            run.state, run.finished_at = Run.State.CANCELLED, now
        run.save(update_fields=["cancel_asked_at", "state", "finished_at"])
        identity.record(actor, action="jobs.cancel", target=f"jobs.run:{run_id}")


def try_again(actor: Actor, *, run_id: int) -> None:
    """Queue a failed or cancelled run once more.

    Raises: NotFound if there is no such ended run.
    """
    with transaction.atomic():
        run = Run.objects.select_for_update().filter(id=run_id, state__in=["failed", "cancelled"]).first()
        if run is None:
            raise NotFound
        run.state, run.error, run.finished_at, run.cancel_asked_at = Run.State.WAITING, "", None, None
        run.save()
        identity.record(actor, action="jobs.try_again", target=f"jobs.run:{run_id}")
        _queue(run)


def execute(code: str, *, arguments: Mapping[str, object], run_id: int | None) -> None:
    """Run a job now; the worker's entry. A run that somebody watches is kept up to date.

    Raises: UnknownJob; whatever the job raises, so that the queue tries again.
    """
    job = jobs().get(code)
    if job is None:
        raise UnknownJob(code)
    if run_id is None:
        job.run(Unwatched(), arguments)
        return
    if not _begin(run_id):
        return
    try:
        result = job.run(Reporter(run_id), arguments)
    except Cancelled:
        _end(run_id, state=Run.State.CANCELLED)
    except BaseException:
        _note_failure(run_id, attempts=job.attempts)
        raise
    else:
        _end(run_id, state=Run.State.DONE, result=result or {})


class Unwatched:
    """The progress of a job that nobody watches."""

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        """Take the report and keep nothing of it."""


class Reporter:
    """The progress of a watched run: written at most every half second, and always when the total is reached."""

    def __init__(self, run_id: int) -> None:
        self._run_id = run_id
        self._written_at = 0.0

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        """Report, and stop the job if somebody asked for it.

        Raises: Cancelled.
        """
        now = time.monotonic()
        if now - self._written_at < REPORT_SECONDS and (not total or done < total):
            return
        self._written_at = now
        Run.objects.filter(id=self._run_id).update(done=done, total=total, note=note[:200])
        if Run.objects.filter(id=self._run_id, cancel_asked_at__isnull=False).exists():
            raise Cancelled


def _queue(run: Run) -> None:
    app.configure_task(RUN_TASK, queue=WORK_QUEUE).defer(code=run.code, arguments=run.arguments, run_id=run.id)


def _begin(run_id: int) -> bool:
    with transaction.atomic():
        run = Run.objects.select_for_update().filter(id=run_id).first()
        if run is None or run.finished_at is not None:
            return False
        run.state, run.attempts = Run.State.RUNNING, run.attempts + 1
        run.started_at = clock.real_now()
        run.save(update_fields=["state", "attempts", "started_at"])
    return True


def _end(run_id: int, *, state: str, result: Mapping[str, object] | None = None) -> None:
    Run.objects.filter(id=run_id).update(state=state, result=dict(result or {}), finished_at=clock.real_now())


def _note_failure(run_id: int, *, attempts: int) -> None:
    run = Run.objects.get(id=run_id)
    run.error = traceback.format_exc(limit=8)[-4000:]
    if run.attempts >= attempts:
        run.state, run.finished_at = Run.State.FAILED, clock.real_now()
    else:
        run.state = Run.State.WAITING
    run.save(update_fields=["error", "state", "finished_at"])
