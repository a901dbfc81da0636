"""Forms of the case engine's pages."""

from onecity.platform.cases.forms.cases import (
    DayForm,
    DaysFileForm,
    NewCaseForm,
    PeriodForm,
    TypeForm,
    assistance_form,
    form_values,
    request_form,
    subcase_form,
    task_form,
)
from onecity.platform.cases.forms.duties import DeputationForm, ShiftForm

__all__ = [
    "DayForm",
    "DaysFileForm",
    "DeputationForm",
    "NewCaseForm",
    "PeriodForm",
    "ShiftForm",
    "TypeForm",
    "assistance_form",
    "form_values",
    "request_form",
    "subcase_form",
    "task_form",
]
