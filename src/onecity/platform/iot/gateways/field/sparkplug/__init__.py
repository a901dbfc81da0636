"""Sparkplug B: the platform is a host application at its own broker.

broker ─▶ link ─▶ births, data, deaths in order ─▶ intake ─▶ commit ─▶ PUBACK
orders ─▶ NCMD, DCMD; done when the metric is reported with the value that was ordered
"""

from django.conf import settings

from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.contract import FieldService, Intake
from onecity.platform.iot.gateways.field.sparkplug.host import BrokerPlace, Host


async def run(intake: Intake) -> None:
    """Serve edge nodes until cancelled."""
    env = settings.ENV
    await Host(intake).run(BrokerPlace(env.broker_host, env.broker_port, env.broker_password))


SERVICE = FieldService(Protocol.SPARKPLUG, "Sparkplug B", run)
