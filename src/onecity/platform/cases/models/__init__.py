"""Tables of the case engine."""

from onecity.platform.cases.models.calendars import CalendarDay, WorkPeriod
from onecity.platform.cases.models.cards import Card
from onecity.platform.cases.models.cases import Case, Entry, Task
from onecity.platform.cases.models.classes import CaseClass, Classification
from onecity.platform.cases.models.duties import Deputation, DutyShift
from onecity.platform.cases.models.filters import SavedFilter
from onecity.platform.cases.models.joint import Assistance, Subcase
from onecity.platform.cases.models.reading import Counter, CounterDelta, SearchTerms, Serial, Visibility
from onecity.platform.cases.models.requests import Request
from onecity.platform.cases.models.types import CaseType, CaseTypeVersion

__all__ = [
    "Assistance",
    "CalendarDay",
    "Card",
    "Case",
    "CaseClass",
    "CaseType",
    "CaseTypeVersion",
    "Classification",
    "Counter",
    "CounterDelta",
    "Deputation",
    "DutyShift",
    "Entry",
    "Request",
    "SavedFilter",
    "SearchTerms",
    "Serial",
    "Subcase",
    "Task",
    "Visibility",
    "WorkPeriod",
]
