"""The examples do what they say: each runs as a program against a gateway or a web server on the test database."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.gateways.harness import Process, until, url_of_database

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.identity.models import Organisation
from onecity.platform.identity.services.clients import NewClient, create_client
from onecity.platform.identity.services.clients import issue_token as issue_client_token
from onecity.platform.identity.tests.factories import make_organisation
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Device, Latest
from onecity.platform.iot.services.credentials import issue_token
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]
STATION = "environment.air_station"


def ran(name: str, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(ROOT / "examples" / name), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def web(transactional_db: None) -> Iterator[str]:
    """The web server as it runs in service, on this test's database; its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [
        *(sys.executable, "-m", "granian", "--interface", "asgi", "onecity.project.asgi:application"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--loop", "uvloop", "--no-ws"),
    ]
    environment = {**os.environ, "ONECITY_DATABASE_URL": url_of_database()}
    server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def ready() -> bool:
        assert server.poll() is None
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):
                return True
        except OSError:
            return False

    until(ready, within=60)
    yield address
    server.terminate()
    server.wait(30)


def client_token(body: Organisation, *codes: str) -> str:
    actor, now = system_actor("test"), clock.real_now()
    new = NewClient(name="例", organisation_id=body.id, purpose="例", permission_codes=codes)
    client = create_client(actor, new=new, now=now)
    return issue_client_token(actor, client_id=client.id, life=timedelta(days=1), now=now)


def test_hj212_frame_is_stored_and_answered() -> None:
    device = make_device("EXAMPLE0000001", type_code=STATION, password="123456")
    gateway = Process("hj212", "--host", "127.0.0.1", "--port", "0")
    try:
        done = ran("send_hj212_frame.py", "127.0.0.1", str(gateway.port), device.key, "123456", "a34004=35.5")
    finally:
        gateway.stop()
    assert "CN=9014" in done.stdout, done.stderr
    assert list(Latest.objects.values_list("result", flat=True)) == [35.5]


def test_posted_telemetry_is_stored(web: str) -> None:
    device = make_device("EXAMPLE0000002", type_code=STATION, protocol=Protocol.HTTP)
    token = issue_token(system_actor("test"), device_id=device.id, now=clock.real_now())
    done = ran("post_telemetry.py", web, device.key, token, "pm2_5=35.5", "humidity=40")
    assert '"stored":2' in done.stdout, done.stderr
    assert sorted(Latest.objects.values_list("result", flat=True)) == [35.5, 40.0]


def test_devices_are_read_within_the_programs_organisation_only(web: str) -> None:
    body = make_organisation()
    mine = make_device(type_code=STATION, organisation=body)
    make_device(type_code=STATION)
    done = ran("read_devices.py", web, client_token(body, "iot.view_devices"))
    assert done.stdout.split("\n")[:-1] == [f"{mine.key} {mine.name} {Device.State.REGISTERED.value}"], done.stderr


def test_devices_are_not_read_without_a_token(web: str) -> None:
    done = ran("read_devices.py", web, "oc_nonsense")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip()


def test_layers_are_listed(web: str) -> None:
    done = ran("read_features.py", web)
    assert "environment.air_stations 空气质量" in done.stdout.splitlines(), done.stderr
