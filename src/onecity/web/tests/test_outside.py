"""The way out: only to addresses that may be reached, the one that was checked and no other."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpcore
import httpx
import pytest

from onecity.web import outside
from onecity.web.outside import GuardedBackend, GuardedTransport, Reach, is_usual_port, reach_of


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "169.254.169.254", "10.1.2.3", "172.16.0.1", "192.168.1.1",
     "100.64.0.1",
     "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
     "2002:7f00:1::",
     "224.0.0.1", "239.1.1.1", "255.255.255.255", "240.0.0.1", "ff02::1", "fe80::1%eth0", "no address", ""],
)  # fmt: skip
def test_inner_and_special_addresses_are_closed(address: str) -> None:
    assert not Reach().permits(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_public_addresses_are_open_unless_the_operator_closes_them(address: str) -> None:
    assert Reach().permits(address)
    assert not Reach(public=False).permits(address)


def test_named_networks_are_open() -> None:
    reach = reach_of(["10.20.0.0/16", "fd12::/32"])
    assert reach.permits("10.20.3.4")
    assert reach.permits("::ffff:10.20.3.4")
    assert reach.permits("fd12::9")
    assert not reach.permits("10.21.0.1")
    assert not reach.permits("8.8.8.8")
    assert reach_of(["public", " "]).permits("8.8.8.8")
    with pytest.raises(ValueError, match="neighbour"):
        reach_of(["neighbour"])


def test_hosts_are_trusted_by_pattern() -> None:
    reach = Reach(hosts=("*.city.local",))
    assert reach.trusts("Broker.city.local")
    assert not reach.trusts("city.local.evil.example")


@pytest.mark.parametrize(
    ("port", "usual"), [(80, True), (443, True), (8080, True), (22, False), (25, False), (70_000, False)]
)
def test_usual_ports(port: int, *, usual: bool) -> None:
    assert is_usual_port(port) is usual


class Page(BaseHTTPRequestHandler):
    hosts: list[str] = []

    def do_GET(self) -> None:
        self.hosts.append(self.headers["host"])
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: Any) -> None:
        return None


@pytest.fixture
def server() -> Iterator[int]:
    Page.hosts.clear()
    found = HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=found.serve_forever, daemon=True).start()
    yield found.server_port
    found.shutdown()
    found.server_close()


def fetched(url: str, reach: Reach) -> httpx.Response:
    async def fetch() -> httpx.Response:
        async with httpx.AsyncClient(transport=GuardedTransport(reach), trust_env=False) as client:
            return await client.get(url)

    return asyncio.run(fetch())


def test_permitted_address_is_fetched(server: int) -> None:
    answer = fetched(f"http://localhost:{server}/x?y=1", reach_of(["127.0.0.0/8"]))
    assert (answer.status_code, answer.text) == (200, "ok")
    assert Page.hosts == [f"localhost:{server}"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f000001", "2130706433", "127.1", "[::ffff:127.0.0.1]"])
def test_loopback_is_not_reached_however_it_is_written(server: int, host: str) -> None:
    with pytest.raises(httpx.TransportError):
        fetched(f"http://{host}:{server}/", Reach())
    assert not Page.hosts


def test_name_that_points_elsewhere_a_moment_later_changes_nothing(
    server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is asked once for a connection; what is checked is what is connected to."""
    answers = [["8.8.8.8"], ["127.0.0.1"]]
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    connected: list[str] = []

    class Network(httpcore.AnyIOBackend):
        async def connect_tcp(self, host: str, *values: Any, **named: Any) -> Any:
            connected.append(host)
            raise httpcore.ConnectError("no way out in tests")

    monkeypatch.setattr(outside, "addresses_of", rebinding)
    monkeypatch.setattr(httpcore, "AnyIOBackend", Network)
    for _ in range(2):
        with pytest.raises(httpx.TransportError):
            fetched(f"http://evil.example:{server}/", Reach())
    assert connected == ["8.8.8.8"]
    assert not Page.hosts


def test_second_address_is_tried_where_the_first_does_not_answer(server: int, monkeypatch: pytest.MonkeyPatch) -> None:
    async def two(host: str, port: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    monkeypatch.setattr(outside, "addresses_of", two)
    assert fetched(f"http://city.example:{server}/", reach_of(["127.0.0.0/8"])).status_code == 200


def test_trusted_name_may_stand_for_an_inner_address(server: int) -> None:
    assert fetched(f"http://localhost:{server}/", Reach(hosts=("localhost",))).status_code == 200


def test_name_without_an_address_is_not_reached() -> None:
    with pytest.raises(httpx.TransportError, match="no address"):
        fetched("http://no-such-name.invalid/", Reach())


def test_server_that_hangs_up_is_told_as_httpx_does() -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    port = silent.getsockname()[1]

    def hang_up() -> None:
        silent.accept()[0].close()

    threading.Thread(target=hang_up, daemon=True).start()
    with pytest.raises(httpx.TransportError):
        fetched(f"http://127.0.0.1:{port}/", reach_of(["127.0.0.1"]))
    silent.close()


def test_silent_server_times_out_as_httpx_does() -> None:
    silent = socket.create_server(("127.0.0.1", 0))

    async def fetch() -> None:
        transport = GuardedTransport(reach_of(["127.0.0.1"]))
        async with httpx.AsyncClient(transport=transport, timeout=0.1, trust_env=False) as client:
            await client.get(f"http://127.0.0.1:{silent.getsockname()[1]}/")

    with pytest.raises(httpx.TimeoutException):
        asyncio.run(fetch())
    silent.close()


def test_sockets_of_this_machine_are_closed() -> None:
    async def connect() -> None:
        await GuardedBackend(Reach()).connect_unix_socket("/run/x.sock")

    with pytest.raises(httpcore.ConnectError):
        asyncio.run(connect())
