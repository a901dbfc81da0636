"""How long what is kept: set by staff for each type of device, told beforehand, done a day at a time, on record."""

from onecity.platform.iot.services.retention.applying import apply_retention, drop_empty_minute_days
from onecity.platform.iot.services.retention.setting import set_retention

__all__ = ["apply_retention", "drop_empty_minute_days", "set_retention"]
