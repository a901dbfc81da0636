"""Forms about subscriptions of applications."""

from collections.abc import Mapping
from typing import Final

from django import forms
from django.utils.translation import gettext

from onecity.kernel.actor import Actor
from onecity.kernel.text import zh
from onecity.platform.iot.contracts.subscriptions import EventFilter, NewSubscription, SubscriptionInfo
from onecity.platform.iot.declare import PERIOD_NAMES, SEVERITY_NAMES
from onecity.platform.iot.forms.choosing import choose
from onecity.platform.iot.forms.devices import offer_organisations
from onecity.platform.iot.permissions import SUBSCRIBE
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.selectors.life import group_names
from onecity.platform.iot.services.subscriptions.making import Changes
from onecity.web.forms import CityForm

TOPIC_NAMES: Final[Mapping[str, str]] = {
    "readings": zh("监测数据（逐条）"),
    "latest": zh("最新值（只取最近一条）"),
    "alarms": zh("告警（触发、变化、解除）"),
    "states": zh("设备状态"),
    "rules": zh("规则触发"),
}
CHANNEL_NAMES: Final[Mapping[str, str]] = {
    "webhook": zh("网络回调（Webhook）"),
    "mqtt": zh("MQTT"),
    "sse": zh("事件流（SSE）"),
}
_LISTED: Final = ("devices", "divisions", "properties", "rules")
_CHOSEN: Final = ("types", "groups", "periods", "severities")


class _Several(forms.MultipleChoiceField):
    """Several of a few: boxes to tick."""

    widget = forms.CheckboxSelectMultiple


class SubscriptionForm(CityForm):
    """What a subscription is made of; the way of telling is chosen once."""

    name = forms.CharField(label=zh("订阅名称"), max_length=80)
    topics = _Several(label=zh("事件种类"))
    address = forms.CharField(
        label=zh("回调地址"),
        max_length=500,
        required=False,
        help_text=zh("仅用于网络回调，如 https://app.example.cn/hook"),
    )
    types = forms.MultipleChoiceField(
        label=zh("设备类型"), required=False, help_text=zh("可多选，不选为不限"), widget=forms.SelectMultiple
    )
    groups = forms.TypedMultipleChoiceField(label=zh("设备分组"), required=False, coerce=int)
    devices = forms.CharField(
        label=zh("设备标识"), required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=zh("用逗号或换行分隔")
    )
    divisions = forms.CharField(
        label=zh("区划或网格编码"), required=False, help_text=zh("用逗号分隔，包括其下所有网格")
    )
    properties = forms.CharField(label=zh("监测项"), required=False, help_text=zh("用逗号分隔，如 pm2_5, pm10"))
    periods = _Several(label=zh("时段"), required=False)
    condition = forms.CharField(
        label=zh("取值条件"),
        max_length=200,
        required=False,
        help_text=zh("仅用于监测数据，如 value > 35 and value <= 150"),
    )
    severities = _Several(label=zh("级别"), required=False, help_text=zh("仅用于告警和规则"))
    rules = forms.CharField(label=zh("规则编码"), required=False, help_text=zh("仅用于告警和规则，用逗号分隔"))
    batch_size = forms.IntegerField(label=zh("每批事件数"), min_value=1, max_value=1_000, initial=200)
    attempts = forms.IntegerField(
        label=zh("转入死信前的尝试次数"), min_value=1, max_value=20, initial=5, help_text=zh("接收方拒收时适用")
    )

    def offer(self, actor: Actor) -> None:
        """Offer topics, types, groups, periods and severities."""
        choose(self.fields["topics"], [(code, gettext(name)) for code, name in TOPIC_NAMES.items()])
        choose(self.fields["types"], [(kind.code, gettext(kind.name)) for kind in device_types()])
        choose(self.fields["groups"], [(number, name) for number, name in group_names(actor)])
        choose(self.fields["periods"], [(str(code), gettext(name)) for code, name in PERIOD_NAMES.items()])
        choose(self.fields["severities"], [(str(code), gettext(name)) for code, name in SEVERITY_NAMES.items()])

    def wanted(self) -> EventFilter:
        """Return which events are wanted."""
        given = self.cleaned_data
        return EventFilter(
            types=tuple(given["types"]),
            devices=_words(given["devices"]),
            groups=tuple(given["groups"]),
            divisions=_words(given["divisions"]),
            properties=_words(given["properties"]),
            periods=tuple(given["periods"]),
            severities=tuple(given["severities"]),
            rules=_words(given["rules"]),
            condition=given["condition"].strip(),
        )

    def changes(self) -> Changes:
        """Return everything as changes."""
        given = self.cleaned_data
        return Changes(
            name=given["name"],
            topics=tuple(given["topics"]),
            filter=self.wanted(),
            address=given["address"] or None,
            batch_size=given["batch_size"],
            attempts=given["attempts"],
        )


class NewSubscriptionForm(SubscriptionForm):
    """A new subscription."""

    channel = forms.ChoiceField(label=zh("投递方式"))
    organisation_id = forms.TypedChoiceField(label=zh("所属机构"), coerce=int)
    field_order = ("name", "channel", "address", "topics", "organisation_id")

    def offer(self, actor: Actor) -> None:
        """Offer ways of telling and organisations, too."""
        super().offer(actor)
        choose(self.fields["channel"], [(code, gettext(name)) for code, name in CHANNEL_NAMES.items()])
        offer_organisations(self.fields["organisation_id"], actor, SUBSCRIBE)
        self.fields["organisation_id"].initial = actor.organisation_id

    def new(self) -> NewSubscription:
        """Return the subscription."""
        given = self.cleaned_data
        return NewSubscription(
            name=given["name"],
            channel=given["channel"],
            topics=tuple(given["topics"]),
            filter=self.wanted(),
            address=given["address"],
            batch_size=given["batch_size"],
            attempts=given["attempts"],
            organisation_id=given["organisation_id"],
        )


def told(info: SubscriptionInfo) -> dict[str, object]:
    """Return a subscription as `SubscriptionForm` begins with it."""
    asked = info.filter
    plain: dict[str, object] = {name: ", ".join(getattr(asked, name)) for name in _LISTED}
    plain |= {name: [str(item) for item in getattr(asked, name)] for name in _CHOSEN}
    own = {name: getattr(info, name) for name in ("name", "address", "batch_size", "attempts")}
    return {**plain, **own, "topics": list(info.topics), "condition": asked.condition}


def _words(text: str) -> tuple[str, ...]:
    parts = text.replace("，", ",").replace("、", ",").replace("\n", ",").split(",")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
