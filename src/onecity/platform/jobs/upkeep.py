"""Keeps the queue healthy: work that a killed worker left behind is taken up again."""

from typing import Final

from asgiref.sync import async_to_sync
from procrastinate.contrib.django import app

SILENT_SECONDS: Final = 20.0


def take_up_abandoned_work() -> int:
    """Queue again what workers had begun that have given no sign of life for `SILENT_SECONDS`; returns how many."""
    return async_to_sync(_take_up)()


async def _take_up() -> int:
    manager = app.job_manager
    abandoned = list(await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS))
    for job in abandoned:
        await manager.retry_job(job)
    await manager.prune_stalled_workers(SILENT_SECONDS)
    return len(abandoned)
