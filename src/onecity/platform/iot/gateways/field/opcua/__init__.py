"""OPC UA: the platform subscribes to servers of control systems, through asyncua.

roster ─▶ one session for each server and security ─▶ data changes ─▶ intake ─▶ commit
orders ─▶ write or method call ─▶ done or failed
"""

import logging

from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.contract import FieldService, Intake
from onecity.platform.iot.gateways.field.opcua.session import serve_server
from onecity.platform.iot.gateways.field.opcua.ways import by_server
from onecity.platform.iot.gateways.field.rosters import keep_lines

logging.getLogger("asyncua").setLevel(logging.WARNING)  # it tells of every change


async def run(intake: Intake) -> None:
    """Stay subscribed to every OPC UA device in use until cancelled."""
    await keep_lines(
        intake,
        grouped=lambda roster: by_server(roster, refused=intake.refused),
        serve=lambda server, devices: serve_server(intake, server, devices),
    )


SERVICE = FieldService(Protocol.OPCUA, "OPC UA", run)
