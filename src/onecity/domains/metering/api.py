"""The only functions that others may call."""

from onecity.domains.metering.selectors.lists import has_days, meter_ids
from onecity.domains.metering.services.assessing import assess
from onecity.domains.metering.services.billing import bill_meters
from onecity.domains.metering.services.facts import add_zone, describe_meters, exchange_meter, set_borders
from onecity.domains.metering.services.following import refresh_meters
from onecity.domains.metering.services.handling import close, take_up
from onecity.domains.metering.services.prices import draft_tariff, publish_tariff

__all__ = [
    "add_zone",
    "assess",
    "bill_meters",
    "close",
    "describe_meters",
    "draft_tariff",
    "exchange_meter",
    "has_days",
    "meter_ids",
    "publish_tariff",
    "refresh_meters",
    "set_borders",
    "take_up",
]
