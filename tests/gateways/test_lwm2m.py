"""LwM2M clients and CoAP devices, whose bytes are made without the library that serves them."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.gateways.fields import field_gateway
from tests.gateways.harness import PATIENCE_S, until
from tests.gateways.settings import environment
from tests.gateways.stored import readings, state_of

from onecity.demo.simulators.lwm2m_client import Client
from onecity.demo.simulators.lwm2m_frames import (
    ACKNOWLEDGEMENT,
    CHANGED,
    CONFIRMABLE,
    CONTENT,
    CREATED,
    DELETED,
    FORMAT,
    GET,
    NOT_FOUND,
    OBSERVE,
    POST,
    SENML_JSON,
    Datagram,
    path_options,
    read,
    whole_number,
    write,
)
from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.iot.codecs import cbor
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field import coap, lwm2m
from onecity.platform.iot.models import Device, QuarantinedMessage
from onecity.platform.iot.services import settings as shadows
from onecity.platform.iot.services.commands import order
from onecity.platform.iot.services.credentials import issue_token
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
ALL = system_actor("test")
FORBIDDEN, UNAUTHORIZED, BAD_REQUEST = 0x83, 0x81, 0x80
# Source: made by aiocoap 0.4.17, read alike by npm coap-packet 1.1.1.
REGISTRATION = bytes.fromhex(
    "42021234ABCDB2726411283D0E65703D75726E3A696D65693A383631323334353637383930313233066C743D333030096C776D326D3D312E31"
    "03623D55FF3C2F3E3B72743D226F6D612E6C776D326D223B63743D3131302C3C2F312F303E2C3C2F332F303E2C3C2F333330332F303E"
)


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served() -> Iterator[tuple[int, int]]:
    """Run a gateway; yield the ports of CoAP and LwM2M."""
    ports = free_port(), free_port()
    with (
        environment(field_host="127.0.0.1", field_ports={"coap": ports[0], "lwm2m": ports[1]}),
        field_gateway(coap.SERVICE, lwm2m.SERVICE),
    ):
        yield ports


class Talk:
    """Datagrams on a socket: one message at a time."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.connect(("127.0.0.1", port))
        self._number = 0

    def __enter__(self) -> "Talk":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def say(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._socket.send(data)

    def hear(self, *, within: float = PATIENCE_S) -> Datagram:
        """Return the next message."""
        self._socket.settimeout(within)
        return read(self._socket.recv(65_536))

    def ask(
        self, code: int, path: str, *queries: str, payload: bytes = b"", form: int | None = None, observe: bool = False
    ) -> Datagram:
        """Ask until something answers, for the server may just be starting; acknowledge separate answers."""
        self._number += 1
        token = self._number.to_bytes(2, "big")
        options = path_options(path, queries)
        options += ((FORMAT, whole_number(form)),) if form is not None else ()
        options += ((OBSERVE, b""),) if observe else ()
        message = write(Datagram(CONFIRMABLE, code, self._number, token, options, payload))
        for _ in range(40):
            try:
                self.say(message)
                while True:
                    heard = self.hear(within=1.0)
                    if heard.token == token and heard.code:
                        if heard.kind == CONFIRMABLE:
                            self.say(write(Datagram(ACKNOWLEDGEMENT, 0, heard.number)))
                        return heard
            except (TimeoutError, ConnectionError):
                time.sleep(0.2)
        raise AssertionError("no answer")


@contextmanager
def client(port: int, endpoint: str, values: dict[str, Any], **how: Any) -> Iterator[tuple[Client, Callable[..., Any]]]:
    """Run a client in a loop of its own; yield it, and what runs its coroutines."""
    loop = asyncio.new_event_loop()
    found = Client(endpoint, values, **how)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(PATIENCE_S)

    async def opened() -> asyncio.DatagramTransport:
        transport, _ = await loop.create_datagram_endpoint(lambda: found, remote_addr=("127.0.0.1", port))
        return transport

    async def closed(transport: asyncio.DatagramTransport) -> None:
        transport.close()
        await asyncio.sleep(0.05)  # until the loop has let go of the socket

    transport = run(opened())
    try:
        yield found, run
    finally:
        run(closed(transport))
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE_S)
        loop.close()


