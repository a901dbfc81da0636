"""Hot roads: readings in over HTTP, from devices with a token of their own and from programs for their devices."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from onecity.kernel import clock
from onecity.kernel.actor import ANONYMOUS
from onecity.kernel.ciphers.sm3 import sm3
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import row_scope_on, scope_sql
from onecity.platform.iot.codecs.telemetry import DevicePoint, NotTelemetry, decode, decode_for_devices, encode_points
from onecity.platform.iot.contracts import Message, Refusal
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.http.receiving import Taken, receiver, stop_receiver
from onecity.platform.iot.ngsild.hot import ROADS as NGSILD_ROADS
from onecity.platform.iot.permissions import SEND_TELEMETRY
from onecity.platform.iot.roads import HISTORY_ROADS
from onecity.platform.iot.roads.orders import ORDER_ROADS
from onecity.platform.iot.roads.subscriptions import SUBSCRIPTION_ROADS
from onecity.platform.iot.roads.thingsboard import THINGSBOARD_ROADS
from onecity.platform.iot.rules import reasons
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.sensorthings.hot import CLOSING as SENSORTHINGS_CLOSING
from onecity.platform.iot.sensorthings.hot import ROADS as SENSORTHINGS_ROADS
from onecity.platform.iot.services.credentials import TOKEN_MARK
from onecity.platform.iot.services.directory import Directory, TooManyDatastreams
from onecity.platform.iot.services.intake.collecting import Collected
from onecity.platform.iot.services.intake.telemetry import admitted, take_payload, take_points
from onecity.web.access import PUBLIC, SignInNeeded
from onecity.web.hot import HotRequest, HotResponse, Road, json_response

LARGEST: Final = 1 << 20
MOST_DEVICES: Final = 1_000
_OWNER: Final = """
    SELECT d.key FROM iot_devicecredential c JOIN iot_device d ON d.id = c.device_id
    WHERE c.digest = $1 AND c.revoked_at IS NULL AND (c.ends_at IS NULL OR c.ends_at > now())
"""
_WITHIN: Final = f"SELECT key FROM iot_device WHERE key = ANY($1) AND {scope_sql(first=2)}"


class NotReadable(Invalid):
    """The body is no telemetry; nothing of it was stored."""

    code = "iot.not_telemetry"


class Refused(Conflict):
    """The device is known, and what it sent lies in the quarantine."""

    code = "iot.telemetry_refused"


async def from_device(request: HotRequest) -> HotResponse:
    """Take one device's readings: from itself, or from a program that may send for it."""
    _check_size(request)
    key = request.path_values["key"]
    await _check_sender(request, key)
    try:
        decode(request.body)
    except NotTelemetry as error:
        raise _not_readable(error) from None
    message = Message(request.body, Protocol.HTTP, "", key)
    arrived = micros(clock.city_now())

    def take(directory: Directory, collected: Collected) -> None:
        take_payload(message, arrived=arrived, directory=directory, collected=collected)

    return _told(await receiver().receive(take, messages=[message]))


async def from_program(request: HotRequest) -> HotResponse:
    """Take readings of several devices from a program; all of them or, if one device is not its to send for, none."""
    _check_size(request)
    try:
        points = decode_for_devices(request.body)
    except NotTelemetry as error:
        raise _not_readable(error) from None
    groups: dict[str, list[DevicePoint]] = {}
    for point in points:
        groups.setdefault(point.device, []).append(point)
    if len(groups) > MOST_DEVICES:
        raise Invalid(zh("一次最多上报{most}台设备的数据"), params={"most": MOST_DEVICES})
    strangers = set(groups) - await _within(request, list(groups))
    if strangers:
        raise NotFound(zh("没有这些设备，或您无权代其上报：{keys}"), params={"keys": "、".join(sorted(strangers)[:5])})
    messages = [Message(encode_points(own), Protocol.HTTP, "", key) for key, own in groups.items()]
    arrived = micros(clock.city_now())

    def take(directory: Directory, collected: Collected) -> None:
        directory.learn(groups)
        for origin, message in enumerate(messages):
            own = groups[message.device_key]
            _take_group(message, own, arrived=arrived, origin=origin, directory=directory, collected=collected)

    return _told(await receiver().receive(take, messages=messages))


def _take_group(
    message: Message,
    points: Sequence[DevicePoint],
    *,
    arrived: int,
    origin: int,
    directory: Directory,
    collected: Collected,
) -> None:
    found = directory.find(message.device_key)
    entry = admitted(found, Protocol.HTTP)
    if isinstance(entry, str):
        collected.refusals.append(Refusal(message, entry, device_id=found.id if found else None))
        return
    try:
        take_points(points, entry=entry, arrived=arrived, directory=directory, collected=collected, origin=origin)
    except NotTelemetry as error:
        collected.refusals.append(Refusal(message, error.reason, {"at": error.at_fault}, device_id=entry.id))
    except TooManyDatastreams:
        collected.refusals.append(Refusal(message, reasons.TOO_MANY_DATASTREAMS, device_id=entry.id))


