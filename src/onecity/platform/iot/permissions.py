"""Codes of iot's rights."""

from typing import Final

VIEW_DEVICES: Final = "iot.view_devices"
MANAGE_DEVICES: Final = "iot.manage_devices"
COMMAND_DEVICES: Final = "iot.command_devices"
VIEW_ALARMS: Final = "iot.view_alarms"
HANDLE_ALARMS: Final = "iot.handle_alarms"
MANAGE_RULES: Final = "iot.manage_rules"
HANDLE_QUARANTINE: Final = "iot.handle_quarantine"
WATCH_GATEWAYS: Final = "iot.watch_gateways"
SEND_TELEMETRY: Final = "iot.send_telemetry"
VIEW_CONTEXT: Final = "iot.view_context"
EDIT_CONTEXT: Final = "iot.edit_context"
