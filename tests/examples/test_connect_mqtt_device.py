"""The guide that connects a device by MQTT: each of its programs runs against a real broker and gateway."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.gateways.brokers import Mosquitto, mosquitto, mqtt_gateway
from tests.gateways.harness import until
from tests.gateways.stored import readings, state_of

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Device
from onecity.platform.iot.services.commands import order
from onecity.platform.iot.services.credentials import issue_token
from onecity.platform.iot.tests.conftest import _gauges
from onecity.platform.iot.tests.factories import make_device

__all__ = ["_gauges"]
pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guides" / "connect-mqtt-device.md"
ALL = system_actor("test")


def programs() -> Mapping[str, str]:
    """Return the guide's programs by the name in their first line."""
    blocks = re.findall(r"```python\n# (\S+)\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    return dict(blocks)


@pytest.fixture
def broker() -> Iterator[Mosquitto]:
    with mosquitto() as found, mqtt_gateway(found):
        yield found


@pytest.fixture
def settings(broker: Mosquitto) -> Mapping[str, str]:
    """Register the device as the guide's first step says; return the environment of its programs."""
    row = make_device("pump-7", protocol=Protocol.MQTT)
    token = issue_token(ALL, device_id=row.id, now=clock.real_now())
    broker.renew_passwords()
    return {
        **os.environ,
        "DEVICE_KEY": "pump-7",
        "DEVICE_TOKEN": token,
        "BROKER_HOST": "127.0.0.1",
        "BROKER_PORT": str(broker.port),
        "BROKER_TLS_PORT": str(broker.tls_port),
        "BROKER_CERTIFICATE": str(broker.certificate),
    }


def says_taken(name: str, settings: Mapping[str, str], folder: Path) -> None:
    program = folder / name
    program.write_text(programs()[name])

    def taken() -> bool:
        done = subprocess.run(
            [sys.executable, str(program)], env=settings, capture_output=True, text=True, check=False, timeout=60
        )
        return done.stdout.strip() == "taken"

    until(taken, within=60, what=name)  # again at each try: a broker that is just reading its files forgets the signal


def test_guide_names_each_of_its_programs_once() -> None:
    assert sorted(programs()) == ["device.py", "orders.py", "secure.py"]


def test_reading_is_sent_and_stored(settings: Mapping[str, str], tmp_path: Path) -> None:
    says_taken("device.py", settings, tmp_path)
    until(lambda: {("temperature", 21.5), ("humidity", 40.0)} <= readings())


def test_reading_is_sent_with_tls(settings: Mapping[str, str], tmp_path: Path) -> None:
    says_taken("secure.py", settings, tmp_path)
    until(lambda: ("temperature", 22.5) in readings())


def test_order_is_obeyed(settings: Mapping[str, str], tmp_path: Path) -> None:
    says_taken("device.py", settings, tmp_path)
    program = tmp_path / "orders.py"
    program.write_text(programs()["orders.py"])
    device = subprocess.Popen(
        [sys.executable, str(program)], env=settings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    numbers: list[int] = []

    def obeyed() -> bool:  # an order that comes before the device listens is for nobody
        known = Device.objects.get().id
        numbers.append(order(ALL, device_id=known, code="set_minute_interval", now=clock.real_now(), argument=10))
        time.sleep(2)
        return any(state_of(number) == ("done", "ok") for number in numbers)

    try:
        until(obeyed, within=60)
    finally:
        said, _ = device.communicate("\n", timeout=30)
    assert said.splitlines()[0] == "told to set_minute_interval {'minutes': 10}"


def test_both_languages_name_the_same_addresses() -> None:
    chinese = GUIDE.with_suffix(".zh.md").read_text()
    for place in (
        "/telemetry",
        "/commands",
        "/answers",
        "/attributes",
        "18830",
        "18883",
        "18884",
        "18831",
        "15683",
        "15783",
    ):
        assert place in GUIDE.read_text()
        assert place in chinese
