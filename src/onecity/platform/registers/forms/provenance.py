"""Forms of the rules of sources."""

from collections.abc import Sequence
from datetime import datetime

from django import forms

from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.text import zh
from onecity.platform.identity.api import organisations
from onecity.web.forms import CityForm


class SourceForm(CityForm):
    """A data source to be entered."""

    code = forms.CharField(label=zh("来源编码"), max_length=80, help_text=zh("单位与数据集，如 police.population"))
    name = forms.CharField(label=zh("来源名称"), max_length=80)
    organisation_id = forms.TypedChoiceField(label=zh("来源单位"), coerce=int)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        field = self.fields["organisation_id"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(str(item.id), item.name) for item in organisations()]


class PublishForm(CityForm):
    """When and on what ground an edition is to hold."""

    basis = forms.CharField(label=zh("依据"), max_length=200, help_text=zh("文件名称或会议纪要"))
    valid_from = forms.DateTimeField(
        label=zh("生效时间"),
        required=False,
        help_text=zh("不填为立即生效"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )

    def moment(self) -> datetime | None:
        """Return when it is to hold, None for at once; call it when the form is valid."""
        given: datetime | None = self.cleaned_data["valid_from"]
        return given.astimezone(CITY_ZONE) if given else None


def tiers_of(posted: Sequence[str]) -> list[list[int]]:
    """Return the groups of sources that a line of ranks names: `source:rank` pairs, best first; rank 0 leaves out."""
    ranks: dict[int, list[int]] = {}
    for item in posted:
        source, _, rank = item.partition(":")
        if source.isdigit() and rank.isdigit() and int(rank):
            ranks.setdefault(int(rank), []).append(int(source))
    return [ranks[rank] for rank in sorted(ranks)]
