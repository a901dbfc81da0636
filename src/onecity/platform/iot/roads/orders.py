"""Orders for devices that ask for them over HTTP: they wait for the answer while there is none."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from onecity.kernel import clock
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.models import DeviceCommand
from onecity.platform.iot.roads.own import device_of, with_database
from onecity.platform.iot.selectors.broker_orders import BrokerOrder, orders_for
from onecity.platform.iot.services.commands import claim_order, note_answer
from onecity.web.access import PUBLIC
from onecity.web.hot import HotRequest, HotResponse, Road, json_response

LONGEST_WAIT_S: Final = 60.0
LOOK_S: Final = 1.0
_THERE: Final = """
    SELECT EXISTS (SELECT FROM iot_devicecommand WHERE device_id = $1 AND state = 'queued' AND expires_at > now()
        AND (next_at IS NULL OR next_at <= now()))
"""


class Word(msgspec.Struct, frozen=True):
    """A device's word on an order."""

    state: str
    text: str = ""


async def waiting(request: HotRequest) -> HotResponse:
    """Answer with the orders that wait for a device, as soon as there are some; empty after `wait_s` seconds."""
    number, _ = await device_of(request)
    found = await orders_within(request, number, wait_s=_wait_s(request.query, "wait_s", 1.0))
    return json_response(
        [{"id": str(item.id), "command": item.code, "arguments": dict(item.arguments)} for item in found]
    )


async def answer(request: HotRequest) -> HotResponse:
    """Note a device's word on an order."""
    number, _ = await device_of(request)
    try:
        word = msgspec.json.decode(request.body, type=Word)
        state = DeviceCommand.State(word.state)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
        raise Invalid(zh("请求正文应为JSON，含 state（accepted、done 或 failed）和 text")) from None
    await note(number, request.path_values["id"], state=state, text=word.text)
    return json_response({})


async def note(device_id: int, reference: str, *, state: DeviceCommand.State, text: str) -> None:
    """Note a device's word on an order that it was told.

    Raises: Invalid for a state that is not a device's to say.
    """
    if state not in {DeviceCommand.State.ACCEPTED, DeviceCommand.State.DONE, DeviceCommand.State.FAILED}:
        raise Invalid(zh("状态只能是 accepted、done 或 failed"))
    now = clock.real_now()
    await with_database(lambda: note_answer(device_id, reference=reference, state=state, result=text, now=now))


async def orders_within(request: HotRequest, device_id: int, *, wait_s: float, most: int = 20) -> Sequence[BrokerOrder]:
    """Claim the orders of a device, waiting so long for one to come; each is handed out once."""
    end = asyncio.get_running_loop().time() + min(max(wait_s, 0.0), LONGEST_WAIT_S)
    while True:
        if await request.pool.fetchval(_THERE, device_id):
            found = await with_database(lambda: _claimed(device_id, most))
            if found:
                return found
        left = end - asyncio.get_running_loop().time()
        if left <= 0:
            return ()
        await asyncio.sleep(min(LOOK_S, left))


def _claimed(device_id: int, most: int) -> Sequence[BrokerOrder]:
    now = clock.real_now()
    found = orders_for(device_id, now=now, most=most)
    return [item for item in found if claim_order(item.id, reference=str(item.id), now=now)]


def _wait_s(query: Mapping[str, str], name: str, unit: float) -> float:
    given = query.get(name, "0")
    return int(given) * unit if given.isdigit() and len(given) <= 6 else 0.0


_KEY: Final = {"name": "key", "in": "path", "required": True, "schema": {"type": "string"}}
_WAIT: Final = {"name": "wait_s", "in": "query", "schema": {"type": "integer", "maximum": 60}}
_ID: Final = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
_WORD: Final = {
    "type": "object",
    "properties": {
        "state": {"type": "string", "enum": ["accepted", "done", "failed"]},
        "text": {"type": "string"},
    },
    "required": ["state"],
}
ORDER_ROADS: Final = (
    Road(
        "GET",
        "/api/iot/v1/devices/{key}/commands",
        PUBLIC,  # by the device's own token: `device_of`
        waiting,
        {
            "summary": zh("设备领取待执行的命令（可长轮询）"),
            "tags": ["iot"],
            "parameters": [_KEY, _WAIT],
            "responses": {"200": {"description": zh("命令列表；等待时限内没有命令则为空")}},
        },
    ),
    Road(
        "POST",
        "/api/iot/v1/devices/{key}/commands/{id}",
        PUBLIC,  # by the device's own token: `device_of`
        answer,
        {
            "summary": zh("设备回报命令的执行情况"),
            "tags": ["iot"],
            "parameters": [_KEY, _ID],
            "requestBody": {"required": True, "content": {"application/json": {"schema": _WORD}}},
            "responses": {"200": {"description": zh("已记录")}},
        },
    ),
)
