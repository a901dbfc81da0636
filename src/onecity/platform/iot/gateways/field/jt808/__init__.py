"""JT/T 808: vehicle terminals dial in, register, prove who they are, and report where they are."""

from typing import Final

from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.contract import FieldProtocol
from onecity.platform.iot.gateways.field.jt808.orders import COMMANDS
from onecity.platform.iot.gateways.field.jt808.session import Jt808Session

PROTOCOL: Final = FieldProtocol(
    code=Protocol.JT808,
    title="JT/T 808",
    port=5808,
    session=Jt808Session,
    commands=COMMANDS,
    issues=True,
    idle_s=1_800.0,
)
"""Source: JT/T 808-2019, 5; the standard names no port, and how long silence is borne is a house rule."""
