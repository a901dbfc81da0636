"""Forms of surface water."""

from decimal import Decimal, InvalidOperation

from django import forms
from django.utils.translation import gettext

from onecity.domains.environment.contracts import NewWaterLimit, SectionFacts
from onecity.domains.environment.forms.fields import day_field
from onecity.domains.environment.models import WaterSection
from onecity.domains.environment.rules.water.gb3838 import EDITION
from onecity.domains.environment.rules.water.items import BODY_NAMES, CLASSES, ITEM_NAMES
from onecity.kernel.text import zh
from onecity.web.forms import CityForm


class SectionForm(CityForm):
    """What staff tell of a section."""

    river = forms.CharField(label=zh("所在水体"), max_length=60, required=False)
    basin = forms.CharField(label=zh("所属流域"), max_length=60, required=False)
    city_name = forms.CharField(label=zh("所属城市"), max_length=60, required=False)
    body = forms.ChoiceField(
        label=zh("水体类型"), choices=list(BODY_NAMES.items()), help_text=zh("湖库的总磷另有更严的限值")
    )
    target_class = forms.TypedChoiceField(
        label=zh("水质目标"), choices=[(item.number, item.numeral) for item in CLASSES[:5]], coerce=int
    )

    @staticmethod
    def initial_of(row: WaterSection) -> dict[str, object]:
        """Return what stands."""
        return {name: getattr(row, name) for name in ("river", "basin", "city_name", "body", "target_class")}

    def facts(self) -> SectionFacts:
        """Return what was entered; call it when the form is valid."""
        return SectionFacts(**self.cleaned_data)


class PublishedForm(CityForm):
    """A published file."""

    file = forms.FileField(
        label=zh("发布数据文件"),
        help_text=zh("国家地表水水质自动监测发布数据，CSV或gzip压缩的CSV，UTF-8编码，不超过20 MB"),
    )
    city = forms.CharField(
        label=zh("只导入这个城市"), max_length=60, required=False, help_text=zh("与文件中的写法一致；不填则全部导入")
    )

    def clean_file(self) -> object:
        """Refuse what is too large."""
        given = self.cleaned_data["file"]
        if given.size > 20_000_000:
            raise forms.ValidationError(gettext("文件超过20 MB"))
        return given


class WaterLimitForm(CityForm):
    """Limits of one item."""

    item_code = forms.ChoiceField(label=zh("项目"), choices=[(item.value, name) for item, name in ITEM_NAMES.items()])
    valid_from = day_field(zh("数据起始日期"))
    edition_code = forms.CharField(label=zh("标准版本"), max_length=40, initial=EDITION)
    steps = forms.CharField(
        label=zh("Ⅰ类至Ⅴ类限值"), max_length=80, help_text=zh("五个数，以空格分开，例如：0.02 0.1 0.2 0.3 0.4")
    )
    lake = forms.CharField(
        label=zh("湖库Ⅰ类至Ⅴ类限值"), max_length=80, required=False, help_text=zh("与河流相同时不填")
    )
    lower = forms.DecimalField(label=zh("下限（只用于pH）"), required=False, max_digits=9, decimal_places=4)
    source = forms.CharField(label=zh("依据"), max_length=200)

    def clean_steps(self) -> tuple[Decimal, ...]:
        """Read the numbers."""
        return self._numbers("steps")

    def clean_lake(self) -> tuple[Decimal, ...]:
        """Read the numbers."""
        return self._numbers("lake")

    def limit(self) -> NewWaterLimit:
        """Return what was entered; call it when the form is valid."""
        return NewWaterLimit(**self.cleaned_data)

    def _numbers(self, name: str) -> tuple[Decimal, ...]:
        try:
            found = tuple(Decimal(text) for text in str(self.cleaned_data[name]).split())
        except InvalidOperation:
            raise forms.ValidationError(gettext("请填写数字")) from None
        if not all(number.is_finite() and 0 <= number < 10**6 for number in found):
            raise forms.ValidationError(gettext("数值超出范围"))
        return found
