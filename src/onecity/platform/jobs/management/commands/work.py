"""`manage work`: a worker process. Start as many as there is work for, on as many machines."""

import asyncio
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from procrastinate import App
from procrastinate.contrib.django import app

from onecity.platform.jobs.registries import ticks
from onecity.platform.jobs.ticker import Ticker


class Command(BaseCommand):
    """Delivers events, runs jobs, and ticks."""

    help = "执行后台任务"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how many tasks run at once."""
        parser.add_argument("--concurrency", type=int, default=4)

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until asked to stop; a task that is running is finished first."""
        ticker = Ticker(ticks())
        ticker.start()
        try:
            with app.replace_connector(app.connector.get_worker_connector()) as worker_app:  # type: ignore[attr-defined]  # DjangoConnector has it
                asyncio.run(_work(worker_app, concurrency=options["concurrency"]))
        finally:
            ticker.stop()


async def _work(worker_app: App, *, concurrency: int) -> None:
    async with worker_app.open_async():
        await worker_app.run_worker_async(
            concurrency=concurrency,
            delete_jobs="successful",
            fetch_job_polling_interval=2.0,
            update_heartbeat_interval=5.0,
            stalled_worker_timeout=30.0,
            shutdown_graceful_timeout=20.0,
        )
