"""CoAP for devices that speak JSON or CBOR, through aiocoap.

POST /v1/KEY/telemetry?token=…   2.04 after the commit
POST /v1/KEY/attributes?token=…  what the device tells of itself
GET  /v1/KEY/commands?token=…    with Observe: the orders that wait, each time one comes
POST /v1/KEY/answers?token=…     {"id": "…", "state": "done", "text": "…"}
"""

from typing import Final

from django.conf import settings

from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.coap.resources import Devices
from onecity.platform.iot.gateways.field.coap.serving import serve
from onecity.platform.iot.gateways.field.contract import FieldService, Intake

PORT: Final = 15_683


async def run(intake: Intake) -> None:
    """Serve devices until cancelled."""
    await serve([(("v1",), Devices(intake))], port=settings.ENV.field_ports.get(Protocol.COAP, PORT))


SERVICE = FieldService(Protocol.COAP, "CoAP", run)
