"""One question at a time on a connection, through pymodbus."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.pdu import ExceptionResponse, ModbusPDU

from onecity.platform.iot.codecs.modbus import Area, Request

TRIES: Final = 2
EXCEPTIONS: Final = {
    1: "非法功能",
    2: "非法数据地址",
    3: "非法数据值",
    4: "从站设备故障",
    5: "已受理，处理需要较长时间",
    6: "从站设备忙",
    8: "存储奇偶校验差错",
    10: "网关路径不可用",
    11: "网关目标设备无响应",
}
"""Source: Modbus Application Protocol V1.1b3, 7."""
ILLEGAL_ADDRESS: Final = 2


class Unanswered(Exception):
    """The device gave no answer that belongs to the question."""


class Lost(ConnectionError):
    """Nobody answers at the other end of the line."""


class Refused(Exception):
    """The device answered with an exception."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(f"{code:02d} {EXCEPTIONS.get(code, '')}".strip())


class Trace(Protocol):
    """Keeps what is said, for devices that are watched."""

    def __call__(self, device_key: str, data: bytes, *, outward: bool, result: str = "") -> None: ...


class Ear:
    """Hears what goes over a connection, for the device that is asked just now."""

    def __init__(self, traced: Trace) -> None:
        self._traced = traced
        self.key = ""

    def __call__(self, sending: bool, data: bytes) -> bytes:  # noqa: FBT001  # as pymodbus calls it
        if self.key:
            self._traced(self.key, data, outward=sending)
        return data


class Channel:
    """A connection that several devices share.

    numbered: answers carry their question's number (TCP framing). Without one, a late answer could be taken for the
    next question's, so the connection is begun anew after each question that got none.
    """

    def __init__(self, client: AsyncModbusTcpClient, *, numbered: bool, ear: Ear) -> None:
        self._client = client
        self._numbered = numbered
        self._ear = ear
        self._turn = asyncio.Lock()

    @property
    def peer(self) -> str:
        """Return whom it leads to."""
        return str(self._client.comm_params.host)

    async def read(self, request: Request, *, unit: int, key: str) -> Sequence[int]:
        """Return registers, or bits as 0 and 1.

        Raises: Refused, Unanswered, Lost.
        """
        client = self._client
        asked: dict[Area, Callable[[], Awaitable[ModbusPDU]]] = {
            Area.COILS: lambda: client.read_coils(request.address, count=request.count, device_id=unit),
            Area.INPUTS: lambda: client.read_discrete_inputs(request.address, count=request.count, device_id=unit),
            Area.HOLDING: lambda: client.read_holding_registers(request.address, count=request.count, device_id=unit),
            Area.INPUT_REGISTERS: lambda: client.read_input_registers(
                request.address, count=request.count, device_id=unit
            ),
        }
        answer = await self._ask(asked[request.area], key=key)
        bits = request.area in {Area.COILS, Area.INPUTS}
        found = [int(bit) for bit in answer.bits] if bits else list(answer.registers)
        if len(found) < request.count:
            raise Unanswered
        return found[: request.count]

    async def write(self, area: Area, address: int, values: Sequence[int], *, unit: int, key: str) -> None:
        """Write one coil, or registers; never repeated by itself.

        Raises: Refused, Unanswered, Lost.
        """
        client = self._client

        def asked() -> Awaitable[ModbusPDU]:
            if area is Area.COILS:
                return client.write_coil(address, bool(values[0]), device_id=unit)
            if len(values) == 1:
                return client.write_register(address, values[0], device_id=unit)
            return client.write_registers(address, list(values), device_id=unit)

        await self._ask(asked, key=key, tries=1)

    async def _ask(self, asked: Callable[[], Awaitable[ModbusPDU]], *, key: str, tries: int = TRIES) -> ModbusPDU:
        async with self._turn:
            self._ear.key = key
            for _ in range(tries):
                if not self._client.connected and not await self._client.connect():
                    raise Lost(self.peer)
                try:
                    answer = await asked()
                except (ModbusException, OSError, TimeoutError):
                    if not self._numbered:
                        self._client.close()
                    continue
                if isinstance(answer, ExceptionResponse):
                    raise Refused(answer.exception_code)
                return answer
        raise Unanswered(key)
