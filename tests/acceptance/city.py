"""A whole demonstration city of its own: database, state, ports, and the supervisor that runs its parts."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from psycopg import sql

ROOT: Final = Path(__file__).parents[2]
PASSWORD: Final = "Walk-Through-7"
START_S: Final = 180.0
STOP_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class City:
    """A running city. speed: how many times faster than real time its time began to run."""

    url: str
    password: str
    state: Path
    database_url: str


@contextmanager
def running_city(state: Path, *, city: str, data: Path | None, speed: float) -> Iterator[City]:
    """Fill a city and run all its parts until the end; everything is gone afterwards."""
    with _own_database() as database_url:
        environment = _environment(state, city=city, data=data, database_url=database_url)
        for command in ("migrate", "seed_demo"):
            _manage(command, environment)
        port = environment["ONECITY_PORT"]
        log = (state / "demo.log").open("wb")
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "onecity.project.supervision", "demo", "--speed", str(speed)],
            env=dict(environment),
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _await(f"http://127.0.0.1:{port}/readyz", supervisor, state)
            _await_parts(state, supervisor)
            yield City(f"http://127.0.0.1:{port}", PASSWORD, state, database_url)
        finally:
            supervisor.send_signal(signal.SIGINT)
            code = supervisor.wait(timeout=STOP_S)
            log.close()
        assert code == 0, (state / "demo.log").read_text(encoding="utf-8")[-4000:]


def _environment(state: Path, *, city: str, data: Path | None, database_url: str) -> Mapping[str, str]:
    for name in ("static", "vendor"):
        (state / name).symlink_to(settings.ENV.state / name)
    (state / "log").mkdir()
    web, gateway, broker, door = free_ports(4)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ONECITY_LOCAL_")}
    environment |= {
        "ONECITY_STATE": str(state),
        "ONECITY_DATABASE_URL": database_url,
        "ONECITY_DEMO": "1",
        "ONECITY_DEMO_PASSWORD": PASSWORD,
        "ONECITY_CITY": city,
        "ONECITY_DATA": str(data or ""),
        "ONECITY_PORT": str(web),
        "ONECITY_HJ212_PORT": str(gateway),
        "ONECITY_BROKER_PORT": str(broker),
        "ONECITY_MQTT_TLS_PORT": "0",
        "ONECITY_MQTT_CERTIFICATE_PORT": "0",
        "ONECITY_NODE_PORT": str(door),
        "ONECITY_WEB_WORKERS": "1",
        "ONECITY_MEDIA": str(state / "media"),
    }
    return environment


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on."""
    with_socket = [socket.socket() for _ in range(count)]
    for item in with_socket:
        item.bind(("127.0.0.1", 0))
    ports = [int(item.getsockname()[1]) for item in with_socket]
    for item in with_socket:
        item.close()
    return ports


@contextmanager
def _own_database() -> Iterator[str]:
    name = sql.Identifier(f"onecity_walk_{os.getpid()}")
    address = settings.ENV.database_url
    with psycopg.connect(_database(address, "postgres"), autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE onecity_template").format(name))
        try:
            yield _database(address, f"onecity_walk_{os.getpid()}")
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _database(address: str, name: str) -> str:
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))


def _manage(command: str, environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", command],
        env=dict(environment),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]


def _await(url: str, supervisor: "subprocess.Popen[bytes]", state: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and supervisor.poll() is None:
        with suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.2)
    raise AssertionError((state / "demo.log").read_text(encoding="utf-8")[-4000:])


def _await_parts(state: Path, supervisor: "subprocess.Popen[bytes]") -> None:
    """Wait until the list of accounts is printed, the last thing that the supervisor says."""
    until = time.monotonic() + START_S
    while time.monotonic() < until and supervisor.poll() is None:
        if PASSWORD in (state / "demo.log").read_text(encoding="utf-8"):
            return
        time.sleep(0.2)
    raise AssertionError((state / "demo.log").read_text(encoding="utf-8")[-4000:])
