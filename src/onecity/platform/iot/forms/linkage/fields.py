"""The fields of one part of a condition and of one action."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from onecity.kernel.text import zh

_LIST: Final = forms.TextInput(attrs={"list": "property-codes"})


class ArgumentsField(forms.Field):
    """A command's arguments, as `name=value` separated by commas or lines."""

    def to_python(self, value: Any) -> dict[str, object]:
        """Return the arguments; numbers and true or false as such."""
        pairs = [part.partition("=") for part in (value or "").replace("\n", ",").split(",") if part.strip()]
        if any(not name.strip() or not sign for name, sign, _ in pairs):
            raise ValidationError(gettext("参数应形如 seconds=60"))
        return {name.strip(): _plain(text.strip()) for name, _, text in pairs}

    def prepare_value(self, value: Any) -> Any:
        """Return the arguments as they are typed."""
        if isinstance(value, Mapping):
            return ", ".join(f"{name}={_typed(item)}" for name, item in value.items())
        return value


def row_fields(place: int) -> dict[str, forms.Field]:
    """Return the fields of a part, by name."""
    return {
        f"p{place}_function": forms.ChoiceField(label=zh("取值"), required=False),
        f"p{place}_property": forms.CharField(label=zh("监测项"), max_length=100, required=False, widget=_LIST),
        f"p{place}_window": forms.FloatField(
            label=zh("最近几分钟"), min_value=1 / 60, max_value=10_080, initial=10, required=False
        ),
        f"p{place}_compare": forms.ChoiceField(label=zh("比较"), required=False, initial=">"),
        f"p{place}_value": forms.FloatField(label=zh("数值"), required=False),
        f"p{place}_end": forms.FloatField(label=zh("恢复值"), required=False),
    }


def action_fields(place: int) -> dict[str, forms.Field]:
    """Return the fields of an action, by name."""
    return {
        f"a{place}_kind": forms.ChoiceField(label=zh("动作"), required=False),
        f"a{place}_severity": forms.ChoiceField(label=zh("级别"), required=False, initial="minor"),
        f"a{place}_to": forms.ChoiceField(label=zh("通知对象"), required=False),
        f"a{place}_text": forms.CharField(
            label=zh("内容"),
            max_length=200,
            required=False,
            initial="{device}：{values}",
            help_text=zh("可用占位符：{rule} {device} {time} {values}"),
        ),
        f"a{place}_command": forms.CharField(
            label=zh("命令"), max_length=80, required=False, widget=forms.TextInput(attrs={"list": "command-codes"})
        ),
        f"a{place}_arguments": ArgumentsField(
            label=zh("命令参数"), required=False, help_text=zh("形如 seconds=60，多个用逗号隔开")
        ),
        f"a{place}_target": forms.CharField(
            label=zh("目标设备标识"), max_length=64, required=False, help_text=zh("留空即触发的设备自身")
        ),
        f"a{place}_subscription": forms.ChoiceField(label=zh("推送订阅"), required=False),
    }


def _plain(text: str) -> object:
    if text in {"true", "false"}:
        return text == "true"
    try:
        return int(text) if text.lstrip("+-").isdecimal() else float(text)
    except ValueError:
        return text


def _typed(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
