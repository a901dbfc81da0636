"""Meters on devices and premises, their readings of days, and exchanges of one for another."""

from typing import Final

from django.contrib.gis.db.models import PointField
from django.db import models
from django.db.models import Q

from onecity.domains.metering.rules.codes import EVIDENCE_NAMES, SUPPLY_NAMES

SRID: Final = 4326
"""WGS 84, longitude first."""


class Meter(models.Model):
    """A meter at a place of use or at a zone's border. Its device is kept by iot; name and place follow it.

    multiplier: usage is the register's difference times this (transformers). capacity: at which the register begins
    anew. watched: somebody who lives alone and old is looked after by it. moved_at: when the register last grew.
    """

    device_id = models.BigIntegerField("设备编号", unique=True)
    key = models.CharField("表号", max_length=64)
    name = models.CharField("名称", max_length=80)
    supply = models.CharField("计量种类", max_length=12, choices=list(SUPPLY_NAMES.items()))
    customer_number = models.CharField("户号", max_length=30, blank=True)
    category = models.CharField("用户类别", max_length=30, blank=True)
    premises_code = models.CharField("楼栋或房屋编码", max_length=60, blank=True)
    address = models.CharField("地址", max_length=160, blank=True)
    persons = models.PositiveSmallIntegerField("用户人数", default=0)
    multiplier = models.DecimalField("倍率", max_digits=9, decimal_places=3, default=1)
    capacity = models.DecimalField("满码值", max_digits=12, decimal_places=0, default=1_000_000)
    watched = models.BooleanField("关爱户", default=False)
    zone = models.ForeignKey(
        "metering.Zone", verbose_name="计量分区", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    organisation_id = models.BigIntegerField("所属机构")
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    location = PointField("位置", srid=SRID, null=True)
    in_service = models.BooleanField("在用", default=True)
    read_at = models.DateTimeField("最近抄表时间", null=True)
    register = models.DecimalField("最近示数", max_digits=15, decimal_places=3, null=True)
    moved_at = models.DateTimeField("最近有用量时间", null=True)
    created_at = models.DateTimeField("建档时间")

    class Meta:
        """Read newest first within a scope; by customer, zone and those who are watched."""

        verbose_name = "计量表"
        constraints = [
            models.CheckConstraint(condition=Q(multiplier__gt=0, capacity__gt=0), name="metering_meter_sane")
        ]
        indexes = [
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="metering_meter_keyset"),
            models.Index(fields=["division_code"], name="metering_meter_division", opclasses=["text_pattern_ops"]),
            models.Index(fields=["customer_number"], name="metering_meter_customer"),
            models.Index(
                fields=["moved_at"], name="metering_meter_watched", condition=Q(watched=True, in_service=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MeterExchange(models.Model):
    """A meter was taken down and another put up: the old one's last and the new one's first reading."""

    meter = models.ForeignKey(Meter, verbose_name="计量表", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField("换表时间")
    last_register = models.DecimalField("旧表止码", max_digits=15, decimal_places=3)
    first_register = models.DecimalField("新表起码", max_digits=15, decimal_places=3)
    author = models.CharField("登记人", max_length=60)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        """Seldom; read by meter."""

        verbose_name = "换表记录"
        constraints = [models.UniqueConstraint(fields=["meter", "at"], name="metering_exchange_once")]

    def __str__(self) -> str:
        return f"{self.meter_id} {self.at:%Y-%m-%d}"


class MeterDay(models.Model):
    """What a meter measured in a day of the city. Computed anew from readings, never patched.

    register: the last reading of the day, None without one. usage: after the multiplier; None before the first reading.
    night_usage: between 02:00 and 04:00. least_hour: the least usage of an hour; both None where readings are too few.
    reversed_by: by how much the register went back, else None.
    """

    meter = models.ForeignKey(Meter, verbose_name="计量表", on_delete=models.PROTECT, related_name="+", db_index=False)
    date = models.DateField("日期")
    register = models.DecimalField("日末示数", max_digits=15, decimal_places=3, null=True)
    usage = models.DecimalField("日用量", max_digits=15, decimal_places=3, null=True)
    evidence = models.CharField("数据来源", max_length=10, choices=list(EVIDENCE_NAMES.items()))
    night_usage = models.DecimalField("夜间用量", max_digits=15, decimal_places=3, null=True)
    least_hour = models.DecimalField("最小小时用量", max_digits=15, decimal_places=3, null=True)
    reversed_by = models.DecimalField("倒走量", max_digits=15, decimal_places=3, null=True)
    computed_at = models.DateTimeField("计算时间")

    class Meta:
        """Read by meter and date, and by date alone; through the meter, which has the scope."""

        verbose_name = "日用量"
        constraints = [models.UniqueConstraint(fields=["meter", "date"], name="metering_day_once")]
        indexes = [models.Index(fields=["date"], name="metering_day_date")]

    def __str__(self) -> str:
        return f"{self.meter_id} {self.date} {self.usage}"
