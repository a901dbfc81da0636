"""Codes of metering's rights."""

from typing import Final

VIEW: Final = "metering.view"
STATISTICS: Final = "metering.statistics"
MANAGE: Final = "metering.manage"
PRICES: Final = "metering.manage_prices"
BILL: Final = "metering.bill"
HANDLE: Final = "metering.handle_abnormal"
