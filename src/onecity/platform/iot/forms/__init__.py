"""Forms of iot's pages."""

from onecity.platform.iot.forms.devices import ChangeForm, DeviceForm, ImportForm, described
from onecity.platform.iot.forms.rules import NewRuleForm, RuleForm, told

__all__ = ["ChangeForm", "DeviceForm", "ImportForm", "NewRuleForm", "RuleForm", "described", "told"]