async def _check_sender(request: HotRequest, key: str) -> None:
    """Let a device send for itself, and a program for the devices of its scope.

    Raises: SignInNeeded; NotPermitted; NotFound for a device that is not there or not the program's.
    """
    authorization = request.headers.get("authorization", "")
    if authorization.startswith(f"Bearer {TOKEN_MARK}"):
        owner = await request.pool.fetchval(_OWNER, sm3(authorization.removeprefix("Bearer ").strip().encode()).hex())
        if owner is None:
            raise SignInNeeded
        if owner != key:
            raise NotPermitted(zh("该令牌不属于这台设备"))
    elif not await _within(request, [key]):
        raise NotFound(zh("没有这台设备，或您无权代其上报"))


async def _within(request: HotRequest, keys: list[str]) -> set[str]:
    """Return which of the devices the program may send for."""
    actor = request.actor
    if actor == ANONYMOUS:
        raise SignInNeeded
    if not actor.may(SEND_TELEMETRY):
        raise NotPermitted
    scope = await row_scope_on(request.pool, actor, permission=SEND_TELEMETRY)
    usable = [key for key in keys if "\0" not in key]
    return {str(row[0]) for row in await request.pool.fetch(_WITHIN, usable, *scope.parameters())}


def _check_size(request: HotRequest) -> None:
    if len(request.body) > LARGEST:
        raise Invalid(zh("一次上报的内容不得超过1MB"))


def _not_readable(error: NotTelemetry) -> NotReadable:
    fields = {"body": error.at_fault} if error.at_fault else {}
    return NotReadable(reasons.sentence(error.reason), fields=fields)


def _told(taken: Taken) -> HotResponse:
    """Say what became of the readings; whatever was not stored lies in the quarantine.

    Raises: Refused if the message as a whole was quarantined.
    """
    if taken.reason and not taken.stored + taken.repeated:
        raise Refused(reasons.sentence(taken.reason), fields={"reason": taken.reason})
    body = {"stored": taken.stored, "repeated": taken.repeated, "quarantined": taken.quarantined}
    return json_response({**body, "reason": taken.reason} if taken.reason else body)


_PROPERTIES: Final[dict[str, object]] = {
    "values": {"type": "object", "additionalProperties": {"type": ["number", "boolean", "null"]}},
    "ts": {"description": zh("监测时间：1970年起的毫秒数，或带时区的 ISO 8601 时间；缺省为到达时间，重发须带此项")},
    "period": {"type": "string", "enum": ["real_time", "minute", "hour", "day"]},
    "quality": {"type": "string"},
}
_POINT: Final[dict[str, object]] = {"type": "object", "properties": _PROPERTIES, "required": ["values"]}
_ANSWERS: Final = {
    "200": {"description": zh("已落盘：新存入、重复、隔离的读数各有多少")},
    "422": {"description": zh("内容无法识别，未存入任何读数")},
    "401": {"description": zh("缺少令牌，或令牌已失效")},
    "404": {"description": zh("没有这台设备，或无权代其上报")},
    "409": {"description": zh("设备已停用或协议不符，报文已隔离")},
    "503": {"description": zh("暂时无法存入，请稍后重发")},
}


def _operation(summary: str, point: dict[str, object], *, parameters: list[object]) -> dict[str, object]:
    schema = {"oneOf": [point, {"type": "array", "items": point}]}
    return {
        "summary": summary,
        "tags": ["iot"],
        "parameters": parameters,
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": _ANSWERS,
    }


_KEY: Final = {"name": "key", "in": "path", "required": True, "schema": {"type": "string"}}
_NAMED: Final = {**_POINT, "properties": {**_PROPERTIES, "device": {"type": "string"}}}
ROADS: Final = (
    *SENSORTHINGS_ROADS,
    *HISTORY_ROADS,
    Road(
        "POST",
        "/api/iot/v1/devices/{key}/telemetry",
        PUBLIC,  # by the device's own token or the program's: `_check_sender`
        from_device,
        _operation(zh("上报一台设备的监测数据"), _POINT, parameters=[_KEY]),
    ),
    Road(
        "POST",
        "/api/iot/v1/telemetry",
        PUBLIC,  # by the program's token: `_within`
        from_program,
        _operation(zh("上报多台设备的监测数据"), _NAMED, parameters=[]),
    ),
    *ORDER_ROADS,
    *SUBSCRIPTION_ROADS,
    *THINGSBOARD_ROADS,
    *NGSILD_ROADS,
)
CLOSING: Final[tuple[Callable[[], Awaitable[None]], ...]] = (
    stop_receiver,
    *SENSORTHINGS_CLOSING,
)
