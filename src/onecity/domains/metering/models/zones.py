"""Metered zones (独立计量分区) as a tree, the meters at their borders, and what was supplied and lost in a day."""

from django.contrib.gis.db.models import MultiPolygonField
from django.db import models

from onecity.domains.metering.models.meters import SRID, Meter
from onecity.domains.metering.rules.codes import SUPPLY_NAMES


class Zone(models.Model):
    """A zone. Its supply is what came in less what went out; its use is that of all customers in it and below it."""

    code = models.CharField("分区编码", max_length=40, unique=True)
    name = models.CharField("分区名称", max_length=80)
    supply = models.CharField("计量种类", max_length=12, choices=list(SUPPLY_NAMES.items()))
    parent = models.ForeignKey(
        "self", verbose_name="上级分区", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    outline = MultiPolygonField("范围", srid=SRID, null=True)
    organisation_id = models.BigIntegerField("所属机构")
    division_code = models.CharField("所在区划", max_length=15, blank=True)
    created_at = models.DateTimeField("建立时间")

    class Meta:
        """Some hundreds."""

        verbose_name = "计量分区"
        indexes = [models.Index(fields=["organisation_id", "-created_at", "-id"], name="metering_zone_keyset")]

    def __str__(self) -> str:
        return self.name


class ZoneBorder(models.Model):
    """A meter at a zone's border. One meter may be the outlet of one zone and the inlet of the next."""

    class Direction(models.TextChoices):
        """Which way it counts for the zone."""

        INLET = "inlet", "进水（入口）"
        OUTLET = "outlet", "出水（出口）"

    zone = models.ForeignKey(Zone, verbose_name="计量分区", on_delete=models.CASCADE, related_name="+", db_index=False)
    meter = models.ForeignKey(Meter, verbose_name="计量表", on_delete=models.PROTECT, related_name="+")
    direction = models.CharField("方向", max_length=6, choices=Direction, default=Direction.INLET)

    class Meta:
        """A meter counts once for a zone."""

        verbose_name = "分区考核表"
        constraints = [models.UniqueConstraint(fields=["zone", "meter"], name="metering_border_once")]

    def __str__(self) -> str:
        return f"{self.zone_id} {self.direction} {self.meter_id}"


class ZoneDay(models.Model):
    """A zone's day. loss: supply less use; it may be below nought where meters disagree. night_flow: m³/h or kW.

    complete: every border and customer meter has a reading or a spread usage of that day; estimates make it incomplete.
    """

    zone = models.ForeignKey(Zone, verbose_name="计量分区", on_delete=models.CASCADE, related_name="+", db_index=False)
    date = models.DateField("日期")
    supplied = models.DecimalField("供入量", max_digits=15, decimal_places=3, null=True)
    used = models.DecimalField("售出量", max_digits=15, decimal_places=3, null=True)
    loss = models.DecimalField("损失量", max_digits=15, decimal_places=3, null=True)
    night_flow = models.DecimalField("夜间最小流量", max_digits=15, decimal_places=3, null=True)
    customers = models.PositiveIntegerField("用户表数")
    complete = models.BooleanField("数据完整")
    computed_at = models.DateTimeField("计算时间")

    class Meta:
        """Read by zone and date."""

        verbose_name = "分区日损失"
        constraints = [models.UniqueConstraint(fields=["zone", "date"], name="metering_zone_day_once")]
        indexes = [models.Index(fields=["date"], name="metering_zone_day_date")]

    def __str__(self) -> str:
        return f"{self.zone_id} {self.date} {self.loss}"
