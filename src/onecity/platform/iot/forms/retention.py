"""The form by which staff say how long what is kept."""

from django import forms

from onecity.kernel.text import zh
from onecity.platform.iot.contracts import RetentionText
from onecity.web.forms import CityForm


class RetentionForm(CityForm):
    """Days for a type of device; 0 keeps it for good. types: (code, name) pairs, "" for all others."""

    type_code = forms.ChoiceField(label=zh("设备类型"), required=False)
    raw_days = forms.IntegerField(label=zh("原始读数（天）"), min_value=0, max_value=36_600, initial=0)
    minute_days = forms.IntegerField(label=zh("分钟汇总（天）"), min_value=0, max_value=36_600, initial=0)
    hour_days = forms.IntegerField(label=zh("小时汇总（天）"), min_value=0, max_value=36_600, initial=0)
    day_days = forms.IntegerField(label=zh("日汇总（天）"), min_value=0, max_value=36_600, initial=0)

    def __init__(self, *args: object, types: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["type_code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", zh("其他全部类型")), *types]

    def text(self) -> RetentionText:
        """Return what was entered; the form is valid."""
        return RetentionText(**self.cleaned_data)
