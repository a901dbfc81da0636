"""One session with a server: subscriptions in, orders out."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from asyncua import ua
from asyncua.client.client import Client
from asyncua.common.node import Node
from asyncua.common.subscription import DataChangeNotif
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from django.conf import settings

from onecity.platform.iot.codecs.telemetry import encode
from onecity.platform.iot.gateways.field.contract import FieldOrder, Intake, Reading, Upload
from onecity.platform.iot.gateways.field.opcua.orders import carry_out
from onecity.platform.iot.gateways.field.opcua.ways import NodePoint, Nodes, Server
from onecity.platform.iot.rules import quality

APPLICATION: Final = "urn:onecity:gateway-field"
TIMEOUT_S: Final = 10.0
MOST_WAITING: Final = 100_000
_GATHER_S: Final = 0.05
_COMMUNICATION: Final = "B"
"""What a status other than good is kept as: the value cannot be relied on. Source: OPC 10000-4, 7.39 (StatusCode)."""


class ServerLost(ConnectionError):
    """The session ended, or more came than could be recorded."""


async def serve_server(intake: Intake, server: Server, devices: Sequence[Nodes]) -> None:
    """Stay subscribed until cancelled; what was missed while away is the server's to keep.

    Raises: ServerLost, and what asyncua raises when there is no session to be had.
    """
    client = await _client(server)
    lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def note_loss(error: Exception) -> None:
        if not lost.done():
            lost.set_exception(ServerLost(f"{server.url}: {type(error).__name__}"))

    client.connection_lost_callback = note_loss
    keys = {device.key: device for device in devices}

    async def send(order: FieldOrder) -> None:
        await intake.answered(await carry_out(client, keys[order.device_key], order))

    async with client:
        listeners = [Listener(intake, device) for device in devices]
        for listener in listeners:
            await listener.subscribe(client)
        for key in keys:
            intake.enter(key, send)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_until(lost))
                for listener in listeners:
                    group.create_task(listener.keep_recording(server.url))
        finally:
            for key in keys:
                intake.leave(key, send)


class Listener:
    """Gathers one device's changes and records them in order."""

    def __init__(self, intake: Intake, device: Nodes) -> None:
        self._intake = intake
        self._device = device
        self._points: dict[str, NodePoint] = {}
        self._waiting: list[Reading] = []
        self._came = asyncio.Event()

    async def subscribe(self, client: Client) -> None:
        """Begin to listen. Raises: ua.UaStatusCodeError if the server refuses every node."""
        nodes = {point.name: client.get_node(point.node) for point in self._device.points}
        self._points = {nodes[point.name].nodeid.to_string(): point for point in self._device.points}
        subscription = await client.create_subscription(self._device.every_ms, self)
        found = await subscription.subscribe_data_change(
            list(nodes.values()), queuesize=100, sampling_interval=ua.Duration(self._device.every_ms)
        )
        codes = found if isinstance(found, list) else [found]
        bad = [name for name, code in zip(nodes, codes, strict=True) if isinstance(code, ua.StatusCode)]
        at = self._intake.now().city
        self._waiting += [Reading(name, None, at, quality=quality.NO_NUMBER) for name in bad]
        self._came.set()

    def datachange_notification(self, node: Node, val: object, data: DataChangeNotif) -> None:
        """Take a change; called by asyncua."""
        point = self._points.get(node.nodeid.to_string())
        if point is not None:
            self._waiting.append(self._reading(point, val, data.monitored_item.Value))
            self._came.set()

    async def keep_recording(self, peer: str) -> None:
        """Record what comes until cancelled. Raises: ServerLost if too much waits; Unavailable."""
        while True:
            await self._came.wait()
            await asyncio.sleep(_GATHER_S)
            self._came.clear()
            if len(self._waiting) > MOST_WAITING:
                raise ServerLost(f"{self._device.key}: {len(self._waiting)} readings wait")
            taken, self._waiting = self._waiting, []
            if taken:
                await self._intake.submit([upload(self._device.key, taken)], peer=peer)

    def _reading(self, point: NodePoint, value: object, given: ua.DataValue) -> Reading:
        number = _number(value)
        good = given.StatusCode is None or given.StatusCode.is_good()
        letter = _COMMUNICATION if not good else quality.NO_NUMBER if number is None else quality.GOOD
        result = None if number is None else number * point.scale + point.offset
        source = given.SourceTimestamp if self._device.source_time else None
        return Reading(point.name, result, _aware(source) or self._intake.now().city, quality=letter)


def upload(key: str, readings: Sequence[Reading]) -> Upload:
    """Return readings as an upload whose raw bytes are telemetry of our own, for nobody sent a message."""
    by_time: dict[datetime, dict[str, float | None]] = defaultdict(dict)
    for item in readings:
        if item.at is not None:
            by_time[item.at][item.name] = item.value
    parts = [encode(values, at=at) for at, values in by_time.items()]
    return Upload(b"[" + b",".join(parts) + b"]", key, readings=readings)


async def _client(server: Server) -> Client:
    client = Client(server.url, timeout=TIMEOUT_S)
    client.application_uri = APPLICATION
    if server.security == "basic256sha256":
        folder = settings.ENV.state / "opcua"
        certificate, key = await client.setup_self_signed_certificate(folder / "key.pem", folder / "certificate.der")
        await client.set_security(
            SecurityPolicyBasic256Sha256,
            certificate,
            key,
            server_certificate=server.certificate.encode() or None,
        )
    return client


async def _until(lost: "asyncio.Future[None]") -> None:
    await asyncio.wait([lost])
    lost.result()


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, bool | int | float) else None


def _aware(at: datetime | None) -> datetime | None:
    return at if at is None or at.tzinfo else at.replace(tzinfo=UTC)
