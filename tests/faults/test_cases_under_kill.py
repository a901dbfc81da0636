"""kill -9 of web and worker under load: every case is whole, what was acknowledged is there, nothing happens twice."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.cases.models import Card, Case, Entry, Task
from onecity.platform.cases.rules.supervision import DEFAULT
from onecity.platform.cases.tests.factories import DIVISION, make_case, make_type
from onecity.platform.identity.services.clients import NewClient, create_client, issue_token
from onecity.platform.identity.tests.factories import make_actor, make_organisation
from onecity.platform.messages.models import Message

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).parents[2]
PATIENCE_S = 240.0
CALLERS = 4

# Cases that are not whole, by what they lack.
HALF_CASES = {
    "lists": """SELECT id FROM cases_case c WHERE cardinality(scope_keys) <>
        (SELECT count(*) FROM cases_visibility v WHERE v.case_id = c.id AND v.status = c.status)""",
    "search": "SELECT id FROM cases_case c WHERE NOT EXISTS (SELECT FROM cases_searchterms t WHERE t.case_id = c.id)",
    "opening": """SELECT id FROM cases_case c WHERE 1 <>
        (SELECT count(*) FROM cases_entry e WHERE e.case_id = c.id AND e.kind = 'opened')""",
    "steps": """SELECT id FROM cases_case c WHERE revision - 1 <>
        (SELECT count(*) FROM cases_entry e WHERE e.case_id = c.id AND e.kind = 'completed')""",
    "tasks": """SELECT id FROM cases_case c WHERE (status = 'open')::int <>
        (SELECT count(*) FROM cases_task t WHERE t.case_id = c.id AND t.state = 'open')""",
    "audit": """SELECT id FROM cases_case c WHERE 1 <>
        (SELECT count(*) FROM identity_auditentry a
         WHERE a.action = 'cases.open_case' AND a.target = 'cases.case:' || c.id)""",
}
COUNTED = """
    SELECT coalesce(sum(number), 0) FROM (
        SELECT number FROM cases_counter WHERE scope_key = '*' AND status = %(status)s
        UNION ALL SELECT change FROM cases_counterdelta WHERE '*' = ANY(scope_keys) AND status = %(status)s
    ) parts
"""


def rows(sql: str, **values: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program of the city on this test's database, in a process group of its own that is gone afterwards."""
    facts = connection.settings_dict
    url = f"postgresql://{facts['USER']}:{facts['PASSWORD']}@/{facts['NAME']}?host={facts['HOST']}"
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "ONECITY_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "onecity.project.settings"},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and its children as a failing machine would."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(PATIENCE_S)


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextmanager
def web(port: int) -> Iterator[subprocess.Popen[bytes]]:
    server = ("-m", "granian", "--interface", "asgi", "onecity.project.asgi:application", "--port", str(port))
    with running(*server, "--workers", "1", "--no-ws", "--log-level", "error") as process:
        until(lambda: answers(port))
        yield process


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


@dataclass
class Callers:
    """Programs that open cases and end their first task over HTTP, and keep what was acknowledged."""

    port: int
    token: str
    given: dict[str, object]
    opened: dict[str, str] = field(default_factory=dict)
    stepped: set[int] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._call, args=(number,)) for number in range(CALLERS)]
        for thread in threads:
            thread.start()
        return threads

    def _call(self, number: int) -> None:
        serial = 0
        while not self.over.is_set():
            origin = f"caller{number}:{serial}"
            serial += 1
            self.asked.append(origin)
            try:
                self.open(origin)
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)  # the server is down; whoever asked will ask again

    def open(self, origin: str) -> None:
        """Open a case for an origin and end its first task; keep each only once the server has said so."""
        case = self.ask("/api/cases", {**self.given, "origin": origin})
        self.opened[origin] = case["number"]
        task = Task.objects.filter(case_id=case["id"], node="accept").order_by("id").values_list("id", "state").get()
        if task[1] == "open":
            self.ask(f"/api/tasks/{task[0]}/complete", {"outcome": "accept"})
            self.stepped.add(task[0])

    def ask(self, path: str, body: dict[str, object]) -> Any:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            link.request("POST", path, json.dumps(body), headers)
            answer = link.getresponse()
            content = json.loads(answer.read())
            assert answer.status in {200, 201}, content
            return content
        finally:
            link.close()
            connection.close()


