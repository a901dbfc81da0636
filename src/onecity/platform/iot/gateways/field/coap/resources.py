"""What devices may ask of the platform over CoAP."""

from collections.abc import Sequence
from typing import Final

import msgspec
from aiocoap import Message
from aiocoap.numbers.codes import Code
from aiocoap.protocol import ServerObservation
from aiocoap.resource import ObservableResource, PathCapable

from onecity.kernel.errors import Unavailable
from onecity.platform.iot.codecs import cbor
from onecity.platform.iot.codecs.telemetry import NotTelemetry, Point, decode, from_values
from onecity.platform.iot.gateways.field.coap.serving import answer_for, bad_request, peer_of, query_of, try_later
from onecity.platform.iot.gateways.field.contract import (
    Answered,
    FieldOrder,
    Intake,
    OrderState,
    Refused,
    Upload,
)
from onecity.platform.iot.gateways.field.points import readings_of
from onecity.platform.iot.rules import reasons

JSON, CBOR = 50, 60
_MOST_ORDERS: Final = 100


class Word(msgspec.Struct, frozen=True):
    """A device's word on an order."""

    id: str
    state: OrderState
    text: str = ""


class Devices(ObservableResource, PathCapable):  # type: ignore[misc]  # aiocoap leaves them without types
    """Everything below `/v1`: the device's key and what it is about follow."""

    def __init__(self, intake: Intake) -> None:
        super().__init__()
        self._intake = intake
        self._orders: dict[str, list[FieldOrder]] = {}

    async def render_post(self, request: Message) -> Message:
        """Take what a device sends."""
        key, leaf = _place(request)
        try:
            match leaf:
                case "telemetry":
                    return await self._telemetry(request, key)
                case "attributes":
                    return await self._attributes(request, key)
                case "answers":
                    return await self._answer(request, key)
        except Unavailable:
            return try_later()
        return Message(code=Code.NOT_FOUND)

    async def render_get(self, request: Message) -> Message:
        """Tell a device the orders that wait."""
        key, leaf = _place(request)
        if leaf != "commands":
            return Message(code=Code.NOT_FOUND)
        refusal = await self._refusal(request, key)
        return refusal or self._waiting(key)

    async def add_observation(self, request: Message, observation: ServerObservation) -> None:
        """Let a device hear its orders."""
        key, leaf = _place(request)
        if leaf != "commands" or await self._refusal(request, key):
            return

        async def send(order: FieldOrder) -> None:
            waiting = self._orders.setdefault(key, [])
            waiting.append(order)
            del waiting[:-_MOST_ORDERS]
            observation.trigger(self._waiting(key))

        def end() -> None:
            self._intake.leave(key, send)

        observation.accept(end)
        self._intake.enter(key, send)
        self._intake.seen(key)

    async def _telemetry(self, request: Message, key: str) -> Message:
        try:
            readings = readings_of(_points(request))
        except NotTelemetry as error:
            self._refuse(request, key, error.reason, error.at_fault)
            return bad_request(error.reason)
        return await self._submit(request, Upload(request.payload, key, _token(request), readings))

    async def _attributes(self, request: Message, key: str) -> Message:
        body = _object(request)
        if body is None:
            self._refuse(request, key, reasons.NOT_JSON, "")
            return bad_request(reasons.NOT_JSON)
        return await self._submit(request, Upload(request.payload, key, _token(request), reported=body))

    async def _answer(self, request: Message, key: str) -> Message:
        refusal = await self._refusal(request, key)
        if refusal is not None:
            return refusal
        try:
            word = msgspec.convert(_object(request), Word)
        except msgspec.ValidationError as error:
            return bad_request(str(error))
        self._orders[key] = [order for order in self._orders.get(key, []) if order.reference != word.id]
        await self._intake.answered(Answered(key, word.id, word.state, word.text[:60], request.payload))
        return Message(code=Code.CHANGED)

    async def _submit(self, request: Message, upload: Upload) -> Message:
        return answer_for((await self._intake.submit([upload], peer=peer_of(request)))[0])

    async def _refusal(self, request: Message, key: str) -> Message | None:
        welcome = await self._intake.admit(key, _token(request), peer=peer_of(request))
        return answer_for(welcome.reason) if welcome.reason else None

    def _refuse(self, request: Message, key: str, reason: str, at_fault: str) -> None:
        fields = {"at": at_fault} if at_fault else {}
        self._intake.refused(Refused(request.payload, reason, fields, device_key=key), peer=peer_of(request))

    def _waiting(self, key: str) -> Message:
        orders = [
            {"id": order.reference, "command": order.code, "arguments": dict(order.arguments)}
            for order in self._orders.get(key, [])
        ]
        return Message(code=Code.CONTENT, payload=msgspec.json.encode(orders), content_format=JSON)


def _place(request: Message) -> tuple[str, str]:
    path: Sequence[str] = request.opt.uri_path
    return (path[0], path[1]) if len(path) == 2 else ("", "")


def _token(request: Message) -> str:
    """Return the token or password that a request shows; "" for none, for nothing shown before counts."""
    return query_of(request).get("token", "")


def _points(request: Message) -> list[Point]:
    if request.opt.content_format == CBOR:
        try:
            return from_values(cbor.decode(request.payload))
        except cbor.NotCbor as error:
            raise NotTelemetry(reasons.NOT_CBOR, str(error)) from None
    return decode(request.payload)


def _object(request: Message) -> dict[str, object] | None:
    try:
        body: object = (
            cbor.decode(request.payload) if request.opt.content_format == CBOR else msgspec.json.decode(request.payload)
        )
    except (cbor.NotCbor, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return {str(name): value for name, value in body.items()} if isinstance(body, dict) else None
