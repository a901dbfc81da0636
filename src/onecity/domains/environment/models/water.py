"""Sections of surface water, what was measured there, days and months, limits and methods."""

from django.contrib.gis.db.models import PointField
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from onecity.domains.environment.models.air import SRID
from onecity.domains.environment.rules.water.items import BODY_NAMES, CLASSES
from onecity.kernel.text import zh

_CLASSES = [(item.number, item.numeral) for item in CLASSES]


class WaterSection(models.Model):
    """A section of a river or a place on a lake. Its device is kept by iot, if it has one; name and place follow it.

    key: the device's key, or province and section of a published one. target_class: by which it is held.
    """

    device_id = models.BigIntegerField("设备编号", unique=True, null=True)
    key = models.CharField("断面编码", max_length=140, unique=True)
    name = models.CharField("断面名称", max_length=80)
    river = models.CharField("所在水体", max_length=60, blank=True)
    basin = models.CharField("所属流域", max_length=60, blank=True)
    city_name = models.CharField("所属城市", max_length=60, blank=True)
    body = models.CharField("水体类型", max_length=8, choices=list(BODY_NAMES.items()), default="river")
    target_class = models.PositiveSmallIntegerField("水质目标", choices=_CLASSES[:5], default=3)
    address = models.CharField("断面地址", max_length=160, blank=True)
    organisation_id = models.BigIntegerField("所属机构", null=True)
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    location = PointField("位置", srid=SRID, null=True)
    in_service = models.BooleanField("是否在用", default=True)
    current_at = models.DateTimeField("最新监测时间", null=True)
    created_at = models.DateTimeField("建档时间")

    class Meta:
        """A city has some dozens, the country some thousands."""

        verbose_name = "地表水断面"
        constraints = [
            models.CheckConstraint(
                condition=Q(target_class__gte=1, target_class__lte=5), name="environment_section_target"
            )
        ]

    def __str__(self) -> str:
        return self.name


class WaterFigures(models.Model):
    """Values of a sample or a mean, and the class that they make. Items by code; multiples belong to `main`."""

    edition_code = models.CharField("标准版本", max_length=40)
    water_class = models.PositiveSmallIntegerField("水质类别", choices=_CLASSES, null=True)
    worst = ArrayField(models.CharField(max_length=12), verbose_name="定类项目")
    exceeding = ArrayField(models.CharField(max_length=12), verbose_name="超标项目")
    main = ArrayField(models.CharField(max_length=12), verbose_name="主要污染指标")
    multiples = ArrayField(models.DecimalField(max_digits=9, decimal_places=2), verbose_name="超标倍数")
    missing = ArrayField(models.CharField(max_length=12), verbose_name="缺测项目")
    ph = models.DecimalField("pH值", max_digits=8, decimal_places=4, null=True)
    do_mg_l = models.DecimalField("溶解氧", max_digits=12, decimal_places=4, null=True)
    codmn_mg_l = models.DecimalField("高锰酸盐指数", max_digits=12, decimal_places=4, null=True)
    nh3n_mg_l = models.DecimalField("氨氮", max_digits=12, decimal_places=4, null=True)
    tp_mg_l = models.DecimalField("总磷", max_digits=12, decimal_places=5, null=True)
    tn_mg_l = models.DecimalField("总氮", max_digits=12, decimal_places=4, null=True)
    computed_at = models.DateTimeField("计算时间")

    class Meta:
        """Only columns; samples, days and months have tables of their own."""

        abstract = True


class WaterSample(WaterFigures):
    """What a station measured at one time. published_class: as the national platform says it, for comparison.

    told_at: when its class went back to iot, where rules judge it.
    """

    class Origin(models.TextChoices):
        """Where the values come from."""

        DEVICE = "device", zh("自动站上报")
        PUBLISHED = "published", zh("国家平台发布")

    section = models.ForeignKey(
        WaterSection, verbose_name="断面", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    measured_at = models.DateTimeField("监测时间")
    temperature_c = models.DecimalField("水温", max_digits=8, decimal_places=3, null=True)
    conductivity_us_cm = models.DecimalField("电导率", max_digits=12, decimal_places=3, null=True)
    turbidity_ntu = models.DecimalField("浊度", max_digits=12, decimal_places=3, null=True)
    origin = models.CharField("数据来源", max_length=10, choices=Origin)
    published_class = models.PositiveSmallIntegerField("发布类别", choices=_CLASSES, null=True)
    told_at = models.DateTimeField("送判时间", null=True)

    class Meta:
        """Read by section and time, and by time alone."""

        verbose_name = "地表水监测数据"
        constraints = [models.UniqueConstraint(fields=["section", "measured_at"], name="environment_water_sample")]
        indexes = [
            models.Index(fields=["measured_at"], name="environment_water_time"),
            models.Index(
                fields=["measured_at"],
                name="environment_water_untold",
                condition=Q(told_at__isnull=True, water_class__isnull=False, origin="device"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section_id} {self.measured_at:%Y-%m-%d %H:%M} {self.water_class}"


class WaterDay(WaterFigures):
    """A section's mean of a day. count: its samples."""

    section = models.ForeignKey(
        WaterSection, verbose_name="断面", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    date = models.DateField("日期")
    count = models.PositiveSmallIntegerField("监测次数")

    class Meta:
        """Read by section and date, and by date alone."""

        verbose_name = "断面日水质"
        constraints = [models.UniqueConstraint(fields=["section", "date"], name="environment_water_day")]
        indexes = [models.Index(fields=["date"], name="environment_water_day_date")]

    def __str__(self) -> str:
        return f"{self.section_id} {self.date} {self.water_class}"


class WaterMonth(WaterFigures):
    """A section's mean of a month. date: its first day. count: its samples."""

    section = models.ForeignKey(
        WaterSection, verbose_name="断面", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    date = models.DateField("月份")
    count = models.PositiveSmallIntegerField("监测次数")

    class Meta:
        """Read by section and month, and by month alone."""

        verbose_name = "断面月水质"
        constraints = [models.UniqueConstraint(fields=["section", "date"], name="environment_water_month")]
        indexes = [models.Index(fields=["date"], name="environment_water_month_date")]

    def __str__(self) -> str:
        return f"{self.section_id} {self.date:%Y-%m} {self.water_class}"
