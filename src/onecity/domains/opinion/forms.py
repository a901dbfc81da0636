"""What analysts and leaders of public opinion are asked."""

from collections.abc import Sequence
from typing import Final

from django import forms
from django.utils.translation import gettext

from onecity.domains.opinion.codecs.tables import FIELDS
from onecity.domains.opinion.models import Source
from onecity.domains.opinion.rules.warnings import LEVELS, MEASURES
from onecity.kernel.text import zh
from onecity.web.forms import CityForm

KIND_NAMES: Final = (
    ("rss", zh("RSS/Atom订阅")),
    ("site", zh("网站（自动发现订阅）")),
    ("csv", zh("CSV文件地址")),
    ("json", zh("JSON文件地址")),
    ("text", zh("文本文件地址")),
    ("file", zh("人工导入")),
)
assert {code for code, _ in KIND_NAMES} == set(Source.Kind.values)
Bodies = Sequence[tuple[int, str]]


def _offer(form: CityForm, name: str, choices: Sequence[tuple[object, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class SourceForm(CityForm):
    """A new source."""

    name = forms.CharField(label=zh("采集源名称"), max_length=80)
    kind = forms.ChoiceField(label=zh("采集方式"))
    url = forms.CharField(label=zh("采集地址"), max_length=500, required=False, help_text=zh("人工导入的采集源不填"))
    organisation_id = forms.TypedChoiceField(label=zh("责任单位"), coerce=int)
    interval_min = forms.IntegerField(label=zh("采集间隔（分钟）"), min_value=5, max_value=1440, initial=30)
    reach = forms.IntegerField(label=zh("媒体影响力等级"), min_value=1, max_value=5, initial=1)
    columns = forms.CharField(
        label=zh("字段对应"),
        max_length=500,
        required=False,
        help_text=zh("CSV、JSON可填，如 title=标题 body=正文 published_at=发布时间；常见列名不必填"),
    )

    def __init__(self, *args: object, bodies: Bodies, **options: object) -> None:
        super().__init__(*args, **options)
        _offer(self, "kind", [(code, gettext(name)) for code, name in KIND_NAMES])
        _offer(self, "organisation_id", [(str(number), name) for number, name in bodies])

    def clean_columns(self) -> dict[str, str]:
        """Read `ours=theirs` pairs. Raises: ValidationError for anything else."""
        pairs = [part.partition("=") for part in self.cleaned_data["columns"].split()]
        if any(not sign or name not in FIELDS or not theirs for name, sign, theirs in pairs):
            raise forms.ValidationError(gettext(zh("字段对应中有不认识的字段")))
        return {name: theirs for name, _, theirs in pairs}


class PaceForm(CityForm):
    """How often a source is looked at."""

    interval_min = forms.IntegerField(label=zh("采集间隔（分钟）"), min_value=5, max_value=1440)
    reach = forms.IntegerField(label=zh("媒体影响力等级"), min_value=1, max_value=5)
    is_active = forms.BooleanField(label=zh("启用"), required=False)


class ImportForm(CityForm):
    """A file of articles."""

    file = forms.FileField(label=zh("CSV、JSON或TXT文件"))


class WatchForm(CityForm):
    """A watch list."""

    name = forms.CharField(label=zh("监测方案名称"), max_length=80)
    expression = forms.CharField(
        label=zh("监测词表达式"),
        max_length=500,
        required=False,
        help_text=zh("空格表示同时包含，“|”表示任一，“-”表示不含，可加括号，如：(井盖|窨井) 破损 -广告"),
    )
    divisions = forms.CharField(
        label=zh("监测区划代码"), max_length=300, required=False, help_text=zh("多个用空格隔开")
    )
    bodies = forms.TypedMultipleChoiceField(label=zh("监测单位"), coerce=int, required=False)
    negative_only = forms.BooleanField(label=zh("只看负面"), required=False)
    organisation_id = forms.TypedChoiceField(label=zh("责任单位"), coerce=int)
    is_active = forms.BooleanField(label=zh("启用"), required=False, initial=True)

    def __init__(self, *args: object, bodies: Bodies, **options: object) -> None:
        super().__init__(*args, **options)
        choices = [(str(number), name) for number, name in bodies]
        _offer(self, "organisation_id", choices)
        _offer(self, "bodies", choices)

    def clean_divisions(self) -> list[str]:
        """Read division codes. Raises: ValidationError for what is none."""
        codes: list[str] = self.cleaned_data["divisions"].split()
        if any(not (code.isascii() and code.isdigit() and 2 <= len(code) <= 15) for code in codes):
            raise forms.ValidationError(gettext(zh("区划代码应为2至15位数字")))
        return codes


class ThresholdForm(CityForm):
    """A level's threshold."""

    watch_id = forms.TypedChoiceField(label=zh("适用于"), coerce=int, required=False, empty_value=None)
    measure = forms.ChoiceField(label=zh("预警指标"))
    level = forms.TypedChoiceField(label=zh("预警等级"), coerce=int)
    raise_at = forms.FloatField(label=zh("触发值"), min_value=0)
    clear_at = forms.FloatField(label=zh("解除值"), min_value=0)
    window_h = forms.IntegerField(label=zh("统计窗口（小时）"), min_value=1, max_value=168, initial=6)
    least = forms.IntegerField(label=zh("最少文章数"), min_value=1, max_value=1000, initial=5)

    def __init__(self, *args: object, watches: Bodies, **options: object) -> None:
        super().__init__(*args, **options)
        whole = gettext(zh("全部话题与未单设阈值的监测方案"))
        _offer(self, "watch_id", [("", whole), *((str(number), name) for number, name in watches)])
        _offer(self, "measure", [(code, gettext(name)) for code, name in MEASURES])
        _offer(self, "level", [(str(level), gettext(name)) for level, name in LEVELS])


class FindingForm(CityForm):
    """A matter to be handed over."""

    level = forms.TypedChoiceField(label=zh("舆情等级"), coerce=int)
    organisation_id = forms.TypedChoiceField(
        label=zh("责任单位"), coerce=int, required=False, empty_value=None, help_text=zh("不选则先转研判")
    )
    reason = forms.CharField(label=zh("研判意见"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: object, bodies: Bodies, **options: object) -> None:
        super().__init__(*args, **options)
        _offer(self, "level", [(str(level), gettext(name)) for level, name in LEVELS])
        _offer(self, "organisation_id", [("", "—"), *((str(number), name) for number, name in bodies)])
