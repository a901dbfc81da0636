"""GB/T 32960.3: electric vehicles dial in, or platforms that stand for many of them."""

from typing import Final

from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.contract import FieldProtocol
from onecity.platform.iot.gateways.field.gb32960.orders import COMMANDS
from onecity.platform.iot.gateways.field.gb32960.session import Gb32960Session

PROTOCOL: Final = FieldProtocol(
    code=Protocol.GB32960,
    title="GB/T 32960.3",
    port=5960,
    session=Gb32960Session,
    commands=COMMANDS,
    has_children=True,
    idle_s=1_800.0,
)
"""Source: GB/T 32960.3-2016, 5; the standard names no port, and how long silence is borne is a house rule."""
