"""What must be done every so often: what is due, what is tried again, what was lost, what is late."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from onecity.platform.exchange.models import Flow, RefusedRow, Run
from onecity.platform.exchange.models.flows import OPEN_STATES
from onecity.platform.exchange.rules.schedules import is_late, next_due
from onecity.platform.exchange.services.flows.ending import end_cancelled, end_failed
from onecity.platform.exchange.services.flows.running import SYSTEM, RunsAlready, put_to_work, start_run
from onecity.platform.exchange.services.flows.telling import tell_late
from onecity.platform.identity import api as identity
from onecity.platform.jobs import api as jobs

AT_ONCE: Final = 100
DROP_BATCH: Final = 5_000


def start_due(now: datetime) -> int:
    """Start the flows whose time has come; returns how many were started. now: city time.

    A flow whose last run is still under way is not started again; it stays awaited since the first missed time.
    """
    due = Flow.objects.filter(state=Flow.State.ACTIVE, next_due_at__lte=now).order_by("next_due_at", "id")
    return sum(_start(flow_id, now) for flow_id in list(due.values_list("id", flat=True)[:AT_ONCE]))


def take_up_waiting(real_now: datetime) -> int:
    """Put runs to work whose pause is over; returns how many. real_now: real time."""
    waiting = Q(state__in=[Run.State.WAITING, Run.State.RETRYING], next_try_at__lte=real_now)
    count = 0
    for run_id in list(Run.objects.filter(waiting).order_by("next_try_at").values_list("id", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            run = Run.objects.select_for_update(of=("self",)).select_related("flow").filter(waiting, id=run_id).first()
            if run is not None:
                put_to_work(SYSTEM, run)
                count += 1
    return count


def settle_lost(now: datetime) -> int:
    """End runs whose job has ended without telling: it failed for good or was cancelled; returns how many."""
    count = 0
    lost = Run.objects.filter(state__in=OPEN_STATES, next_try_at__isnull=True, job_id__isnull=False)
    for run in lost.order_by("id")[:AT_ONCE]:
        assert run.job_id is not None
        info = jobs.run(SYSTEM, run.job_id)
        if info.state == "failed":
            last = info.error.strip().splitlines()[-1] if info.error.strip() else ""
            end_failed(run.id, f"运行程序出错：{last}", now=now)
        elif info.state == "cancelled":
            end_cancelled(run.id, now=now)
        else:
            continue
        count += 1
    return count


def tell_of_late(now: datetime) -> int:
    """Tell once of each flow that ought to have finished; returns how many flows. now: city time."""
    count = 0
    awaited = Flow.objects.filter(state=Flow.State.ACTIVE, awaited_since_at__lt=now, late_told_at__isnull=True)
    for flow_id in list(awaited.order_by("awaited_since_at").values_list("id", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            flow = Flow.objects.select_for_update(of=("self",)).select_related("published").get(id=flow_id)
            limit = timedelta(seconds=flow.published.late_after_s if flow.published else 0)
            if flow.late_told_at is None and is_late(awaited_since=flow.awaited_since_at, late_after=limit, now=now):
                tell_late(flow, now=now)
                flow.late_told_at = now
                flow.save(update_fields=["late_told_at"])
                count += 1
    return count


def forget_refused(now: datetime, *, keep_days: int) -> int:
    """Delete refused rows older than `keep_days`, settled or not; returns how many. now: city time."""
    old = RefusedRow.objects.filter(created_at__lt=now - timedelta(days=keep_days)).order_by("created_at")
    with transaction.atomic():
        ids = list(old.values_list("id", flat=True)[:DROP_BATCH])
        count = RefusedRow.objects.filter(id__in=ids).delete()[0]
        if count:
            identity.record(SYSTEM, action="exchange.forget_refused", details={"count": count, "days": keep_days})
    return count


def _start(flow_id: int, now: datetime) -> bool:
    """Start one due flow and set when it is due next, together."""
    with transaction.atomic():
        flow = Flow.objects.select_for_update(of=("self",)).select_related("published").get(id=flow_id)
        if flow.state != Flow.State.ACTIVE or flow.next_due_at is None or flow.next_due_at > now:
            return False
        due, flow.awaited_since_at = flow.next_due_at, flow.awaited_since_at or flow.next_due_at
        assert flow.published is not None
        flow.next_due_at = next_due(flow.published.cron, after=now)
        flow.save(update_fields=["awaited_since_at", "next_due_at"])
        try:
            start_run(SYSTEM, flow_id=flow_id, now=now, trigger=Run.Trigger.SCHEDULE, due_at=due)
        except RunsAlready:
            return False
        return True
