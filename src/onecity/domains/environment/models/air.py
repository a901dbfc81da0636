"""Air stations, and the reports of hours and days, of stations and of the city."""

from typing import Final

from django.contrib.gis.db.models import PointField
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from onecity.domains.environment.models.figures import Figures

SRID: Final = 4326
"""WGS 84, longitude first."""


class AirStation(models.Model):
    """What environment needs of an air station at hand: iot keeps the device, this row follows it."""

    device_id = models.BigIntegerField("设备编号", primary_key=True)
    key = models.CharField("站点编码", max_length=64)
    name = models.CharField("站点名称", max_length=80)
    address = models.CharField("站点地址", max_length=160, blank=True)
    organisation_id = models.BigIntegerField("所属机构")
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    location = PointField("位置", srid=SRID, null=True)
    in_service = models.BooleanField("是否在用", default=True)
    current_at = models.DateTimeField("最新小时", null=True)

    class Meta:
        """A city has some dozens of them."""

        verbose_name = "空气站"

    def __str__(self) -> str:
        return self.name


class StationHour(Figures):
    """A station's real-time report of one hour. told_at: when its index went back to iot, where rules judge it."""

    station = models.ForeignKey(
        AirStation, verbose_name="站点", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    begins_at = models.DateTimeField("小时起始")
    told_at = models.DateTimeField("送判时间", null=True)

    class Meta:
        """Read by station and time, and by time alone."""

        verbose_name = "站点小时空气质量"
        constraints = [models.UniqueConstraint(fields=["station", "begins_at"], name="environment_station_hour")]
        indexes = [
            models.Index(fields=["begins_at"], name="environment_hour_time"),
            models.Index(
                fields=["begins_at"],
                name="environment_hour_untold",
                condition=Q(told_at__isnull=True, aqi__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.begins_at:%Y-%m-%d %H:%M} {self.aqi}"


class StationDay(Figures):
    """A station's report of one day. hours: how many of its hours there are."""

    station = models.ForeignKey(
        AirStation, verbose_name="站点", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    date = models.DateField("日期")
    count = models.PositiveSmallIntegerField("小时数")

    class Meta:
        """Read by station and date, and by date alone."""

        verbose_name = "站点日空气质量"
        constraints = [models.UniqueConstraint(fields=["station", "date"], name="environment_station_day")]
        indexes = [models.Index(fields=["date"], name="environment_day_date")]

    def __str__(self) -> str:
        return f"{self.station_id} {self.date} {self.aqi}"


class CityHour(Figures):
    """The city's real-time report of one hour. count: stations with an index of their own."""

    begins_at = models.DateTimeField("小时起始", unique=True)
    count = models.PositiveSmallIntegerField("站点数")

    class Meta:
        """One for an hour."""

        verbose_name = "全市小时空气质量"

    def __str__(self) -> str:
        return f"{self.begins_at:%Y-%m-%d %H:%M} {self.aqi}"


class CityDay(Figures):
    """The city's report of one day. count: stations with an index of their own."""

    date = models.DateField("日期", unique=True)
    count = models.PositiveSmallIntegerField("站点数")

    class Meta:
        """One for a day."""

        verbose_name = "全市日空气质量"

    def __str__(self) -> str:
        return f"{self.date} {self.aqi}"


class AirMethod(models.Model):
    """How indices are made from a day of the data on. Rows are added, never changed."""

    valid_from = models.DateField("数据起始日期", unique=True)
    edition_code = models.CharField("标准版本", max_length=40)
    realtime_needs = ArrayField(models.CharField(max_length=8), verbose_name="实时报必需污染物")
    daily_needs = ArrayField(models.CharField(max_length=8), verbose_name="日报必需污染物")
    hour_minutes = models.PositiveSmallIntegerField("小时均值最少分钟数")
    day_hours = models.PositiveSmallIntegerField("日均值最少小时数")
    eight_hours = models.PositiveSmallIntegerField("8小时均值最少小时数")
    ozone_means = models.PositiveSmallIntegerField("臭氧日最大值最少均值数")
    city_hour_share = models.PositiveSmallIntegerField("全市小时值最少站点比例")
    city_day_share = models.PositiveSmallIntegerField("全市日值最少站点比例")
    source = models.CharField("依据", max_length=200)
    author = models.CharField("录入人", max_length=60)
    created_at = models.DateTimeField("录入时间")

    class Meta:
        """A handful of rows."""

        verbose_name = "空气质量评价方法"

    def __str__(self) -> str:
        return f"{self.edition_code} {self.valid_from}"
