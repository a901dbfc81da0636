"""What people are asked."""

from onecity.domains.urban_management.forms.components import FileForm, MendForm, SurveyForm
from onecity.domains.urban_management.forms.evaluation import MonthForm, WeightForm
from onecity.domains.urban_management.forms.reports import (
    FilingForm,
    FollowForm,
    PatrolForm,
    RatingForm,
    ReportForm,
    new_key,
)
from onecity.domains.urban_management.forms.settings import (
    AlarmClassForm,
    DraftForm,
    DutyForm,
    LineForm,
    PublishForm,
    RepeatForm,
)

__all__ = [
    "AlarmClassForm",
    "DraftForm",
    "DutyForm",
    "FileForm",
    "FilingForm",
    "FollowForm",
    "LineForm",
    "MendForm",
    "MonthForm",
    "PatrolForm",
    "PublishForm",
    "RatingForm",
    "RepeatForm",
    "ReportForm",
    "SurveyForm",
    "WeightForm",
    "new_key",
]
