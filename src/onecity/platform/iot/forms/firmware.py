"""Forms about firmware, campaigns, groups, orders to many, claims and lists."""

from typing import Final

from django import forms
from django.utils.translation import gettext

from onecity.kernel.actor import Actor
from onecity.kernel.text import zh
from onecity.platform.iot.contracts import DeviceFilter
from onecity.platform.iot.contracts.firmware import NewCampaign, NewFirmware
from onecity.platform.iot.declare import PROTOCOL_NAMES
from onecity.platform.iot.forms.choosing import choose
from onecity.platform.iot.forms.devices import offer_organisations
from onecity.platform.iot.forms.types import read_json
from onecity.platform.iot.models import Device
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.selectors.life import group_names
from onecity.platform.iot.selectors.types import product_names
from onecity.web.forms import CityForm

ANY: Final = ("", "—")
GROUP_KINDS: Final = (("static", zh("静态分组（逐台加入）")), ("filter", zh("条件分组（符合条件即在组内）")))


class FirmwareForm(CityForm):
    """A firmware package."""

    file = forms.FileField(label=zh("固件文件"), help_text=zh("bin、hex、img、zip 等，不超过256MB"))
    type_code = forms.ChoiceField(label=zh("设备类型"))
    product_id = forms.TypedChoiceField(label=zh("产品"), required=False, coerce=int, empty_value=None)
    version = forms.CharField(label=zh("固件版本"), max_length=40)
    sm3 = forms.CharField(
        label=zh("厂商给出的SM3摘要"), max_length=64, required=False, help_text=zh("填写后与文件核对，不一致则拒收")
    )
    notes = forms.CharField(
        label=zh("更新说明"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def offer(self, actor: Actor) -> None:
        """Offer types and products."""
        choose(self.fields["type_code"], [(kind.code, gettext(kind.name)) for kind in device_types()])
        choose(self.fields["product_id"], [ANY, *product_names(actor)])

    def new(self) -> NewFirmware:
        """Return what is told of the package."""
        given = self.cleaned_data
        return NewFirmware(
            name=given["file"].name,
            type_code=given["type_code"],
            version=given["version"].strip(),
            product_id=given["product_id"],
            notes=given["notes"],
            sm3=given["sm3"].strip(),
        )


class ChoosingForm(CityForm):
    """Which devices are meant."""

    search = forms.CharField(label=zh("名称或标识"), max_length=64, required=False)
    type_code = forms.ChoiceField(label=zh("设备类型"), required=False)
    state = forms.ChoiceField(label=zh("状态"), required=False)
    protocol = forms.ChoiceField(label=zh("接入协议"), required=False)
    product_id = forms.TypedChoiceField(label=zh("产品"), required=False, coerce=int, empty_value=None)
    group_id = forms.TypedChoiceField(label=zh("设备分组"), required=False, coerce=int, empty_value=None)
    division_code = forms.CharField(label=zh("所在网格"), max_length=15, required=False)
    tag = forms.CharField(label=zh("标签"), max_length=20, required=False)
    firmware_version = forms.CharField(label=zh("当前固件版本"), max_length=40, required=False)

    def offer_devices(self, actor: Actor) -> None:
        """Offer types, states, protocols, products and groups, as far as the form asks for them."""
        offered: dict[str, list[tuple[object, str]]] = {
            "type_code": [ANY, *((kind.code, gettext(kind.name)) for kind in device_types())],
            "state": [ANY, *((code, gettext(str(name))) for code, name in Device.State.choices)],
            "protocol": [ANY, *((str(code), gettext(name)) for code, name in PROTOCOL_NAMES.items())],
            "product_id": [ANY, *product_names(actor)],
            "group_id": [ANY, *group_names(actor)],
        }
        for name, choices in offered.items():
            if name in self.fields:
                choose(self.fields[name], choices)

    def chosen(self) -> DeviceFilter:
        """Return the filter."""
        names = DeviceFilter.__dataclass_fields__
        return DeviceFilter(**{name: value for name, value in self.cleaned_data.items() if name in names and value})


class GroupForm(ChoosingForm):
    """A group: filled by hand, or by a filter."""

    name = forms.CharField(label=zh("分组名称"), max_length=80)
    organisation_id = forms.TypedChoiceField(label=zh("所属机构"), coerce=int)
    kind = forms.ChoiceField(label=zh("分组方式"))
    group_id = None  # type: ignore[assignment]  # Django's way to leave an inherited field out
    field_order = ("name", "organisation_id", "kind")

    def offer(self, actor: Actor, permission: str) -> None:
        """Offer organisations and what devices are chosen by."""
        offer_organisations(self.fields["organisation_id"], actor, permission)
        choose(
            self.fields["kind"],
            [("static", gettext("静态分组（逐台加入）")), ("filter", gettext("条件分组（符合条件即在组内）"))],
        )
        self.offer_devices(actor)

    def group_filter(self) -> DeviceFilter | None:
        """Return the filter; None for a group filled by hand."""
        if self.cleaned_data["kind"] == "static":
            return None
        given = {**self.cleaned_data, "organisation_id": 0}
        names = DeviceFilter.__dataclass_fields__
        return DeviceFilter(**{name: value for name, value in given.items() if name in names and value})


class CampaignForm(ChoosingForm):
    """A campaign: how, and for which devices."""

    name = forms.CharField(label=zh("任务名称"), max_length=80)
    batches = forms.CharField(
        label=zh("分批比例"),
        initial="10, 50, 100",
        help_text=zh("递增的百分比，最后一批为100；前一批结束后才开始下一批"),
    )
    failed_most = forms.IntegerField(
        label=zh("失败率上限"), initial=20, min_value=0, max_value=100, help_text=zh("百分比；超过后自动暂停")
    )
    attempts = forms.IntegerField(label=zh("每台尝试次数"), initial=3, min_value=1, max_value=20)
    patience_h = forms.IntegerField(label=zh("单台时限（小时）"), initial=24, min_value=1, max_value=720)
    type_code = None  # type: ignore[assignment]  # the firmware's
    field_order = ("name", "batches", "failed_most", "attempts", "patience_h")

    def clean_batches(self) -> list[int]:
        """Read the shares."""
        parts = self.cleaned_data["batches"].replace("，", ",").split(",")
        if not all(part.strip().isdecimal() for part in parts):
            raise forms.ValidationError(gettext("分批比例应递增，最后一批为100"))
        return [int(part) for part in parts]

    def new(self, firmware_id: int) -> NewCampaign:
        """Return the campaign."""
        given = self.cleaned_data
        return NewCampaign(
            name=given["name"],
            firmware_id=firmware_id,
            batches=given["batches"],
            failed_most=given["failed_most"],
            attempts=given["attempts"],
            patience_s=given["patience_h"] * 3600,
        )


class BatchForm(ChoosingForm):
    """One order to many devices; arguments as JSON."""

    name = forms.CharField(label=zh("名称"), max_length=80, required=False)
    code = forms.ChoiceField(label=zh("命令"))
    arguments = forms.CharField(
        label=zh("命令参数"), required=False, help_text=zh('按物模型填写，例如 {"opening": 50}；没有参数则留空')
    )
    field_order = ("name", "type_code", "code", "arguments")

    def offer(self, actor: Actor) -> None:
        """Offer every command of every type, and what devices are chosen by."""
        self.offer_devices(actor)
        self.fields["type_code"].required = True
        found = {item.code: f"{gettext(item.name)}（{item.code}）" for kind in device_types() for item in kind.commands}
        choose(self.fields["code"], sorted(found.items()))

    def clean_arguments(self) -> dict[str, object]:
        """Read the arguments."""
        return read_json(self.cleaned_data["arguments"].strip() or "{}")


class ClaimForm(CityForm):
    """A claim code."""

    code = forms.CharField(
        label=zh("认领码"), max_length=40, help_text=zh("设备铭牌或说明书上的认领码，不区分大小写，可带横线")
    )


class ListForm(CityForm):
    """A list of devices that is registered in the background."""

    file = forms.FileField(label=zh("设备清单"), help_text=zh("CSV、XLSX 或 Parquet，最多两百万行，首行为列名"))
