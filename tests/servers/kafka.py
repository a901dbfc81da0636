"""A Kafka cluster of one's own: librdkafka's, on real sockets, in a process of its own.

It speaks Kafka's protocol with transactions, makes topics of four partitions when they are first written to, and keeps
everything in memory. It knows no compaction and shows broken-off transactions to everybody.
"""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from confluent_kafka import Producer
from tests.servers.ports import PATIENCE_S

_PROGRAM = """
import sys
from confluent_kafka import Producer
cluster = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "none", "log_level": 0})
[broker] = cluster.list_topics(timeout=10).brokers.values()
print(f"{broker.host}:{broker.port}", flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class Kafka:
    """The cluster's address."""

    address: str

    def send(self, topic: str, values: Sequence[object], *, partition: int = -1) -> None:
        """Send messages: bytes as they are, everything else as JSON."""
        client = Producer({"bootstrap.servers": self.address, "log_level": 0})
        for value in values:
            text = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False, default=str).encode()
            client.produce(topic, text, key=b"k", partition=partition)
        assert client.flush(PATIENCE_S) == 0


@contextlib.contextmanager
def running_kafka() -> Iterator[Kafka]:
    """Run the cluster for a while."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert process.stdout is not None
        yield Kafka(process.stdout.readline().decode().strip())
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE_S)
