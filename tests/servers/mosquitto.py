"""An MQTT broker of one's own that keeps sessions."""

import contextlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from tests.servers.ports import PATIENCE_S, free_port, listens, until

USER, PASSWORD = "exchange", "geheim-7"
_SETTINGS = """listener {port} 127.0.0.1
allow_anonymous false
password_file {folder}/passwords
persistence true
persistence_location {folder}/
user root
"""


class Mosquitto:
    """The real broker on a private port."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="onecity-mosquitto-"))
        self.port = free_port()
        subprocess.run(["mosquitto_passwd", "-c", "-b", self.folder / "passwords", USER, PASSWORD], check=True)
        (self.folder / "settings").write_text(_SETTINGS.format(port=self.port, folder=self.folder))
        self.start()

    def start(self) -> None:
        """Start it and wait until it listens."""
        with (self.folder / "log").open("ab") as log:
            program = shutil.which("mosquitto", path="/usr/sbin:/usr/bin") or "mosquitto"
            self._process = subprocess.Popen([program, "-c", self.folder / "settings"], stdout=log, stderr=log)
        until(lambda: listens(self.port), what="Mosquitto")

    def send(self, topic: str, values: Sequence[object], *, retain: bool = False) -> None:
        """Publish messages at QoS 1: bytes as they are, everything else as JSON."""
        client = paho.Client(CallbackAPIVersion.VERSION2, client_id="sender")
        client.username_pw_set(USER, PASSWORD)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        for value in values:
            text = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False, default=str).encode()
            client.publish(topic, text, qos=1, retain=retain).wait_for_publish(PATIENCE_S)
        client.disconnect()
        client.loop_stop()

    def stop(self) -> None:
        """End it in good order: it saves its sessions."""
        self._process.terminate()
        self._process.wait(PATIENCE_S)

    def remove(self) -> None:
        """Stop it and take it away."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def running_mosquitto() -> Iterator[Mosquitto]:
    """Run a broker for a while."""
    broker = Mosquitto()
    try:
        yield broker
    finally:
        broker.remove()
