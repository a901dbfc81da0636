"""One line of electric vehicles: a terminal of one, or a platform (05) that speaks for many."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.gb32960 import Command, Edition, Framer, Packet, Response, encode
from onecity.platform.iot.codecs.gb32960.logins import decode_login, decode_logout, decode_platform_login
from onecity.platform.iot.codecs.gb32960.packet import NOT_ENCRYPTED, TIME_SIZE, instant, time_bytes
from onecity.platform.iot.codecs.gb32960.reports import decode_report
from onecity.platform.iot.codecs.refusals import BadBody, BadFrame
from onecity.platform.iot.gateways.field.contract import (
    Answered,
    CommandUnknown,
    FieldSession,
    Hello,
    Moment,
    Note,
    Ordered,
    OrderState,
    Refused,
    Reply,
    Said,
    Seen,
    Upload,
    Welcome,
)
from onecity.platform.iot.gateways.field.gb32960.orders import data_of
from onecity.platform.iot.gateways.field.gb32960.vehicles import Reported, Vehicle, login_words

MOST_VEHICLES: Final = 50_000
_CUSTOM: Final = 0xC0


class Gb32960Session(FieldSession):
    """A line of electric vehicles."""

    def __init__(self) -> None:
        self._framer = Framer()
        self._vehicles: dict[str, Vehicle] = {}

    @property
    def held(self) -> int:
        """Bytes of a packet that is not whole yet."""
        return self._framer.held

    def received(self, data: bytes, at: Moment) -> Sequence[Said]:
        """Take bytes as they come."""
        said: list[Said] = []
        for item in self._framer.feed(data):
            if isinstance(item, BadFrame):
                said.append(Refused(item.raw, item.fault))
            else:
                said += self._take(item.raw, item.packet, at)
        return said

    def settled(self, at: Moment) -> Sequence[Said]:
        """Give up what is not whole."""
        said: list[Said] = []
        for item in self._framer.settle():
            if isinstance(item, BadFrame):
                said.append(Refused(item.raw, item.fault))
            else:
                said += self._take(item.raw, item.packet, at)
        return said

    def order(self, device_key: str, code: str, arguments: Mapping[str, object], at: Moment) -> Ordered:
        """Put an order into a packet. Raises: CommandUnknown; BadArgument; NotEncodable."""
        vehicle = self._vehicles.get(device_key)
        if vehicle is None:
            raise CommandUnknown
        command, data = data_of(code, arguments, at=at.city, edition=vehicle.edition)
        vehicle.orders += 1
        reference = f"{command:02X}-{vehicle.orders}"
        vehicle.asked[command] = reference
        return Ordered(reference, encode(Packet(vehicle.edition, command, Response.COMMAND, vehicle.vin, data)))

    def _vehicle(self, packet: Packet) -> Vehicle:
        vehicle = self._vehicles.get(packet.key)
        if vehicle is None or vehicle.edition is not packet.edition:
            if len(self._vehicles) >= MOST_VEHICLES:
                self._vehicles.pop(next(iter(self._vehicles)))
            vehicle = self._vehicles[packet.key] = Vehicle(packet.vin, packet.edition)
        return vehicle

    def _take(self, raw: bytes, packet: Packet, at: Moment) -> Sequence[Said]:
        if packet.response != Response.COMMAND:
            return self._answered(raw, packet)
        if packet.encryption != NOT_ENCRYPTED:
            told = Response.BAD_DECRYPTION if packet.edition is Edition.E2025 else Response.ERROR
            return [_refused(raw, packet, Fault.ENCRYPTED, told=told, encryption=packet.encryption)]
        if packet.command not in {Command.PLATFORM_LOGIN, Command.PLATFORM_LOGOUT}:
            self._vehicle(packet)
        try:
            return self._sort(raw, packet, at)
        except BadBody as error:
            told = Response.BAD_STRUCTURE if packet.edition is Edition.E2025 else Response.ERROR
            return [_refused(raw, packet, Fault.BAD_VALUE, told=told, at=str(error))]

    def _sort(self, raw: bytes, packet: Packet, at: Moment) -> Sequence[Said]:
        handler = _HANDLERS.get(packet.command)
        if handler is not None:
            return handler(self, raw, packet, at)
        if packet.command >= _CUSTOM:
            return [_kept(raw, packet, Note(f"{packet.command:02X}", packet.data.hex()))]
        return [_refused(raw, packet, Fault.UNKNOWN_FUNCTION, told=Response.ERROR, command=packet.command)]

    def _logout(self, raw: bytes, packet: Packet, _: Moment) -> Sequence[Said]:
        logout = decode_logout(packet.data)
        return [_kept(raw, packet, Note("04", f"车辆登出，登入流水号 {logout.serial}"))]

    def _platform_logout(self, _: bytes, packet: Packet, __: Moment) -> Sequence[Said]:
        decode_logout(packet.data)
        return [Reply(_answer(packet, Response.OK), packet.key)]

    def _heartbeat(self, raw: bytes, packet: Packet, _: Moment) -> Sequence[Said]:
        return [Seen(packet.key, raw), Reply(_answer(packet, Response.OK), packet.key)]

    def _time(self, raw: bytes, packet: Packet, at: Moment) -> Sequence[Said]:
        time = encode(packet.answered(Response.OK, data=time_bytes(at.city)))
        return [Seen(packet.key, raw), Reply(time, packet.key)]

    def _report(self, raw: bytes, packet: Packet, at: Moment) -> Sequence[Said]:
        """Take a report. One that is right is not answered; one without a time cannot become right by coming again.

        Source: GB/T 32960.3-2016, B and GB/T 32960.3-2025, B (实时信息上报).
        """
        report = decode_report(packet.data, edition=packet.edition)
        when = instant(report.time)
        if when is None:
            return [Refused(raw, Fault.BAD_TIME, {"at": report.time.hex()}, packet.key)]
        live = packet.command == Command.REAL_TIME
        told = Reported(self._vehicle(packet), when, live, at.seconds).report(report)
        upload = Upload(
            raw,
            packet.key,
            readings=told.readings,
            refused=_denials(packet),
            notes=told.notes,
            position=told.position,
        )
        return [upload]

    def _login(self, raw: bytes, packet: Packet, _: Moment) -> Sequence[Said]:
        login = decode_login(packet.data, edition=packet.edition)
        words = [("登入流水号", login.serial), ("ICCID", login.iccid), ("储能系统编码", "、".join(login.codes))]
        return [_kept(raw, packet, Note("01", login_words(words)))]

    def _platform(self, raw: bytes, packet: Packet, _: Moment) -> Sequence[Said]:
        """Let a platform in by user and password; the vehicles that it may speak for hang on its device."""
        login = decode_platform_login(packet.data)

        def welcomed(welcome: Welcome) -> Sequence[Said]:
            result = Response.ERROR if welcome.reason else Response.OK
            return [Reply(_answer(packet, result), login.user)]

        return [Hello(raw, login.user, welcomed, login.password)]

    def _answered(self, raw: bytes, packet: Packet) -> Sequence[Said]:
        vehicle = self._vehicles.get(packet.key)
        reference = vehicle.asked.pop(packet.command, "") if vehicle else ""
        if not reference:
            return [Seen(packet.key, raw)]
        good = packet.response == Response.OK
        state = OrderState.DONE if good else OrderState.FAILED
        said: list[Said] = [
            Answered(packet.key, reference, state, "成功" if good else f"应答标志{packet.response}", raw)
        ]
        if good and packet.command == Command.ASK_PARAMETERS:
            said.append(Upload(raw, packet.key, notes=(Note("80", packet.data[TIME_SIZE:].hex()),)))
        return said


def _answer(packet: Packet, response: Response) -> bytes:
    """Return the short answer: the time and nothing else. Source: GB/T 32960.3-2016, 6 (应答)."""
    return encode(packet.answered(response, data=packet.data[:TIME_SIZE]))


def _denials(packet: Packet) -> Mapping[str, bytes]:
    """Return what a vehicle is told that is not let in; before 2025 there was one word for everything."""
    unknown = Response.VIN_UNKNOWN if packet.edition is Edition.E2025 else Response.ERROR
    return {"unknown_device": _answer(packet, unknown), "": _answer(packet, Response.ERROR)}


def _kept(raw: bytes, packet: Packet, note: Note) -> Upload:
    return Upload(raw, packet.key, answer=_answer(packet, Response.OK), refused=_denials(packet), notes=(note,))


def _refused(raw: bytes, packet: Packet, fault: Fault, *, told: Response, **fields: object) -> Refused:
    return Refused(raw, fault, fields, packet.key, _answer(packet, told))


_HANDLERS: Final[Mapping[int, Callable[[Gb32960Session, bytes, Packet, Moment], Sequence[Said]]]] = MappingProxyType(
    {
        Command.REAL_TIME: Gb32960Session._report,
        Command.REISSUE: Gb32960Session._report,
        Command.LOGIN: Gb32960Session._login,
        Command.LOGOUT: Gb32960Session._logout,
        Command.PLATFORM_LOGIN: Gb32960Session._platform,
        Command.PLATFORM_LOGOUT: Gb32960Session._platform_logout,
        Command.HEARTBEAT: Gb32960Session._heartbeat,
        Command.CALIBRATE: Gb32960Session._time,
    }
)
