"""The form of a maintenance window."""

from django import forms
from django.utils.translation import gettext

from onecity.kernel.actor import Actor
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.forms.choosing import choose
from onecity.platform.iot.models import Device, DeviceGroup
from onecity.platform.iot.permissions import HANDLE_ALARMS
from onecity.platform.iot.registries import device_types
from onecity.web.forms import CityForm

_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class MaintenanceForm(CityForm):
    """What a window covers, why, and for how long."""

    title = forms.CharField(label=zh("维护事项"), max_length=80)
    reason = forms.CharField(label=zh("维护原因"), max_length=200)
    device_key = forms.CharField(
        label=zh("设备标识"), max_length=64, required=False, help_text=zh("含经由该设备接入的下级设备")
    )
    group_id = forms.ChoiceField(label=zh("设备分组"), required=False)
    type_code = forms.ChoiceField(label=zh("设备类型"), required=False)
    organisation_id = forms.ChoiceField(label=zh("所属机构"), help_text=zh("只影响该机构及其下级机构的设备"))
    begins_at = forms.DateTimeField(label=zh("开始时间"), widget=_MOMENT)
    ends_at = forms.DateTimeField(label=zh("结束时间"), widget=_MOMENT, help_text=zh("最长31天"))

    def offer(self, actor: Actor) -> None:
        """Offer what the actor may choose."""
        groups = DeviceGroup.objects.filter(identity.row_scope(actor, HANDLE_ALARMS).q()).order_by("name")[:200]
        choose(self.fields["group_id"], [("", "—"), *((str(row.id), row.name) for row in groups)])
        types = [("", "—"), *((kind.code, gettext(kind.name)) for kind in device_types())]
        choose(self.fields["type_code"], types)
        scope = identity.row_scope(actor, HANDLE_ALARMS)
        bodies = [
            (str(item.id), item.name)
            for item in identity.organisations()
            if scope.everything or item.id in scope.organisation_ids or scope.division_codes
        ]
        choose(self.fields["organisation_id"], bodies)

    def device_id(self, actor: Actor) -> int:
        """Return the id of the device that is named; 0 for none, -1 for one that the actor may not handle."""
        key = self.cleaned_data["device_key"].strip()
        if not key:
            return 0
        rows = Device.objects.filter(identity.row_scope(actor, HANDLE_ALARMS).q(), key=key)
        return rows.values_list("id", flat=True).first() or -1
