"""A condition from parts or written by hand, and what is done when it holds."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from onecity.kernel.actor import Actor
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.linkage import LinkageAction, LinkageText
from onecity.platform.iot.declare import SEVERITY_NAMES
from onecity.platform.iot.forms.choosing import choose
from onecity.platform.iot.forms.linkage.fields import action_fields, row_fields
from onecity.platform.iot.forms.linkage.names import (
    ACTION_NAMES,
    COMPARE_NAMES,
    FUNCTION_NAMES,
    HOW_NAMES,
    JOIN_NAMES,
    MODE_NAMES,
    MOST_ACTIONS,
    QUANTITY_NAMES,
    SAID,
    STEP_NAMES,
    USED,
)
from onecity.platform.iot.models import Device, DeviceGroup
from onecity.platform.iot.permissions import MANAGE_LINKAGE
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.rules.conditions import Mode
from onecity.platform.iot.rules.conditions.parts import MOST_ROWS, NUMBERED, Parts, Row, condition_text, ending_text
from onecity.platform.iot.selectors.subscriptions import webhook_choices
from onecity.platform.iot.services.linkage.checking import STEPS, TOLD
from onecity.web.forms import CityForm


class LinkageForm(CityForm):
    """What an edition says. Rows and actions that are left empty are passed over."""

    mode = forms.ChoiceField(label=zh("判断方式"))
    type_code = forms.ChoiceField(label=zh("设备类型"), required=False)
    group_id = forms.ChoiceField(label=zh("设备分组"), required=False)
    device_keys = forms.CharField(
        label=zh("指定设备"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=zh("每行一个设备标识；类型、分组、指定设备同时填写时取交集"),
    )
    how = forms.ChoiceField(label=zh("条件写法"), widget=forms.RadioSelect)
    join = forms.ChoiceField(label=zh("多项之间"))
    quantity = forms.ChoiceField(label=zh("成立的设备"))
    number = forms.IntegerField(label=zh("至少几台"), min_value=1, initial=2)
    condition = forms.CharField(
        label=zh("触发条件"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "class": "cel"})
    )
    ending = forms.CharField(
        label=zh("恢复条件"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "cel"}),
        help_text=zh("留空即触发条件不再成立"),
    )
    hold_min = forms.FloatField(label=zh("持续（分钟）"), min_value=0, max_value=10_080, initial=0)
    end_hold_min = forms.FloatField(label=zh("恢复持续（分钟）"), min_value=0, max_value=10_080, initial=0)
    step_s = forms.TypedChoiceField(label=zh("判断间隔"), coerce=int, initial=60)
    late_s = forms.IntegerField(
        label=zh("等待迟到数据（秒）"),
        min_value=0,
        max_value=86_400,
        initial=30,
        help_text=zh("数据上传慢的设备应加大；越大触发越晚"),
    )
    note = forms.CharField(label=zh("版次说明"), max_length=200, required=False)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        for place in range(MOST_ROWS):
            self.fields.update(row_fields(place))
        for place in range(MOST_ACTIONS):
            self.fields.update(action_fields(place))
        self.dress()

    def offer(self, actor: Actor) -> None:
        """Offer what the actor may choose."""
        groups = DeviceGroup.objects.filter(identity.row_scope(actor, MANAGE_LINKAGE).q()).order_by("name")[:200]
        choose(self.fields["mode"], _translated(MODE_NAMES.items()))
        choose(self.fields["type_code"], [("", "—"), *((kind.code, gettext(kind.name)) for kind in device_types())])
        choose(self.fields["group_id"], [("", "—"), *((str(row.id), row.name) for row in groups)])
        choose(self.fields["how"], _translated(HOW_NAMES))
        choose(self.fields["join"], _translated(JOIN_NAMES))
        choose(self.fields["quantity"], _translated(QUANTITY_NAMES))
        choose(self.fields["step_s"], [(step, gettext(STEP_NAMES[step])) for step in STEPS])
        for place in range(MOST_ROWS):
            functions = _translated((name, FUNCTION_NAMES[name]) for name in NUMBERED)
            choose(self.fields[f"p{place}_function"], [("", "—"), *functions])
            choose(self.fields[f"p{place}_compare"], _translated(COMPARE_NAMES.items()))
        for place in range(MOST_ACTIONS):
            choose(self.fields[f"a{place}_kind"], [("", "—"), *_translated(ACTION_NAMES.items())])
            choose(self.fields[f"a{place}_severity"], _translated((str(c), n) for c, n in SEVERITY_NAMES.items()))
            choose(self.fields[f"a{place}_to"], _translated(TOLD.items()))
            choose(self.fields[f"a{place}_subscription"], [("", "—"), *webhook_choices(actor)])

    def rows(self) -> Iterator[list[forms.BoundField]]:
        """Return the fields of each part of the condition."""
        for place in range(MOST_ROWS):
            yield [self[f"p{place}_{name}"] for name in ("function", "property", "window", "compare", "value", "end")]

    def acts(self) -> Iterator[dict[str, forms.BoundField]]:
        """Return the fields of each action, by name."""
        names = ("kind", "severity", "to", "text", "command", "arguments", "target", "subscription")
        for place in range(MOST_ACTIONS):
            yield {name: self[f"a{place}_{name}"] for name in names}

    def clean(self) -> dict[str, Any]:
        """See that each row is whole, and that there is a condition."""
        given = super().clean() or {}
        for place in range(MOST_ROWS):
            if given.get(f"p{place}_function"):
                self._check_row(place, given)
        if given.get("how") == "parts" and not any(given.get(f"p{place}_function") for place in range(MOST_ROWS)):
            self.add_error("how", gettext("请至少填写一项条件"))
        return given

    def linkage_text(self, actor: Actor) -> LinkageText:
        """Return what the edition says."""
        given = self.cleaned_data
        parts, (condition, ending) = self._parts(), self.conditions()
        return LinkageText(
            condition=condition,
            ending=ending,
            parts=parts.plain() if parts else None,
            mode=given["mode"],
            type_code=given["type_code"],
            group_id=int(given["group_id"] or 0),
            device_ids=_device_ids(actor, given["device_keys"].split()),
            hold_s=round(given["hold_min"] * 60),
            end_hold_s=round(given["end_hold_min"] * 60),
            step_s=given["step_s"],
            late_s=given["late_s"],
            actions=tuple(self._actions()),
            note=given["note"],
        )

    def conditions(self) -> tuple[str, str]:
        """Return condition and ending as CEL, whichever way they were written."""
        mode, parts = Mode(self.cleaned_data["mode"]), self._parts()
        if parts is None:
            return self.cleaned_data["condition"].strip(), self.cleaned_data["ending"].strip()
        return condition_text(parts, mode=mode), ending_text(parts, mode=mode)

    def _check_row(self, place: int, given: Mapping[str, Any]) -> None:
        for name in ("property", "window", "value"):
            if given.get(f"p{place}_{name}") in {None, ""}:
                self.add_error(f"p{place}_{name}", ValidationError(gettext("请填写")))

    def _parts(self) -> Parts | None:
        given = self.cleaned_data
        if given["how"] != "parts":
            return None
        rows = [
            Row(
                given[f"p{place}_function"],
                given[f"p{place}_property"],
                round(given[f"p{place}_window"] * 60),
                given[f"p{place}_compare"],
                given[f"p{place}_value"],
                given[f"p{place}_end"],
            )
            for place in range(MOST_ROWS)
            if given.get(f"p{place}_function")
        ]
        return Parts(tuple(rows), given["join"], given["quantity"], given["number"])

    def _actions(self) -> Iterator[LinkageAction]:
        for place in range(MOST_ACTIONS):
            given = {name: self.cleaned_data[f"a{place}_{name}"] for name in SAID}
            kind = self.cleaned_data[f"a{place}_kind"]
            if kind:
                said = {name: given[name] for name in USED[kind]}
                yield LinkageAction(kind=kind, **said)


class NewLinkageForm(LinkageForm):
    """A rule with its first draft."""

    name = forms.CharField(label=zh("规则名称"), max_length=80)
    organisation_id = forms.TypedChoiceField(
        label=zh("所属机构"), coerce=int, help_text=zh("规则只作用于该机构及其下级机构的设备")
    )
    priority = forms.IntegerField(label=zh("优先级"), min_value=1, max_value=9, initial=5, help_text=zh("1最先判断"))

    def offer(self, actor: Actor) -> None:
        """Offer what the actor may choose, organisations too."""
        super().offer(actor)
        scope = identity.row_scope(actor, MANAGE_LINKAGE)
        bodies = [
            (item.id, item.name)
            for item in identity.organisations()
            if scope.everything or item.id in scope.organisation_ids or scope.division_codes
        ]
        choose(self.fields["organisation_id"], bodies)


def _translated(pairs: Any) -> list[tuple[Any, str]]:
    return [(code, gettext(name)) for code, name in pairs]


def _device_ids(actor: Actor, keys: list[str]) -> tuple[int, ...]:
    """Return the devices of these keys that the actor may manage rules for; -1 stands for one that is not there."""
    scope = identity.row_scope(actor, MANAGE_LINKAGE)
    found = dict(Device.objects.filter(scope.q(), key__in=keys).values_list("key", "id"))
    return tuple(sorted({found.get(key, -1) for key in keys}))
