"""Noise stations, their hours and days, limits and methods."""

from django.contrib.gis.db.models import PointField
from django.db import models
from django.db.models import Q

from onecity.domains.environment.models.air import SRID
from onecity.domains.environment.rules.noise.areas import AREA_NAMES


class NoiseStation(models.Model):
    """A noise station: iot keeps the device, this row follows it. area_code: "" until somebody says where it stands."""

    device_id = models.BigIntegerField("设备编号", primary_key=True)
    key = models.CharField("站点编码", max_length=64)
    name = models.CharField("站点名称", max_length=80)
    address = models.CharField("站点地址", max_length=160, blank=True)
    area_code = models.CharField("声环境功能区", max_length=2, choices=list(AREA_NAMES.items()), blank=True)
    organisation_id = models.BigIntegerField("所属机构")
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    location = PointField("位置", srid=SRID, null=True)
    in_service = models.BooleanField("是否在用", default=True)
    current_at = models.DateTimeField("最新小时", null=True)

    class Meta:
        """A city has some dozens of them."""

        verbose_name = "噪声站"

    def __str__(self) -> str:
        return self.name


class NoiseHour(models.Model):
    """A station's noise of one hour. minutes: how many it was made of, 0 where the device sent the hour itself.

    limit_db: what held then. excess_db, peak_excess_db: by how much it was passed, negative below; both None without an
    area, the latter in the day. told_at: when they went back to iot.
    """

    station = models.ForeignKey(
        NoiseStation, verbose_name="站点", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    begins_at = models.DateTimeField("小时起始")
    leq_db = models.DecimalField("等效声级", max_digits=5, decimal_places=1, null=True)
    peak_db = models.DecimalField("最大声级", max_digits=5, decimal_places=1, null=True)
    minutes = models.PositiveSmallIntegerField("分钟数")
    limit_db = models.DecimalField("当时限值", max_digits=5, decimal_places=1, null=True)
    excess_db = models.DecimalField("超出限值", max_digits=5, decimal_places=1, null=True)
    peak_excess_db = models.DecimalField("夜间突发噪声超出限值", max_digits=5, decimal_places=1, null=True)
    computed_at = models.DateTimeField("计算时间")
    told_at = models.DateTimeField("送判时间", null=True)

    class Meta:
        """Read by station and time."""

        verbose_name = "小时噪声"
        constraints = [models.UniqueConstraint(fields=["station", "begins_at"], name="environment_noise_hour")]
        indexes = [
            models.Index(
                fields=["begins_at"],
                name="environment_noise_untold",
                condition=Q(told_at__isnull=True, excess_db__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.begins_at:%Y-%m-%d %H:%M} {self.leq_db}"


class NoiseDay(models.Model):
    """A station's day and the night after it. Levels None where there are too few hours; excesses without an area too.

    area_code, day_limit_db, night_limit_db: what held then.
    """

    station = models.ForeignKey(
        NoiseStation, verbose_name="站点", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    date = models.DateField("日期")
    edition_code = models.CharField("标准版本", max_length=40)
    area_code = models.CharField("声环境功能区", max_length=2, choices=list(AREA_NAMES.items()))
    day_limit_db = models.DecimalField("昼间限值", max_digits=5, decimal_places=1)
    night_limit_db = models.DecimalField("夜间限值", max_digits=5, decimal_places=1)
    ld_db = models.DecimalField("昼间等效声级", max_digits=5, decimal_places=1, null=True)
    ln_db = models.DecimalField("夜间等效声级", max_digits=5, decimal_places=1, null=True)
    leq_db = models.DecimalField("全天等效声级", max_digits=5, decimal_places=1, null=True)
    ldn_db = models.DecimalField("昼夜等效声级", max_digits=5, decimal_places=1, null=True)
    peak_db = models.DecimalField("夜间最大声级", max_digits=5, decimal_places=1, null=True)
    day_hours = models.PositiveSmallIntegerField("昼间小时数")
    night_hours = models.PositiveSmallIntegerField("夜间小时数")
    day_exceeds_db = models.DecimalField("昼间超标量", max_digits=5, decimal_places=1, null=True)
    night_exceeds_db = models.DecimalField("夜间超标量", max_digits=5, decimal_places=1, null=True)
    peak_exceeds_db = models.DecimalField("夜间突发噪声超标量", max_digits=5, decimal_places=1, null=True)
    computed_at = models.DateTimeField("计算时间")

    class Meta:
        """Read by station and date, and by date alone."""

        verbose_name = "日噪声"
        constraints = [models.UniqueConstraint(fields=["station", "date"], name="environment_noise_day")]
        indexes = [models.Index(fields=["date"], name="environment_noise_day_date")]

    def __str__(self) -> str:
        return f"{self.station_id} {self.date} {self.ld_db} {self.ln_db}"


class NoiseLimit(models.Model):
    """Limits of an area from a day on. Rows are added, never changed."""

    area_code = models.CharField("声环境功能区", max_length=2, choices=list(AREA_NAMES.items()))
    day_db = models.DecimalField("昼间限值", max_digits=5, decimal_places=1)
    night_db = models.DecimalField("夜间限值", max_digits=5, decimal_places=1)
    edition_code = models.CharField("标准版本", max_length=40)
    valid_from = models.DateField("数据起始日期")
    source = models.CharField("依据", max_length=200)
    author = models.CharField("录入人", max_length=60)
    created_at = models.DateTimeField("录入时间")

    class Meta:
        """A handful of rows."""

        verbose_name = "噪声限值"
        constraints = [models.UniqueConstraint(fields=["area_code", "valid_from"], name="environment_noise_limit")]

    def __str__(self) -> str:
        return f"{self.area_code} {self.valid_from}"


class NoiseMethod(models.Model):
    """How noise is judged from a day on; see `rules.noise.areas.Method`. Rows are added, never changed."""

    valid_from = models.DateField("数据起始日期", unique=True)
    day_from = models.PositiveSmallIntegerField("昼间起始时")
    night_from = models.PositiveSmallIntegerField("夜间起始时")
    peak_allowance_db = models.DecimalField("夜间突发噪声允许超出量", max_digits=4, decimal_places=1)
    night_weight_db = models.DecimalField("夜间加权量", max_digits=4, decimal_places=1)
    hour_minutes = models.PositiveSmallIntegerField("小时值最少分钟数")
    day_hours = models.PositiveSmallIntegerField("昼间值最少小时数")
    night_hours = models.PositiveSmallIntegerField("夜间值最少小时数")
    source = models.CharField("依据", max_length=200)
    author = models.CharField("录入人", max_length=60)
    created_at = models.DateTimeField("录入时间")

    class Meta:
        """A handful of rows."""

        verbose_name = "噪声评价方法"

    def __str__(self) -> str:
        return f"{self.valid_from} {self.day_from}-{self.night_from}"
