"""Codes of the rights of emergency management."""

from typing import Final

VIEW: Final = "emergency.view"
REPORT: Final = "emergency.report"
VERIFY: Final = "emergency.verify"
APPROVE: Final = "emergency.approve"
KEEP_DUTY: Final = "emergency.keep_duty"
CONFIGURE: Final = "emergency.configure"
WRITE_PLAN: Final = "emergency.write_plan"
PUBLISH_PLAN: Final = "emergency.publish_plan"
COMMAND: Final = "emergency.command"
HANDLE: Final = "emergency.handle"

MAP_VIEW: Final = "geo.view"
CASES_VIEW: Final = "cases.view"
"""Rights of the platform that roles of this domain hold too."""
