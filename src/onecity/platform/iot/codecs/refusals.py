"""What binary codecs say of bytes that they cannot take."""

from typing import NamedTuple

from onecity.platform.iot.codecs.faults import Fault


class BadFrame(NamedTuple):
    """Bytes that could not be accepted, kept as they came, with what was wrong."""

    raw: bytes
    fault: Fault


class BadBody(ValueError):
    """A frame is whole, and its content does not have the form that its function demands."""
