"""Forms about devices."""

import json
from typing import Any, Final

from django import forms
from django.utils.translation import gettext

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts import DeviceChanges, DeviceInfo, NewDevice
from onecity.platform.iot.declare import PROTOCOL_NAMES, Protocol
from onecity.platform.iot.forms.choosing import choose
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.rules.lists import tags_of
from onecity.platform.iot.selectors.types import product_codes
from onecity.web.forms import CityForm

KEPT: Final = "········"
"""Stands for a password that is not shown."""


def offer_organisations(field: forms.Field, actor: Actor, permission: str) -> None:
    """Offer the organisations for which the actor holds a permission."""
    scope = identity.row_scope(actor, permission)
    organisations = [
        (item.id, item.short_name or item.name)
        for item in identity.organisations()
        if scope.everything or item.id in scope.organisation_ids or scope.division_codes
    ]
    choose(field, organisations)


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
        offer_organisations(self.fields["organisation_id"], actor, permission)
        choose(self.fields["product_code"], [("", "—"), *product_codes(actor)])

    product_code = forms.ChoiceField(label=zh("产品"), required=False)
    parent_key = forms.CharField(
        label=zh("所属网关"), max_length=64, required=False, help_text=zh("经由哪台网关设备接入，填写其设备标识")
    )
    tags = forms.CharField(label=zh("标签"), max_length=400, required=False, help_text=zh("多个标签以逗号或空格分隔"))

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
        choose(self.fields["type_code"], [(kind.code, gettext(kind.name)) for kind in device_types()])
        choose(self.fields["protocol"], [(str(code), gettext(name)) for code, name in PROTOCOL_NAMES.items()])

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
            product_code=given["product_code"],
            parent_key=given["parent_key"].strip(),
            tags=tags_of(given["tags"]),
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
            product_code=given["product_code"],
            parent_key=given["parent_key"].strip(),
            tags=tags_of(given["tags"]),
        )


def described(
    info: DeviceInfo, *, has_password: bool, scales: dict[str, float], **belongings: str
) -> dict[str, object]:
    """Return a device's description as `ChangeForm` begins with it. belongings: product_code and parent_key."""
    return {
        "name": info.name,
        "organisation_id": info.organisation_id,
        "division_code": info.division_code,
        "longitude": info.longitude,
        "latitude": info.latitude,
        "address": info.address,
        "password": KEPT if has_password else "",
        "scales": json.dumps(scales, ensure_ascii=False) if scales else "",
        "tags": " ".join(info.tags),
        **{name: belongings.get(name, "") for name in ("product_code", "parent_key")},
    }


class ImportForm(CityForm):
    """A file of devices to be registered."""

    LARGEST = 1024 * 1024
    file = forms.FileField(label=zh("设备清单"), help_text=zh("CSV 文件，UTF-8 或 GB 18030 编码，首行为列名"))

    def text(self) -> str:
        """Return the file's text.

        Raises: Invalid if it is too large or in no known encoding.
        """
        upload = self.cleaned_data["file"]
        if upload.size > self.LARGEST:
            raise Invalid(fields={"file": zh("文件不能超过1MB")})
        raw = upload.read()
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return str(raw.decode(encoding))
            except UnicodeDecodeError:
                continue
        raise Invalid(fields={"file": zh("无法识别文件的编码")})
