"""What crosses the border of cases."""

from onecity.platform.cases.contracts.cases import (
    CaseFilter,
    CaseInfo,
    CaseRow,
    ClassInfo,
    ClockInfo,
    CompletedTask,
    EntryInfo,
    Neighbour,
    NewCase,
    OpenedCase,
    OutcomeInfo,
    StageInfo,
    TaskAnswer,
    TaskInfo,
    TaskRow,
)
from onecity.platform.cases.contracts.duties import (
    DeputationInfo,
    NewDeputation,
    NewShift,
    ShiftInfo,
)
from onecity.platform.cases.contracts.filters import (
    FilterInfo,
)
from onecity.platform.cases.contracts.joint import (
    AssistanceInfo,
    NewAssistance,
    NewSubcase,
    SubcaseInfo,
)
from onecity.platform.cases.contracts.requests import (
    CardInfo,
    MadeRequest,
    NewRequest,
    RequestInfo,
)

__all__ = [
    "AssistanceInfo",
    "CardInfo",
    "CaseFilter",
    "CaseInfo",
    "CaseRow",
    "ClassInfo",
    "ClockInfo",
    "CompletedTask",
    "DeputationInfo",
    "EntryInfo",
    "FilterInfo",
    "MadeRequest",
    "Neighbour",
    "NewAssistance",
    "NewCase",
    "NewDeputation",
    "NewRequest",
    "NewShift",
    "NewSubcase",
    "OpenedCase",
    "OutcomeInfo",
    "RequestInfo",
    "ShiftInfo",
    "StageInfo",
    "SubcaseInfo",
    "TaskAnswer",
    "TaskInfo",
    "TaskRow",
]
