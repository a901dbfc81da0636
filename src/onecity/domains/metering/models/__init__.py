"""Tables of metering."""

from onecity.domains.metering.models.abnormal import Abnormality, AbnormalRule
from onecity.domains.metering.models.bills import Bill
from onecity.domains.metering.models.meters import Meter, MeterDay, MeterExchange
from onecity.domains.metering.models.tariffs import Tariff, TariffFee, TariffTier
from onecity.domains.metering.models.zones import Zone, ZoneBorder, ZoneDay

__all__ = [
    "AbnormalRule",
    "Abnormality",
    "Bill",
    "Meter",
    "MeterDay",
    "MeterExchange",
    "Tariff",
    "TariffFee",
    "TariffTier",
    "Zone",
    "ZoneBorder",
    "ZoneDay",
]
