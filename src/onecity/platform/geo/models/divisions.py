"""The city itself, and its divisions down to the community."""

from django.contrib.gis.db.models import MultiPolygonField, PointField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q

from onecity.kernel.text import zh
from onecity.platform.geo.models.fields import SRID, number_is_code, word_index


class City(models.Model):
    """The city that this installation runs: one row, which its city pack fills."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    code = models.CharField("城市包编码", max_length=40)
    name = models.CharField("城市名称", max_length=60)
    division_code = models.CharField("行政区划代码", max_length=12)
    centre = PointField("地图中心", srid=SRID)
    zoom = models.FloatField("初始缩放级别")
    built_up = MultiPolygonField("建成区范围", srid=SRID, spatial_index=False)
    plane_epsg = models.PositiveIntegerField("平面坐标系代码")
    attribution = models.CharField("地图来源说明", max_length=300)
    is_synthetic = models.BooleanField("是否示意数据")

    class Meta:
        """At most one row."""

        verbose_name = "城市"
        constraints = [models.CheckConstraint(name="geo_city_is_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return self.name


class Division(models.Model):
    """A division from province to community. Codes are never taken back: an abolished one lives on in old records."""

    class Level(models.IntegerChoices):
        """The five levels, as in `kernel.identifiers.divisions`."""

        PROVINCE = 1, zh("省级")
        CITY = 2, zh("地级")
        COUNTY = 3, zh("县级")
        STREET = 4, zh("乡级")
        COMMUNITY = 5, zh("村级")

    id = models.BigIntegerField(primary_key=True)
    code = models.CharField("区划代码", max_length=12, unique=True)
    name = models.CharField("区划名称", max_length=60)
    level = models.PositiveSmallIntegerField("区划级别", choices=Level)
    parent_code = models.CharField("上级区划代码", max_length=12, blank=True)
    geom = MultiPolygonField("区划范围", srid=SRID, null=True, spatial_index=False)
    centre = PointField("中心点", srid=SRID, null=True, spatial_index=False)
    is_synthetic = models.BooleanField("范围是否示意", default=False)
    source = models.CharField("数据来源", max_length=120, blank=True)

    class Meta:
        """Found by code, by the beginning of the code, by place, by parent, by words of the name."""

        verbose_name = "行政区划"
        constraints = [number_is_code("geo_division_id_is_code")]
        indexes = [
            GistIndex("geom", name="geo_division_geom"),
            models.Index(fields=["level", "id"], name="geo_division_level"),
            models.Index(fields=["parent_code", "id"], name="geo_division_parent"),
            word_index("name", name="geo_division_words"),
        ]

    def __str__(self) -> str:
        return self.name
