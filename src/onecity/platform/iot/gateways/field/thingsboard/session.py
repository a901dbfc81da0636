"""One connection: MQTT's own rules; what messages mean is in `meaning`."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh
from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.mqtt.properties import Property
from onecity.platform.iot.codecs.mqtt.reading import Malformed
from onecity.platform.iot.codecs.mqtt.serving import (
    PINGRESP,
    V5,
    Acknowledged,
    Connect,
    Disconnect,
    Ping,
    Published,
    Request,
    RequestReader,
    Subscribe,
    Unsubscribe,
    connack,
    disconnect,
    message,
    suback,
    unsuback,
)
from onecity.platform.iot.codecs.thingsboard import may_subscribe, rpc_request
from onecity.platform.iot.gateways.field.contract import (
    FieldSession,
    Hangup,
    Hello,
    Moment,
    Ordered,
    Refused,
    Reply,
    Said,
    Welcome,
)
from onecity.platform.iot.gateways.field.thingsboard.meaning import OWN_SETTINGS, Desk

LONGEST: Final = 1 << 18
MOST_PENDING: Final = 100
ORDERS: Final = "v1/devices/me/rpc/request/+"
CHILDRENS_ORDERS: Final = "v1/gateway/rpc"
CHILDRENS_SETTINGS: Final = "v1/gateway/attributes"
SETTINGS: Final = "iot.apply_settings"
"""The platform's own order that tells new settings (`services.settings`)."""
_NOT_AUTHORISED: Final = {4: 5, V5: 0x87}
_REFUSED_FILTER: Final = 0x80
_PATIENCE: Final = 1.5
_MALFORMED, _KEEP_ALIVE, _TAKEN_AWAY = 0x81, 0x8D, 0x98
_LARGEST_NUMBER: Final = 2**31 - 1
_TERMS: Final = {
    Property.MAXIMUM_QOS: 1,
    Property.RETAIN_AVAILABLE: 0,
    Property.SHARED_SUBSCRIPTIONS: 0,
    Property.MAXIMUM_PACKET_SIZE: LONGEST,
}


class NotListening(Conflict):
    """The device has not subscribed to what it would be told on."""

    code = "iot.device_not_listening"
    message = zh("设备没有订阅接收命令的主题")


