"""Modbus TCP, and RTU over TCP: the platform asks, through pymodbus.

roster ─▶ one connection for each host and port ─▶ reads by plan, each device at its own pace ─▶ intake ─▶ commit
orders ─▶ write ─▶ read back ─▶ done or failed
"""

from onecity.kernel.text import zh
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.contract import FieldService, Intake
from onecity.platform.iot.gateways.field.modbus.line import serve_line
from onecity.platform.iot.gateways.field.modbus.ways import by_address
from onecity.platform.iot.gateways.field.rosters import keep_lines


async def run(intake: Intake) -> None:
    """Ask every Modbus device in use until cancelled."""
    await keep_lines(
        intake,
        grouped=lambda roster: by_address(roster, refused=intake.refused),
        serve=lambda address, units: serve_line(intake, address, units),
    )


SERVICE = FieldService(Protocol.MODBUS, zh("Modbus 主站（TCP、RTU over TCP）"), run)
