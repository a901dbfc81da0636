"""Standard addresses (标准地址): each a place, its text taken apart."""

from django.contrib.gis.db.models import PointField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q

from onecity.platform.geo.models.fields import SRID, word_index


class StandardAddress(models.Model):
    """An address that the city vouches for. The parts are as `rules.addresses.AddressParts` has them."""

    key = models.CharField("来源编号", max_length=200, unique=True)
    text = models.CharField("地址全称", max_length=200)
    division_code = models.CharField("所在区划代码", max_length=12)
    street = models.CharField("街道", max_length=40, blank=True)
    road = models.CharField("道路", max_length=40, blank=True)
    lane = models.CharField("弄", max_length=10, blank=True)
    number = models.CharField("门牌号", max_length=20, blank=True)
    estate = models.CharField("小区", max_length=60, blank=True)
    building = models.CharField("楼栋号", max_length=20, blank=True)
    unit = models.CharField("单元号", max_length=10, blank=True)
    floor = models.CharField("楼层", max_length=10, blank=True)
    room = models.CharField("户室号", max_length=20, blank=True)
    geom = PointField("位置", srid=SRID, spatial_index=False)
    is_synthetic = models.BooleanField("是否示意数据", default=False)
    source = models.CharField("数据来源", max_length=120)

    class Meta:
        """Found by road and number, by estate and building, by place, by words of the text."""

        verbose_name = "标准地址"
        indexes = [
            models.Index(fields=["road", "number", "building"], name="geo_standardaddress_road", condition=~Q(road="")),
            models.Index(fields=["estate", "building"], name="geo_standardaddress_estate", condition=~Q(estate="")),
            models.Index(fields=["division_code", "id"], name="geo_standardaddress_division"),
            models.Index(fields=["source"], name="geo_standardaddress_source"),
            GistIndex("geom", name="geo_standardaddress_geom"),
            word_index("text", name="geo_standardaddress_words"),
        ]

    def __str__(self) -> str:
        return self.text
