"""A Mosquitto of its own for a test, with the platform's own files, and devices that speak to it through paho."""

import os
import random
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from tests.gateways.harness import PATIENCE_S, running, until

from onecity.kernel import clock
from onecity.platform.iot.gateways.mqtt.running import Broker, run_mqtt
from onecity.platform.iot.services.broker import write_broker_files, write_passwords
from onecity.platform.iot.services.broker_files import CONFIGURATION, SERVER_CERTIFICATE
from onecity.platform.iot.services.broker_papers import Secure, self_signed
from onecity.project.parts import program

PASSWORD = "gateway-secret"
_taken: set[int] = set()


class Mosquitto:
    """The real broker on a private port."""

    def __init__(self, folder: Path, *, authority: str = "") -> None:
        folder.chmod(0o711)
        self.folder = folder / "mosquitto"
        self.port, self.tls_port, self.certificate_port = _free_port(), _free_port(), _free_port()
        papers = self_signed(["localhost", "127.0.0.1"], now=clock.real_now())
        secure = Secure(self.tls_port, self.certificate_port if authority else 0, *papers, authority)
        write_broker_files(self.folder, host="127.0.0.1", port=self.port, gateway_password=PASSWORD, secure=secure)
        self.start()

    @property
    def address(self) -> Broker:
        """Where gateways find it."""
        return Broker("127.0.0.1", self.port, PASSWORD, folder=self.folder)

    @property
    def certificate(self) -> Path:
        """The certificate that it shows, by which devices know it."""
        return self.folder / SERVER_CERTIFICATE

    def start(self) -> None:
        """Start it and wait until it listens; one that ends at once is started again, as the supervisor would."""
        self._launch()
        until(self._listens, what="the broker")

    def stop(self) -> None:
        """End it in good order: it saves its sessions."""
        self._process.terminate()
        self._process.wait(PATIENCE_S)

    def renew_passwords(self) -> None:
        """Write the password file for tokens issued since, and let the broker read it."""
        write_passwords(self.folder, gateway_password=PASSWORD)
        self._process.send_signal(1)

    def _launch(self) -> None:
        with (self.folder.parent / "broker.log").open("ab") as log:
            command = [program("mosquitto"), "-c", str(self.folder / CONFIGURATION)]
            self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)

    def _listens(self) -> bool:
        if self._process.poll() is not None:
            self._launch()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def mosquitto(*, authority: str = "") -> Iterator[Mosquitto]:
    """Run a broker in a folder of its own, where the broker's user can reach it.

    authority: by which it knows devices with a certificate, PEM; "" where it knows none.
    """
    with tempfile.TemporaryDirectory(prefix="mqtt", dir="/tmp") as folder:
        broker = Mosquitto(Path(folder), authority=authority)
        try:
            yield broker
        finally:
            broker.stop()


@contextmanager
def mqtt_gateway(broker: Mosquitto, *, number: int = 1, shared: bool = False) -> Iterator[None]:
    """Run an MQTT gateway in this process."""
    with running(lambda ready: run_mqtt(replace(broker.address, number=number, shared=shared), ready=ready)):
        yield


class Refused(Exception):
    """The broker did not let the device in."""


class MqttDevice:
    """A device that publishes at QoS 1; paho is an implementation of its own."""

    def __init__(self, broker: Mosquitto, key: str, token: str, *, protocol: int = paho.MQTTv311) -> None:
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=key, protocol=protocol)  # type: ignore[arg-type]
        self._client.username_pw_set(key, token)
        self.token = token
        self._answer = threading.Event()
        self._code: Any = None
        self.gone = threading.Event()
        self._client.on_connect = self._connected
        self._client.on_disconnect = lambda *_: self.gone.set()
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        assert self._answer.wait(PATIENCE_S)
        if self._code.is_failure:
            self.close()
            raise Refused(str(self._code))

    def publish(self, topic: str, payload: bytes) -> None:
        """Publish and wait for the broker's word."""
        self._client.publish(topic, payload, qos=1).wait_for_publish(PATIENCE_S)

    def close(self) -> None:
        """Hang up."""
        self._client.disconnect()
        self._client.loop_stop()

    def _connected(self, client: Any, data: Any, flags: Any, code: Any, properties: Any) -> None:
        self._code = code
        self._answer.set()


def _free_port() -> int:
    """Return a port that nobody listens on, below those from which outgoing connections take theirs.

    A broker that is stopped and started again must find its port free.
    """
    for port in random.Random(os.getpid()).sample(range(20_000, 32_000), 200):  # not for secrets
        with socket.socket() as probe:
            if port not in _taken and probe.connect_ex(("127.0.0.1", port)) != 0:
                _taken.add(port)
                return port
    raise AssertionError("no port is free")
