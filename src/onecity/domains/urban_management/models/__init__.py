"""Tables of digital urban management."""

from onecity.domains.urban_management.models.components import (
    CaseComponent,
    Component,
    ComponentFault,
    ComponentSerial,
)
from onecity.domains.urban_management.models.evaluation import EvaluationResult, EvaluationRun, WeightEdition
from onecity.domains.urban_management.models.field import Submission, TrackPoint
from onecity.domains.urban_management.models.judging import Refusal, RepeatSetting, RequestRecord
from onecity.domains.urban_management.models.records import CaseRecord, StepRecord
from onecity.domains.urban_management.models.reports import AlarmCase, Report
from onecity.domains.urban_management.models.settings import AlarmClass, Centre, Duty
from onecity.domains.urban_management.models.standards import StandardClass, StandardEdition

__all__ = [
    "AlarmCase",
    "AlarmClass",
    "CaseComponent",
    "CaseRecord",
    "Centre",
    "Component",
    "ComponentFault",
    "ComponentSerial",
    "Duty",
    "EvaluationResult",
    "EvaluationRun",
    "Refusal",
    "RepeatSetting",
    "Report",
    "RequestRecord",
    "StandardClass",
    "StandardEdition",
    "StepRecord",
    "Submission",
    "TrackPoint",
    "WeightEdition",
]
