"""Forms of the macro-economic register."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.registers.codecs.spreadsheets import LARGEST_FILE, Sheet, read_sheets
from onecity.platform.registers.contracts.economy import NewSeries, SeriesInfo
from onecity.platform.registers.rules.economy.comparing import SERIES_KINDS
from onecity.platform.registers.rules.economy.figures import BadCell, Figure, read_figure
from onecity.platform.registers.rules.economy.periods import Period, read_period
from onecity.web.forms import CityForm

KIND_CHOICES: Final = (
    ("flow", zh("时期指标")),
    ("stock", zh("时点指标")),
    ("rate", zh("比率")),
    ("index", zh("指数（上年同期=100）")),
)
STAGE_CHOICES: Final = (
    ("preliminary", zh("初步核算数")),
    ("revised", zh("修订数")),
    ("final", zh("最终核实数")),
)
Choices = list[tuple[str, str]]


def offer(field: forms.Field, choices: Choices) -> None:
    """Offer choices in a field that has some."""
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def translated(choices: tuple[tuple[str, str], ...]) -> Choices:
    """Return choices with their labels in the visitor's language."""
    return [(value, gettext(label)) for value, label in choices]


class SeriesForm(CityForm):
    """A series to be defined or changed."""

    code = forms.CharField(label=zh("指标编码"), max_length=60, help_text=zh("如 gdp.primary，保存后不再改变"))
    name = forms.CharField(label=zh("指标名称"), max_length=80)
    aliases = forms.CharField(
        label=zh("指标别名"), max_length=400, required=False, help_text=zh("统计表中的其他写法，用“；”隔开")
    )
    kind = forms.ChoiceField(label=zh("指标性质"))
    unit = forms.CharField(label=zh("计量单位"), max_length=20, help_text=zh("如 亿元、万人、%、上年=100"))
    decimals = forms.IntegerField(label=zh("保留小数位数"), min_value=0, max_value=6, initial=2)
    base_year = forms.IntegerField(label=zh("基期年份"), min_value=1949, max_value=2100, required=False)
    organisation_id = forms.TypedChoiceField(label=zh("数据来源部门"), coerce=int)
    whole = forms.ChoiceField(label=zh("所属总量指标"), required=False)
    parts_are_complete = forms.BooleanField(label=zh("分项合计等于总量"), required=False)
    sums_over_divisions = forms.BooleanField(label=zh("下级区划合计等于全市"), required=False)
    is_population = forms.BooleanField(label=zh("用于计算人均的常住人口"), required=False)
    definition = forms.CharField(
        label=zh("指标解释"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def offer(self, *, organisations: Choices, series: Choices) -> None:
        """Offer departments and the series of which this may be a part."""
        offer(self.fields["kind"], translated(KIND_CHOICES))
        offer(self.fields["organisation_id"], organisations)
        offer(self.fields["whole"], [("", "—"), *series])

    def new(self, *, is_made_up: bool = False) -> NewSeries:
        """Return the series."""
        given = self.cleaned_data
        aliases = [part.strip() for part in given["aliases"].replace(";", "；").split("；")]
        return NewSeries(
            code=given["code"].strip(),
            name=given["name"],
            kind=SERIES_KINDS[given["kind"]],
            unit=given["unit"].strip(),
            organisation_id=given["organisation_id"],
            aliases=tuple(part for part in aliases if part),
            definition=given["definition"],
            decimals=given["decimals"],
            base_year=given["base_year"],
            whole=given["whole"],
            parts_are_complete=given["parts_are_complete"],
            sums_over_divisions=given["sums_over_divisions"],
            is_population=given["is_population"],
            is_made_up=is_made_up,
        )


def described(info: SeriesInfo) -> dict[str, object]:
    """Return a series as `SeriesForm` begins with it."""
    names = tuple(SeriesForm.base_fields)
    return {name: getattr(info, name) for name in names if name != "aliases"} | {"aliases": "；".join(info.aliases)}


class FigureForm(CityForm):
    """One figure that is typed in."""

    division = forms.ChoiceField(label=zh("行政区划"))
    period = forms.CharField(label=zh("报告期"), max_length=20, help_text=zh("如 2023年、2023年1-6月、2023年第一季度"))
    value = forms.CharField(label=zh("数值"), max_length=40, help_text=zh("没有此项数据填“—”，数据不详填“…”"))
    stage = forms.ChoiceField(label=zh("数据阶段"))
    published_on = forms.DateField(label=zh("发布日期"), widget=forms.DateInput(attrs={"type": "date"}))

    def offer(self, *, divisions: Choices) -> None:
        """Offer divisions and stages."""
        offer(self.fields["division"], divisions)
        offer(self.fields["stage"], translated(STAGE_CHOICES))

    def clean_period(self) -> Period:
        """Read the period."""
        period = read_period(self.cleaned_data["period"])
        if period is None:
            raise forms.ValidationError(gettext("无法识别报告期"))
        return period

    def clean_value(self) -> Figure:
        """Read the figure."""
        try:
            figure = read_figure(self.cleaned_data["value"])
        except BadCell as refusal:
            raise forms.ValidationError(gettext(str(refusal.fault))) from None
        if figure is None:
            raise forms.ValidationError(gettext("请填写数值"))
        return figure


class TableForm(CityForm):
    """A file with a statistical table."""

    file = forms.FileField(label=zh("统计表文件"), help_text=zh("XLSX、XLS 或 CSV 文件，不超过4MB"))

    def sheets(self) -> list[Sheet]:
        """Return the file's sheets.

        Raises: Invalid if it cannot be read.
        """
        upload = self.cleaned_data["file"]
        if upload.size > LARGEST_FILE:
            raise Invalid(fields={"file": zh("文件不能超过4MB")})
        return read_sheets(upload.read())


class ReadingForm(CityForm):
    """How a table is to be read, and when it was published."""

    title = forms.CharField(label=zh("表名"), max_length=200)
    rows_are = forms.ChoiceField(label=zh("表中每行是"))
    series = forms.ChoiceField(label=zh("指标"), required=False, help_text=zh("每行是行政区划时选择"))
    division = forms.ChoiceField(label=zh("行政区划"), required=False, help_text=zh("每行是指标时选择"))
    unit = forms.CharField(
        label=zh("计量单位"), max_length=20, required=False, help_text=zh("表中未写明单位时填写；留空则按指标的单位")
    )
    stage = forms.ChoiceField(label=zh("数据阶段"))
    published_on = forms.DateField(label=zh("发布日期"), widget=forms.DateInput(attrs={"type": "date"}))
    organisation_id = forms.TypedChoiceField(label=zh("导入机构"), coerce=int)

    def offer(self, *, series: Choices, divisions: Choices, organisations: Choices) -> None:
        """Offer series, divisions, stages and departments."""
        rows = (("indicators", zh("一个指标")), ("divisions", zh("一个行政区划")))
        offer(self.fields["rows_are"], translated(rows))
        offer(self.fields["series"], [("", "—"), *series])
        offer(self.fields["division"], [("", "—"), *divisions])
        offer(self.fields["stage"], translated(STAGE_CHOICES))
        offer(self.fields["organisation_id"], organisations)

    def clean(self) -> dict[str, Any]:
        """Have the series or the division named that the rows do not name."""
        given = super().clean() or {}
        wanted = "series" if given.get("rows_are") == "divisions" else "division"
        if not given.get(wanted):
            self.add_error(wanted, gettext("请选择"))
        return given
