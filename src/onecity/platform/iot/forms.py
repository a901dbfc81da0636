"""Forms of iot's pages."""

import json
from typing import Any, Final

from django import forms
from django.utils.translation import gettext

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts import DeviceChanges, DeviceInfo, NewDevice, RuleText
from onecity.platform.iot.declare import (
    PERIOD_NAMES,
    PROTOCOL_NAMES,
    SEVERITY_NAMES,
    Limits,
    Period,
    Protocol,
    Severity,
)
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.rules.series import SUB_VALUES
from onecity.web.forms import CityForm

_KINDS: Final = (
    ("above", zh("高于上限")),
    ("below", zh("低于下限")),
    ("outside", zh("超出范围")),
    ("no_data", zh("数据中断")),
)
KEPT: Final = "········"
"""Stands for a password that is not shown."""


class DescriptionForm(CityForm):
    """What people tell of a device."""

    name = forms.CharField(label=zh("设备名称"), max_length=80)
    organisation_id = forms.TypedChoiceField(label=zh("所属机构"), coerce=int)
    division_code = forms.CharField(
        label=zh("所在网格"), max_length=15, required=False, help_text=zh("6至12位区划代码或15位单元网格编码")
    )
    longitude = forms.FloatField(label=zh("经度"), required=False, help_text=zh("WGS 84 或 CGCS2000，度"))
    latitude = forms.FloatField(label=zh("纬度"), required=False)
    address = forms.CharField(label=zh("安装地址"), max_length=160, required=False)
    password = forms.CharField(
        label=zh("访问密码"), max_length=32, required=False, help_text=zh("HJ 212 报文中的 PW；留空则不校验")
    )
    scales = forms.CharField(
        label=zh("换算系数"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=zh('仅当本设备的单位与设备类型不同时填写，例如 {"a34004": 1000}'),
    )

    def offer(self, actor: Actor, permission: str) -> None:
        """Offer the organisations for which the actor holds a permission."""
        scope = identity.row_scope(actor, permission)
        organisations = [
            (item.id, item.short_name or item.name)
            for item in identity.organisations()
            if scope.everything or item.id in scope.organisation_ids or scope.division_codes
        ]
        _choose(self.fields["organisation_id"], organisations)

    def clean_scales(self) -> dict[str, float]:
        """Read the factors."""
        text = self.cleaned_data["scales"].strip()
        if not text:
            return {}
        try:
            given = json.loads(text)
        except ValueError:
            given = None
        if not isinstance(given, dict) or not all(isinstance(value, int | float) for value in given.values()):
            raise forms.ValidationError(gettext('换算系数应写成 {"报文编码": 系数} 的形式'))
        return {str(name): float(value) for name, value in given.items()}

    def clean(self) -> dict[str, Any]:
        """Have both coordinates or none."""
        given = super().clean() or {}
        if (given.get("longitude") is None) != (given.get("latitude") is None):
            raise forms.ValidationError(gettext("经度和纬度应同时填写"))
        return given

    def place(self) -> tuple[float, float] | None:
        """Return the place, longitude first."""
        longitude, latitude = self.cleaned_data["longitude"], self.cleaned_data["latitude"]
        return None if longitude is None else (longitude, latitude)


class DeviceForm(DescriptionForm):
    """A device to be registered."""

    key = forms.CharField(
        label=zh("设备标识"), max_length=64, help_text=zh("设备在报文中的自称，如 HJ 212 的 MN 或 MQTT 的客户端编号")
    )
    type_code = forms.ChoiceField(label=zh("设备类型"))
    protocol = forms.ChoiceField(label=zh("接入协议"))
    field_order = ("key", "name", "type_code", "protocol")

    def offer(self, actor: Actor, permission: str) -> None:
        """Offer types, protocols and organisations."""
        super().offer(actor, permission)
        _choose(self.fields["type_code"], [(kind.code, gettext(kind.name)) for kind in device_types()])
        _choose(self.fields["protocol"], [(str(code), gettext(name)) for code, name in PROTOCOL_NAMES.items()])

    def new(self) -> NewDevice:
        """Return the device."""
        given = self.cleaned_data
        return NewDevice(
            key=given["key"].strip(),
            name=given["name"],
            type_code=given["type_code"],
            protocol=Protocol(given["protocol"]),
            organisation_id=given["organisation_id"],
            division_code=given["division_code"],
            place=self.place(),
            address=given["address"],
            password=given["password"],
            scales=given["scales"],
        )


class ChangeForm(DescriptionForm):
    """A device's description to be changed; the password is never shown."""

    def changes(self) -> DeviceChanges:
        """Return the changes."""
        given = self.cleaned_data
        return DeviceChanges(
            name=given["name"],
            organisation_id=given["organisation_id"],
            division_code=given["division_code"],
            place=self.place(),
            address=given["address"],
            password=None if given["password"] == KEPT else given["password"],
            scales=given["scales"],
        )


def described(info: DeviceInfo, *, has_password: bool, scales: dict[str, float]) -> dict[str, object]:
    """Return a device's description as `ChangeForm` begins with it."""
    return {
        "name": info.name,
        "organisation_id": info.organisation_id,
        "division_code": info.division_code,
        "longitude": info.longitude,
        "latitude": info.latitude,
        "address": info.address,
        "password": KEPT if has_password else "",
        "scales": json.dumps(scales, ensure_ascii=False) if scales else "",
    }


class RuleForm(CityForm):
    """What an alarm rule says."""

    name = forms.CharField(label=zh("规则名称"), max_length=80)
    device_type = forms.ChoiceField(label=zh("设备类型"))
    property_code = forms.CharField(
        label=zh("监测项"), max_length=80, widget=forms.TextInput(attrs={"list": "property-codes"})
    )
    period = forms.ChoiceField(label=zh("时段"))
    sub_value = forms.ChoiceField(label=zh("取值"), required=False)
    kind = forms.ChoiceField(label=zh("规则类型"))
    upper = forms.FloatField(label=zh("上限"), required=False, help_text=zh("高于此值时触发"))
    clear_upper = forms.FloatField(
        label=zh("上限解除值"), required=False, help_text=zh("降到此值及以下才解除（回差）；留空即上限")
    )
    lower = forms.FloatField(label=zh("下限"), required=False, help_text=zh("低于此值时触发"))
    clear_lower = forms.FloatField(
        label=zh("下限解除值"), required=False, help_text=zh("升到此值及以上才解除（回差）；留空即下限")
    )
    hold_s = forms.IntegerField(label=zh("持续时间（秒）"), min_value=0, initial=0, help_text=zh("超限须持续这么久"))
    hold_count = forms.IntegerField(label=zh("连续次数"), min_value=1, initial=1, help_text=zh("超限须连续这么多次"))
    clear_s = forms.IntegerField(
        label=zh("恢复持续时间（秒）"), min_value=0, initial=0, help_text=zh("恢复须持续这么久才解除")
    )
    gap_s = forms.IntegerField(
        label=zh("最长间隔（秒）"), min_value=0, initial=0, help_text=zh("两次数据相隔更久时重新计数；0为不限")
    )
    silent_s = forms.IntegerField(
        label=zh("中断时间（秒）"), min_value=0, initial=0, help_text=zh("仅用于数据中断规则")
    )
    severity = forms.ChoiceField(label=zh("级别"))
    text = forms.CharField(
        label=zh("告警内容"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=zh("可用占位符：{device} {property} {value} {unit} {limit} {time}"),
    )
    source = forms.CharField(label=zh("依据"), max_length=120, required=False)

    def offer(self) -> None:
        """Offer types, periods, kinds and severities."""
        _choose(self.fields["device_type"], [(kind.code, gettext(kind.name)) for kind in device_types()])
        _choose(self.fields["period"], [(str(code), gettext(name)) for code, name in PERIOD_NAMES.items()])
        _choose(self.fields["sub_value"], [(code, gettext(name)) for code, name in SUB_VALUES.items()])
        _choose(self.fields["kind"], [(code, gettext(name)) for code, name in _KINDS])
        _choose(self.fields["severity"], [(str(code), gettext(name)) for code, name in SEVERITY_NAMES.items()])

    def rule_text(self) -> RuleText:
        """Return what the rule says."""
        given = self.cleaned_data
        return RuleText(
            name=given["name"],
            device_type=given["device_type"],
            property_code=given["property_code"].strip(),
            kind=given["kind"],
            limits=Limits(**{name: given[name] for name in Limits.__dataclass_fields__}),
            text=given["text"],
            period=Period(given["period"]),
            sub_value=given["sub_value"],
            severity=Severity(given["severity"]),
            source=given["source"],
        )


class NewRuleForm(RuleForm):
    """A rule's first draft."""

    code = forms.CharField(label=zh("规则编码"), max_length=80, help_text=zh("形如 city.high_pm，一经使用不再改变"))
    field_order = ("code",)


def told(text: RuleText) -> dict[str, object]:
    """Return what a rule says as `RuleForm` begins with it."""
    plain: dict[str, object] = {name: getattr(text, name) for name in RuleText.__dataclass_fields__ if name != "limits"}
    return {**plain, **{name: getattr(text.limits, name) for name in Limits.__dataclass_fields__}}


class ImportForm(CityForm):
    """A file of devices to be registered."""

    LARGEST = 2 * 1024 * 1024
    file = forms.FileField(label=zh("设备清单"), help_text=zh("CSV 文件，UTF-8 或 GB 18030 编码，首行为列名"))

    def text(self) -> str:
        """Return the file's text.

        Raises: Invalid if it is too large or in no known encoding.
        """
        upload = self.cleaned_data["file"]
        if upload.size > self.LARGEST:
            raise Invalid(fields={"file": zh("文件不能超过2MB")})
        raw = upload.read()
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return str(raw.decode(encoding))
            except UnicodeDecodeError:
                continue
        raise Invalid(fields={"file": zh("无法识别文件的编码")})


def _choose(field: forms.Field, choices: list[tuple[Any, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
