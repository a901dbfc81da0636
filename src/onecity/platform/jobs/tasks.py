"""What the worker runs: deliveries of events, and jobs."""

from typing import Final

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from onecity.platform.jobs.services.outbox import deliver
from onecity.platform.jobs.services.queues import EVENTS_QUEUE, HANDLE_TASK, RUN_TASK, WORK_QUEUE
from onecity.platform.jobs.services.runs import execute

# Waits 2, 4, 8 … seconds: eleven tries reach over an hour, long enough for a database or a disk to come back.
EVENT_RETRY: Final = RetryStrategy(max_attempts=11, exponential_wait=2)
JOB_RETRY: Final = RetryStrategy(max_attempts=5, exponential_wait=3)


@app.task(name=HANDLE_TASK, queue=EVENTS_QUEUE, retry=EVENT_RETRY)
def handle(*, subscription: str, delivery: str, payload: dict[str, object]) -> None:
    """Deliver one event to one handler."""
    deliver(subscription, delivery=delivery, payload=payload)


@app.task(name=RUN_TASK, queue=WORK_QUEUE, retry=JOB_RETRY)
def run(*, code: str, arguments: dict[str, object], run_id: int | None) -> None:
    """Run one job."""
    execute(code, arguments=arguments, run_id=run_id)
