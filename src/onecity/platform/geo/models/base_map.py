"""What the base map is drawn from: streets and railways, areas, places with a name."""

from django.contrib.gis.db.models import LineStringField, MultiPolygonField, PointField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q

from onecity.platform.geo.models.fields import SRID, word_index


class Road(models.Model):
    """A stretch of street or railway."""

    class Kind(models.TextChoices):
        """Classes as the base map draws them, most important first."""

        MOTORWAY = "motorway", "高速公路"
        TRUNK = "trunk", "快速路"
        PRIMARY = "primary", "主干路"
        SECONDARY = "secondary", "次干路"
        TERTIARY = "tertiary", "支路"
        RESIDENTIAL = "residential", "街巷"
        SERVICE = "service", "内部道路"
        FOOTWAY = "footway", "步行道"
        RAIL = "rail", "铁路"

    key = models.CharField("来源编号", max_length=200, unique=True)
    name = models.CharField("道路名称", max_length=80, blank=True)
    kind = models.CharField("道路等级", max_length=20, choices=Kind)
    geom = LineStringField("线位", srid=SRID, spatial_index=False)
    length_m = models.FloatField("长度（米）")
    is_oneway = models.BooleanField("是否单行", default=False)
    is_synthetic = models.BooleanField("是否示意数据", default=False)
    source = models.CharField("数据来源", max_length=120)

    class Meta:
        """Found by place, and by words of the name. The nearest street with a name has an index of its own."""

        verbose_name = "道路"
        indexes = [
            GistIndex("geom", name="geo_road_geom"),
            GistIndex("geom", name="geo_road_named", condition=~Q(name="") & ~Q(kind="rail")),
            models.Index(fields=["source"], name="geo_road_source"),
            word_index("name", name="geo_road_words"),
        ]

    def __str__(self) -> str:
        return self.name or self.key


class BaseArea(models.Model):
    """An area of the base map: water, green, a quarter of one land use, a building."""

    class Kind(models.TextChoices):
        """Kinds as the base map draws them."""

        WATER = "water", "水域"
        GREEN = "green", "公园与绿地"
        RESIDENTIAL = "residential", "居住用地"
        COMMERCIAL = "commercial", "商业用地"
        INDUSTRIAL = "industrial", "工业用地"
        PUBLIC = "public", "公共服务用地"
        TRANSPORT = "transport", "交通场站"
        BUILT_UP = "built_up", "建成区"
        BUILDING = "building", "建筑"

    key = models.CharField("来源编号", max_length=200, unique=True)
    name = models.CharField("名称", max_length=80, blank=True)
    kind = models.CharField("类型", max_length=20, choices=Kind)
    geom = MultiPolygonField("范围", srid=SRID, spatial_index=False)
    area_m2 = models.FloatField("面积（平方米）")
    floors = models.PositiveSmallIntegerField("层数", null=True)
    is_synthetic = models.BooleanField("是否示意数据", default=False)
    source = models.CharField("数据来源", max_length=120)

    class Meta:
        """Found by place; buildings are most of the rows and are drawn last."""

        verbose_name = "底图面"
        indexes = [
            GistIndex("geom", name="geo_basearea_geom", condition=~Q(kind="building")),
            GistIndex("geom", name="geo_basearea_building", condition=Q(kind="building")),
            models.Index(fields=["source"], name="geo_basearea_source"),
        ]

    def __str__(self) -> str:
        return self.name or self.key


class Place(models.Model):
    """Something with a name and an address that people look for."""

    key = models.CharField("来源编号", max_length=200, unique=True)
    name = models.CharField("名称", max_length=120)
    kind = models.CharField("类别", max_length=40)
    address = models.CharField("地址", max_length=200, blank=True)
    geom = PointField("位置", srid=SRID, spatial_index=False)
    is_synthetic = models.BooleanField("是否示意数据", default=False)
    source = models.CharField("数据来源", max_length=120)

    class Meta:
        """Found by place, and by words of the name and of the address."""

        verbose_name = "地点"
        indexes = [
            GistIndex("geom", name="geo_place_geom"),
            models.Index(fields=["source"], name="geo_place_source"),
            word_index("name", name="geo_place_words"),
            word_index("address", name="geo_place_address_words"),
        ]

    def __str__(self) -> str:
        return self.name
