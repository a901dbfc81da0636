"""Devices that publish JSON at QoS 1 through Mosquitto: into the table, and into a reader that only parses."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, sleep
from typing import Final, Self

from django.db import connection

from benchmarks.gateway_process import ROOT, GatewayProcess, make_devices
from benchmarks.senders import exchange, open_lines
from onecity.platform.iot.codecs.mqtt import connect, publish
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.rules.instants import UNIX_EPOCH, micros
from onecity.platform.iot.services.broker import write_broker_files
from onecity.platform.iot.services.broker_files import CONFIGURATION, PASSWORDS, RIGHTS, broker_hash

DEVICES: Final = 1_000
LINES: Final = 50
SECRET: Final = "bench"
_READY_S: Final = 20.0
_LATEST: Final = "SELECT count(*) FROM iot_latest WHERE phenomenon_at = %s"


class MqttBench:
    """One broker, one gateway, one reader. rounds: messages of each device in a turn."""

    def __init__(self, *, rounds: int) -> None:
        self._rounds = rounds
        self._at = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
        self._folder = Path(tempfile.mkdtemp(prefix="onecity-bench-"))

    def __enter__(self) -> Self:
        self._keys = make_devices(DEVICES, prefix="M", protocol=Protocol.MQTT)
        self._port = _start_port()
        self._broker = self._start_broker()
        self._lines = open_lines(self._port, LINES, greet=_greet)
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._lines:
            line.close()
        self._broker.terminate()
        self._broker.wait(30)
        shutil.rmtree(self._folder, ignore_errors=True)

    def through_the_gateway(self) -> float:
        """Return messages a second, from the first byte sent to the last message's commit."""
        gateway = GatewayProcess(
            "mqtt", "--host", "127.0.0.1", "--port", str(self._port),
            settings={"ONECITY_BROKER_PASSWORD": SECRET, "ONECITY_BROKER_HOST": "127.0.0.1"},
        )  # fmt: skip
        try:
            self._send(self._loads(rounds=2), rounds=2)  # the new process learns its devices
            self._await_commit()
            loads = self._loads(rounds=self._rounds)
            began = perf_counter()
            self._send(loads, rounds=self._rounds)
            self._await_commit()
            return self._rounds * DEVICES / (perf_counter() - began)
        finally:
            gateway.stop()
            self._forget_session("onecity-gateway-1")

    def parsed_only(self) -> float:
        """Return messages a second, from the first byte sent to the last message parsed and acknowledged."""
        total = self._rounds * DEVICES
        reader = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.mqtt_reader", str(self._port), SECRET, str(total)],
            stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )  # fmt: skip
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
        done: list[float] = []
        waiter = threading.Thread(target=lambda: (reader.stdout.readline(), done.append(perf_counter())))
        waiter.start()
        loads = self._loads(rounds=self._rounds)
        began = perf_counter()
        self._send(loads, rounds=self._rounds)
        waiter.join(120)
        reader.wait(30)
        self._forget_session("onecity-gateway-2")
        return total / (done[0] - began)

    def _loads(self, *, rounds: int) -> list[bytes]:
        """Return what each line sends: `rounds` messages of each of its devices."""
        each = DEVICES // LINES
        loads = []
        for line in range(LINES):
            keys = self._keys[line * each : (line + 1) * each]
            pairs = [(number, key) for number in range(rounds) for key in keys]
            loads.append(b"".join(self._message(key, number, place) for place, (number, key) in enumerate(pairs)))
        self._at += timedelta(seconds=rounds)
        self._last = self._at - timedelta(seconds=1)
        return loads

    def _send(self, loads: list[bytes], *, rounds: int) -> None:
        """Send and wait for the broker's word on each: a PUBACK is four bytes."""
        exchange(self._lines, loads, due=[DEVICES // LINES * rounds * 4] * LINES, count=len)

    def _message(self, key: str, number: int, packet: int) -> bytes:
        at = (micros(self._at + timedelta(seconds=number)) - UNIX_EPOCH) // 1000
        payload = b'{"values":{"temperature":%d.5},"ts":%d}' % (20 + number % 10, at)
        return publish(f"onecity/v1/devices/{key}/telemetry", payload, packet_id=packet % 65_535 + 1)

    def _await_commit(self) -> None:
        with connection.cursor() as cursor:
            while True:
                cursor.execute(_LATEST, [self._last])
                if cursor.fetchone()[0] == DEVICES:
                    return
                sleep(0.01)

    def _start_broker(self) -> "subprocess.Popen[bytes]":
        self._folder.chmod(0o711)
        folder = self._folder / "mosquitto"
        write_broker_files(folder, host="127.0.0.1", port=self._port, gateway_password=SECRET)
        with (folder / PASSWORDS).open("a") as passwords, (folder / RIGHTS).open("a") as rights:
            for number in range(LINES):
                passwords.write(f"bench-{number}:{broker_hash(SECRET, salt=bytes(12))}\n")
                rights.write(f"user bench-{number}\ntopic write onecity/v1/devices/+/telemetry\n")
        broker = subprocess.Popen(["mosquitto", "-c", str(folder / CONFIGURATION)], stderr=subprocess.DEVNULL)
        end = perf_counter() + _READY_S
        while perf_counter() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return broker
            sleep(0.05)
        raise TimeoutError("the broker does not listen")

    def _forget_session(self, name: str) -> None:
        """Let the broker forget a session, so that it keeps no copy of what the other side is sent."""
        with socket.create_connection(("127.0.0.1", self._port), timeout=10) as one:
            one.sendall(connect(client_id=name, username=name, password=SECRET, clean=True))
            assert one.recv(4) == b"\x20\x02\x00\x00"


def _greet(one: socket.socket, number: int) -> None:
    name = f"bench-{number}"
    one.sendall(connect(client_id=name, username=name, password=SECRET, keep_alive_s=0, clean=True))
    assert one.recv(4) == b"\x20\x02\x00\x00"


def _start_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
