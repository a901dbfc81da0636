"""A waterworks' control system, an OPC UA server to which the platform subscribes."""

import asyncio
from collections.abc import Sequence
from typing import Final

from asyncua import ua
from asyncua.server.server import Server

from onecity.demo.simulators.hosts import DemoDevice, Host, Street
from onecity.demo.simulators.waves import wave
from onecity.platform.iot.declare import Protocol

PORT: Final = 14_840
EVERY_S: Final = 2.0
_POINTS: Final = (
    {"name": "level", "node": "ns=2;s=Tank.Level"},
    {"name": "flow", "node": "ns=2;s=Tank.Flow"},
    {"name": "running", "node": "ns=2;s=Tank.Running", "writes": {"start": 1, "stop": 0}},
)
DEVICES: Final = (
    DemoDevice(
        "WATERWORKS-UA-01", "净水厂清水池", "iot.pumping_station", Protocol.OPCUA, "water",
        east_m=3_000, north_m=-2_000,
        link={
            "url": f"opc.tcp://127.0.0.1:{PORT}/waterworks", "every_ms": 1000, "time": "arrival",
            "points": list(_POINTS),
        },
    ),
)  # fmt: skip


async def run(street: Street, devices: Sequence[DemoDevice]) -> None:
    """Serve the tank's values until cancelled."""
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{PORT}/waterworks")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    space = await server.register_namespace("urn:onecity:demo:waterworks")
    tank = await server.nodes.objects.add_object(ua.NodeId.from_string(f"ns={space};s=Tank"), "Tank")
    level = await tank.add_variable(ua.NodeId.from_string(f"ns={space};s=Tank.Level"), "Level", 3.0)
    flow = await tank.add_variable(ua.NodeId.from_string(f"ns={space};s=Tank.Flow"), "Flow", 400.0)
    running = await tank.add_variable(ua.NodeId.from_string(f"ns={space};s=Tank.Running"), "Running", val=True)
    await running.set_writable()
    async with server:
        while True:
            now = street.city_now()
            await level.write_value(round(wave(now, mean=3.1, swing=0.6, period_s=5400), 3))
            on = bool(await running.read_value())
            await flow.write_value(round(wave(now, mean=410, swing=40, period_s=1200), 1) if on else 0.0)
            street.counts.sent += 2
            await asyncio.sleep(EVERY_S)


HOST: Final = Host(Protocol.OPCUA, PORT, DEVICES, run)
