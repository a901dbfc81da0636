"""The only functions that others may call."""

from onecity.platform.indicators.rules import written
from onecity.platform.indicators.selectors import board, evidence, indicator, reading, series, visible

__all__ = ["board", "evidence", "indicator", "reading", "series", "visible", "written"]
