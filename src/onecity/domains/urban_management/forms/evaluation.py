"""What is asked of whoever evaluates."""

from collections.abc import Sequence
from datetime import date
from typing import TypedDict

from django import forms

from onecity.domains.urban_management.rules.catalogue import KINDS
from onecity.domains.urban_management.rules.evaluation import FULL, Bands, Scale, metrics_of
from onecity.kernel.text import zh
from onecity.web.forms import CityForm


class MonthForm(CityForm):
    """Whose month is evaluated."""

    organisation_id = forms.TypedChoiceField(label=zh("监督指挥中心"), coerce=int)
    month = forms.DateField(
        label=zh("评价月份"), input_formats=["%Y-%m"], widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m")
    )

    def offer(self, centres: Sequence[tuple[object, object]]) -> None:
        """Offer the centres."""
        field = self.fields["organisation_id"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = list(centres)


class Given(TypedDict):
    """What publishing takes."""

    scale: Scale
    effective_from: date
    note: str


class WeightForm(CityForm):
    """Weights of all metrics, bands, and from when they hold."""

    excellent = forms.FloatField(label=zh("优秀（分及以上）"), min_value=0, max_value=FULL)
    good = forms.FloatField(label=zh("良好（分及以上）"), min_value=0, max_value=FULL)
    fair = forms.FloatField(label=zh("合格（分及以上）"), min_value=0, max_value=FULL)
    effective_from = forms.DateField(
        label=zh("生效月份"), input_formats=["%Y-%m"], widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m")
    )
    note = forms.CharField(label=zh("修订说明"), max_length=200, required=False)

    def __init__(self, *args: object, scale: Scale, **options: object) -> None:
        super().__init__(*args, **options)
        bands = scale.bands
        self.initial.update({"excellent": bands.excellent, "good": bands.good, "fair": bands.fair})
        for kind, _ in KINDS:
            for metric in metrics_of(kind):
                self.fields[f"{kind}-{metric.code}"] = forms.FloatField(
                    label=metric.name,
                    min_value=0,
                    max_value=FULL,
                    initial=scale.weights.get(kind, {}).get(metric.code, 0),
                    widget=forms.NumberInput(attrs={"step": "any"}),
                )
        self.dress()

    def given(self) -> Given:
        """Return what publishing takes."""
        values = self.cleaned_data
        weights = {
            kind: {metric.code: float(values[f"{kind}-{metric.code}"]) for metric in metrics_of(kind)}
            for kind, _ in KINDS
        }
        bands = Bands(values["excellent"], values["good"], values["fair"])
        return {
            "scale": Scale(0, weights, bands),
            "effective_from": values["effective_from"],
            "note": values["note"],
        }
