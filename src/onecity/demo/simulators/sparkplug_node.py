"""An edge node with one device, at a broker."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from onecity.demo.simulators.sparkplug_frames import BOOLEAN, INT64, Metric, commands, payload

REBIRTH = "Node Control/Rebirth"


class EdgeNode:
    """Publishes births and data in sequence, bears itself again when asked to, writes what it is told to write.

    metrics: of its device, by name. now_ms: its clock.
    """

    def __init__(
        self,
        group: str,
        node: str,
        device: str,
        metrics: Sequence[Metric],
        *,
        token: str,
        now_ms: Callable[[], int] = lambda: int(time.time() * 1000),
        bd_seq: int = 0,
    ) -> None:
        self._names = (group, node, device)
        self._metrics = {metric.name: metric for metric in metrics}
        self._now_ms = now_ms
        self._bd_seq = bd_seq
        self._seq = 0
        self._lock = threading.RLock()
        self.births = 0
        self.ready = threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=node, protocol=paho.MQTTv311)
        self._client.username_pw_set(node, token)
        self._client.will_set(self._topic("NDEATH"), payload([self._bd()], at_ms=now_ms(), seq=None), qos=1)
        self._client.on_connect = self._connected
        self._client.on_message = self._heard

    def connect(self, host: str, port: int) -> None:
        """Connect and be born."""
        self._client.connect(host, port)
        self._client.loop_start()

    def tell(self, name: str, value: float | bool) -> None:  # noqa: FBT001  # a value
        """Publish a new value by its alias alone."""
        with self._lock:
            born = self._metrics[name]
            self._metrics[name] = Metric(name, value, born.datatype, born.alias)
            said = Metric("" if born.alias else name, value, 0, born.alias)
            self._publish(self._topic("DDATA", device=True), [said])

    def skip(self) -> None:
        """Lose a message, so that the sequence has a gap."""
        with self._lock:
            self._seq = (self._seq + 1) % 256

    def die(self) -> None:
        """Break the connection, so that the broker publishes the will."""
        sock = self._client.socket()
        self._client.loop_stop()
        if sock is not None:
            sock.close()

    def close(self) -> None:
        """Say that the node dies, and hang up."""
        told = self._client.publish(self._topic("NDEATH"), payload([self._bd()], at_ms=self._now_ms(), seq=None), qos=1)
        told.wait_for_publish(5)
        self._client.disconnect()
        self._client.loop_stop()

    def _connected(self, client: Any, data: Any, flags: Any, code: Any, properties: Any) -> None:
        group, node, device = self._names
        self._client.subscribe([(f"spBv1.0/{group}/NCMD/{node}", 1), (f"spBv1.0/{group}/DCMD/{node}/{device}", 1)])
        self._bear()
        self.ready.set()

    def _heard(self, client: Any, data: Any, message: paho.MQTTMessage) -> None:
        for name, value in commands(bytes(message.payload)):
            if name == REBIRTH:
                self._bear()
            elif name in self._metrics:
                born = self._metrics[name]
                self.tell(name, bool(value) if born.datatype == BOOLEAN else float(value))

    def _bear(self) -> None:
        with self._lock:
            self._seq = 0
            self.births += 1
            self._publish(self._topic("NBIRTH"), [self._bd(), Metric(REBIRTH, value=False, datatype=BOOLEAN)])
            self._publish(self._topic("DBIRTH", device=True), list(self._metrics.values()))

    def _publish(self, topic: str, metrics: Sequence[Metric]) -> None:
        self._client.publish(topic, payload(metrics, at_ms=self._now_ms(), seq=self._seq))
        self._seq = (self._seq + 1) % 256

    def _bd(self) -> Metric:
        return Metric("bdSeq", self._bd_seq, INT64)

    def _topic(self, kind: str, *, device: bool = False) -> str:
        group, node, own = self._names
        return f"spBv1.0/{group}/{kind}/{node}" + (f"/{own}" if device else "")
