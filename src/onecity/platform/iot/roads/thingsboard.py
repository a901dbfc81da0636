"""ThingsBoard's HTTP device API, for devices that speak it: the token stands in the path.

Source: ThingsBoard HTTP device API.
"""

from typing import Final

import msgspec

from onecity.kernel import clock
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.codecs.thingsboard import NotThingsBoard, answer_of, attributes_of, points_of
from onecity.platform.iot.contracts import Message
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.http.receiving import receiver
from onecity.platform.iot.models import DeviceCommand
from onecity.platform.iot.roads.orders import note, orders_within
from onecity.platform.iot.roads.own import owner_of, with_database
from onecity.platform.iot.rules import reasons
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.services import settings
from onecity.platform.iot.services.directory import Directory
from onecity.platform.iot.services.intake.collecting import Collected
from onecity.platform.iot.services.intake.settings import take_over
from onecity.platform.iot.services.intake.telemetry import take_payload
from onecity.web.access import PUBLIC
from onecity.web.hot import HotRequest, HotResponse, Road, json_response

LARGEST: Final = 1 << 20
_NOTHING: Final = HotResponse(b"", status=408)


class NotReadable(Invalid):
    """The body is not what ThingsBoard's devices send."""

    code = "iot.not_telemetry"


async def telemetry(request: HotRequest) -> HotResponse:
    """Take readings; answered when they are durable."""
    _, key = await _owner(request)
    try:
        points, _ = points_of(request.body)
    except NotThingsBoard as error:
        raise NotReadable(reasons.sentence(error.reason)) from None
    message = Message(msgspec.json.encode(points), Protocol.HTTP, "", key)
    arrived = micros(clock.city_now())

    def take(directory: Directory, collected: Collected) -> None:
        take_payload(message, arrived=arrived, directory=directory, collected=collected)

    taken = await receiver().receive(take, messages=[message])
    return HotResponse(b"", status=409 if taken.reason and not taken.stored + taken.repeated else 200)


async def report(request: HotRequest) -> HotResponse:
    """Take what a device tells of itself."""
    number, _ = await _owner(request)
    try:
        values = attributes_of(request.body)
    except NotThingsBoard as error:
        raise NotReadable(reasons.sentence(error.reason)) from None
    now = clock.real_now()
    await with_database(lambda: take_over(number, values, now=now))
    return HotResponse(b"")


async def attributes(request: HotRequest) -> HotResponse:
    """Tell a device what it told of itself, and how it is to be set."""
    number, _ = await _owner(request)
    shadow = await with_database(lambda: settings.state_of(number))
    asked = "clientKeys" in request.query or "sharedKeys" in request.query
    body = {}
    for kind, known in (("client", shadow.reported), ("shared", shadow.desired)):
        names = [name for name in request.query.get(f"{kind}Keys", "").split(",") if name]
        found = {name: value for name, value in known.items() if not asked or name in names}
        if found:
            body[kind] = found
    return json_response(body)


async def calls(request: HotRequest) -> HotResponse:
    """Hand a device its next order, waiting up to `timeout` milliseconds for one."""
    number, _ = await _owner(request)
    given = request.query.get("timeout", "0")
    wait_s = int(given) / 1000 if given.isdigit() and len(given) <= 9 else 0.0
    found = await orders_within(request, number, wait_s=wait_s, most=1)
    if not found:
        return _NOTHING
    return json_response({"id": found[0].id, "method": found[0].code, "params": dict(found[0].arguments)})


async def call_answered(request: HotRequest) -> HotResponse:
    """Note how an order ended."""
    number, _ = await _owner(request)
    done, text = answer_of(request.body)
    state = DeviceCommand.State.DONE if done else DeviceCommand.State.FAILED
    await note(number, request.path_values["id"], state=state, text=text)
    return HotResponse(b"")


async def _owner(request: HotRequest) -> tuple[int, str]:
    if len(request.body) > LARGEST:
        raise Invalid(zh("一次上报的内容不得超过1MB"))
    return await owner_of(request, request.path_values["token"])


THINGSBOARD_ROADS: Final = (
    Road("POST", "/api/v1/{token}/telemetry", PUBLIC, telemetry),
    Road("POST", "/api/v1/{token}/attributes", PUBLIC, report),
    Road("GET", "/api/v1/{token}/attributes", PUBLIC, attributes),
    Road("GET", "/api/v1/{token}/rpc", PUBLIC, calls),
    Road("POST", "/api/v1/{token}/rpc/{id}", PUBLIC, call_answered),
)
"""Open to who holds a token: `_owner`."""
