"""Tables of digital urban management."""

from onecity.domains.urban_management.models.records import CaseRecord, StepRecord
from onecity.domains.urban_management.models.reports import AlarmCase, Report
from onecity.domains.urban_management.models.settings import AlarmClass, Centre, Duty

__all__ = ["AlarmCase", "AlarmClass", "CaseRecord", "Centre", "Duty", "Report", "StepRecord"]
