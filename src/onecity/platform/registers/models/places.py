"""Places beyond the map's own: buildings and the units in them, parcels of land, natural resources."""

from typing import Final

from django.contrib.gis.db.models import MultiPolygonField, PointField
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from onecity.kernel.text import zh
from onecity.platform.registers.models.provenance import DataSource

SRID: Final = 4326
"""WGS 84, longitude first; CGCS2000 (4490) is the same at metre level."""


class PlaceFile(models.Model):
    """A file of places that was taken in. What it added can be withdrawn."""

    class State(models.TextChoices):
        """Whether what the file brought counts."""

        TAKEN = "taken", zh("已入库")
        WITHDRAWN = "withdrawn", zh("已撤销")

    class Kind(models.TextChoices):
        """What the file holds."""

        BUILDING = "building", zh("楼栋")
        PARCEL = "parcel", zh("宗地")
        RESOURCE = "resource", zh("自然资源")

    kind = models.CharField("内容", max_length=10, choices=Kind)
    filename = models.CharField("文件名", max_length=200)
    digest = models.CharField("文件摘要（SM3）", max_length=64)
    state = models.CharField("状态", max_length=10, choices=State, default=State.TAKEN)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="导入机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    taken = models.PositiveIntegerField("入库数量", default=0)
    unchanged = models.PositiveIntegerField("未变数量", default=0)
    taken_by = models.CharField("导入人", max_length=60)
    created_at = models.DateTimeField("导入时间")
    withdrawn_by = models.CharField("撤销人", max_length=60, blank=True)
    withdrawn_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        """Read newest first within a scope; the same file counts once."""

        verbose_name = "空间数据文件"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "digest"], condition=Q(state="taken"), name="registers_placefile_counts_once"
            )
        ]
        indexes = [models.Index(fields=["organisation", "-created_at", "-id"], name="registers_placefile_keyset")]

    def __str__(self) -> str:
        return self.filename


class Place(models.Model):
    """What every place carries: its code, name, owner, division and where it came from.

    former: what the row said before the file that changed it last; empty for a row that the file made.
    """

    code = models.CharField("编码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=120, blank=True)
    words = ArrayField(models.CharField(max_length=4), verbose_name="检索词", default=list)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="主管部门", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("所在区划", max_length=15, blank=True)
    source = models.ForeignKey(
        DataSource, verbose_name="数据来源", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    observed_at = models.DateTimeField("来源时间")
    file = models.ForeignKey(PlaceFile, verbose_name="来源文件", on_delete=models.PROTECT, related_name="+", null=True)
    former = models.JSONField("此前内容", default=dict, blank=True)
    is_made_up = models.BooleanField("是否示意数据", default=False)
    created_at = models.DateTimeField("登记时间")
    ended_on = models.DateField("灭失或注销日期", null=True)

    class Meta:
        """Only a beginning for tables."""

        abstract = True


class Building(Place):
    """A building (楼栋). division_code: the unit grid where there is one, else the smallest division."""

    class Use(models.TextChoices):
        """What it is mostly used for."""

        RESIDENTIAL = "residential", zh("住宅")
        COMMERCIAL = "commercial", zh("商业")
        OFFICE = "office", zh("办公")
        INDUSTRIAL = "industrial", zh("工业仓储")
        PUBLIC = "public", zh("公共服务")
        MIXED = "mixed", zh("综合")
        OTHER = "other", zh("其他")

    use = models.CharField("用途", max_length=12, choices=Use)
    address = models.CharField("地址", max_length=200, blank=True)
    location = PointField("位置", srid=SRID)
    outline = MultiPolygonField("轮廓", srid=SRID, null=True)
    floors_above = models.PositiveSmallIntegerField("地上层数", null=True)
    floors_below = models.PositiveSmallIntegerField("地下层数", null=True)
    built_year = models.PositiveSmallIntegerField("建成年份", null=True)
    area_m2 = models.DecimalField("建筑面积（平方米）", max_digits=12, decimal_places=2, null=True)

    class Meta:
        """Read newest first within a scope; found by words and by division."""

        verbose_name = "楼栋"
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="registers_building_keyset"),
            models.Index(fields=["division_code"], name="registers_building_division", opclasses=["text_pattern_ops"]),
            GinIndex(fields=["words"], name="registers_building_words"),
        ]

    def __str__(self) -> str:
        return self.name or self.code


class Room(models.Model):
    """A unit of a building (房屋): a flat, a shop, an office. stairwell: 单元."""

    building = models.ForeignKey(Building, verbose_name="楼栋", on_delete=models.CASCADE, related_name="+")
    stairwell = models.CharField("单元", max_length=10, blank=True)
    floor = models.SmallIntegerField("楼层")
    number = models.CharField("房号", max_length=12)
    use = models.CharField("用途", max_length=12, choices=Building.Use, default=Building.Use.RESIDENTIAL)
    area_m2 = models.DecimalField("建筑面积（平方米）", max_digits=10, decimal_places=2, null=True)
    title_number = models.CharField("不动产单元代码", max_length=28, blank=True)

    class Meta:
        """One number once in a stairwell."""

        verbose_name = "房屋"
        constraints = [models.UniqueConstraint(fields=["building", "stairwell", "number"], name="registers_room_once")]

    def __str__(self) -> str:
        return f"{self.stairwell}-{self.number}"


class LandParcel(Place):
    """A parcel of land (宗地). use_code: class of GB/T 21010, two or four digits."""

    class Owner(models.TextChoices):
        """Who owns the land."""

        STATE = "state", zh("国家所有")
        COLLECTIVE = "collective", zh("集体所有")

    use_code = models.CharField("土地用途代码", max_length=4)
    owner = models.CharField("土地所有权", max_length=10, choices=Owner)
    area_m2 = models.DecimalField("宗地面积（平方米）", max_digits=16, decimal_places=2, null=True)
    outline = MultiPolygonField("宗地范围", srid=SRID)
    right_holder = models.CharField("使用权人", max_length=160, blank=True)
    right_until = models.DateField("使用期限至", null=True)

    class Meta:
        """Read newest first within a scope; found by division."""

        verbose_name = "宗地"
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="registers_parcel_keyset"),
            models.Index(fields=["division_code"], name="registers_parcel_division", opclasses=["text_pattern_ops"]),
            GinIndex(fields=["words"], name="registers_parcel_words"),
        ]

    def __str__(self) -> str:
        return self.code


class NaturalResource(Place):
    """A natural resource on the map: forest, grass, wetland, water, mineral, protected area."""

    class Kind(models.TextChoices):
        """What it is."""

        FOREST = "forest", zh("森林")
        GRASS = "grass", zh("草原")
        WETLAND = "wetland", zh("湿地")
        WATER = "water", zh("水流")
        MINERAL = "mineral", zh("矿产")
        RESERVE = "reserve", zh("自然保护地")

    kind = models.CharField("资源类型", max_length=10, choices=Kind)
    area_m2 = models.DecimalField("面积（平方米）", max_digits=16, decimal_places=2, null=True)
    outline = MultiPolygonField("范围", srid=SRID)

    class Meta:
        """Read newest first within a scope; found by division."""

        verbose_name = "自然资源"
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="registers_resource_keyset"),
            models.Index(fields=["division_code"], name="registers_resource_division", opclasses=["text_pattern_ops"]),
            GinIndex(fields=["words"], name="registers_resource_words"),
        ]

    def __str__(self) -> str:
        return self.name or self.code
