"""Exchange nodes: let in by certificate only; they carry runs both ways, exactly once, and stop when told."""

import sqlite3
import ssl
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from django.db import connection
from tests.exchange.nodes import (
    ACTOR,
    NodeProcess,
    begin,
    door,
    enter,
    flow,
    hub_connection,
    node_connection,
    people_file,
    wait_until_seen,
)
from tests.gateways.harness import until

from onecity.kernel import clock
from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable
from onecity.platform.exchange.connectors.nodes import NodeConnector
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.models import Connection, ExchangeNode, NodeTask, RefusedRow, Run
from onecity.platform.exchange.node.papers import write_request
from onecity.platform.exchange.services.flows.carrying import carry_out
from onecity.platform.exchange.services.flows.previewing import suggestions_for
from onecity.platform.exchange.services.flows.upkeep import by_engine
from onecity.platform.exchange.services.nodes.authority import RequestRefused
from onecity.platform.exchange.services.nodes.enrolling import NodeExists, renew_node, revoke_node
from onecity.platform.jobs.api import Cancelled

pytestmark = pytest.mark.django_db(transaction=True)


class Watching:
    """A job's progress that may be told to stop the job."""

    def __init__(self) -> None:
        self.stop = threading.Event()

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        if self.stop.is_set():
            raise Cancelled


@pytest.fixture(autouse=True)
def table() -> Iterator[None]:
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS node_people; DROP SCHEMA IF EXISTS onecity_exchange CASCADE")


def carried(run: Run, progress: Watching | None = None) -> Run:
    carry_out(run.id, progress=progress or Watching(), engine=by_engine)
    run.refresh_from_db()
    return run


def to_hub(*, mark: str = "", block_rows: int = 100) -> int:
    ends = node_connection(f"from{mark}"), hub_connection(f"to{mark}")
    return flow(*ends, source_table="people", target_table="node_people", block_rows=block_rows)


def landed() -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM node_people ORDER BY id")
        return list(cursor.fetchall())


def test_node_brings_its_rows_to_the_hub(tmp_path: Path) -> None:
    source = people_file(tmp_path / "hr.sqlite", count=230, bad=3)
    with door() as port:
        node = NodeProcess(enter(tmp_path / "node", port=port, sqlite=source))
        wait_until_seen()
        [shape] = NodeConnector().discover(Place("node", {"node": "hr", "place": "people"}))
        assert shape.name == "people"
        source = Connection.objects.get(code=node_connection("look"))
        assert set(suggestions_for(ACTOR, connection_id=source.id, table=shape)) == {"id", "name", "phone"}
        found = to_hub()
        run = carried(begin(found))
        said = node.stop()
    assert (run.state, run.error) == ("done", ""), said
    assert (run.read, run.landed, run.refused, run.reconciled) == (230, 227, 3, True)
    assert landed() == [(nr, f"人员{nr}") for nr in range(4, 231)]
    assert RefusedRow.objects.count() == 3


def test_hub_brings_rows_to_a_node(tmp_path: Path) -> None:
    target = tmp_path / "hr.sqlite"
    people_file(target, count=0)
    with door() as port:
        node = NodeProcess(enter(tmp_path / "node", port=port, sqlite=target))
        wait_until_seen()
        source = hub_connection("from")
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO node_people SELECT n, '人员' || n, '138' FROM generate_series(1, 120) n")
        found = flow(source, node_connection("to"), source_table="node_people", target_table="people")
        run = carried(begin(found))
        said = node.stop()
    assert (run.state, run.error) == ("done", ""), said
    with sqlite3.connect(target) as base:
        assert base.execute("SELECT count(*), min(name), max(id) FROM people").fetchone() == (120, "人员1", 120)
    base.close()


@pytest.mark.faults
def test_killed_node_goes_on_without_gap_or_double(tmp_path: Path) -> None:
    source = people_file(tmp_path / "hr.sqlite", count=15_000)
    with door() as port:
        node = NodeProcess(enter(tmp_path / "node", port=port, sqlite=source))
        wait_until_seen()
        run, worker = carried_beside()
        for blocks in (5, 60):
            until(lambda blocks=blocks: NodeTask.objects.filter(blocks__gte=blocks).exists(), within=60)  # type: ignore[misc]
            node.kill()
            node.start()
        worker.join(240)
        node.stop()
    run.refresh_from_db()
    assert (run.state, run.landed, run.reconciled) == ("done", 15_000, True)
    assert [nr for nr, _ in landed()] == list(range(1, 15_001))


@pytest.mark.faults
def test_door_that_goes_away_only_delays_the_run(tmp_path: Path) -> None:
    source = people_file(tmp_path / "hr.sqlite", count=10_000)
    with door() as port:
        node = NodeProcess(enter(tmp_path / "node", port=port, sqlite=source))
        wait_until_seen()
        run, worker = carried_beside()
        until(lambda: NodeTask.objects.filter(blocks__gte=5).exists(), within=60)
    with door(port):
        worker.join(240)
        node.stop()
    run.refresh_from_db()
    assert (run.state, run.landed) == ("done", 10_000)


