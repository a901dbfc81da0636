"""A real door with real certificates, and nodes as processes of their own beside a department's SQLite file."""

import asyncio
import gc
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection
from tests.gateways.harness import ROOT, until

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.exchange.contracts.blocks import Loading
from onecity.platform.exchange.contracts.flows import ConnectionText, FlowText, NewFlow
from onecity.platform.exchange.contracts.plans import Check, CheckKind, ColumnMap
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape
from onecity.platform.exchange.gateways.nodes.door import run_door
from onecity.platform.exchange.models import ExchangeNode, Run
from onecity.platform.exchange.node.papers import write_request
from onecity.platform.exchange.services.flows.connections import create_connection
from onecity.platform.exchange.services.flows.drafting import draft_flow
from onecity.platform.exchange.services.flows.publishing import publish_flow
from onecity.platform.exchange.services.flows.running import start_run
from onecity.platform.exchange.services.nodes.authority import door_papers, trusted_certificate
from onecity.platform.exchange.services.nodes.enrolling import enter_node
from onecity.platform.identity.tests.factories import make_organisation

ACTOR = system_actor("test")
NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
COLUMNS = (
    ColumnShape("id", LogicalType.INTEGER, nullable=False),
    ColumnShape("name", LogicalType.TEXT, length=40),
    ColumnShape("phone", LogicalType.TEXT, length=20),
)
SHAPE = TableShape("node_people", COLUMNS, key=("id",))


LEAVE_S = 0.5
"""How long TLS lines have for taking leave."""


@contextmanager
def door(port: int = 0) -> Iterator[int]:
    """Run the door in a thread; yields its port."""
    papers = door_papers(("localhost", "127.0.0.1"), now=clock.real_now())
    loop, ready, ports = asyncio.new_event_loop(), threading.Event(), list[int]()
    tasks: list[asyncio.Task[None]] = []

    def say(listening: int) -> None:
        ports.append(listening)
        ready.set()

    async def main() -> None:
        tasks.append(asyncio.ensure_future(run_door("127.0.0.1", port, papers=papers, ready=say)))
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(LEAVE_S)

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(tasks[0].cancel)
        thread.join(20)
        loop.close()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # a line that was broken off in its handshake
            gc.collect()


def people_file(path: Path, *, count: int, bad: int = 0) -> Path:
    """Make a department's file; the first `bad` people have no name."""
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, phone TEXT)")
        rows = [(nr, None if nr <= bad else f"人员{nr}", f"138{nr:08}") for nr in range(1, count + 1)]
        base.executemany("INSERT INTO people VALUES (?, ?, ?)", rows)
    base.close()
    return path


def enter(folder: Path, *, code: str = "hr", port: int, sqlite: Path) -> Path:
    """Enter a node and write its file; returns the file's path."""
    request = write_request(folder, code=code).read_text()
    organisation = make_organisation("人社局")
    node = enter_node(
        ACTOR, code=code, name="人社局前置机", organisation_id=organisation.id, request=request, now=clock.real_now()
    )
    (folder / "node.pem").write_text(node.certificate)
    (folder / "hub-ca.pem").write_text(trusted_certificate(now=clock.real_now()))
    file = folder / "node.toml"
    file.write_text(
        f'hub = "https://localhost:{port}"\nauthority = "hub-ca.pem"\ncertificate = "node.pem"\nkey = "node.key"\n'
        f'[places.people]\nkind = "sqlite"\n[places.people.options]\npath = "{sqlite}"\n',
        encoding="utf-8",
    )
    return file


class NodeProcess:
    """`onecity node run`, as a department runs it: without any of the hub's settings."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.start()

    def start(self) -> None:
        """Start it."""
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        environment["PYTHONPATH"] = str(ROOT / "src")
        command = [sys.executable, "-m", "onecity.platform.exchange.node", "run", str(self._file)]
        self._process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def kill(self) -> None:
        """Kill it without a word."""
        self._process.kill()
        self._process.communicate(timeout=20)

    def stop(self) -> str:
        """Ask it to stop; returns all that it said."""
        self._process.send_signal(signal.SIGTERM)
        said, _ = self._process.communicate(timeout=20)
        return said

    def ended(self) -> str:
        """Wait until it ends by itself; returns all that it said."""
        said, _ = self._process.communicate(timeout=20)
        return said


def wait_until_seen(code: str = "hr") -> None:
    """Wait until a node has said what it has."""
    until(lambda: bool(ExchangeNode.objects.get(code=code).places), what="the node")


def hub_connection(code: str, *, table: TableShape = SHAPE) -> str:
    """Make a connection to a table in the hub's own database."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS {table.name} (id bigint PRIMARY KEY, name varchar(40), phone varchar(20))"
        )
    given = connection.get_connection_params()
    options = {
        "host": str(given.get("host") or "/var/run/postgresql"),
        "port": int(given.get("port") or 5432),
        "database": str(given["dbname"]),
        "user": str(given.get("user") or os.environ.get("USER", "postgres")),
    }
    return _connect(code, "postgresql", options, secret=str(given.get("password") or ""))


def node_connection(code: str, *, node: str = "hr", place: str = "people") -> str:
    """Make a connection to a node's place."""
    return _connect(code, "node", {"node": node, "place": place})


def flow(source: str, target: str, *, source_table: str, target_table: str, block_rows: int = 100) -> int:
    """Publish a flow between two connections and return its id."""
    text = FlowText(
        source=source,
        source_table=source_table,
        source_columns=COLUMNS,
        target=target,
        target_shape=TableShape(target_table, COLUMNS, key=("id",)),
        columns=tuple(ColumnMap(item.name, item.type, item.name) for item in COLUMNS),
        loading=Loading.MERGE,
        checks=(Check("not_null.name", CheckKind.NOT_NULL, ("name",)),),
        block_rows=block_rows,
    )
    owner = make_organisation("数据局")
    new = NewFlow(code=f"{source}-{target}", name="人社到中心", organisation_id=owner.id)
    found = draft_flow(ACTOR, new=new, text=text, now=NOW)
    publish_flow(ACTOR, flow_id=found, now=NOW)
    return found


def begin(flow_id: int) -> Run:
    """Start a run."""
    return Run.objects.get(id=start_run(ACTOR, flow_id=flow_id, now=NOW))


def _connect(code: str, kind: str, options: dict[str, str | int], *, secret: str = "") -> str:
    owner = make_organisation(f"机构{code}")
    text = ConnectionText(name=code, kind=kind, organisation_id=owner.id, options=options, secret=secret)
    create_connection(ACTOR, code=code, text=text, now=NOW)
    return code
