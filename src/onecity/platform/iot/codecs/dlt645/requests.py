"""What a master asks of meters."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import IntEnum
from typing import Final

from onecity.platform.iot.codecs.dlt645.frames import ANYBODY, EVERYBODY, Frame, NotEncodable

BEIJING: Final = timezone(timedelta(hours=8))


class Function(IntEnum):
    """Functions of the control code. Source: DL/T 645-2007, 5.2.3; 1CH from its supplement."""

    BROADCAST_TIME = 0x08
    READ = 0x11
    READ_FOLLOWING = 0x12
    READ_ADDRESS = 0x13
    WRITE = 0x14
    WRITE_ADDRESS = 0x15
    FREEZE = 0x16
    CHANGE_RATE = 0x17
    CHANGE_PASSWORD = 0x18
    CLEAR_DEMAND = 0x19
    CLEAR_METER = 0x1A
    CLEAR_EVENTS = 0x1B
    RELAY = 0x1C


class Relay(IntEnum):
    """Orders of function 1CH. Source: DL/T 645-2007, supplement, by several code bases that agree."""

    TRIP = 0x1A
    ALLOW_CLOSING = 0x1B
    CLOSE = 0x1C
    ALARM = 0x2A
    ALARM_OFF = 0x2B
    KEEP_POWER = 0x3A
    KEEP_POWER_OFF = 0x3B


RATES: Final = {600: 0x02, 1200: 0x04, 2400: 0x08, 4800: 0x10, 9600: 0x20, 19200: 0x40}
"""Bit field of function 17H by baud. Source: DL/T 645-2007, appendix C."""


@dataclass(frozen=True, slots=True)
class Rights:
    """Who writes. level: 0 … 9. password: six digits, operator: eight, in the order in which their bytes are sent."""

    level: int
    password: str
    operator: str = "00000000"

    def sent(self) -> bytes:
        """Return PA P0 P1 P2 C0 C1 C2 C3.

        Raises: NotEncodable.
        """
        both = self.password + self.operator
        if not 0 <= self.level <= 9 or len(self.password) != 6 or len(both) != 14 or not both.isdecimal():
            raise NotEncodable("rights")
        return bytes([self.level]) + bytes.fromhex(both)


def read(address: str, code: str) -> Frame:
    """Ask for the values of one identifier or block."""
    return Frame(address, Function.READ, _identifier(code))


def read_following(address: str, code: str, *, number: int) -> Frame:
    """Ask for the next part of an answer that had more. number: 1 … 255, one more each time."""
    if not 1 <= number <= 255:
        raise NotEncodable(f"part {number}")
    return Frame(address, Function.READ_FOLLOWING, _identifier(code) + bytes([number]))


def read_address() -> Frame:
    """Ask the only meter on the line who it is."""
    return Frame(ANYBODY, Function.READ_ADDRESS)


def broadcast_time(at: datetime) -> Frame:
    """Tell every meter the time; none answers, and a meter takes only a small correction. at: aware."""
    local = at.astimezone(BEIJING)
    return Frame(EVERYBODY, Function.BROADCAST_TIME, bytes.fromhex(f"{local:%S%M%H%d%m%y}"))


def write(address: str, code: str, *, rights: Rights, value: bytes) -> Frame:
    """Write a value, as `values.written` gives it."""
    return Frame(address, Function.WRITE, _identifier(code) + rights.sent() + value)


def write_address(new: str) -> Frame:
    """Give the only meter on the line a new address of twelve digits."""
    if len(new) != 12 or not new.isdecimal():
        raise NotEncodable(new)
    return Frame(ANYBODY, Function.WRITE_ADDRESS, bytes.fromhex(new)[::-1])


def freeze(address: str, when: str) -> Frame:
    """Order the freezing of values. when: MMDDhhmm, 99 for every; 99999999 is now."""
    if len(when) != 8 or not when.isdecimal():
        raise NotEncodable(when)
    return Frame(address, Function.FREEZE, bytes.fromhex(when)[::-1])


def change_rate(address: str, *, baud: int) -> Frame:
    """Order another speed of the line."""
    if baud not in RATES:
        raise NotEncodable(f"{baud} baud")
    return Frame(address, Function.CHANGE_RATE, bytes([RATES[baud]]))


def relay(address: str, *, rights: Rights, order: Relay, until: datetime) -> Frame:
    """Order the relay. until: aware; the meter obeys no later than that.

    Source: DL/T 645-2007, supplement (跳合闸、报警、保电).
    """
    local = until.astimezone(BEIJING)
    data = rights.sent() + bytes([order, 0]) + bytes.fromhex(f"{local:%S%M%H%d%m%y}")
    return Frame(address, Function.RELAY, data)


def relay_order(frame: Frame) -> Relay | None:
    """Return the order in a relay frame; None if the frame is none or the order unknown."""
    if frame.function != Function.RELAY or frame.is_answer or len(frame.data) != 16:
        return None
    try:
        return Relay(frame.data[8])
    except ValueError:
        return None


def set_date(at: datetime) -> bytes:
    """Return the value of 04000101: date and weekday, Sunday 0, low byte first. at: aware."""
    local = at.astimezone(BEIJING)
    return bytes.fromhex(f"{local.isoweekday() % 7:02d}{local:%d%m%y}")


def set_time(at: datetime) -> bytes:
    """Return the value of 04000102: the time of day, low byte first. at: aware."""
    return bytes.fromhex(f"{at.astimezone(BEIJING):%S%M%H}")


def _identifier(code: str) -> bytes:
    if len(code) != 8:
        raise NotEncodable(code)
    try:
        return bytes.fromhex(code)[::-1]
    except ValueError:
        raise NotEncodable(code) from None