class ThingsBoardSession(FieldSession):
    """A device, or a gateway with its children. Source: MQTT 3.1.1 and 5.0; ThingsBoard device API."""

    def __init__(self) -> None:
        self._reader = RequestReader(longest=LONGEST)
        self._desk: Desk | None = None
        self._greeting: Connect | None = None
        self._pending: list[Published | Subscribe | Unsubscribe] = []
        self._filters: dict[str, int] = {}
        self._heard_at = 0.0
        self._packet_id = 0
        self._number = secrets.randbelow(_LARGEST_NUMBER)

    @property
    def held(self) -> int:
        """Bytes of a packet that is not whole yet."""
        return self._reader.held

    def received(self, data: bytes, at: Moment) -> Sequence[Said]:
        """Take bytes as they come."""
        self._heard_at = at.seconds
        try:
            requests = self._reader.feed(data)
        except Malformed as error:
            farewell = disconnect(self._reader.version, _MALFORMED) if self._desk else b""
            key = self._desk.key if self._desk else ""
            fields = {"at": str(error)}
            return [Refused(b"MQTT", Fault.BAD_VALUE, fields, device_key=key, answer=farewell), Hangup(str(error))]
        return [said for request in requests for said in self._take(request, at)]

    def tick(self, at: Moment) -> Sequence[Said]:
        """Part with a client that was silent for one and a half times what it promised.

        Source: MQTT 3.1.1, 3.1.2.10.
        """
        promised = self._greeting.keep_alive_s if self._greeting else 0
        if self._desk is None or not promised or at.seconds - self._heard_at <= _PATIENCE * promised:
            return ()
        return [Reply(disconnect(self._reader.version, _KEEP_ALIVE)), Hangup("keep alive")]

    def order(self, device_key: str, code: str, arguments: Mapping[str, object], at: Moment) -> Ordered:
        """Call a method of the device, or of a child through its gateway.

        Raises: NotListening.
        Source: ThingsBoard MQTT device API and gateway API, server-side RPC.
        """
        if self._desk is None:
            raise NotListening
        if code == SETTINGS:
            return self._settings(device_key, arguments)
        self._number = self._number % _LARGEST_NUMBER + 1
        child = device_key if device_key != self._desk.key else ""
        wanted = CHILDRENS_ORDERS if child else ORDERS
        if wanted not in self._filters:
            raise NotListening
        topic = wanted if child else wanted.replace("+", str(self._number))
        body = rpc_request(code, dict(arguments), device=child, number=self._number)
        return Ordered(str(self._number), self._told(topic, body, qos=self._filters[wanted]))

    def _settings(self, device_key: str, arguments: Mapping[str, object]) -> Ordered:
        """Tell new settings as shared attributes; the device answers by what it reports."""
        topic = OWN_SETTINGS if self._desk and device_key == self._desk.key else CHILDRENS_SETTINGS
        if topic not in self._filters:
            raise NotListening
        settings = arguments.get("settings", {})
        body = {"device": device_key, "data": settings} if topic == CHILDRENS_SETTINGS else settings
        told = self._told(topic, msgspec.json.encode(body), qos=self._filters[topic])
        return Ordered(str(arguments.get("version", "")), told, awaited=False)

    def _take(self, request: Request, at: Moment) -> Sequence[Said]:
        match request:
            case Connect():
                return self._greet(request)
            case Ping():
                return [Reply(PINGRESP, self._desk.key if self._desk else "")]
            case Disconnect():
                return [Hangup("disconnect")]
            case Acknowledged():
                return ()
            case Published() | Subscribe() | Unsubscribe():
                return self._serve(request, at)

    def _greet(self, greeting: Connect) -> Sequence[Said]:
        """A token is the user name; with a password, the user name is the device's key. Neither secret is kept.

        Source: ThingsBoard device API, device authentication options (access token, basic MQTT credentials).
        """
        self._greeting = greeting
        raw = f"CONNECT {greeting.client_id}".encode()[:200]
        if greeting.password and greeting.username:
            password = greeting.password.decode(errors="replace")
            return [Hello(raw, greeting.username, self._judged, credential=password)]
        return [Hello(raw, "", self._judged, credential=greeting.username or None)]

    def _judged(self, welcome: Welcome) -> Sequence[Said]:
        version = self._reader.version
        if welcome.reason:
            if self._desk is not None:
                return [Reply(disconnect(version, _TAKEN_AWAY)), Hangup(welcome.reason)]
            return [Reply(connack(version, _NOT_AUTHORISED[version])), Hangup(welcome.reason)]
        if self._desk is not None:
            self._desk.know(welcome)
            return ()
        self._desk = Desk(welcome, version=version)
        terms: dict[Property, int | bytes] = dict(_TERMS)
        if self._greeting is not None and not self._greeting.client_id:
            terms[Property.ASSIGNED_CLIENT_ID] = welcome.device_key.encode()
        said: list[Said] = [Reply(connack(version, 0, properties=terms), welcome.device_key)]
        pending, self._pending = self._pending, []
        for request in pending:
            said += self._serve(request, None)
        return said

    def _serve(self, request: Published | Subscribe | Unsubscribe, at: Moment | None) -> Sequence[Said]:
        desk, version = self._desk, self._reader.version
        if desk is None:
            if len(self._pending) >= MOST_PENDING:
                return [Hangup("too much before the welcome")]
            self._pending.append(request)
            return ()
        if isinstance(request, Published):
            return desk.take(request, at)
        if isinstance(request, Unsubscribe):
            codes = [0 if self._filters.pop(name, None) is not None else 0x11 for name in request.filters]
            return [Reply(unsuback(version, request.packet_id, codes), desk.key)]
        granted = []
        for name, qos in request.filters:
            granted.append(min(qos, 1) if may_subscribe(name) else _REFUSED_FILTER)
            if granted[-1] != _REFUSED_FILTER:
                self._filters[name] = granted[-1]
        return [Reply(suback(version, request.packet_id, granted), desk.key)]

    def _told(self, topic: str, body: bytes, *, qos: int) -> bytes:
        if not qos:
            return message(self._reader.version, topic, body)
        self._packet_id = self._packet_id % 0xFFFF + 1
        return message(self._reader.version, topic, body, packet_id=self._packet_id)
