"""Forms of the register of places."""

from typing import Final

from django import forms
from django.utils.translation import gettext

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.registers.contracts.places import NewRooms
from onecity.platform.registers.forms.economy import Choices, offer, translated
from onecity.platform.registers.rules.places.fields import USES
from onecity.platform.registers.services.places.reading import LARGEST_FILE
from onecity.web.forms import CityForm

KIND_CHOICES: Final = (("building", zh("楼栋")), ("parcel", zh("宗地")), ("resource", zh("自然资源")))
SYSTEM_CHOICES: Final = (
    ("wgs84", zh("CGCS2000 或 WGS 84")),
    ("gcj02", zh("GCJ-02（高德、腾讯地图）")),
    ("bd09", zh("BD-09（百度地图）")),
)


class PlaceFileForm(CityForm):
    """A file of places."""

    kind = forms.ChoiceField(label=zh("内容"))
    system = forms.ChoiceField(label=zh("坐标系"))
    source = forms.ChoiceField(label=zh("数据来源"))
    file = forms.FileField(label=zh("GeoJSON文件"), required=False, help_text=zh("要素集，不超过4MB、2000个要素"))

    def offer(self, *, sources: Choices) -> None:
        """Offer kinds, systems and sources."""
        offer(self.fields["kind"], translated(KIND_CHOICES))
        offer(self.fields["system"], translated(SYSTEM_CHOICES))
        offer(self.fields["source"], sources)

    def text(self) -> str:
        """Return the file's text.

        Raises: Invalid if there is none, it is too large or not UTF-8.
        """
        upload = self.cleaned_data["file"]
        if not upload:
            raise Invalid(fields={"file": zh("请选择文件")})
        if upload.size > LARGEST_FILE:
            raise Invalid(fields={"file": zh("文件不能超过4MB")})
        try:
            return str(upload.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise Invalid(fields={"file": zh("文件应为UTF-8编码")}) from None


class RoomsForm(CityForm):
    """Units of a building."""

    stairwell = forms.CharField(
        label=zh("单元"), max_length=10, required=False, help_text=zh("如 1单元；不分单元的留空")
    )
    first_floor = forms.IntegerField(label=zh("起始楼层"), min_value=-10, max_value=200, initial=1)
    last_floor = forms.IntegerField(label=zh("终止楼层"), min_value=-10, max_value=200)
    each = forms.IntegerField(label=zh("每层户数"), min_value=1, max_value=99)
    use = forms.ChoiceField(label=zh("用途"))
    area_m2 = forms.DecimalField(
        label=zh("每户建筑面积（平方米）"), max_digits=10, decimal_places=2, min_value=0, required=False
    )

    def offer(self) -> None:
        """Offer uses."""
        offer(self.fields["use"], [(code, gettext(name)) for code, name in USES.items()])

    def new(self) -> NewRooms:
        """Return the units."""
        return NewRooms(**self.cleaned_data)
