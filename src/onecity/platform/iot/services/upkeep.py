"""What iot does every so often: who has fallen silent, what does not come, orders that nobody answers, partitions."""

from typing import Final

from onecity.kernel import clock
from onecity.platform.iot.services.alarm_care.escalating import escalate
from onecity.platform.iot.services.alarm_care.telling import tell_kept_quiet
from onecity.platform.iot.services.commands import expire_orders
from onecity.platform.iot.services.firmware.progress import advance_campaigns
from onecity.platform.iot.services.gateways import forget_gone
from onecity.platform.iot.services.life import drop_old_history, fold_tallies
from onecity.platform.iot.services.presence import mark_silent
from onecity.platform.iot.services.silence import check_silence
from onecity.platform.iot.services.store.partitions import make_ahead

WATCH_EVERY_S: Final = 5.0
EXPIRE_EVERY_S: Final = 10.0
PREPARE_EVERY_S: Final = 600.0
CAMPAIGN_EVERY_S: Final = 5.0


def watch_silence() -> None:
    """Mark devices that have fallen silent and raise the alarms for data that do not come."""
    now = clock.city_now()
    mark_silent(now)
    check_silence(now)
    fold_tallies()


def care_for_alarms() -> None:
    """Tell of alarms that nothing keeps quiet any more, and the next level up of those that nobody answers."""
    now = clock.city_now()
    tell_kept_quiet(now)
    escalate(now)


def end_orders() -> None:
    """Close orders that nobody answered."""
    expire_orders(clock.real_now())


def bring_firmware() -> None:
    """Do what is due for the firmware campaigns under way."""
    advance_campaigns(now=clock.city_now(), real_now=clock.real_now())


def prepare_days() -> None:
    """Make the next days' partitions, forget gateways that are long gone."""
    now = clock.city_now()
    make_ahead(now)
    drop_old_history(now)
    forget_gone(clock.real_now())
