"""The form of a linkage rule."""

from onecity.platform.iot.forms.linkage.form import LinkageForm, NewLinkageForm
from onecity.platform.iot.forms.linkage.telling import beginning, told

__all__ = ["LinkageForm", "NewLinkageForm", "beginning", "told"]
