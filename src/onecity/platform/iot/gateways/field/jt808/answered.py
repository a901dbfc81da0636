"""A terminal's word on what the platform asked of it."""

import json
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from onecity.kernel.text import zh
from onecity.platform.iot.codecs.jt808 import ids
from onecity.platform.iot.codecs.jt808.answers import Result, decode_answer
from onecity.platform.iot.codecs.jt808.attributes import decode_attributes
from onecity.platform.iot.codecs.jt808.location import decode_answer as decode_located
from onecity.platform.iot.codecs.jt808.parameters import PARAMETERS, decode_told, meaning
from onecity.platform.iot.gateways.field.contract import Answered, Note, OrderState, Said
from onecity.platform.iot.gateways.field.jt808.taken import Taken, kept, reported

_ASKED: Final = MappingProxyType(
    {
        ids.LOCATION_ANSWER: ids.ASK_LOCATION,
        ids.VEHICLE_CONTROL_ANSWER: ids.VEHICLE_CONTROL,
        ids.PARAMETERS: ids.ASK_ALL_PARAMETERS,
    }
)
_WITH_DATA: Final = frozenset({*_ASKED.values(), ids.ASK_ATTRIBUTES})
_WORDS: Final = MappingProxyType(
    {
        Result.OK: zh("成功"),
        Result.FAILED: zh("失败"),
        Result.BAD_MESSAGE: zh("消息有误"),
        Result.UNSUPPORTED: zh("不支持"),
    }
)


def _general(taken: Taken) -> Iterable[Said]:
    """Take a general answer; of a question it says only that the answer proper will come."""
    answer = decode_answer(taken.packet.body)
    state = OrderState.FAILED
    if answer.result == Result.OK:
        state = OrderState.ACCEPTED if answer.id in _WITH_DATA else OrderState.DONE
    words = next((text for result, text in _WORDS.items() if result == answer.result), str(answer.result))
    return [_word(taken, f"{answer.id:04X}-{answer.serial}", state, words)]


def _located(taken: Taken) -> Iterable[Said]:
    serial, location = decode_located(taken.packet.body)
    reference = f"{_ASKED[taken.packet.id]:04X}-{serial}"
    return [reported(taken, location), _word(taken, reference, OrderState.DONE, _WORDS[Result.OK])]


def _parameters(taken: Taken) -> Iterable[Said]:
    """Take parameters.."""
    serial, found = decode_told(taken.packet.body)
    told = {PARAMETERS[item.id].code if item.id in PARAMETERS else f"{item.id:04X}": meaning(item) for item in found}
    note = Note(f"{taken.packet.id:04X}", json.dumps(told, ensure_ascii=False))
    reference = f"{_ASKED[taken.packet.id]:04X}-{serial}"
    return [kept(taken, notes=(note,)), _word(taken, reference, OrderState.DONE, f"{len(found)}项参数")]


def _attributes(taken: Taken) -> Iterable[Said]:
    found = decode_attributes(taken.packet.body, of_2019=taken.terminal.of_2019)
    words = (
        f"制造商 {found.manufacturer}，型号 {found.model}，终端 {found.terminal_id}，ICCID {found.iccid}，"
        f"硬件 {found.hardware}，固件 {found.firmware}"
    )
    said: list[Said] = [kept(taken, notes=(Note(f"{taken.packet.id:04X}", words),))]
    reference = taken.terminal.asked.pop(ids.ATTRIBUTES, "")
    if reference:
        said.append(_word(taken, reference, OrderState.DONE, found.firmware[:60]))
    return said


def _word(taken: Taken, reference: str, state: OrderState, text: str) -> Answered:
    return Answered(taken.packet.key, reference, state, text, taken.raw)


ANSWERS: Final[Mapping[int, Callable[[Taken], Iterable[Said]]]] = MappingProxyType(
    {
        ids.TERMINAL_ANSWER: _general,
        ids.LOCATION_ANSWER: _located,
        ids.VEHICLE_CONTROL_ANSWER: _located,
        ids.PARAMETERS: _parameters,
        ids.ATTRIBUTES: _attributes,
    }
)