def test_published_registration_is_answered_with_a_location() -> None:
    make_device("urn:imei:861234567890123", protocol=Protocol.LWM2M)
    with served() as (_, port), Talk(port) as talk:
        talk.ask(GET, "/none")  # until the server is there
        talk.say(REGISTRATION)
        heard = talk.hear()
        assert (heard.code, heard.token) == (CREATED, bytes.fromhex("ABCD"))
        assert heard.values(8)[0] == b"rd"


def test_client_is_observed_and_its_changes_are_stored() -> None:
    make_device("W1", protocol=Protocol.LWM2M)
    values = {"/3303/0/5700": 21.5, "/3303/0/5701": "Cel", "/3/0/0": "Maker", "/3/0/9": 88}
    with served() as (_, port), client(port, "W1", values) as (device, run):
        assert run(device.register()) == CREATED
        until(lambda: {("temperature", 21.5), ("battery_level", 88.0)} <= readings())
        device.tell("/3303/0/5700", 22.5)
        until(lambda: ("temperature", 22.5) in readings())
        until(lambda: shadows.state_of(Device.objects.get().id).reported == {"manufacturer": "Maker"})
        assert Device.objects.get().state in {"online", "registered", "activated"}
        assert run(device.update()) == CHANGED
        assert run(device.deregister()) == DELETED
        assert run(device.update()) == NOT_FOUND


def test_orders_write_and_execute() -> None:
    row = make_device("W1", protocol=Protocol.LWM2M)
    orders = {"set_minute_interval": {"path": "/1/0/3"}, "set_real_time_interval": {"path": "/3/0/4", "do": "execute"}}
    Device.objects.filter(id=row.id).update(link={"orders": orders})
    with served() as (_, port), client(port, "W1", {"/3/0/9": 88, "/1/0/1": 300}) as (device, run):
        run(device.register())
        write_order = order(ALL, device_id=row.id, code="set_minute_interval", now=clock.real_now(), argument=10)
        execute = order(ALL, device_id=row.id, code="set_real_time_interval", now=clock.real_now(), argument=60)
        until(lambda: state_of(write_order)[0] == state_of(execute)[0] == "done")
    assert (device.written["/1/0/3"], device.executed) == (b"10", ["/3/0/4"])


def test_order_for_a_sleeping_client_waits_until_it_speaks() -> None:
    row = make_device("W1", protocol=Protocol.LWM2M)
    orders = {"set_minute_interval": {"path": "/1/0/3"}}
    Device.objects.filter(id=row.id).update(link={"orders": orders})
    with served() as (_, port), client(port, "W1", {"/1/0/1": 300}, binding="UQ") as (device, run):
        run(device.register())
        number = order(ALL, device_id=row.id, code="set_minute_interval", now=clock.real_now(), argument=10)
        until(lambda: state_of(number)[0] == "sent")
        assert device.written == {}
        run(device.update())
        until(lambda: state_of(number)[0] == "done")


def test_what_a_client_sends_is_acknowledged_after_it_is_stored() -> None:
    make_device("W1", protocol=Protocol.LWM2M)
    body = json.dumps([{"bn": "/3304/0/", "n": "5700", "v": 55.5}]).encode()
    with served() as (_, port), client(port, "W1", {"/1/0/1": 300}) as (device, run):
        assert run(device.send(body, SENML_JSON)) == NOT_FOUND
        run(device.register())
        assert run(device.send(body, SENML_JSON)) == CHANGED
        assert ("humidity", 55.5) in readings()
        assert run(device.send(b"{", SENML_JSON)) == BAD_REQUEST
        until(lambda: QuarantinedMessage.objects.filter(reason="not_lwm2m", device_key="W1").exists())


def test_registration_ends_with_its_lifetime() -> None:
    make_device("W1", protocol=Protocol.LWM2M)
    with served() as (_, port), client(port, "W1", {"/1/0/1": 1}, lifetime_s=1) as (device, run):
        run(device.register())
        until(lambda: run(device.update()) == NOT_FOUND or bool(threading.Event().wait(2.5)))


