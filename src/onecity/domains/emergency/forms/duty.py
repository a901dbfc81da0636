"""Forms about duty."""

from django import forms

from onecity.domains.emergency.forms.fields import moment_field, offer, spoken, words_field
from onecity.domains.emergency.models import DutyEntry
from onecity.domains.emergency.permissions import REPORT
from onecity.kernel.text import zh
from onecity.platform.identity.api import accounts_with_permission
from onecity.web.forms import CityForm


class ShiftForm(CityForm):
    """A shift of the roster."""

    begins_at = moment_field(zh("开始时间"))
    ends_at = moment_field(zh("结束时间"))
    officer_id = forms.TypedChoiceField(label=zh("值班员"), coerce=int)
    leader_id = forms.TypedChoiceField(label=zh("带班领导"), coerce=int)

    def offer_people(self, organisation_id: int) -> None:
        """Offer whoever may be on duty in a room."""
        people = [
            (item.id, item.full_name) for item in accounts_with_permission(REPORT, organisation_id=organisation_id)
        ]
        offer(self, "officer_id", people)
        offer(self, "leader_id", people)


class LogForm(CityForm):
    """A line of the duty log."""

    kind = forms.ChoiceField(label=zh("类别"))
    incident_number = forms.CharField(label=zh("事件编号"), max_length=20, required=False)
    text = words_field(zh("内容"), most=1000)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        offer(self, "kind", spoken(DutyEntry.Kind.choices))


class HandOverForm(CityForm):
    """Handing over."""

    summary = words_field(zh("交班小结"), most=4000, rows=4)
