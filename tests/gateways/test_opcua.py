"""OPC UA servers that are listened to: asyncua's own server as the other end."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from asyncua import Node, Server, ua, uamethod
from asyncua.crypto.cert_gen import setup_self_signed_certificate
from asyncua.crypto.permission_rules import SimpleRoleRuleset
from cryptography.x509.oid import ExtendedKeyUsageOID
from tests.gateways.fields import field_gateway
from tests.gateways.harness import until
from tests.gateways.servers import looping
from tests.gateways.stored import series, state_of

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.opcua import SERVICE
from onecity.platform.iot.models import Device, QuarantinedMessage
from onecity.platform.iot.services.commands import order
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.django_db(transaction=True)
ALL = system_actor("test")


class Plant(NamedTuple):
    """A server with two values and a method. loop: in which it runs."""

    url: str
    level: Node
    pump: Node
    loop: asyncio.AbstractEventLoop

    def set(self, node: Node, value: object, kind: ua.VariantType, status: int = 0) -> None:
        """Let a value change at the server."""
        given = ua.DataValue(ua.Variant(value, kind), StatusCode=ua.StatusCode(status))
        asyncio.run_coroutine_threadsafe(node.write_value(given), self.loop).result(10)

    def get(self, node: Node) -> object:
        """Return a value as it stands at the server."""
        return asyncio.run_coroutine_threadsafe(node.read_value(), self.loop).result(10)


@asynccontextmanager
async def serving(port: int = 0, folder: Path | None = None) -> AsyncIterator[Plant]:
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port or 48_410}/plant")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    if folder is not None:
        name = "urn:test:plant"
        await server.set_application_uri(name)
        usage = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
        key, certificate = folder / "key.pem", folder / "certificate.der"
        await setup_self_signed_certificate(key, certificate, name, "127.0.0.1", usage, {"commonName": "plant"})
        await server.load_certificate(str(certificate))
        await server.load_private_key(str(key))
        policy = [ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt]
        server.set_security_policy(policy, permission_ruleset=SimpleRoleRuleset())
    space = await server.register_namespace("urn:test")
    tank = await server.nodes.objects.add_object(ua.NodeId("Tank", space), "Tank")
    level = await tank.add_variable(ua.NodeId("Level", space), "Level", 1.5, ua.VariantType.Float)
    pump = await tank.add_variable(ua.NodeId("Pump", space), "Pump", False, ua.VariantType.Boolean)
    await level.set_writable()
    await pump.set_writable()

    @uamethod
    def double(parent: ua.NodeId, value: int) -> int:
        return 2 * value

    await tank.add_method(ua.NodeId("Double", space), "Double", double, [ua.VariantType.Int32], [ua.VariantType.Int32])
    async with server:
        yield Plant(server.endpoint.geturl(), level, pump, asyncio.get_running_loop())


@contextmanager
def plant(port: int = 0, folder: Path | None = None) -> Iterator[Plant]:
    with looping(lambda: serving(port, folder)) as found:
        yield found


def listened(key: str, url: str, **link: object) -> Device:
    device = make_device(key, protocol=Protocol.OPCUA)
    points = [
        {"name": "pm2_5", "node": "ns=2;s=Level", "scale": 10, "writes": {"set_minute_interval": None}},
        {"name": "humidity", "node": "ns=2;s=Pump", "writes": {"set_time": 1}},
    ]
    methods = {"set_real_time_interval": {"object": "ns=2;s=Tank", "method": "ns=2;s=Double", "arguments": ["seconds"]}}
    full = {"url": url, "every_ms": 50, "points": points, "methods": methods, **link}
    Device.objects.filter(id=device.id).update(link=full)
    return device


def test_changes_are_recorded_with_their_time_and_quality() -> None:
    with plant() as server:
        listened("O1", server.url)
        with field_gateway(SERVICE):
            until(lambda: series("pm2_5") == [(15.0, "N")])
            server.set(server.level, 2.5, ua.VariantType.Float)
            until(lambda: len(series("pm2_5")) == 2)
            time.sleep(0.1)
            server.set(server.level, 3.5, ua.VariantType.Float, ua.StatusCodes.BadSensorFailure)
            until(lambda: len(series("pm2_5")) == 3)
        assert series("pm2_5")[1] == (25.0, "N")
        assert series("pm2_5")[2][1] == "B"
        assert series("humidity") == [(0.0, "N")]


def test_orders_write_and_call() -> None:
    with plant() as server:
        device = listened("O1", server.url)
        with field_gateway(SERVICE):
            until(lambda: bool(series("pm2_5")))
            now = clock.real_now()
            write = order(ALL, device_id=device.id, code="set_minute_interval", now=now, argument=30)
            switch = order(ALL, device_id=device.id, code="set_time", now=now)
            call = order(ALL, device_id=device.id, code="set_real_time_interval", now=now, argument=60)
            until(lambda: {state_of(number)[0] for number in (write, switch, call)} == {"done"})
        assert (server.get(server.level), server.get(server.pump)) == (3.0, True)
        assert state_of(call)[1] == "已执行，返回120"


def test_server_with_basic256sha256_is_listened_to(tmp_path: Path) -> None:
    with plant(48_411, tmp_path) as server:
        listened("O1", server.url, security="basic256sha256")
        with field_gateway(SERVICE):
            until(lambda: series("pm2_5") == [(15.0, "N")])


def test_server_that_comes_back_is_listened_to_again() -> None:
    with plant(48_412) as server:
        listened("O1", server.url, time="arrival")
    with field_gateway(SERVICE):
        for turn in (1, 2):
            with plant(48_412):
                until(lambda turn=turn: len(series("pm2_5")) >= turn)  # type: ignore[misc]  # its own


def test_link_that_cannot_be_used_is_told_of() -> None:
    listened("O1", "http://nowhere")
    with field_gateway(SERVICE):
        until(lambda: QuarantinedMessage.objects.filter(device_key="O1", reason="bad_address").exists())
