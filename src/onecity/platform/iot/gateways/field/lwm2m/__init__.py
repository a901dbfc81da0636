"""LwM2M 1.1 server over UDP, through aiocoap: registration, observation, orders.

POST /rd?ep=KEY&lt=300&lwm2m=1.1&b=U   2.01 /rd/ID; the platform then observes what the client has to measure
POST /rd/ID                            update; 4.04 makes the client register again, as after a restart of the gateway
POST /dp                               Send: 2.04 after the commit
"""

from typing import Final

from django.conf import settings

from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.coap.serving import coap_server
from onecity.platform.iot.gateways.field.contract import FieldService, Intake
from onecity.platform.iot.gateways.field.lwm2m.registrations import Registrations
from onecity.platform.iot.gateways.field.lwm2m.resources import Register, Registered, Sent

PORT: Final = 15_783


async def run(intake: Intake) -> None:
    """Serve clients until cancelled."""
    registrations = Registrations(intake)
    resources = (
        (("rd",), Register(registrations)),
        (("rd",), Registered(registrations)),
        (("dp",), Sent(registrations)),
    )
    port = settings.ENV.field_ports.get(Protocol.LWM2M, PORT)
    async with coap_server(resources, host=settings.ENV.field_host, port=port) as context:
        registrations.speak_through(context)
        try:
            await registrations.keep()
        finally:
            await registrations.end()


SERVICE = FieldService(Protocol.LWM2M, "LwM2M", run)
