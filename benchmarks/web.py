"""Pages and the interface over real HTTP, beside an empty page and a road that answers a constant."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Final

from django.db import connection

from benchmarks.case_city import BUILDER, NEWEST, City, found_city, settle
from benchmarks.cases import new_case
from benchmarks.load import requests_per_second
from benchmarks.report import Result, progress
from benchmarks.turns import value_and_limit
from onecity.platform.cases.api import complete_task, open_case
from onecity.platform.cases.contracts import TaskAnswer
from onecity.platform.cases.models import Task
from onecity.platform.identity.tests.factories import make_actor, open_session

CASES: Final = 10_000
SHOWN: Final = 16
START_SECONDS: Final = 30.0


def run(quick: bool) -> list[Result]:  # noqa: FBT001  # the contract of every bench
    """Measure; `quick` takes shorter turns."""
    city = found_city()
    settle(city, number=CASES)
    numbers = _walked_cases(city)
    cookie = f"onecity_session={open_session(make_actor('cases.view', 'cases.answer', everywhere=True).account_id)}"
    connection.close()
    seconds = 2.0 if quick else 5.0
    with _web_server() as port:
        progress("asking pages and the interface, in turn with their bare peers")
        ask = partial(requests_per_second, port, cookie=cookie, seconds=seconds)
        return [
            _compared(
                ask,
                "web_case_page",
                [f"/cases/{number}" for number in numbers],
                peer="/bench/empty",
                peer_name="an empty page of the shell, signed in",
            ),
            _compared(
                ask,
                "web_api_read",
                [f"/api/cases/{number}" for number in numbers],
                peer="/api/bench",
                peer_name="a hot road that answers a constant, signed in",
            ),
        ]


def _compared(ask: "partial[float]", name: str, paths: Sequence[str], *, peer: str, peer_name: str) -> Result:
    for path in (*paths, peer):
        ask([path], seconds=0.1)  # both are warm before the first turn
    value, limit = value_and_limit(partial(ask, paths), partial(ask, [peer]))
    return Result(name, value, "requests/s", limit, peer_name, "higher")


def _walked_cases(city: City) -> list[str]:
    """Open cases and end their first task, so that the page has a history; return their numbers."""
    numbers = []
    for serial in range(SHOWN):
        opened = open_case(BUILDER, new=new_case(city, serial), now=NEWEST + timedelta(seconds=serial))
        task = Task.objects.get(case_id=opened.id, state="open")
        complete_task(BUILDER, task_id=task.id, answer=TaskAnswer("accept"), now=NEWEST + timedelta(hours=1))
        numbers.append(opened.number)
    return numbers


@contextmanager
def _web_server() -> Iterator[int]:
    """Run the web server as the city does; give its port."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = int(held.getsockname()[1])
    command = (
        *(sys.executable, "-m", "granian", "--interface", "asgi", "benchmarks.web_city:application"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", os.environ.get("ONECITY_WEB_WORKERS", "2")),
        *("--loop", "uvloop", "--no-ws", "--backlog", "1024", "--log-level", "error"),
    )
    process = subprocess.Popen(command, stdout=sys.stderr)
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _wait_for(port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"the web server did not listen on {port}")