def test_stranger_and_spoilt_registrations_are_refused() -> None:
    make_device("W1", protocol=Protocol.LWM2M)
    with served() as (_, port), Talk(port) as talk:
        assert talk.ask(POST, "/rd", "ep=nobody", "lwm2m=1.1", payload=b"</1/0>", form=40).code == FORBIDDEN
        assert talk.ask(POST, "/rd", "ep=W1", "lwm2m=1.1", payload=b"no links", form=40).code == BAD_REQUEST
        assert talk.ask(POST, "/rd", "lwm2m=1.1", payload=b"</1/0>", form=40).code == BAD_REQUEST
        assert talk.ask(POST, "/rd", "ep=W1", "lwm2m=2.0", payload=b"</1/0>", form=40).code == 0x8C


def coap_device() -> str:
    row = make_device("C1", protocol=Protocol.COAP)
    return issue_token(ALL, device_id=row.id, now=clock.real_now())


def test_coap_telemetry_in_json_and_cbor_is_stored() -> None:
    token = coap_device()
    with served() as (port, _), Talk(port) as talk:
        assert talk.ask(POST, "/v1/C1/telemetry", f"token={token}", payload=b'{"pm2_5": 35.5}', form=50).code == CHANGED
        body = cbor.encode({"values": {"humidity": 40}})
        assert talk.ask(POST, "/v1/C1/telemetry", f"token={token}", payload=body, form=60).code == CHANGED
    assert readings() == {("pm2_5", 35.5), ("humidity", 40.0)}


def test_coap_device_without_its_token_is_refused() -> None:
    token = coap_device()
    with served() as (port, _), Talk(port) as talk:
        talk.ask(GET, "/v1/C1/commands", f"token={token}")
        for query in ("token=ocd_wrong", "token=", "other=1"):
            assert talk.ask(POST, "/v1/C1/telemetry", query, payload=b'{"pm2_5": 1}').code == UNAUTHORIZED
    assert readings() == set()


def test_coap_rubbish_is_refused_and_quarantined() -> None:
    token = coap_device()
    with served() as (port, _), Talk(port) as talk:
        assert talk.ask(POST, "/v1/C1/telemetry", f"token={token}", payload=b"{", form=50).code == BAD_REQUEST
        assert talk.ask(POST, "/v1/C1/telemetry", f"token={token}", payload=b"\x1c", form=60).code == BAD_REQUEST
        assert talk.ask(POST, "/v1/C1/attributes", f"token={token}", payload=b"[]", form=50).code == BAD_REQUEST
        assert talk.ask(POST, "/v1/C1/elsewhere", payload=b"{}").code == NOT_FOUND
        until(lambda: QuarantinedMessage.objects.count() == 3)
    assert set(QuarantinedMessage.objects.values_list("reason", flat=True)) == {"not_json", "not_cbor"}


def test_coap_device_observes_its_orders_and_answers_them() -> None:
    token = coap_device()
    number = Device.objects.get().id
    with served() as (port, _), Talk(port) as talk:
        first = talk.ask(GET, "/v1/C1/commands", f"token={token}", observe=True)
        assert (first.code, json.loads(first.payload)) == (CONTENT, [])
        made = order(ALL, device_id=number, code="set_minute_interval", now=clock.real_now(), argument=10)
        told = talk.hear()
        (waiting,) = json.loads(told.payload)
        assert (waiting["command"], waiting["arguments"]) == ("set_minute_interval", {"minutes": 10})
        if told.kind == CONFIRMABLE:
            talk.say(write(Datagram(ACKNOWLEDGEMENT, 0, told.number)))
        word = json.dumps({"id": waiting["id"], "state": "done", "text": "ok"}).encode()
        assert talk.ask(POST, "/v1/C1/answers", f"token={token}", payload=word, form=50).code == CHANGED
        until(lambda: state_of(made)[0] == "done")
        assert talk.ask(POST, "/v1/C1/answers", f"token={token}", payload=b"{}", form=50).code == BAD_REQUEST


def test_coap_attributes_are_what_the_device_reports() -> None:
    token = coap_device()
    with served() as (port, _), Talk(port) as talk:
        body = b'{"interval": 60}'
        assert talk.ask(POST, "/v1/C1/attributes", f"token={token}", payload=body, form=50).code == CHANGED
    assert shadows.state_of(Device.objects.get().id).reported == {"interval": 60}
