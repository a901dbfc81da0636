"""GB/T 26875.3: fire-alarm transmitters dial in and report what the building's fire systems say."""

from typing import Final

from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.contract import FieldProtocol
from onecity.platform.iot.gateways.field.gb26875.orders import COMMANDS
from onecity.platform.iot.gateways.field.gb26875.session import Gb26875Session

PROTOCOL: Final = FieldProtocol(
    code=Protocol.GB26875,
    title="GB/T 26875.3",
    port=5875,
    session=Gb26875Session,
    commands=COMMANDS,
    idle_s=600.0,
)
"""Source: GB/T 26875.3-2011, 5; the standard names no port, and how long silence is borne is a house rule."""
