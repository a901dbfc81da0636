"""What a device's messages mean: readings, settings, answers, calls."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import msgspec

from onecity.platform.iot.codecs.mqtt.serving import Published, message, puback
from onecity.platform.iot.codecs.telemetry import NotTelemetry, Point
from onecity.platform.iot.codecs.thingsboard import (
    AttributesAsked,
    Matter,
    NotThingsBoard,
    Topic,
    answer_of,
    asked_of,
    attributes_of,
    call_of,
    gateway_answer,
    gateway_device,
    gateway_points,
    points_of,
    topic_of,
)
from onecity.platform.iot.gateways.field.contract import (
    Answered,
    Moment,
    Note,
    OrderState,
    Refused,
    Reply,
    Said,
    Seen,
    Upload,
    Welcome,
)
from onecity.platform.iot.gateways.field.points import readings_of
from onecity.platform.iot.rules import reasons

ATTRIBUTES: Final = "attributes"
OWN_SETTINGS: Final = "v1/devices/me/attributes"
_TOPIC_INVALID: Final = 0x90
_LONGEST_TEXT: Final = 60
_MOST_ATTRIBUTES: Final = 500
Attributes = Mapping[str, object]


class Desk:
    """Serves one device that was let in. version: of MQTT."""

    def __init__(self, welcome: Welcome, *, version: int) -> None:
        self.key = welcome.device_key
        self._version = version
        self._client: dict[str, object] = {}
        self._shared: Attributes = {}
        self.know(welcome)

    def know(self, welcome: Welcome) -> None:
        """Take what is known of the device now."""
        own = welcome.attached[0] if welcome.attached else None
        self._shared = dict(own.desired) if own else {}
        self._client = {**(own.reported if own else {}), **self._client}

    def take(self, published: Published, at: Moment | None) -> Sequence[Said]:
        """Take a message. at: None for one that came before the welcome."""
        topic = topic_of(published.topic)
        if topic is None:
            fields = {"topic": published.topic[:200]}
            answer = self._acknowledged(published, reason=_TOPIC_INVALID)
            return [Refused(published.payload, reasons.BAD_TOPIC, fields, device_key=self.key, answer=answer)]
        try:
            return self._meaning(topic, published, at)
        except (NotThingsBoard, NotTelemetry) as error:
            fields = {"at": error.at_fault} if error.at_fault else {}
            answer = self._acknowledged(published)
            return [Refused(published.payload, error.reason, fields, device_key=self.key, answer=answer)]

    def _meaning(self, topic: Topic, published: Published, at: Moment | None) -> Sequence[Said]:
        match topic.matter:
            case Matter.TELEMETRY:
                return self._telemetry({self.key: points_of(published.payload)}, published)
            case Matter.GATEWAY_TELEMETRY:
                return self._telemetry(gateway_points(published.payload), published)
            case Matter.ATTRIBUTES:
                return self._reported({self.key: attributes_of(published.payload)}, published)
            case Matter.GATEWAY_ATTRIBUTES:
                return self._reported(_by_device(attributes_of(published.payload)), published)
            case Matter.GATEWAY_CONNECT | Matter.GATEWAY_DISCONNECT:
                return [Seen(gateway_device(published.payload), published.payload), *self._thanks(published)]
            case _:
                return [*self._conversation(topic, published, at), *self._thanks(published)]

    def _conversation(self, topic: Topic, published: Published, at: Moment | None) -> Sequence[Said]:
        payload = published.payload
        match topic.matter:
            case Matter.ATTRIBUTES_ASKED:
                head = "v2/a/res" if topic.short else "v1/devices/me/attributes/response"
                return [self._told(f"{head}/{topic.number}", self._settings(asked_of(payload)))]
            case Matter.ANSWER:
                done, text = answer_of(payload)
                return [_answered(self.key, topic.number, done=done, text=text, raw=payload)]
            case Matter.GATEWAY_ANSWER:
                device, number, done, text = gateway_answer(payload)
                return [_answered(device, number, done=done, text=text, raw=payload)]
            case Matter.CALL:
                head = "v2/r/res" if topic.short else "v1/devices/me/rpc/response"
                return [self._told(f"{head}/{topic.number}", _served(call_of(payload).method, at))]
            case Matter.CLAIM:
                return [Upload(b"claim", self.key, notes=[Note("claim", "")])]  # its secret is kept nowhere
            case _:
                return [Refused(payload, reasons.BAD_TOPIC, device_key=self.key)]

    def _telemetry(self, found: Mapping[str, tuple[list[Point], dict[str, str]]], by: Published) -> Sequence[Said]:
        uploads = []
        for key, (points, texts) in found.items():
            notes = [Note("telemetry", _json(texts).decode())] if texts else []
            uploads.append(Upload(by.payload, key, readings=readings_of(points), notes=notes))
        return self._answering(by, uploads)

    def _reported(self, found: Mapping[str, Attributes], by: Published) -> Sequence[Said]:
        own = found.get(self.key, {})
        if len(self._client) + len(own) <= _MOST_ATTRIBUTES:
            self._client.update(own)
        return self._answering(by, [Upload(by.payload, key, reported=values) for key, values in found.items()])

    def _answering(self, by: Published, uploads: Sequence[Upload]) -> Sequence[Said]:
        """The last upload of a message carries its answer: all of them are committed together."""
        answer = self._acknowledged(by)
        return [*uploads[:-1], replace(uploads[-1], answer=answer, refused=answer)] if uploads else self._thanks(by)

    def _settings(self, asked: AttributesAsked) -> bytes:
        body: dict[str, object] = {}
        for kind, names, known in (("client", asked.client, self._client), ("shared", asked.shared, self._shared)):
            found = {name: value for name, value in known.items() if names is None or name in names}
            if found:
                body[kind] = found
        return _json(body)

    def _told(self, topic: str, body: bytes) -> Reply:
        return Reply(message(self._version, topic, body), self.key)

    def _thanks(self, published: Published) -> Sequence[Said]:
        answer = self._acknowledged(published)
        return [Reply(answer, self.key)] if answer else []

    def _acknowledged(self, published: Published, *, reason: int = 0) -> bytes:
        return puback(self._version, published.packet_id, reason=reason) if published.packet_id else b""


def _answered(key: str, number: int, *, done: bool, text: str, raw: bytes) -> Answered:
    state = OrderState.DONE if done else OrderState.FAILED
    return Answered(key, str(number), state, text[:_LONGEST_TEXT], raw)


def _served(method: str, at: Moment | None) -> bytes:
    """Return what the platform answers when a device calls: it knows the time."""
    if method == "getCurrentTime" and at is not None:
        return _json({"time": int(at.city.timestamp() * 1000)})
    return _json({"error": "unknown method"})


def _by_device(body: Attributes) -> dict[str, Attributes]:
    found: dict[str, Attributes] = {}
    for name, values in body.items():
        if not isinstance(values, dict):
            raise NotThingsBoard(reasons.NOT_JSON, name)
        found[name] = values
    return found


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)
