"""Unit grids: the smallest areas of city management."""

from django.contrib.gis.db.models import PointField, PolygonField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q

from onecity.platform.geo.models.fields import SRID, number_is_code


class GridCell(models.Model):
    """A unit grid, about 10,000 m², inside one community. One that ends keeps its code and its row."""

    id = models.BigIntegerField(primary_key=True)
    code = models.CharField("网格编码", max_length=15, unique=True)
    division_code = models.CharField("所属社区代码", max_length=12)
    geom = PolygonField("网格范围", srid=SRID, spatial_index=False)
    centre = PointField("中心点", srid=SRID, spatial_index=False)
    area_m2 = models.FloatField("面积（平方米）")
    land_use = models.CharField("用地类型", max_length=20, blank=True)
    initial_date = models.DateField("启用日期")
    end_date = models.DateField("停用日期", null=True)
    is_synthetic = models.BooleanField("是否示意数据", default=False)

    class Meta:
        """Found by code, by place, by the community or any division above it."""

        verbose_name = "单元网格"
        constraints = [
            number_is_code("geo_gridcell_id_is_code"),
            models.CheckConstraint(
                name="geo_gridcell_lies_in_its_code", condition=Q(code__startswith=models.F("division_code"))
            ),
            models.CheckConstraint(name="geo_gridcell_has_area", condition=Q(area_m2__gt=0)),
        ]
        indexes = [
            GistIndex("geom", name="geo_gridcell_geom", condition=Q(end_date__isnull=True)),
            models.Index(fields=["division_code"], name="geo_gridcell_division", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.code
