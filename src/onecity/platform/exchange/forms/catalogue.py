"""Forms of the catalogue: an entry's text, its table of fields, a doubt and its answer."""

from collections.abc import Mapping, Sequence

from django import forms

from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.catalogue import VersionText
from onecity.web.forms import CityForm

Choices = Sequence[tuple[str, str]]


class EntryForm(CityForm):
    """An entry's text; choices are set by `offer`."""

    title = forms.CharField(label=zh("信息资源名称"), max_length=120)
    abstract = forms.CharField(
        label=zh("信息资源摘要"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=zh("说明有什么数据、覆盖什么范围、从何而来"),
    )
    class_code = forms.ChoiceField(label=zh("信息资源分类"))
    provider_unit = forms.CharField(label=zh("提供方内部机构"), max_length=80, required=False)
    keywords = forms.CharField(label=zh("关键词"), max_length=400, required=False, help_text=zh("多个时以空格分隔"))
    update_cycle = forms.ChoiceField(label=zh("更新周期"))
    resource_kind = forms.ChoiceField(label=zh("资源类型"))
    format_class = forms.ChoiceField(label=zh("信息资源格式分类"))
    format_type = forms.CharField(label=zh("信息资源格式类型"), max_length=40, required=False)
    sharing_type = forms.ChoiceField(label=zh("共享类型"))
    sharing_condition = forms.CharField(
        label=zh("共享条件"), max_length=400, required=False, help_text=zh("有条件共享的必填")
    )
    sharing_ground = forms.CharField(
        label=zh("不予共享依据"),
        max_length=400,
        required=False,
        help_text=zh("不予共享的必填：法律、行政法规或者国务院决定的名称和条款"),
    )
    sharing_mode = forms.CharField(label=zh("共享方式"), max_length=40, required=False)
    open_type = forms.ChoiceField(label=zh("开放类型"))
    open_condition = forms.CharField(label=zh("开放条件"), max_length=400, required=False)
    licence_code = forms.ChoiceField(label=zh("开放许可"), required=False)
    related_codes = forms.CharField(
        label=zh("关联资源"), max_length=800, required=False, help_text=zh("关联数据集的目录编码，以空格分隔")
    )
    has_geometry = forms.BooleanField(label=zh("含空间位置"), required=False)
    change_note = forms.CharField(label=zh("变更说明"), max_length=200, required=False)
    source_place = forms.CharField(required=False, widget=forms.HiddenInput)
    source_table = forms.CharField(required=False, widget=forms.HiddenInput)

    def offer(self, choices: Mapping[str, Choices]) -> None:
        """Fill the choices by the names of the fields, and those that may be empty with an empty one."""
        for name, values in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [*([] if field.required else [("", "—")]), *values]

    def text(self) -> VersionText:
        """Return what was written."""
        said = dict(self.cleaned_data)
        said["source_kind"] = "connection" if said["source_place"] else "nowhere"
        for name in ("keywords", "related_codes"):
            said[name] = tuple(str(said[name]).split())
        return VersionText(**said)


def initial_of(text: VersionText) -> dict[str, object]:
    """Return a text as the form begins with it."""
    said = {name: getattr(text, name) for name in VersionText.__dataclass_fields__}
    said.update(keywords=" ".join(text.keywords), related_codes=" ".join(text.related_codes))
    return said


class DoubtForm(CityForm):
    """What seems wrong."""

    field_name = forms.ChoiceField(label=zh("信息项"), required=False)
    record_key = forms.CharField(
        label=zh("记录编号"), max_length=80, required=False, help_text=zh("请勿填写证件号码、手机号码等个人信息")
    )
    description = forms.CharField(label=zh("疑义描述"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(CityForm):
    """The provider's answer."""

    state = forms.ChoiceField(label=zh("处理结果"))
    answer = forms.CharField(label=zh("答复"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
