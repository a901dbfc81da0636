"""The only functions that others may call."""

from onecity.domains.urban_management.process import TYPE_CODE
from onecity.domains.urban_management.roles import (
    ACCEPTOR,
    DISPATCHER,
    DUTY_LEADER,
    GRID_SUPERVISOR,
    HANDLER,
    REPORTING_SYSTEM,
)
from onecity.domains.urban_management.services.configuring import assign_duty, set_alarm_class, set_centre
from onecity.domains.urban_management.services.filing import file_case
from onecity.domains.urban_management.services.reporting import (
    NoCentre,
    TooManyReports,
    report_as_citizen,
    report_from_patrol,
    report_from_system,
)

__all__ = [
    "ACCEPTOR",
    "DISPATCHER",
    "DUTY_LEADER",
    "GRID_SUPERVISOR",
    "HANDLER",
    "REPORTING_SYSTEM",
    "TYPE_CODE",
    "NoCentre",
    "TooManyReports",
    "assign_duty",
    "file_case",
    "report_as_citizen",
    "report_from_patrol",
    "report_from_system",
    "set_alarm_class",
    "set_centre",
]
