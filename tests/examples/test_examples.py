"""The examples do what they say: each runs as a program against a gateway or a web server on the test database."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.gateways.harness import Process
from tests.gateways.telling import Gauge, courier, integrator, subscribed
from tests.gateways.webs import web_server

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.identity.models import Organisation
from onecity.platform.identity.services.clients import NewClient, create_client
from onecity.platform.identity.services.clients import issue_token as issue_client_token
from onecity.platform.identity.tests.factories import make_organisation
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Device, Latest
from onecity.platform.iot.rules.subscribing.signing import SIGNATURE, TIMESTAMP, signature
from onecity.platform.iot.services.credentials import issue_token
from onecity.platform.iot.services.store import recording
from onecity.platform.iot.services.subscriptions import making, replaying
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]
STATION = "environment.air_station"
SECRET = "whs_an-example-only"


def ran(name: str, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(ROOT / "examples" / name), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def web(transactional_db: None) -> Iterator[str]:
    """The web server's address."""
    with web_server() as address:
        yield address


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


@pytest.fixture
def receiver() -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, str(ROOT / "examples" / "receive_webhook.py"), "127.0.0.1", "0"]
    environment = {**os.environ, "ONECITY_SECRET": SECRET}
    found = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    yield found
    found.terminate()
    found.wait(30)
    assert found.stdout is not None
    found.stdout.close()


def test_events_of_a_subscription_are_received_once(
    receiver: "subprocess.Popen[str]", monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.ENV = replace(settings.ENV, webhook_networks=("127.0.0.1/32",))
    monkeypatch.setattr(making, "new_secret", lambda: SECRET)
    recording._own.__dict__.clear()
    assert receiver.stdout is not None
    port = receiver.stdout.readline().strip().rpartition(":")[2]
    actor = integrator()
    made = subscribed(actor, f"http://127.0.0.1:{port}/")
    gauge = Gauge(make_device("EXAMPLE0000003", type_code=STATION))
    with courier():
        gauge.read(35.5)
        first = receiver.stdout.readline().split(" ", 3)
        replaying.rewind(actor, subscription_id=made.id, after="0.0")
        gauge.read(36.5)
        second = receiver.stdout.readline().split(" ", 3)
    assert first[1:3] == second[1:3] == ["onecity.iot.reading", "EXAMPLE0000003"]
    assert [json.loads(line[3])["value"] for line in (first, second)] == [35.5, 36.5]


@pytest.mark.parametrize(("age_s", "secret"), [(0, "another"), (3_600, SECRET)])
def test_forged_and_old_batches_are_refused_by_the_receiver(
    receiver: "subprocess.Popen[str]", age_s: int, secret: str
) -> None:
    assert receiver.stdout is not None
    port = receiver.stdout.readline().strip().rpartition(":")[2]
    timestamp, body = int(time.time()) - age_s, b"[]"
    headers = {TIMESTAMP: str(timestamp), SIGNATURE: signature([secret], timestamp=timestamp, body=body)}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", data=body, headers=headers)
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(request, timeout=10)
