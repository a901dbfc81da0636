"""What a centre sends to a station: confirmations, requests for what is missing, queries, the time."""

from datetime import datetime
from typing import Final

from onecity.platform.iot.codecs.sl651.frames import Control, Frame, Part
from onecity.platform.iot.codecs.sl651.reports import BEIJING

KEEP_ALIVE: Final = 0x2F
PICTURE: Final = 0x36
QUERY_NOW: Final = 0x37
QUERY_VERSION: Final = 0x45
QUERY_STATUS: Final = 0x46
SET_CLOCK: Final = 0x4A
QUERY_CLOCK: Final = 0x51
_IS_DOWN: Final = True
CONFIRMED: Final = frozenset(range(0x30, 0x36))
"""Functions by which a station reports of its own accord and waits for a confirmation.

Source: SL 651-2014, 6.6 (M2 transmission); nobody answers 2FH.
"""


def confirmation(frame: Frame, *, now: datetime, stay: bool = True) -> Frame:
    """Return the answer to a report: its serial number and the present time.

    stay: the station may be asked further (ESC), else it may leave (EOT). now: aware.
    Source: SL 651-2014, 6.6.
    """
    end = Control.ESC if stay else Control.EOT
    return _down(frame, body=_serial(frame) + _time(now, is_ascii=frame.is_ascii), end=end)


def parts_confirmation(frame: Frame, *, now: datetime, serial: int, stay: bool = True) -> Frame:
    """Return the one answer to all parts of a report, of which `frame` is any.

    Source: SL 651-2014, 6.6 (M3 transmission).
    """
    assert frame.part is not None
    end = Control.ESC if stay else Control.EOT
    part = Part(frame.part.total, frame.part.total)
    return _down(
        frame, body=_written(serial, is_ascii=frame.is_ascii) + _time(now, is_ascii=frame.is_ascii), end=end, part=part
    )


def missing_part(frame: Frame, *, number: int, now: datetime, serial: int) -> Frame:
    """Return the request to send one part again.

    Source: SL 651-2014, 6.6 (M3 transmission): NAK with one number at a time.
    """
    assert frame.part is not None
    body = _written(serial, is_ascii=frame.is_ascii) + _time(now, is_ascii=frame.is_ascii)
    return _down(frame, body=body, end=Control.NAK, part=Part(frame.part.total, number))


def query(function: int, *, station: str, centre: int, password: str, now: datetime, is_ascii: bool = False) -> Frame:
    """Return a query or the order to set the clock, whose new time is `now`. Its serial number is 0.

    Source: SL 651-2014, 6.6 (M4 transmission), functions 37H, 45H, 46H, 4AH, 51H.
    """
    body = _written(0, is_ascii=is_ascii) + _time(now, is_ascii=is_ascii)
    return Frame(station, centre, password, function, body, Control.ENQ, None, is_down=True, is_ascii=is_ascii)


def _down(frame: Frame, *, body: bytes, end: int, part: Part | None = None) -> Frame:
    return Frame(frame.station, frame.centre, frame.password, frame.function, body, end, part, _IS_DOWN, frame.is_ascii)


def _serial(frame: Frame) -> bytes:
    return frame.body[: 4 if frame.is_ascii else 2]


def _written(serial: int, *, is_ascii: bool) -> bytes:
    return b"%04X" % serial if is_ascii else serial.to_bytes(2)


def _time(now: datetime, *, is_ascii: bool) -> bytes:
    text = f"{now.astimezone(BEIJING):%y%m%d%H%M%S}"
    return text.encode() if is_ascii else bytes.fromhex(text)
