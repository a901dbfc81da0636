"""The form of a connection: its own fields, and those that its kind asks for."""

from collections.abc import Sequence

from django import forms

from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.flows import ConnectionText
from onecity.platform.exchange.contracts.places import OptionField, OptionValue
from onecity.platform.exchange.services.flows.connections import MOST_AT_ONCE
from onecity.web.forms import CityForm

_PREFIX = "option_"


class ConnectionForm(CityForm):
    """What a connection says."""

    name = forms.CharField(label=zh("连接名称"), max_length=80)
    organisation_id = forms.TypedChoiceField(label=zh("所属机构"), coerce=int)
    secret = forms.CharField(
        label=zh("口令或密钥"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 1, "autocomplete": "off", "spellcheck": "false"}),
        help_text=zh("加密保存，不再显示；修改连接时留空表示不变"),
    )
    at_once = forms.IntegerField(
        label=zh("同时运行数上限"), min_value=1, max_value=MOST_AT_ONCE, initial=2, help_text=zh("所有工作进程合计")
    )
    rows_per_second = forms.IntegerField(
        label=zh("每秒行数上限"), min_value=0, initial=0, help_text=zh("所有工作进程合计；0为不限")
    )
    note = forms.CharField(label=zh("说明"), max_length=200, required=False)

    def offer(self, *, organisations: Sequence[tuple[int, str]], options: Sequence[OptionField]) -> None:
        """Offer organisations, and ask for the options of a kind."""
        chosen = self.fields["organisation_id"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = list(organisations)
        for item in options:
            self.fields[f"{_PREFIX}{item.name}"] = _field(item)
        self.order_fields(["code", "name", "organisation_id", *(f"{_PREFIX}{item.name}" for item in options)])
        self.dress()

    def connection_text(self, kind: str) -> ConnectionText:
        """Return what the form says."""
        given = self.cleaned_data
        return ConnectionText(
            name=given["name"],
            kind=kind,
            organisation_id=given["organisation_id"],
            options=self._options(),
            secret=given["secret"] or None,
            rows_per_second=given["rows_per_second"],
            at_once=given["at_once"],
            note=given["note"],
        )

    def _options(self) -> dict[str, OptionValue]:
        return {
            name.removeprefix(_PREFIX): value
            for name, value in self.cleaned_data.items()
            if name.startswith(_PREFIX) and value not in {None, ""}
        }


class NewConnectionForm(ConnectionForm):
    """A connection that does not exist yet."""

    code = forms.CharField(label=zh("连接编码"), max_length=60, help_text=zh("小写字母、数字和连字符，此后不能更改"))


def option_values(options: dict[str, OptionValue]) -> dict[str, OptionValue]:
    """Return a connection's options as the form's initial values."""
    return {f"{_PREFIX}{name}": value for name, value in options.items()}


def _field(item: OptionField) -> forms.Field:
    initial = item.default if item.default != "" else None
    match item.type:
        case "integer":
            return forms.IntegerField(label=item.title, required=item.required, initial=initial, help_text=item.help)
        case "boolean":
            return forms.BooleanField(label=item.title, required=False, initial=initial, help_text=item.help)
        case "choice":
            choices = [(choice, choice) for choice in item.choices]
            return forms.ChoiceField(
                label=item.title, required=item.required, initial=initial, help_text=item.help, choices=choices
            )
        case "text":
            return forms.CharField(label=item.title, required=item.required, initial=initial, help_text=item.help)
