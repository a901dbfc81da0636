"""Forms about types of devices and products."""

import json
from typing import Final

from django import forms
from django.utils.translation import gettext

from onecity.kernel.actor import Actor
from onecity.kernel.text import zh
from onecity.kernel.units import UNITS
from onecity.platform.iot.contracts.types import ProductFacts
from onecity.platform.iot.declare import PROTOCOL_NAMES, Protocol
from onecity.platform.iot.forms.choosing import choose
from onecity.platform.iot.forms.devices import offer_organisations
from onecity.platform.iot.models import Product
from onecity.platform.iot.registries import device_types
from onecity.web.forms import CityForm

VALUE_KINDS: Final = (
    ("number", zh("数值")),
    ("integer", zh("整数")),
    ("boolean", zh("布尔")),
    ("enumeration", zh("枚举")),
    ("text", zh("文字")),
    ("object", zh("对象")),
)
_JSON: Final = {"rows": 18, "spellcheck": "false", "class": "look-code"}


def read_json(text: str) -> dict[str, object]:
    """Return the JSON object that was typed.

    Raises: ValidationError.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise forms.ValidationError(gettext("不是有效的 JSON：%(why)s") % {"why": error}) from None
    if not isinstance(found, dict):
        raise forms.ValidationError(gettext("应为 JSON 对象"))
    return found


class ContentForm(CityForm):
    """A type's document, typed or as a file; our own shape or the common one."""

    LARGEST = 300_000
    file = forms.FileField(
        label=zh("从文件导入"), required=False, help_text=zh("JSON 文件；也接受厂商的通用物模型（TSL）")
    )
    content = forms.CharField(label=zh("物模型"), required=False, widget=forms.Textarea(attrs=_JSON))
    note = forms.CharField(label=zh("版次说明"), max_length=200, required=False)

    def clean_content(self) -> dict[str, object]:
        """Read the document, from the file if there is one."""
        upload = self.files.get("file")
        if upload is None:
            return read_json(self.cleaned_data["content"] or "{}")
        if (upload.size or 0) > self.LARGEST:
            raise forms.ValidationError(gettext("物模型文件过大"))
        try:
            return read_json(upload.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError(gettext("无法识别文件的编码")) from None


class NewTypeForm(ContentForm):
    """A type's first draft."""

    code = forms.CharField(label=zh("类型编码"), max_length=80, help_text=zh("形如 city.smart_meter，一经使用不再改变"))
    field_order = ("code", "file", "content", "note")


class PropertyForm(CityForm):
    """One property of a draft, put in or replaced by its code."""

    code = forms.CharField(label=zh("属性编码"), max_length=50)
    name = forms.CharField(label=zh("属性名称"), max_length=80)
    kind = forms.ChoiceField(label=zh("数据类型"))
    unit = forms.CharField(
        label=zh("计量单位"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"list": "ucum-codes"}),
        help_text=zh("UCUM 代码，如 m3/h、Cel、kPa"),
    )
    lowest = forms.FloatField(label=zh("最小值"), required=False)
    highest = forms.FloatField(label=zh("最大值"), required=False)
    decimals = forms.IntegerField(label=zh("小数位数"), required=False, min_value=0, max_value=9)
    choices = forms.CharField(label=zh("取值名称"), required=False, help_text=zh("枚举填写，如 0=关，1=开"))
    writable = forms.BooleanField(label=zh("可下发设置"), required=False)

    def offer(self) -> None:
        """Offer kinds of values."""
        choose(self.fields["kind"], [(code, gettext(name)) for code, name in VALUE_KINDS])

    def clean_choices(self) -> list[dict[str, object]]:
        """Read the values of an enumeration."""
        found: list[dict[str, object]] = []
        for part in self.cleaned_data["choices"].replace("，", ",").split(","):
            if not part.strip():
                continue
            value, _, name = part.partition("=")
            if not value.strip().lstrip("-").isdecimal() or not name.strip():
                raise forms.ValidationError(gettext("取值名称应写成 0=关，1=开 的形式"))
            found.append({"value": int(value), "name": name.strip()})
        return found

    def written(self) -> dict[str, object]:
        """Return the property as it stands in a document."""
        given = self.cleaned_data
        found = {name: given[name] for name in ("code", "name", "kind")}
        some = ("unit", "lowest", "highest", "decimals", "choices", "writable")
        return found | {name: given[name] for name in some if given[name] not in (None, "", [])}


def unit_codes() -> list[tuple[str, str]]:
    """Return the catalogue's units: code and name."""
    return [(unit.code, gettext(unit.name)) for unit in UNITS.values()]


class ProductForm(CityForm):
    """A product."""

    name = forms.CharField(label=zh("产品名称"), max_length=80)
    maker = forms.CharField(label=zh("生产厂商"), max_length=80)
    model = forms.CharField(label=zh("型号"), max_length=80)
    type_code = forms.ChoiceField(label=zh("设备类型"))
    protocol = forms.ChoiceField(label=zh("接入协议"))
    organisation_id = forms.TypedChoiceField(label=zh("所属机构"), coerce=int)
    division_code = forms.CharField(label=zh("所在网格"), max_length=15, required=False)
    mapping = forms.CharField(
        label=zh("字段映射"),
        required=False,
        widget=forms.Textarea(attrs={**_JSON, "rows": 6}),
        help_text=zh('厂商字段与物模型属性的对应，例如 {"T": {"property": "temperature", "scale": 0.1}}'),
    )
    admission = forms.ChoiceField(label=zh("自动注册"), help_text=zh("设备凭产品密钥自行领取凭证的范围"))

    def offer(self, actor: Actor, permission: str) -> None:
        """Offer types, protocols, organisations and ways in."""
        offer_organisations(self.fields["organisation_id"], actor, permission)
        choose(self.fields["type_code"], [(kind.code, gettext(kind.name)) for kind in device_types()])
        choose(self.fields["protocol"], [(str(code), gettext(name)) for code, name in PROTOCOL_NAMES.items()])
        choose(self.fields["admission"], [(code, gettext(str(name))) for code, name in Product.Admission.choices])

    def clean_mapping(self) -> dict[str, object]:
        """Read the mapping."""
        return read_json(self.cleaned_data["mapping"] or "{}")

    def facts(self) -> ProductFacts:
        """Return what is told of the product."""
        given = self.cleaned_data
        return ProductFacts(**{**given, "protocol": Protocol(given["protocol"])})


def product_told(facts: ProductFacts) -> dict[str, object]:
    """Return a product as `ProductForm` begins with it."""
    plain = {name: getattr(facts, name) for name in ProductFacts.__dataclass_fields__}
    return {**plain, "mapping": json.dumps(facts.mapping, ensure_ascii=False, indent=1) if facts.mapping else ""}
