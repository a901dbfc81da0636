"""Forms of iot's pages."""

from onecity.platform.iot.forms.alarm_rules import NewRuleForm, RuleForm, told
from onecity.platform.iot.forms.devices import ChangeForm, DeviceForm, ImportForm, described
from onecity.platform.iot.forms.maintenance import MaintenanceForm

__all__ = [
    "ChangeForm",
    "DeviceForm",
    "ImportForm",
    "MaintenanceForm",
    "NewRuleForm",
    "RuleForm",
    "described",
    "told",
]
