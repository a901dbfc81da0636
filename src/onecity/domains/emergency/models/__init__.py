"""Tables of emergency management."""

from onecity.domains.emergency.models.dictionary import DutyRoom, GradeThreshold, IncidentKind, ReportRule
from onecity.domains.emergency.models.duty import DutyEntry, DutyShift
from onecity.domains.emergency.models.incidents import GradeChange, Incident, TimelineEntry
from onecity.domains.emergency.models.plans import Plan, PlanGroup, PlanLevel, PlanResource, PlanStep, PlanVersion
from onecity.domains.emergency.models.reporting import IncidentReport, ReportDuty
from onecity.domains.emergency.models.responses import Response, ResponseLevelChange, ResponseTask

__all__ = [
    "DutyEntry",
    "DutyRoom",
    "DutyShift",
    "GradeChange",
    "GradeThreshold",
    "Incident",
    "IncidentKind",
    "IncidentReport",
    "Plan",
    "PlanGroup",
    "PlanLevel",
    "PlanResource",
    "PlanStep",
    "PlanVersion",
    "ReportDuty",
    "ReportRule",
    "Response",
    "ResponseLevelChange",
    "ResponseTask",
    "TimelineEntry",
]
