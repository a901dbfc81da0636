"""What is done every so often for subscriptions."""

from typing import Final

from django.conf import settings

from onecity.kernel import clock
from onecity.platform.iot.services.subscriptions.keeping import keep_feed, keep_log
from onecity.platform.iot.services.subscriptions.sequencing import sequence_waiting

EVERY_S: Final = 30.0


def keep() -> None:
    """Give positions to what no courier has given one, take away what need not wait any longer, and old logs."""
    now = clock.real_now()
    sequence_waiting()
    keep_feed(now, hours=settings.ENV.feed_hours, megabytes=settings.ENV.feed_megabytes)
    keep_log(now)