def callers(port: int) -> Callers:
    now, organisation = clock.real_now(), make_organisation()
    program = NewClient("采集系统", organisation.id, "登记案件", ("cases.create", "cases.answer"), everywhere=True)
    client = create_client(system_actor("test"), new=program, now=now)
    token = issue_token(system_actor("test"), client_id=client.id, life=timedelta(hours=1), now=now)
    given = {
        "type": make_type(now=now),
        "title": "井盖破损",
        "organisation_id": organisation.id,
        "division_code": DIVISION,
    }
    return Callers(port, token, given)


def assert_every_case_is_whole() -> None:
    assert {lack: rows(sql) for lack, sql in HALF_CASES.items()} == {lack: [] for lack in HALF_CASES}
    for status in Case.Status.values:
        assert rows(COUNTED, status=status)[0][0] == Case.objects.filter(status=status).count()


def test_killed_web_server_leaves_no_half_case_and_loses_none_that_it_acknowledged() -> None:
    port = free_port()
    calling = callers(port)
    with web(port) as server:
        threads = calling.start()
        until(lambda: len(calling.stepped) > 40)
        kill(server)
    assert_every_case_is_whole()
    with web(port):
        before = len(calling.stepped)
        until(lambda: len(calling.stepped) > before + 40)
        calling.over.set()
        for thread in threads:
            thread.join(PATIENCE_S)
        for origin in calling.asked:
            calling.open(origin)  # as whoever got no answer does: the same origin again
    assert_every_case_is_whole()
    assert dict(Case.objects.values_list("origin", "number")) == calling.opened
    assert set(calling.opened) == set(calling.asked)
    ended = Task.objects.filter(id__in=calling.stepped).values_list("state", flat=True)
    assert (len(ended), set(ended)) == (len(calling.stepped), {"done"})


def test_killed_worker_turns_each_light_once_and_tells_each_person_once() -> None:
    organisation, now = make_organisation(), clock.real_now()
    code = make_type(now=now)
    people = [make_actor("cases.answer", organisation=organisation) for _ in range(2)]
    opened = [make_case(code, organisation=organisation, now=now - timedelta(days=14)) for _ in range(350)]

    def told() -> int:
        return Message.objects.filter(template_code="cases.task_waits").count()

    for reached in (1, 100, 101):
        with running("manage.py", "work") as worker:
            until(lambda least=reached: told() >= least)  # type: ignore[misc]  # mypy infers no type of a default
            kill(worker)
        assert_every_case_is_whole()
    with running("manage.py", "work"):
        until(lambda: told() == len(opened) * len(people) and not Case.objects.exclude(light="red").exists())
        until(lambda: rows("SELECT count(*) FROM cases_counterdelta")[0][0] == 0)
        until(lambda: not Task.objects.exclude(watch_step=len(DEFAULT.measures)).exists())
    assert_every_case_is_whole()
    # Each case turned red by its own clock and by its task's: two lines, and no message twice.
    turned = Entry.objects.filter(kind="light").values_list("case_id", "task_id")
    assert (len(turned), len(set(turned))) == (2 * len(opened), 2 * len(opened))
    # Each measure was taken once: a yellow and a red card, and two escalations that nobody above could hear.
    assert Card.objects.count() == 2 * len(opened)
    measures = Entry.objects.filter(kind__in=["card", "escalated"]).count()
    assert measures == len(DEFAULT.measures) * len(opened)
    # Each person was told once that the task waits, that it is late, and of each card.
    sent = Message.objects.values_list("recipient_id", "template_code", "link")
    assert len(set(sent)) == len(sent) == len(opened) * len(people) * 4
