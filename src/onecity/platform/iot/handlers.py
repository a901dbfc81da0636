"""What iot does when something happens."""

from onecity.kernel import bus, clock
from onecity.platform.iot.events import ALARM_RAISED
from onecity.platform.iot.services.telling import tell_of_alarm


def on_alarm_raised(payload: bus.Payload) -> None:
    """Tell people of a grave alarm; the jobs capability has it happen once."""
    tell_of_alarm(payload, now=clock.city_now())


def subscribe() -> None:
    """Enter the subscriptions, once for each process."""
    bus.subscribe(ALARM_RAISED, code="iot.tell_of_alarm", handler=on_alarm_raised)