def carried_beside() -> tuple[Run, threading.Thread]:
    """Begin a run from the node's people to the hub's table in blocks of a hundred; the thread ends with it."""
    found = flow(
        node_connection("from"), hub_connection("to"), source_table="people", target_table="node_people", block_rows=100
    )
    run = begin(found)
    worker = threading.Thread(target=lambda: _in_thread(run))
    worker.start()
    return run, worker


def _in_thread(run: Run) -> None:
    try:
        carry_out(run.id, progress=Watching(), engine=by_engine)
    finally:
        connection.close()


def test_cancelled_run_is_let_go_by_its_node(tmp_path: Path) -> None:
    source = people_file(tmp_path / "hr.sqlite", count=20_000)
    with door() as port:
        node = NodeProcess(enter(tmp_path / "node", port=port, sqlite=source))
        wait_until_seen()
        found = flow(
            node_connection("from"),
            hub_connection("to"),
            source_table="people",
            target_table="node_people",
            block_rows=100,
        )
        run, progress = begin(found), Watching()
        progress.stop.set()
        with pytest.raises(Cancelled):
            carried(run, progress)
        assert NodeTask.objects.get().state == "stopped"
        again = begin(to_hub(mark="2"))
        assert carried(again).state == "done"
        node.stop()
    run.refresh_from_db()
    assert run.state == "cancelled"


def test_nobody_gets_in_without_a_certificate(tmp_path: Path) -> None:
    with door() as port:
        enter(tmp_path / "node", port=port, sqlite=tmp_path / "x")
        trusting = ssl.create_default_context(cafile=str(tmp_path / "node/hub-ca.pem"))
        with pytest.raises(httpx.HTTPError), httpx.Client(verify=trusting, trust_env=False) as client:
            client.post(f"https://localhost:{port}/v1/work")


def test_certificate_of_another_authority_is_refused(tmp_path: Path) -> None:
    with door() as port:
        file = enter(tmp_path / "node", port=port, sqlite=tmp_path / "x")
        made = tmp_path / "other"
        write_request(made, code="hr")
        _self_signed(made)
        for name in ("node.key", "node.pem"):
            (file.parent / name).write_bytes((made / name).read_bytes())
        node = NodeProcess(file)
        until(lambda: not ExchangeNode.objects.get().places)
        said = node.stop()
    assert not ExchangeNode.objects.get().last_seen_at, said


def test_revoked_node_is_shut_out_and_a_renewed_one_comes_back(tmp_path: Path) -> None:
    source = people_file(tmp_path / "hr.sqlite", count=1)
    with door() as port:
        file = enter(tmp_path / "node", port=port, sqlite=source)
        revoke_node(ACTOR, code="hr", reason="设备报废")
        assert "拒绝接入" in NodeProcess(file).ended()
        request = (file.parent / "node.csr").read_text()
        renewed = renew_node(ACTOR, code="hr", request=request, now=clock.real_now())
        (file.parent / "node.pem").write_text(renewed.certificate)
        node = NodeProcess(file)
        wait_until_seen()
        node.stop()


def test_run_waits_for_a_silent_node(tmp_path: Path) -> None:
    enter(tmp_path / "node", port=1, sqlite=tmp_path / "x")
    found = to_hub()
    run = carried(begin(found))
    assert run.state == "retrying"
    with pytest.raises(Unreachable):
        NodeConnector().check(Place("node", {"node": "hr", "place": "people"}))


def test_hub_never_reaches_into_a_node() -> None:
    place = Place("node", {"node": "hr", "place": "people"})
    with pytest.raises(NotUnderstood):
        NodeConnector().read(place, None)  # type: ignore[arg-type]
    with pytest.raises(NotUnderstood):
        NodeConnector().target(place, None)  # type: ignore[arg-type]


def test_two_nodes_exchange_by_way_of_the_hub_only(tmp_path: Path) -> None:
    enter(tmp_path / "a", code="hr", port=1, sqlite=tmp_path / "x")
    enter(tmp_path / "b", code="tax", port=1, sqlite=tmp_path / "x")
    found = flow(
        node_connection("from"), node_connection("to", node="tax"), source_table="people", target_table="node_people"
    )
    run = carried(begin(found))
    assert run.state == "failed"
    assert "经由中心交换" in run.error


def test_code_is_taken_once_and_requests_are_checked(tmp_path: Path) -> None:
    enter(tmp_path / "a", port=1, sqlite=tmp_path / "x")
    with pytest.raises(NodeExists):
        enter(tmp_path / "b", port=1, sqlite=tmp_path / "x")
    with pytest.raises(RequestRefused):
        renew_node(ACTOR, code="hr", request="-----BEGIN NOTHING-----", now=clock.real_now())


def _self_signed(folder: Path) -> None:
    key = serialization.load_pem_private_key((folder / "node.key").read_bytes(), password=None)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hr")])
    now = clock.real_now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())  # type: ignore[arg-type]
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())  # type: ignore[arg-type]
    )
    (folder / "node.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
