"""Forms about incidents."""

from collections.abc import Mapping
from decimal import Decimal

from django import forms

from onecity.domains.emergency.contracts import HarmFigures, NewIncident
from onecity.domains.emergency.forms.fields import moment_field, offer, spoken, words_field
from onecity.domains.emergency.models import Incident
from onecity.domains.emergency.rules.codes import BODY_LEVELS, CLOCKS, GRADES, REPORT_KINDS
from onecity.domains.emergency.selectors.dictionary import kind_groups
from onecity.kernel.text import zh
from onecity.platform.geo.api import PositionFields
from onecity.web.forms import CityForm


class HarmFields(CityForm):
    """What an incident did, as known."""

    deaths = forms.IntegerField(label=zh("死亡人数"), min_value=0, initial=0)
    missing = forms.IntegerField(label=zh("失联人数"), min_value=0, initial=0)
    injured = forms.IntegerField(label=zh("重伤人数"), min_value=0, initial=0)
    trapped = forms.IntegerField(label=zh("被困人数"), min_value=0, initial=0)
    loss_cny = forms.DecimalField(
        label=zh("直接经济损失（元）"), min_value=Decimal(0), max_digits=16, decimal_places=2, initial=0
    )

    @property
    def harm(self) -> HarmFigures:
        """The figures that were filled in."""
        values: Mapping[str, object] = self.cleaned_data
        return HarmFigures(**{name: values[name] for name in HarmFields.base_fields})  # type: ignore[arg-type]  # cleaned


class IncidentForm(PositionFields, HarmFields):
    """An incident as a duty officer takes it down."""

    title = forms.CharField(label=zh("标题"), max_length=120)
    kind_code = forms.ChoiceField(label=zh("事件类型"))
    words = words_field(zh("事件概况"), most=4000, rows=5)
    source = forms.ChoiceField(label=zh("信息来源"))
    informant = forms.CharField(label=zh("报告单位"), max_length=80, required=False)
    occurred_at = moment_field(zh("事发时间"))
    is_drill = forms.BooleanField(label=zh("这是演练"), required=False)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        offer(self, "kind_code", [("", "—"), *kind_groups()])
        offer(self, "source", spoken(Incident.Source.choices))

    @property
    def new(self) -> NewIncident:
        """The incident that was filled in."""
        data = self.cleaned_data
        return NewIncident(
            kind_code=data["kind_code"],
            title=data["title"],
            words=data["words"],
            source=data["source"],
            occurred_at=data["occurred_at"],
            location=(data["longitude"], data["latitude"]),
            address=data["address"],
            informant=data["informant"],
            harm=self.harm,
            is_drill=data["is_drill"],
        )


class ReportForm(HarmFields):
    """A report to the levels above."""

    situation = words_field(zh("基本情况"), most=4000, rows=4)
    measures = words_field(zh("已采取的措施"), most=4000, required=False)
    trend = words_field(zh("发展趋势"), most=2000, rows=2, required=False)
    to_levels = forms.MultipleChoiceField(
        label=zh("报送层级"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=zh("不选则报送全部应报层级"),
    )
    is_final = forms.BooleanField(label=zh("这是终报"), required=False)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        offer(self, "to_levels", spoken(BODY_LEVELS.items()))


class GradeForm(CityForm):
    """A proposal about an incident's grade."""

    grade = forms.TypedChoiceField(label=zh("拟定级别"), coerce=int)
    reason = words_field(zh("理由"), most=400, rows=2)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        offer(self, "grade", spoken(GRADES.items()))


class RuleForm(CityForm):
    """A row of reporting times."""

    kind = forms.ChoiceField(label=zh("报告类别"))
    grade = forms.TypedChoiceField(label=zh("事件级别"), coerce=int)
    from_level = forms.ChoiceField(label=zh("报送层级"))
    to_level = forms.ChoiceField(label=zh("接收层级"))
    clock = forms.ChoiceField(label=zh("计时起点"))
    phone_minutes = forms.IntegerField(label=zh("电话报告时限（分钟）"), min_value=1, required=False)
    written_minutes = forms.IntegerField(label=zh("书面报告时限（分钟）"), min_value=1)
    effective_from = forms.DateField(label=zh("生效日期"), widget=forms.DateInput(attrs={"type": "date"}))
    basis = forms.CharField(label=zh("依据"), max_length=120, required=False)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        lists = (("kind", REPORT_KINDS), ("grade", GRADES), ("clock", CLOCKS))
        for name, names in (*lists, ("from_level", BODY_LEVELS), ("to_level", BODY_LEVELS)):
            offer(self, name, spoken(names.items()))
